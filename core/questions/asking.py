"""A tenant asks, writes on, and closes a question of their own."""

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.audit.events import record_by
from core.clock import now, today
from core.counting import next_of_year
from core.db import changed_rows
from core.documents.attachments import Attachment
from core.errors import DomainError
from core.questions.models import QuestionCounter, QuestionThread, SubjectKind, ThreadState
from core.questions.reach import require_own_thread
from core.questions.subjects import Subject, own_subject
from core.questions.writing import add_message, checked_body, checked_title, take_message, take_thread


class ThreadClosedError(DomainError):
    """Nothing more is written to a closed thread."""


CLOSED_TO_TENANT = "To pytanie jest zamknięte. Jeśli chcesz napisać coś jeszcze, zadaj nowe pytanie."


def ask_question(
    session: Session,
    scope: TenantScope,
    *,
    subject: Subject,
    title: str,
    body: str,
    attachment: Attachment | None = None,
) -> int:
    """Begin a thread; its id. The title is that of the subject; a question in general has the one that was typed.

    Raises NotFoundError for a subject that is not the tenant's, InvalidInputError (fields `title`, `body`),
    TooManyQuestionsError.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    own = own_subject(session, scope, subject=subject)
    said = checked_body(body)
    named = own.title or checked_title(title)
    take_thread(session, scope)
    take_message(session, scope)
    instant = now()
    thread = QuestionThread(
        number=_next_number(session),
        tenant_id=scope.tenant_id,
        # A proxy asks of the one tenancy that is theirs to ask of, also in general.
        tenancy_id=scope.proxy.tenancy_id if scope.proxy else own.tenancy_id,
        subject_kind=subject.kind,
        letter_id=subject.object_id if subject.kind is SubjectKind.LETTER else None,
        entry_id=subject.object_id if subject.kind is SubjectKind.ENTRY else None,
        reading_id=subject.object_id if subject.kind is SubjectKind.READING else None,
        title=named,
        state=ThreadState.OPEN,
        opened_at=instant,
        waits_since=instant,
    )
    session.add(thread)
    session.flush()
    add_message(session, scope, thread_id=thread.id, body=said, attachment=attachment)
    record_by(session, scope, "question_asked", object_kind="question_thread", object_id=thread.id)
    return thread.id


def reply(
    session: Session, scope: TenantScope, *, thread_id: int, body: str, attachment: Attachment | None = None
) -> int:
    """Write on in an own thread, which the office owes an answer from now on if it did not before; id of the message.

    Raises NotFoundError, ThreadClosedError, InvalidInputError (field `body`), TooManyQuestionsError.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    require_own_thread(session, scope, thread_id)
    said = checked_body(body)
    take_message(session, scope)
    goes_on = (QuestionThread.id == thread_id) & (QuestionThread.state != ThreadState.CLOSED)
    values = {"state": ThreadState.OPEN, "waits_since": func.coalesce(QuestionThread.waits_since, now())}
    if changed_rows(session, update(QuestionThread).where(goes_on).values(values)) != 1:
        raise ThreadClosedError(CLOSED_TO_TENANT)
    message_id = add_message(session, scope, thread_id=thread_id, body=said, attachment=attachment)
    record_by(session, scope, "question_continued", object_kind="question_thread", object_id=thread_id)
    return message_id


def close_own(session: Session, scope: TenantScope, *, thread_id: int) -> None:
    """Close an own thread: the tenant needs nothing more. Raises NotFoundError, ThreadClosedError."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    require_own_thread(session, scope, thread_id)
    if not close_thread(session, thread_id):
        raise ThreadClosedError("To pytanie jest już zamknięte.")
    record_by(session, scope, "question_closed_by_tenant", object_kind="question_thread", object_id=thread_id)


def close_thread(session: Session, thread_id: int) -> bool:
    """Whether it was still open to be closed."""
    still = (QuestionThread.id == thread_id) & (QuestionThread.state != ThreadState.CLOSED)
    values = {"state": ThreadState.CLOSED, "closed_at": now(), "waits_since": None}
    return changed_rows(session, update(QuestionThread).where(still).values(values)) == 1


def _next_number(session: Session) -> str:
    """`P/000123/2026`: counted anew each year, no number twice."""
    year = today().year
    last = next_of_year(session, QuestionCounter, year=year)
    return f"P/{last:06}/{year}"
