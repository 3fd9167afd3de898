"""Taking old events off the beginning of the audit log, so that what stays can still be verified."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.audit.events import CUT, broken_link, one_writer, record
from core.audit.models import Actor, AuditEvent
from core.db import changed_rows
from core.errors import DomainError


class AuditBrokenError(DomainError):
    """The old events do not fit together: removing them would destroy the proof of it."""

    def __init__(self, event_id: int) -> None:
        super().__init__(
            f"Dziennik zdarzeń jest naruszony w zdarzeniu {event_id}; starych zdarzeń nie usunięto. "
            "Zachowaj kopię bazy i wyjaśnij przyczynę."
        )
        self.event_id = event_id


def cut_log(session: Session, *, before: datetime) -> int:
    """Remove the events written before an instant, from the first one on; returns how many.

    A new event keeps how many went and the hash of the last of them: from there the chain is verified from now on. It is
    younger than anything removed, so it outlives the next cut or is replaced by it. Raises AuditBrokenError.
    """
    one_writer(session)
    newest_old = _last_of_the_old(session, before)
    if newest_old is None:
        return 0
    last_id, last_hash = newest_old
    _, broken = broken_link(session, before=last_id + 1)
    if broken is not None:
        raise AuditBrokenError(broken)
    count = session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.id <= last_id)) or 0
    record(
        session,
        actor=Actor.SYSTEM,
        action=CUT,
        object_kind="audit_event",
        object_id=last_id,
        details={"last_hash": last_hash, "removed": count},
    )
    return changed_rows(session, delete(AuditEvent).where(AuditEvent.id <= last_id))


def _last_of_the_old(session: Session, before: datetime) -> tuple[int, str] | None:
    """The last event before the first one that stays: a cut is at one place, whatever a clock once did."""
    first_kept = session.scalar(select(func.min(AuditEvent.id)).where(AuditEvent.at >= before))
    old = select(AuditEvent.id, AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)
    if first_kept is not None:
        old = old.where(AuditEvent.id < first_kept)
    found = session.execute(old).first()
    return (found.id, found.hash) if found else None
