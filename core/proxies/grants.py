"""What the ways of granting share: the checks, the invitation, the end, and how a grant is shown."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.access.models import PortalSession, ProxyEnd, ProxyGrant, ProxyLevel
from core.access.throttle import TooManyUsesError, take_use
from core.accounts.models import AccountState, PortalAccount
from core.clock import now, today
from core.errors import DomainError, InvalidFormError, InvalidInputError, NotFoundError
from core.outbox.sending import enqueue
from core.registry.addresses import premises_line
from core.registry.contacts import normal_email
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.words import one_line

INVITED_FOR = timedelta(days=7)
LONGEST = timedelta(days=3 * 366)  # a grant is renewed at least that often
AT_MOST = 5  # that stand for one tenancy at once
A_DAY = 10  # invitations of one tenant, so that nobody's mailbox is filled from here
LONGEST_NAME = 120
NO_SUCH_GRANT = "Nie ma takiego pełnomocnictwa."
LEVELS = {
    ProxyLevel.SEE: "wgląd",
    ProxyLevel.READINGS: "wgląd i odczyty",
    ProxyLevel.EVERYTHING: "wszystko",
}


class GrantState(StrEnum):
    """How a grant stands today."""

    INVITED = "invited"
    LAPSED = "lapsed"  # nobody took the invitation
    ACTIVE = "active"
    OVER = "over"  # its last day has passed
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class GrantForm:
    """What somebody is to be granted, as it was typed."""

    tenancy_id: int
    name: str
    email: str
    level: ProxyLevel
    valid_to: date


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One grant as the tenant and the office see it."""

    grant_id: int
    person: str
    email: str
    address: str  # of the premises
    tenancy_no: str
    level: ProxyLevel
    valid_to: date
    state: GrantState
    by_office: bool
    granted_at: datetime
    invited_until: datetime
    ended_at: datetime | None
    end_reason: ProxyEnd | None
    last_used: datetime | None  # within the time sessions are kept
    account_id: int | None  # of the proxy, once the invitation is accepted
    login: str | None
    account_name: str | None  # whose account it is: the invited person's, unless somebody else took the invitation
    own_account: bool  # which is nobody's as a tenant, so that nobody else looks after it

    @property
    def stands(self) -> bool:
        """Whether there is something to revoke."""
        return self.state in (GrantState.INVITED, GrantState.ACTIVE)


def write_grant(session: Session, form: GrantForm, *, tenant_id: int, employee_id: int | None) -> int:
    """Write a grant and its invitation; its id. The caller has asked whose tenancy it is.

    Raises InvalidFormError (fields `name`, `email`, `valid_to`), DomainError when too many stand or were sent today.
    """
    name, email = _checked(form)
    tenancy = session.scalars(
        select(Tenancy).where(Tenancy.id == form.tenancy_id, Tenancy.tenant_id == tenant_id).with_for_update()
    ).one()
    if tenancy.valid_to is not None and tenancy.valid_to < today():
        raise DomainError("Ta umowa jest zakończona. Pełnomocnika można ustanowić tylko do umowy, która trwa.")
    _refuse_own_address(session, tenant_id=tenant_id, email=email)
    _refuse_too_many(session, form.tenancy_id, email)
    try:
        take_use(session, purpose="proxy_invitation", key=str(tenant_id), limit=A_DAY, window=timedelta(days=1))
    except TooManyUsesError:
        raise DomainError(f"W ciągu doby można wysłać {A_DAY} zaproszeń. Następne wyślesz jutro.") from None
    grant = ProxyGrant(
        tenant_id=tenant_id,
        tenancy_id=form.tenancy_id,
        level=form.level,
        person_name=name,
        email=email,
        valid_to=form.valid_to,
        granted_at=now(),
        granted_by=employee_id,
        invited_until=now() + INVITED_FOR,
    )
    session.add(grant)
    session.flush()
    enqueue(
        session,
        key=f"proxy-invitation-{grant.id}",
        template="proxy_invitation",
        recipient=email,
        parameters={
            "grant_id": str(grant.id),
            "person": name,
            "tenant": _first_name(session, tenant_id),
            "until": f"{form.valid_to:%d.%m.%Y}",
        },
    )
    return grant.id


