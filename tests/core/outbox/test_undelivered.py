"""What the staff sees of mail: how much waits, what was given up on, and the way to try that once more."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.clock import now
from core.errors import NotFoundError, NotPermittedError, SessionEndedError
from core.outbox.models import MailState, OutgoingMail
from core.outbox.undelivered import dead_mail, mail_queue, resend
from tests.cast import end_session, sign_in_employee


@pytest.fixture
def head(session: Session) -> EmployeeScope:
    return sign_in_employee(session, Role.HEAD)


def make_mail(session: Session, key: str, state: MailState, *, attempts: int = 0, days_ago: int = 0) -> int:
    at = now() - timedelta(days=days_ago)
    mail = OutgoingMail(
        deduplication_key=key,
        template="filed",
        recipient=f"{key}@example.com",
        state=state,
        attempts=attempts,
        created_at=at,
        due_at=at,
        sent_at=at if state is MailState.SENT else None,
        last_error="550 no such user" if state is MailState.DEAD else None,
    )
    session.add(mail)
    session.flush()
    return mail.id


def test_queue_counts_what_waits_what_failed_and_what_went(session: Session, head: EmployeeScope) -> None:
    assert (mail_queue(session, head).waiting, mail_queue(session, head).oldest_at) == (0, None)
    make_mail(session, "a", MailState.WAITING)
    make_mail(session, "b", MailState.WAITING, attempts=3, days_ago=1)
    make_mail(session, "c", MailState.SENDING)
    make_mail(session, "d", MailState.DEAD, days_ago=4)
    make_mail(session, "e", MailState.SENT)
    make_mail(session, "f", MailState.SENT, days_ago=2)
    queue = mail_queue(session, head)
    assert (queue.waiting, queue.retried, queue.sent, queue.dead) == (3, 1, 1, 1)
    assert queue.oldest_at is not None
    assert now() - queue.oldest_at > timedelta(hours=23)


def test_message_given_up_on_is_sent_once_more_once(session: Session, head: EmployeeScope) -> None:
    make_mail(session, "a", MailState.WAITING)
    mail_id = make_mail(session, "b", MailState.DEAD, attempts=9, days_ago=4)
    assert [one.recipient for one in dead_mail(session, head)] == ["b@example.com"]
    resend(session, head, mail_id=mail_id)
    with pytest.raises(NotFoundError):
        resend(session, head, mail_id=mail_id)
    mail = session.get_one(OutgoingMail, mail_id)
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.WAITING, 0, None)


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR, Role.ACCOUNTING, Role.EDITOR, Role.ANALYST])
def test_mail_is_for_heads_and_administrators_of_users(session: Session, role: Role) -> None:
    scope = sign_in_employee(session, role)
    for refused in (
        lambda: mail_queue(session, scope),
        lambda: dead_mail(session, scope),
        lambda: resend(session, scope, mail_id=1),
    ):
        with pytest.raises(NotPermittedError):
            refused()


def test_ended_session_sees_no_mail(session: Session, head: EmployeeScope) -> None:
    end_session(session, head)
    with pytest.raises(SessionEndedError):
        mail_queue(session, head)
