"""Messages that could not be delivered, for the staff: seen, and sent once more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows
from core.errors import NotFoundError
from core.outbox.models import MailState, OutgoingMail

SHOWN = 100
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DeadMail:
    """One message given up on."""

    mail_id: int
    template: str
    recipient: str
    created_at: datetime
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class MailQueue:
    """How mail is getting on: `retried` of those waiting have failed at least once, `sent` went within 24 hours."""

    waiting: int
    retried: int
    oldest_at: datetime | None  # when the oldest of those waiting was written
    sent: int
    dead: int


def dead_mail(session: Session, scope: EmployeeScope) -> list[DeadMail]:
    """Messages given up on, the newest first, at most a hundred."""
    require_live(session, scope, Permission.MANAGE_MAIL)
    rows = session.scalars(
        select(OutgoingMail).where(OutgoingMail.state == MailState.DEAD).order_by(OutgoingMail.id.desc()).limit(SHOWN)
    )
    return [
        DeadMail(row.id, row.template, row.recipient, row.created_at, row.attempts, row.last_error or "")
        for row in rows
    ]


def dead_mail_count(session: Session, scope: EmployeeScope) -> int:
    """How many messages were given up on."""
    require_live(session, scope, Permission.MANAGE_MAIL)
    counted = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.state == MailState.DEAD)
    return session.scalar(counted) or 0


def mail_queue(session: Session, scope: EmployeeScope) -> MailQueue:
    """The state of the queue of outgoing mail."""
    require_live(session, scope, Permission.MANAGE_MAIL)
    on_its_way = OutgoingMail.state.in_((MailState.WAITING, MailState.SENDING))
    waiting, retried, oldest = session.execute(
        select(
            func.count(),
            func.count().filter(OutgoingMail.attempts > 0),
            func.min(OutgoingMail.created_at),
        ).where(on_its_way)
    ).one()
    sent = select(func.count()).where(OutgoingMail.state == MailState.SENT, OutgoingMail.sent_at > now() - DAY)
    return MailQueue(waiting, retried, oldest, session.scalar(sent) or 0, dead_mail_count(session, scope))


def resend(session: Session, scope: EmployeeScope, *, mail_id: int) -> None:
    """Put a message given up on back into the queue, with three new days; raises NotFoundError when it is not there."""
    require_live(session, scope, Permission.MANAGE_MAIL)
    moved = changed_rows(
        session,
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id, OutgoingMail.state == MailState.DEAD)
        .values(state=MailState.WAITING, created_at=now(), due_at=now(), attempts=0, last_error=None),
    )
    if moved != 1:
        raise NotFoundError("Ta wiadomość nie czeka już na ponowne wysłanie.")
    record_by(session, scope, "mail_resent", object_kind="outgoing_mail", object_id=mail_id)
