"""Writing the audit log: in the transaction of what it tells about, each event chained to the one before."""

import hashlib
import json

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, TenantScope
from core.audit.models import Actor, AuditEvent
from core.clock import now

FIRST_HASH = "0" * 64
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
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))
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


def broken_link(session: Session) -> tuple[int, int | None]:
    """Follow the chain from its beginning: how many events hold, and the id of the first that does not (or None)."""
    checked, expected = 0, FIRST_HASH
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)):
        if event.previous_hash != expected or event.hash != event_hash(event):
            return checked, event.id
        checked, expected = checked + 1, event.hash
    return checked, None
