"""What tenants and the office write: checked, limited a day, and kept as a message of a thread."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, TenantScope
from core.access.throttle import TooManyUsesError, take_use
from core.clock import now
from core.documents.attachments import Attachment
from core.documents.storage import keep_bytes
from core.errors import DomainError, InvalidInputError
from core.questions.models import Author, QuestionMessage
from core.words import one_line, several_lines

SHORTEST_BODY, LONGEST_BODY, LONGEST_TITLE = 5, 4000, 120
THREADS_A_DAY, MESSAGES_A_DAY = 10, 50
DAY = timedelta(days=1)


class TooManyQuestionsError(DomainError):
    """The tenant has written as much as a day takes."""


def checked_body(typed: str, *, field: str = "body") -> str:
    """The text as it is kept, with its line breaks. Raises InvalidInputError (by default field `body`)."""
    said = several_lines(typed, longest=LONGEST_BODY)
    if said is None:
        raise InvalidInputError(f"Skróć tekst do {LONGEST_BODY} znaków.", field=field)
    if len(said) < SHORTEST_BODY:
        raise InvalidInputError(f"Napisz co najmniej {SHORTEST_BODY} znaków.", field=field)
    return said


def checked_title(typed: str) -> str:
    """The title of a question in general. Raises InvalidInputError (field `title`)."""
    title = one_line(typed, longest=LONGEST_TITLE)
    if title is None:
        raise InvalidInputError(f"Skróć temat do {LONGEST_TITLE} znaków.", field="title")
    if not title:
        raise InvalidInputError("Napisz w kilku słowach, czego dotyczy pytanie.", field="title")
    return title


def take_thread(session: Session, scope: TenantScope) -> None:
    """Count one new question of the day. Raises TooManyQuestionsError."""
    said = (
        f"W ciągu doby można zadać {THREADS_A_DAY} nowych pytań. Następne zadasz jutro. "
        "Możesz też dopisać wiadomość do pytania, które nie jest zamknięte."
    )
    _take(session, scope, "question_thread", THREADS_A_DAY, said)


def take_message(session: Session, scope: TenantScope) -> None:
    """Count one message of the day. Raises TooManyQuestionsError."""
    said = f"W ciągu doby można napisać {MESSAGES_A_DAY} wiadomości. Następną napiszesz jutro."
    _take(session, scope, "question_message", MESSAGES_A_DAY, said)


def add_message(
    session: Session,
    scope: TenantScope | EmployeeScope,
    *,
    thread_id: int,
    body: str,
    attachment: Attachment | None = None,
    internal: bool = False,
    waited_since: datetime | None = None,
) -> int:
    """Write a message in the name of whoever is behind the scope; its id."""
    office = isinstance(scope, EmployeeScope)
    message = QuestionMessage(
        thread_id=thread_id,
        author=Author.OFFICE if office else Author.TENANT,
        employee_id=scope.employee_id if isinstance(scope, EmployeeScope) else None,
        internal=internal,
        proxy=scope.proxy_name if isinstance(scope, TenantScope) else None,
        body=body,
        written_at=now(),
        waited_since=waited_since,
        attachment_sha256=keep_bytes(attachment.content) if attachment else None,
        attachment_name=attachment.name if attachment else None,
    )
    session.add(message)
    session.flush()
    return message.id


def _take(session: Session, scope: TenantScope, purpose: str, limit: int, refusal: str) -> None:
    try:
        take_use(session, purpose=purpose, key=str(scope.tenant_id), limit=limit, window=DAY)
    except TooManyUsesError:
        raise TooManyQuestionsError(refusal) from None
