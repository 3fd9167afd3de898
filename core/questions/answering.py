"""The office's side: answers, which may close a thread, notes among employees, and who looks after a thread."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import Employee
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows
from core.documents.attachments import Attachment
from core.errors import DomainError, InvalidInputError
from core.questions.asking import ThreadClosedError
from core.questions.models import Author, QuestionMessage, QuestionThread, ThreadState
from core.questions.reach import require_served_thread
from core.questions.telling import tell_of_answer
from core.questions.writing import add_message, checked_body

CLOSED_TO_OFFICE = "To pytanie jest zamknięte. Najemca, który chce coś dodać, zada nowe."


class AnsweredMeanwhileError(DomainError):
    """A colleague has answered since the question was looked at."""

    def __init__(self) -> None:
        super().__init__(
            "W międzyczasie odpowiedział ktoś inny. Przeczytaj tę odpowiedź; jeśli Twoja jest nadal potrzebna, wyślij ją "
            "jeszcze raz."
        )


def answer_question(
    session: Session,
    scope: EmployeeScope,
    *,
    thread_id: int,
    body: str,
    attachment: Attachment | None = None,
    closes: bool = False,
    seen: int | None = None,
) -> int:
    """Answer the tenant, who is told; with `closes` nothing more is written afterwards. The id of the message.

    `seen`: the newest message on the screen of who answers. Raises NotFoundError, ThreadClosedError, InvalidInputError (field
    `body`), AnsweredMeanwhileError for an answer of a colleague after it.
    """
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    said = checked_body(body)
    message_id = _write_to_tenant(session, scope, thread_id, said, attachment, closes=closes)
    if seen is not None:  # after the thread was written: of two at the same moment the second has waited for the first
        _refuse_second(session, thread_id, seen=seen, own=message_id)
    record_by(
        session, scope, "question_answered", object_kind="question_thread", object_id=thread_id,
        details={"closed": closes},
    )  # fmt: skip
    return message_id


def close_question(session: Session, scope: EmployeeScope, *, thread_id: int, reason: str) -> None:
    """Close a thread with a reason, which the tenant reads and is told of.

    Raises NotFoundError, ThreadClosedError, InvalidInputError (field `reason`).
    """
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    said = checked_body(reason, field="reason")
    _write_to_tenant(session, scope, thread_id, said, None, closes=True)
    record_by(session, scope, "question_closed", object_kind="question_thread", object_id=thread_id)


def write_note(session: Session, scope: EmployeeScope, *, thread_id: int, body: str) -> int:
    """Leave a note for colleagues, also at a closed thread; its tenant never sees it. The id of the message.

    Raises NotFoundError, InvalidInputError (field `note`).
    """
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    require_served_thread(session, scope, thread_id)
    said = checked_body(body, field="note")
    message_id = add_message(session, scope, thread_id=thread_id, body=said, internal=True)
    record_by(session, scope, "question_noted", object_kind="question_thread", object_id=thread_id)
    return message_id


def take_question(session: Session, scope: EmployeeScope, *, thread_id: int) -> None:
    """Look after a thread from now on. Raises NotFoundError, InvalidInputError where a colleague does."""
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    thread, _ = require_served_thread(session, scope, thread_id)
    if scope.employee_id is None:
        raise InvalidInputError("Pytanie może wziąć tylko pracownik.")
    free = (QuestionThread.id == thread_id) & QuestionThread.assigned_to.is_(None)
    if changed_rows(session, update(QuestionThread).where(free).values(assigned_to=scope.employee_id)) != 1:
        session.refresh(thread)
        if thread.assigned_to == scope.employee_id:
            return
        who = session.scalar(select(Employee.name).where(Employee.id == thread.assigned_to))
        raise InvalidInputError(f"Tym pytaniem zajmuje się już {who}. Można je zwolnić i wziąć.")
    record_by(session, scope, "question_taken", object_kind="question_thread", object_id=thread_id)


def release_question(session: Session, scope: EmployeeScope, *, thread_id: int) -> None:
    """Leave a thread to whoever takes it, one's own or that of a colleague who is away. Raises NotFoundError."""
    require_live(session, scope, Permission.ANSWER_QUESTIONS)
    require_served_thread(session, scope, thread_id)
    taken = (QuestionThread.id == thread_id) & QuestionThread.assigned_to.is_not(None)
    if changed_rows(session, update(QuestionThread).where(taken).values(assigned_to=None)) == 1:
        record_by(session, scope, "question_released", object_kind="question_thread", object_id=thread_id)


def _refuse_second(session: Session, thread_id: int, *, seen: int, own: int) -> None:
    other = select(QuestionMessage.id).where(
        QuestionMessage.thread_id == thread_id,
        QuestionMessage.author == Author.OFFICE,
        QuestionMessage.internal.is_(False),
        QuestionMessage.id > seen,
        QuestionMessage.id != own,
    )
    if session.scalar(other.limit(1)) is not None:
        raise AnsweredMeanwhileError


def _write_to_tenant(
    session: Session,
    scope: EmployeeScope,
    thread_id: int,
    said: str,
    attachment: Attachment | None,
    *,
    closes: bool,
) -> int:
    thread, _ = require_served_thread(session, scope, thread_id)
    waited_since, instant = thread.waits_since, now()
    goes_on = (QuestionThread.id == thread_id) & (QuestionThread.state != ThreadState.CLOSED)
    # Of two who answer at once one ends the wait; the other has only added something.
    first = goes_on & (QuestionThread.waits_since == waited_since)
    values = {
        "state": ThreadState.CLOSED if closes else ThreadState.ANSWERED,
        "waits_since": None,
        "first_answered_at": func.coalesce(QuestionThread.first_answered_at, instant),
        "closed_at": instant if closes else None,
    }
    if waited_since is None or changed_rows(session, update(QuestionThread).where(first).values(values)) != 1:
        waited_since = None
        if changed_rows(session, update(QuestionThread).where(goes_on).values(values)) != 1:
            raise ThreadClosedError(CLOSED_TO_OFFICE)
    message_id = add_message(
        session, scope, thread_id=thread_id, body=said, attachment=attachment, waited_since=waited_since
    )
    tell_of_answer(session, thread, message_id=message_id)
    return message_id
