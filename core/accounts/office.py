"""What an office (RON) does with a tenant's account: look at it, lock, unlock, close; each told to the tenant by mail.

A screen asks first (`ask_first`) and then does it (`carry_out`), once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.models import Realm
from core.access.scopes import EmployeeScope, Permission, require_live
from core.access.sessions import end_sessions
from core.accounts.attempts import closed_until, login_key
from core.accounts.initial_passwords import reissue_initial_password
from core.accounts.locking import LockReason, lock_account, tell_tenant, unlock_account
from core.accounts.models import (
    AccountState,
    ClosingRequest,
    ClosingState,
    Outcome,
    PortalAccount,
    SignInAttempt,
    UsedPassword,
)
from core.accounts.proxy_ends import end_grants_of
from core.accounts.reach import own_account, tenants_of
from core.accounts.recovery import use_up_links
from core.audit.events import record_by
from core.audit.models import Actor
from core.clock import now
from core.db import changed_rows
from core.registry.models import Tenant


class OfficeAction(StrEnum):
    """What an office may do with an account."""

    LOCK = "lock_account"
    UNLOCK = "unlock_account"
    REISSUE = "reissue_initial_password"
    CLOSE = "close_account"


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """An account as the office sees it; no password in any form."""

    account_id: int
    login: str
    email: str | None
    state: AccountState
    lock_reason: LockReason | None
    locked_at: datetime | None
    closed_until: datetime | None  # five wrong passwords close it for 15 minutes
    own_password: bool  # False: has never passed the first sign-in
    created_at: datetime
    last_sign_in: datetime | None  # None: not within the time attempts are kept


def account_of_tenant(session: Session, scope: EmployeeScope, *, tenant_id: int) -> AccountStanding | None:
    """The tenant's account, or the one closed last; None when there is none or the tenant is out of reach."""
    require_live(session, scope, Permission.SEE_TENANTS)
    account = session.scalar(
        select(PortalAccount)
        .join(Tenant, Tenant.id == PortalAccount.tenant_id)
        .where(PortalAccount.tenant_id == tenant_id, tenants_of(scope))
        .order_by((PortalAccount.state == AccountState.CLOSED), PortalAccount.id.desc())
        .limit(1)
    )
    if account is None:
        return None
    return AccountStanding(
        account_id=account.id,
        login=account.login,
        email=account.email,
        state=AccountState(account.state),
        lock_reason=LockReason(account.lock_reason) if account.lock_reason else None,
        locked_at=account.locked_at,
        closed_until=closed_until(session, realm=Realm.TENANT, login=account.login),
        own_password=account.password_hash is not None,
        created_at=account.created_at,
        last_sign_in=_last_sign_in(session, account.login),
    )


def ask_first(session: Session, scope: EmployeeScope, *, action: OfficeAction, account_id: int) -> str:
    """A one-time token for `carry_out`, made when the question is shown. Raises NotFoundError."""
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    own_account(session, scope, account_id=account_id)
    return mint_confirmation(session, scope, purpose=action, object_id=account_id)


def carry_out(session: Session, scope: EmployeeScope, *, action: OfficeAction, account_id: int, token: str) -> bool:
    """Do what was asked about; False when it was done before by somebody else.

    Raises ConfirmationUsedError for a token that was used, NotFoundError, and InvalidInputError as the action does.
    """
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    use_confirmation(session, scope, purpose=action, object_id=account_id, token=token)
    return _ACTIONS[action](session, scope, account_id=account_id)


def lock_by_office(session: Session, scope: EmployeeScope, *, account_id: int) -> bool:
    """Lock an account until the office unlocks it; its sessions end. False when the office had locked it already.

    One locked after wrong passwords is locked by the office from now on, so that no recovery opens it. Raises NotFoundError.
    """
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    account = own_account(session, scope, account_id=account_id)
    if lock_account(
        session,
        realm=Realm.TENANT,
        subject_id=account.id,
        reason=LockReason.OFFICE,
        actor=_actor(scope),
        actor_id=scope.employee_id,
    ):
        return True
    taken_over = changed_rows(
        session,
        update(PortalAccount)
        .where(
            PortalAccount.id == account.id,
            PortalAccount.state == AccountState.LOCKED,
            func.coalesce(PortalAccount.lock_reason, "") != LockReason.OFFICE,
        )
        .values(lock_reason=LockReason.OFFICE, locked_at=now()),
    )
    if taken_over:
        details: dict[str, str | int | bool | None] = {"reason": LockReason.OFFICE}
        record_by(session, scope, "account_locked", object_kind="portal_account", object_id=account.id, details=details)
        tell_tenant(session, account_id=account.id, template="account_locked_by_office")
    return taken_over == 1


def unlock_by_office(session: Session, scope: EmployeeScope, *, account_id: int) -> bool:
    """Let the tenant sign in again with the password they have, also before the end of a 15-minute lock.

    False when there was nothing to unlock. Raises NotFoundError.
    """
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    account = own_account(session, scope, account_id=account_id)
    waits = closed_until(session, realm=Realm.TENANT, login=account.login) is not None
    if account.state != AccountState.LOCKED and not waits:
        return False
    unlock_account(session, realm=Realm.TENANT, login=account.login, actor=_actor(scope), actor_id=scope.employee_id)
    return True


def close_account(session: Session, scope: EmployeeScope, *, account_id: int) -> bool:
    """Close an account for good: sessions end, passwords and links are gone. The tenant may be given a new one.

    A request of the tenant's to close it is settled by it, and proxies that were granted from it, or to it, end.

    Raises NotFoundError, also when it is closed already.
    """
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    account = own_account(session, scope, account_id=account_id)
    tell_tenant(session, account_id=account.id, template="account_closed")
    end_grants_of(session, account)
    session.execute(
        update(PortalAccount)
        .where(PortalAccount.id == account.id)
        .values(
            state=AccountState.CLOSED,
            password_hash=None,
            initial_password_hash=None,
            locked_at=None,
            lock_reason=None,
            email=None,
        )
    )
    session.execute(delete(UsedPassword).where(UsedPassword.account_id == account.id))
    use_up_links(session, account_id=account.id)
    asked = (ClosingRequest.account_id == account.id) & (ClosingRequest.state == ClosingState.OPEN)
    values = {"state": ClosingState.CLOSED, "decided_at": now(), "decided_by": scope.employee_id}
    session.execute(update(ClosingRequest).where(asked).values(values))
    end_sessions(session, realm=Realm.TENANT, subject_id=account.id, reason="closed")
    record_by(session, scope, "account_closed", object_kind="portal_account", object_id=account.id)
    return True


_ACTIONS: dict[OfficeAction, Callable[..., bool]] = {
    OfficeAction.LOCK: lock_by_office,
    OfficeAction.UNLOCK: unlock_by_office,
    OfficeAction.REISSUE: reissue_initial_password,
    OfficeAction.CLOSE: close_account,
}


def _last_sign_in(session: Session, login: str) -> datetime | None:
    right = select(func.max(SignInAttempt.at)).where(
        SignInAttempt.realm == Realm.TENANT,
        SignInAttempt.login_hash == login_key(Realm.TENANT, login),
        SignInAttempt.outcome == Outcome.RIGHT,
    )
    return session.scalar(right)


def _actor(scope: EmployeeScope) -> Actor:
    return Actor.CONSOLE if scope.session_key is None else Actor.STAFF
