"""Delivers what is due: leased so that several workers never send one message at once, tried again for three days.

A worker that dies between sending and noting it makes one duplicate at most, which its Message-ID gives away: each
delivery is noted by itself, without waiting for the disk, so that a power failure, and nothing else, may double those
sent since the last group was leased.
"""

import json
import logging
import secrets
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from core.clock import now
from core.db import changed_rows, noting, reading, transaction
from core.outbox.messages import message
from core.outbox.models import MailState, OutgoingMail
from core.outbox.templates import render
from core.outbox.transports import Transport, transport
from core.settings import settings

AT_ONCE = 50  # messages leased together
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP = timedelta(hours=72)

Maker = Callable[[Session, Mapping[str, str]], Mapping[str, str]]
Aftermath = Callable[[Session, Mapping[str, str]], None]
log = logging.getLogger(__name__)


class MailObsoleteError(Exception):
    """A maker's answer: this message has no reason any more and is dropped."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """What some templates need: `makers` make parameters right before the sending (and store what must be stored first),
    `after` runs in the transaction that notes the delivery."""

    makers: Mapping[str, Maker] = field(default_factory=dict)
    after: Mapping[str, Aftermath] = field(default_factory=dict)


@dataclass(slots=True)
class Delivery:
    """What one run did."""

    sent: int = 0
    failed: int = 0  # tried again later
    dead: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class _Leased:
    """A message as it was when it was leased; nobody else changes it while the lease lasts."""

    id: int
    lease_key: str
    lease_until: datetime
    attempts: int
    deduplication_key: str
    template: str
    recipient: str
    parameters: str | None
    attachment_sha256: str | None
    attachment_name: str | None
    created_at: datetime


_COLUMNS = tuple(getattr(OutgoingMail, name) for name in _Leased.__dataclass_fields__)

# Built once: it runs for every message.
_SENT = (
    update(OutgoingMail.__table__)  # type: ignore[arg-type]
    .where(OutgoingMail.id == bindparam("mail"), OutgoingMail.lease_key == bindparam("key"))
    .values(
        state=MailState.SENT,
        sent_at=bindparam("at"),
        parameters=None,
        lease_key=None,
        lease_until=None,
        last_error=bindparam("error"),
    )
    .execution_options(synchronize_session=False)
)


def deliver_due(handlers: Handlers, *, most: int | None = None) -> Delivery:
    """Deliver what is due now, at most `most` messages; failures wait for their next turn."""
    done = Delivery()
    if not _anything_due():
        return done
    with transport() as way:
        tried = 0
        while most is None or tried < most:
            leased = _lease(AT_ONCE if most is None else min(AT_ONCE, most - tried))
            if not leased:
                break
            tried += len(leased)
            for one in leased:
                _deliver(one, handlers, way, done)
    return done


def pause_before(attempt: int) -> timedelta:
    """How long to wait before attempt number `attempt` (from 2 on): a minute, doubled each time up to an hour."""
    doubled: int = 2 ** min(attempt - 2, 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _anything_due() -> bool:
    with reading() as session:
        return session.scalar(select(OutgoingMail.id).where(_due()).limit(1)) is not None


def _due() -> ColumnElement[bool]:
    return or_(
        and_(OutgoingMail.state == MailState.WAITING, OutgoingMail.due_at <= now()),
        and_(OutgoingMail.state == MailState.SENDING, OutgoingMail.lease_until <= now()),
    )


def _lease(number: int) -> list[_Leased]:
    key = secrets.token_hex(16)
    with transaction() as session:
        ids = session.scalars(
            select(OutgoingMail.id)
            .where(_due())
            .order_by(OutgoingMail.due_at, OutgoingMail.id)
            .limit(number)
            .with_for_update(skip_locked=True)
        ).all()
        if not ids:
            return []
        session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id.in_(ids))
            .values(
                state=MailState.SENDING,
                lease_key=key,
                lease_until=now() + LEASE,
                attempts=OutgoingMail.attempts + 1,
            )
        )
        rows = session.execute(
            select(*_COLUMNS).where(OutgoingMail.id.in_(ids)).order_by(OutgoingMail.due_at, OutgoingMail.id)
        )
        return [_Leased(*row) for row in rows]


def _deliver(leased: _Leased, handlers: Handlers, way: Transport, done: Delivery) -> None:
    if leased.lease_until <= now():
        return  # it took so long that another worker has it
    parameters: dict[str, str] = json.loads(leased.parameters or "{}")
    try:
        way.send(_envelope(leased, parameters, handlers))
    except MailObsoleteError as reason:
        done.dropped += _note_sent(leased, parameters, Handlers(), error=str(reason)[:500])
    except Exception as error:
        # Whatever stopped this one must not stop the others; what it was is kept without the message's words.
        log.warning("mail %s not delivered: %s", leased.id, _described(error))
        dead = _is_final(error) or now() - leased.created_at >= GIVE_UP
        _note_failed(leased, error, dead=dead)
        done.dead, done.failed = done.dead + dead, done.failed + (not dead)
    else:
        done.sent += _note_sent(leased, parameters, handlers, error=None)


def _envelope(mail: _Leased, parameters: Mapping[str, str], handlers: Handlers) -> EmailMessage:
    made: Mapping[str, str] = {}
    if maker := handlers.makers.get(mail.template):
        with transaction() as session:
            made = maker(session, parameters)
    rendered = render(mail.template, {**parameters, **made}, portal=settings().tenant_url)
    attached = mail.attachment_sha256, mail.attachment_name
    return message(
        rendered,
        sender=settings().mail_from,
        recipient=mail.recipient,
        key=mail.deduplication_key,
        written_at=mail.created_at,
        attachment=(attached[0], attached[1]) if attached[0] and attached[1] else None,
    )


def _note_sent(leased: _Leased, parameters: Mapping[str, str], handlers: Handlers, *, error: str | None) -> int:
    with noting() as session:
        noted = changed_rows(session, _SENT, {"mail": leased.id, "key": leased.lease_key, "at": now(), "error": error})
        if noted and (after := handlers.after.get(leased.template)):
            after(session, parameters)
    return noted


def _note_failed(leased: _Leased, error: Exception, *, dead: bool) -> None:
    with transaction() as session:
        session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id == leased.id, OutgoingMail.lease_key == leased.lease_key)
            .values(
                state=MailState.DEAD if dead else MailState.WAITING,
                due_at=now() + pause_before(leased.attempts + 1),
                lease_key=None,
                lease_until=None,
                last_error=_described(error),
            )
        )


def _is_final(error: Exception) -> bool:
    """Whether the server said that trying again is of no use: the address does not exist."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return False


def _described(error: Exception) -> str:
    """What went wrong without anybody's address or words in it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return f"SMTPRecipientsRefused {codes}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__


def waiting_mail(session: Session) -> int:
    """How many messages have not been delivered yet; tells nothing about anybody, hence no scope."""
    undelivered = OutgoingMail.state.in_((MailState.WAITING, MailState.SENDING))
    return session.scalar(select(func.count()).select_from(OutgoingMail).where(undelivered)) or 0
