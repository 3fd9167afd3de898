"""A tenant's request to close their account: asked with the password, taken back, decided by the office."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.accounts.models import AccountState, ClosingRequest, ClosingState, PortalAccount
from core.accounts.office import close_account
from core.accounts.own_passwords import confirm_password
from core.accounts.reach import tenants_of
from core.audit.events import record_by
from core.clock import now, today
from core.db import changed_rows, reading, transaction
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.notices.inbox import Telling, tell
from core.notices.models import NoticeKind
from core.registry.models import Tenant
from core.words import one_line

LONGEST = 500  # of the reason, and of the answer
TOLD_FOR = timedelta(days=60)


class ClosingAskedError(DomainError):
    """A request waits for the office already."""

    def __init__(self) -> None:
        super().__init__("Prośba o zamknięcie konta czeka już na rejon. Możesz ją wycofać.")


class NoClosingOpenError(DomainError):
    """There is nothing to take back or to decide: it is settled already, or never was."""


@dataclass(frozen=True, slots=True)
class OwnClosing:
    """A request as its tenant sees it; `answer` is the office's, where it said no."""

    state: ClosingState
    asked_at: datetime
    decided_at: datetime | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class WaitingClosing:
    """A request as the office sees it."""

    closing_id: int
    tenant_no: str
    tenant: str
    login: str
    reason: str | None
    asked_at: datetime


def ask_closing(scope: TenantScope, *, current: str, reason: str = "", network: str = "") -> None:
    """Ask the office to close the account, knowing its password. Opens its own transactions.

    Raises InvalidInputError (fields `current`, `reason`), TooManyAttemptsError, ClosingAskedError.
    """
    with reading() as session:
        require_live(session, scope)
        _refuse_second(session, scope)
    said = _said(reason, field="reason")
    confirm_password(scope, current=current, network=network)
    with transaction() as session:
        require_live(session, scope)
        session.scalar(select(PortalAccount.id).where(PortalAccount.id == scope.account_id).with_for_update())
        _refuse_second(session, scope)
        asked = ClosingRequest(
            account_id=scope.account_id, reason=said or None, asked_at=now(), state=ClosingState.OPEN
        )
        session.add(asked)
        session.flush()
        record_by(session, scope, "closing_asked", object_kind="closing_request", object_id=asked.id)


def withdraw_closing(session: Session, scope: TenantScope) -> None:
    """Take the request back; the account stays as it is. Raises NoClosingOpenError."""
    require_live(session, scope)
    values = {"state": ClosingState.WITHDRAWN, "decided_at": now()}
    if changed_rows(session, update(ClosingRequest).where(_open_of(scope)).values(values)) != 1:
        raise NoClosingOpenError("Żadna prośba o zamknięcie konta nie czeka na rejon.")
    record_by(session, scope, "closing_withdrawn", object_kind="portal_account", object_id=scope.account_id)


def own_closing(session: Session, scope: TenantScope) -> OwnClosing | None:
    """The newest request of the account; None: there never was one."""
    require_live(session, scope)
    one = session.scalar(
        select(ClosingRequest)
        .where(ClosingRequest.account_id == scope.account_id)
        .order_by(ClosingRequest.id.desc())
        .limit(1)
    )
    return None if one is None else OwnClosing(ClosingState(one.state), one.asked_at, one.decided_at, one.answer)


def waiting_closings(session: Session, scope: EmployeeScope) -> list[WaitingClosing]:
    """What waits in the employee's districts, the oldest first."""
    require_live(session, scope, Permission.REVIEW_CONTACT_CHANGES)
    rows = session.execute(_waiting(scope).order_by(ClosingRequest.id))
    return [
        WaitingClosing(
            closing_id=one.id,
            tenant_no=tenant.tenant_no,
            tenant=tenant.name,
            login=account.login,
            reason=one.reason,
            asked_at=one.asked_at,
        )
        for one, account, tenant in rows
    ]


def waiting_closings_count(session: Session, scope: EmployeeScope) -> int:
    """How many wait."""
    require_live(session, scope, Permission.REVIEW_CONTACT_CHANGES)
    return session.scalar(select(func.count()).select_from(_waiting(scope).subquery())) or 0


def close_as_asked(session: Session, scope: EmployeeScope, *, closing_id: int) -> None:
    """Close the account, as any office closes one (`close_account`). Raises NotFoundError, NoClosingOpenError."""
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    one = _decide(session, scope, closing_id, {"state": ClosingState.CLOSED})
    close_account(session, scope, account_id=one.account_id)


def reject_closing(session: Session, scope: EmployeeScope, *, closing_id: int, answer: str) -> None:
    """Leave the account open, with an answer the tenant reads.

    Raises as `close_as_asked`, InvalidInputError (field `answer`).
    """
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    said = _said(answer, field="answer")
    if not said:
        raise InvalidInputError("Napisz odpowiedź. Przeczyta ją najemca.", field="answer")
    one = _decide(session, scope, closing_id, {"state": ClosingState.REJECTED, "answer": said})
    tenants = session.scalars(select(Tenant.id).join(PortalAccount).where(PortalAccount.id == one.account_id))
    tellings = [Telling(tenant_id, str(closing_id), {"answer": said}) for tenant_id in tenants]
    tell(session, kind=NoticeKind.CLOSING_REJECTED, tellings=tellings, shown_until=today() + TOLD_FOR)
    record_by(session, scope, "closing_rejected", object_kind="closing_request", object_id=closing_id)


def _open_of(scope: TenantScope) -> ColumnElement[bool]:
    return (ClosingRequest.account_id == scope.account_id) & (ClosingRequest.state == ClosingState.OPEN)


def _refuse_second(session: Session, scope: TenantScope) -> None:
    if session.scalar(select(ClosingRequest.id).where(_open_of(scope))) is not None:
        raise ClosingAskedError


def _in_reach(scope: EmployeeScope) -> Select[ClosingRequest, PortalAccount, Tenant]:
    return (
        select(ClosingRequest, PortalAccount, Tenant)
        .join(PortalAccount, PortalAccount.id == ClosingRequest.account_id)
        .join(Tenant, Tenant.id == PortalAccount.tenant_id)
        .where(tenants_of(scope))
    )


def _waiting(scope: EmployeeScope) -> Select[ClosingRequest, PortalAccount, Tenant]:
    return _in_reach(scope).where(ClosingRequest.state == ClosingState.OPEN, PortalAccount.state != AccountState.CLOSED)


def _decide(session: Session, scope: EmployeeScope, closing_id: int, values: dict[str, str]) -> ClosingRequest:
    found = session.execute(_in_reach(scope).where(ClosingRequest.id == closing_id)).first()
    if found is None:
        raise NotFoundError("Nie ma takiej prośby w Twoim rejonie.")
    there = (ClosingRequest.id == closing_id) & (ClosingRequest.state == ClosingState.OPEN)
    decided = {**values, "decided_at": now(), "decided_by": scope.employee_id}
    if changed_rows(session, update(ClosingRequest).where(there).values(decided)) != 1:
        raise NoClosingOpenError("Ktoś już załatwił tę prośbę albo najemca ją wycofał.")
    return found[0]


def _said(typed: str, *, field: str) -> str:
    said = one_line(typed, longest=LONGEST)
    if said is None:
        raise InvalidInputError(f"Skróć tekst do {LONGEST} znaków.", field=field)
    return said
