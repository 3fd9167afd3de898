"""Locking and unlocking accounts. A lock ends every session; an unlock starts the count of wrong passwords anew.

A tenant is told of either by mail, to the address on file.
"""

from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.sessions import end_sessions
from core.accounts.attempts import clear_attempts
from core.accounts.models import AccountState, Employee, PortalAccount
from core.audit.events import record
from core.audit.models import Actor
from core.clock import now
from core.db import changed_rows
from core.errors import NotFoundError
from core.outbox.sending import enqueue


class LockReason(StrEnum):
    """Why an account is locked."""

    GUESSES = "guesses"  # too many wrong passwords within a day
    OFFICE = "office"  # an employee locked it
    REFUSED = "refused"  # the old address said of a change of address: that was not me


LOCK_NOTICES = {
    LockReason.GUESSES: "account_locked",
    LockReason.OFFICE: "account_locked_by_office",
    LockReason.REFUSED: "account_locked_refused",
}


def lock_account(
    session: Session,
    *,
    realm: Realm,
    subject_id: int,
    reason: LockReason,
    actor: Actor = Actor.SYSTEM,
    actor_id: int | None = None,
) -> bool:
    """Lock an active account until recovery and end its sessions; False when it was not active."""
    model = PortalAccount if realm is Realm.TENANT else Employee
    values = {"state": AccountState.LOCKED, "locked_at": now()}
    if realm is Realm.TENANT:
        values["lock_reason"] = reason
    locked = changed_rows(
        session, update(model).where(model.id == subject_id, model.state == AccountState.ACTIVE).values(**values)
    )
    end_sessions(session, realm=realm, subject_id=subject_id, reason="locked")
    if locked:
        _record(session, "account_locked", realm, subject_id, actor=actor, actor_id=actor_id, reason=reason)
        if realm is Realm.TENANT:
            tell_tenant(session, account_id=subject_id, template=LOCK_NOTICES[reason])
    return locked == 1


def unlock_account(session: Session, *, realm: Realm, login: str, actor: Actor, actor_id: int | None = None) -> bool:
    """Let a locked account sign in again with the password it has, and forget its wrong attempts.

    Also ends the 15-minute lock of an account that is not locked for longer; False when nothing but that was to do.
    Raises NotFoundError for an unknown or closed account.
    """
    model = PortalAccount if realm is Realm.TENANT else Employee
    subject_id = session.scalar(select(model.id).where(model.login == login, model.state != AccountState.CLOSED))
    if subject_id is None:
        raise NotFoundError(f"Nie ma konta o identyfikatorze {login}.")
    unlocked = _set_active(session, realm, subject_id)
    clear_attempts(session, realm=realm, login=login)
    _record(session, "account_unlocked", realm, subject_id, actor=actor, actor_id=actor_id)
    if unlocked and realm is Realm.TENANT:
        tell_tenant(session, account_id=subject_id, template="account_unlocked")
    return unlocked


def tell_tenant(session: Session, *, account_id: int, template: str) -> None:
    """Mail a notice that needs no more than the identifier; an account without an address gets none."""
    account = session.get(PortalAccount, account_id)
    if account is not None and account.email:
        enqueue(
            session,
            key=f"{template}-{account_id}-{now():%Y%m%d%H%M%S%f}",
            template=template,
            recipient=account.email,
            parameters={"login": account.login},
        )


def _set_active(session: Session, realm: Realm, subject_id: int) -> bool:
    model = PortalAccount if realm is Realm.TENANT else Employee
    values: dict[str, object] = {"state": AccountState.ACTIVE, "locked_at": None}
    if realm is Realm.TENANT:
        values["lock_reason"] = None
    changed = changed_rows(
        session, update(model).where(model.id == subject_id, model.state == AccountState.LOCKED).values(**values)
    )
    return changed == 1


def _record(
    session: Session,
    action: str,
    realm: Realm,
    subject_id: int,
    *,
    actor: Actor,
    actor_id: int | None,
    reason: str | None = None,
) -> None:
    record(
        session,
        actor=actor,
        actor_id=actor_id,
        action=action,
        object_kind="portal_account" if realm is Realm.TENANT else "employee",
        object_id=subject_id,
        details={"reason": reason} if reason else None,
    )
