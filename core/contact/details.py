"""What is known of a tenant's contact data, whoever told it, and the tenant's own view with its history."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope, require_live
from core.accounts.models import PortalAccount
from core.clock import now
from core.contact.models import OPEN_STATES, ChangeState, ContactChange, ContactDetails, ContactKind
from core.registry.contacts import phone_words
from core.registry.models import Tenant

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """How a tenant is reached; empty texts are not known."""

    phone: str  # as people read it
    address: str  # for letters


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as its tenant finds it."""

    change_id: int
    kind: ContactKind
    state: ChangeState
    old: str
    new: str
    asked_at: datetime
    decided_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class OwnContact:
    """A tenant's contact data, what is under way, and what has been."""

    email: str
    phone: str
    address: str
    recovery_email: str | None  # where the way back in still goes, where that is another address
    recovery_until: datetime | None
    frozen: bool  # the old address has refused a change: the office settles it first
    open: dict[ContactKind, ChangeLine]
    history: tuple[ChangeLine, ...]  # newest first


def contact_of(session: Session, *, tenant_id: int) -> ContactPoint:
    """Telephone and address for letters: what the tenant told, else what the landlord's file says; no scope is asked."""
    own = session.get(ContactDetails, tenant_id)
    tenant = session.get_one(Tenant, tenant_id)
    return ContactPoint(
        phone=phone_words(own.phone) if own and own.phone else tenant.phone or "",
        address=own.address if own and own.address else tenant.mailing_address or "",
    )


def addresses_of(session: Session, *, tenants: Collection[int]) -> dict[int, str]:
    """Addresses for letters of some tenants (at most 500) who have one other than their home; no scope is asked."""
    chosen = func.coalesce(ContactDetails.address, Tenant.mailing_address)
    rows = session.execute(
        select(Tenant.id, chosen)
        .outerjoin(ContactDetails, ContactDetails.tenant_id == Tenant.id)
        .where(Tenant.id.in_(tenants))
    )
    return {tenant: address for tenant, address in rows if address}


def own_contact(session: Session, scope: TenantScope) -> OwnContact:
    """The tenant's own contact data."""
    require_live(session, scope)
    account = session.get_one(PortalAccount, scope.account_id)
    known = contact_of(session, tenant_id=scope.tenant_id)
    lines = [
        _line(one)
        for one in session.scalars(
            select(ContactChange)
            .where(ContactChange.tenant_id == scope.tenant_id)
            .order_by(ContactChange.id.desc())
            .limit(SHOWN)
        )
    ]
    elsewhere = account.recovery_email(now()) != account.email
    return OwnContact(
        email=account.email or "",
        phone=known.phone,
        address=known.address,
        recovery_email=account.former_email if elsewhere else None,
        recovery_until=account.former_email_until if elsewhere else None,
        frozen=any(one.state is ChangeState.FROZEN for one in lines),
        open={one.kind: one for one in lines if one.state in OPEN_STATES},
        history=tuple(one for one in lines if one.state not in OPEN_STATES),
    )


def _line(one: ContactChange) -> ChangeLine:
    return ChangeLine(
        change_id=one.id,
        kind=ContactKind(one.kind),
        state=ChangeState(one.state),
        old=one.old,
        new=one.new,
        asked_at=one.asked_at,
        decided_at=one.decided_at,
        reason=one.reason,
    )
