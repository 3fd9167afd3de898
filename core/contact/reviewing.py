"""The office's queue: addresses for letters to approve, refused changes of e-mail to settle."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.reach import tenants_of
from core.audit.events import record_by
from core.audit.views import Purpose, note_views
from core.clock import now, today
from core.contact.changing import set_address
from core.contact.models import ChangeState, ContactChange, ContactKind, NothingUnderWayError
from core.db import changed_rows
from core.errors import InvalidInputError, NotFoundError
from core.notices.inbox import Telling, tell
from core.notices.models import NoticeKind
from core.registry.models import Tenant
from core.words import one_line

FOR_THE_OFFICE = (ChangeState.WAITING, ChangeState.FROZEN)
LONGEST_REASON = 500
TOLD_FOR = timedelta(days=60)
UNKNOWN = "Nie ma takiej zmiany w Twoim rejonie."
GONE = "Ktoś już załatwił tę zmianę albo najemca ją wycofał."


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """One change that waits for the office."""

    change_id: int
    tenant_id: int
    tenant_no: str
    tenant: str
    kind: ContactKind
    state: ChangeState  # waiting: an address to approve; frozen: a refused e-mail to settle
    old: str
    new: str
    asked_at: datetime


def waiting_changes(session: Session, scope: EmployeeScope) -> list[WaitingChange]:
    """What waits in the employee's districts: refused changes of e-mail first, then the oldest; the look is noted."""
    require_live(session, scope, Permission.REVIEW_CONTACT_CHANGES)
    rows = session.execute(
        select(ContactChange, Tenant)
        .join(Tenant, Tenant.id == ContactChange.tenant_id)
        .where(ContactChange.state.in_(FOR_THE_OFFICE), tenants_of(scope))
        .order_by(ContactChange.state, ContactChange.id)  # "frozen" stands before "waiting"
    ).all()
    note_views(session, scope, tenants=[tenant.id for _, tenant in rows], purpose=Purpose.CONTACT_CHANGE)
    return [
        WaitingChange(
            change_id=one.id,
            tenant_id=tenant.id,
            tenant_no=tenant.tenant_no,
            tenant=tenant.name,
            kind=ContactKind(one.kind),
            state=ChangeState(one.state),
            old=one.old,
            new=one.new,
            asked_at=one.asked_at,
        )
        for one, tenant in rows
    ]


def waiting_changes_count(session: Session, scope: EmployeeScope) -> int:
    """How many wait."""
    require_live(session, scope, Permission.REVIEW_CONTACT_CHANGES)
    counted = (
        select(func.count())
        .select_from(ContactChange)
        .join(Tenant, Tenant.id == ContactChange.tenant_id)
        .where(ContactChange.state.in_(FOR_THE_OFFICE), tenants_of(scope))
    )
    return session.scalar(counted) or 0


def approve_address(session: Session, scope: EmployeeScope, *, change_id: int) -> None:
    """Put an address for letters in force and tell its tenant. Raises NotFoundError, NothingUnderWayError."""
    require_live(session, scope, Permission.REVIEW_CONTACT_CHANGES)
    change = _decide(session, scope, change_id, ChangeState.WAITING, ChangeState.DONE)
    set_address(session, tenant_id=change.tenant_id, address=change.new)
    _tell(session, change, "Zatwierdziliśmy nowy adres do korespondencji.")
    record_by(session, scope, "address_change_approved", object_kind="contact_change", object_id=change_id)


def reject_address(session: Session, scope: EmployeeScope, *, change_id: int, reason: str) -> None:
    """Refuse an address with a reason the tenant reads. Raises as `approve_address`, InvalidInputError (field `reason`)."""
    require_live(session, scope, Permission.REVIEW_CONTACT_CHANGES)
    said = _reason(reason)
    change = _decide(session, scope, change_id, ChangeState.WAITING, ChangeState.REJECTED, reason=said)
    _tell(session, change, f"Nie przyjęliśmy nowego adresu do korespondencji. Powód: {said}")
    record_by(session, scope, "address_change_rejected", object_kind="contact_change", object_id=change_id)


def settle_refused_email(session: Session, scope: EmployeeScope, *, change_id: int, reason: str) -> None:
    """Settle a change of e-mail that the old address refused, once the office has spoken with the tenant.

    The old address stays in force and the tenant may change it again; the account is unlocked by the way back in, or in
    `Najemcy`. Raises NotFoundError, NothingUnderWayError, InvalidInputError (`reason`).
    """
    require_live(session, scope, Permission.REVIEW_CONTACT_CHANGES)
    _decide(session, scope, change_id, ChangeState.FROZEN, ChangeState.REJECTED, reason=_reason(reason))
    record_by(session, scope, "email_refusal_settled", object_kind="contact_change", object_id=change_id)


def _decide(
    session: Session,
    scope: EmployeeScope,
    change_id: int,
    before: ChangeState,
    after: ChangeState,
    *,
    reason: str | None = None,
) -> ContactChange:
    change = session.scalar(
        select(ContactChange)
        .join(Tenant, Tenant.id == ContactChange.tenant_id)
        .where(ContactChange.id == change_id, tenants_of(scope))
    )
    if change is None:
        raise NotFoundError(UNKNOWN)
    values = {"state": after, "decided_at": now(), "decided_by": scope.employee_id, "reason": reason}
    there = (ContactChange.id == change_id) & (ContactChange.state == before)
    if changed_rows(session, update(ContactChange).where(there).values(values)) != 1:
        raise NothingUnderWayError(GONE)
    return change


def _reason(typed: str) -> str:
    said = one_line(typed, longest=LONGEST_REASON)
    if said is None:
        raise InvalidInputError(f"Skróć powód do {LONGEST_REASON} znaków.", field="reason")
    if not said:
        raise InvalidInputError("Podaj powód. Zostaje w historii.", field="reason")
    return said


def _tell(session: Session, change: ContactChange, what: str) -> None:
    telling = Telling(change.tenant_id, str(change.id), {"what": what})
    tell(session, kind=NoticeKind.CONTACT_DECIDED, tellings=[telling], shown_until=today() + TOLD_FOR)
