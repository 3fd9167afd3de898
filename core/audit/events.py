"""Writing the audit log: in the transaction of what it tells about, each event chained to the one before."""

import hashlib
import json
from contextlib import closing

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, TenantScope
from core.audit.models import Actor, AuditEvent
from core.clock import now

FIRST_HASH = "0" * 64
CUT = "audit_cut"  # the action of the event that tells of old events taken off the chain
CHAIN_LOCK = 4_937_201  # PostgreSQL: one writer of the chain at a time; SQLite has one anyway


def record(
    session: Session,
    *,
    actor: Actor,
    actor_id: int | None = None,
    action: str,
    object_kind: str,
    object_id: int | str,
    details: dict[str, str | int | bool | None] | None = None,
) -> None:
    """Add an event to the chain; it stands or falls with the caller's transaction.

    `details` are few and small, never a secret and never more of a person than an id.
    """
    one_writer(session)
    event = AuditEvent(
        at=now(),
        actor=actor,
        actor_id=actor_id,
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        details=json.dumps(details or {}, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
        previous_hash=session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)) or FIRST_HASH,
    )
    event.hash = event_hash(event)
    session.add(event)
    session.flush()


def record_by(
    session: Session,
    scope: TenantScope | EmployeeScope,
    action: str,
    *,
    object_kind: str,
    object_id: int | str,
    details: dict[str, str | int | bool | None] | None = None,
) -> None:
    """`record` with whoever is behind the scope as the actor."""
    actor: Actor
    actor_id: int | None
    if isinstance(scope, TenantScope):
        actor, actor_id = Actor.TENANT, scope.account_id
        if scope.proxy is not None:
            details = {**(details or {}), "proxy_grant": scope.proxy.grant_id}
    else:
        actor, actor_id = (Actor.CONSOLE, None) if scope.session_key is None else (Actor.STAFF, scope.employee_id)
    record(
        session,
        actor=actor,
        actor_id=actor_id,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        details=details,
    )


def event_hash(event: AuditEvent) -> str:
    """What the event's `hash` has to be: SHA-256 over the hash before it and all it says."""
    told = [
        event.previous_hash,
        event.at.isoformat(timespec="microseconds"),
        event.actor,
        event.actor_id,
        event.action,
        event.object_kind,
        event.object_id,
        event.details,
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def one_writer(session: Session) -> None:
    """Until the end of the transaction nobody else adds to the chain or shortens it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))


def broken_link(session: Session, *, before: int | None = None) -> tuple[int, int | None]:
    """Follow the chain from its beginning: how many events hold, and the id of the first that does not (or None).

    Where old events were cut off, the newest event that tells of a cut names the hash that the beginning follows, and is
    itself in the chain. With `before` only the events with smaller ids are looked at.
    """
    events = select(AuditEvent).order_by(AuditEvent.id)
    if before is not None:
        events = events.where(AuditEvent.id < before)
    checked, expected = 0, _where_cut(session) or FIRST_HASH
    with closing(session.scalars(events.execution_options(yield_per=1000))) as found:
        for event in found:
            if event.previous_hash != expected or event.hash != event_hash(event):
                return checked, event.id
            checked, expected = checked + 1, event.hash
    return checked, None


def _where_cut(session: Session) -> str | None:
    cut = select(AuditEvent.details).where(AuditEvent.action == CUT).order_by(AuditEvent.id.desc()).limit(1)
    details = session.scalar(cut)
    if details is None:
        return None
    try:
        return str(json.loads(details).get("last_hash"))
    except (ValueError, AttributeError):  # somebody changed it; its own hash tells
        return None