def grant_lines(session: Session, condition: ColumnElement[bool]) -> list[GrantLine]:
    """The grants under a SQL condition over ProxyGrant, those that stand first, then from the newest."""
    last_used = select(func.max(PortalSession.seen_at)).where(PortalSession.proxy_grant_id == ProxyGrant.id)
    rows = session.execute(
        select(
            ProxyGrant,
            Tenancy.tenancy_no,
            Premises,
            Building,
            last_used.scalar_subquery(),
            PortalAccount.login,
            func.coalesce(Tenant.name, PortalAccount.person_name),
            PortalAccount.tenant_id,
        )
        .join(Tenancy, Tenancy.id == ProxyGrant.tenancy_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .outerjoin(PortalAccount, PortalAccount.id == ProxyGrant.account_id)
        .outerjoin(Tenant, Tenant.id == PortalAccount.tenant_id)
        .where(condition)
        .order_by(ProxyGrant.id.desc())
    )
    lines = [
        GrantLine(
            grant_id=one.id,
            person=one.person_name,
            email=one.email,
            address=premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind),
            tenancy_no=tenancy_no,
            level=ProxyLevel(one.level),
            valid_to=one.valid_to,
            state=state_of(one),
            by_office=one.granted_by is not None,
            granted_at=one.granted_at,
            invited_until=one.invited_until,
            ended_at=one.ended_at,
            end_reason=ProxyEnd(one.end_reason) if one.end_reason else None,
            last_used=used,
            account_id=one.account_id,
            login=login,
            account_name=name,
            own_account=login is not None and tenant_id is None,
        )
        for one, tenancy_no, premises, building, used, login, name, tenant_id in rows
    ]
    return sorted(lines, key=lambda one: not one.stands)


def one_grant(session: Session, *conditions: ColumnElement[bool], lock: bool = True) -> ProxyGrant:
    """The grant under these conditions; with `lock` held until the transaction ends. Raises NotFoundError."""
    wanted = select(ProxyGrant).where(*conditions)
    if lock:
        wanted = wanted.with_for_update(of=ProxyGrant)
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError(NO_SUCH_GRANT)
    return found


def state_of(one: ProxyGrant) -> GrantState:
    """How a grant stands today."""
    if one.ended_at is not None:
        return GrantState.ENDED
    if one.valid_to < today():
        return GrantState.OVER
    if one.accepted_at is not None:
        return GrantState.ACTIVE
    return GrantState.INVITED if one.invited_until > now() else GrantState.LAPSED


def _checked(form: GrantForm) -> tuple[str, str]:
    errors: list[tuple[str, str]] = []
    name = one_line(form.name, longest=LONGEST_NAME)
    if not name:
        errors.append(("name", f"Podaj imię i nazwisko pełnomocnika, najwyżej {LONGEST_NAME} znaków."))
    email = ""
    try:
        email = normal_email(form.email.strip())
    except InvalidInputError as refusal:
        errors.append(("email", refusal.message))
    if form.valid_to < today():
        errors.append(("valid_to", "Podaj dzień dzisiejszy albo późniejszy."))
    elif form.valid_to > today() + LONGEST:
        errors.append(("valid_to", "Pełnomocnictwo może trwać najwyżej trzy lata. Potem można ustanowić nowe."))
    if errors:
        raise InvalidFormError(errors)
    return name or "", email


def _first_name(session: Session, tenant_id: int) -> str:
    """`Anna K.`: enough to be recognised by who is meant, little where the address was mistyped."""
    first, *rest = session.get_one(Tenant, tenant_id).name.split()
    return f"{first} {rest[-1][0]}." if rest else first


def _refuse_own_address(session: Session, *, tenant_id: int, email: str) -> None:
    own = select(PortalAccount.id).where(
        PortalAccount.tenant_id == tenant_id, PortalAccount.state != AccountState.CLOSED, PortalAccount.email == email
    )
    if session.scalar(own) is not None:
        raise InvalidInputError("To jest adres konta najemcy. Podaj adres pełnomocnika.", field="email")


def _refuse_too_many(session: Session, tenancy_id: int, email: str) -> None:
    standing = [
        one
        for one in session.scalars(
            select(ProxyGrant).where(ProxyGrant.tenancy_id == tenancy_id, ProxyGrant.ended_at.is_(None))
        )
        if state_of(one) in (GrantState.INVITED, GrantState.ACTIVE)
    ]
    if any(one.email == email for one in standing):
        raise InvalidInputError(
            "Osoba z tym adresem ma już pełnomocnictwo albo zaproszenie do tej umowy. Żeby je zmienić, najpierw je odwołaj.",
            field="email",
        )
    if len(standing) >= AT_MOST:
        raise DomainError(f"Do jednej umowy można mieć najwyżej {AT_MOST} pełnomocników. Odwołaj któregoś.")
