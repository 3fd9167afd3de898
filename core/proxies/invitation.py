"""The invitation: a one-time link that shows what is granted, and takes it to an account."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import ProxyEnd, ProxyGrant, ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.access.throttle import take_use
from core.accounts.creating import open_proxy_account
from core.accounts.initial_passwords import send_initial_password
from core.accounts.models import AccountState, PortalAccount
from core.accounts.proxy_ends import end_grant, tell_tenant_of
from core.audit.events import record, record_by
from core.audit.models import Actor
from core.clock import now
from core.db import changed_rows, transaction
from core.errors import DomainError, NotFoundError
from core.proxies.grants import GrantState, one_grant, state_of
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy, Tenant

ANSWERS_AT_MOST = 20  # of one network in an hour


class InvitationDeadError(DomainError):
    """The link was used, taken back, is too old, or never was one."""

    def __init__(self) -> None:
        super().__init__(
            "To zaproszenie już nie działa: zostało wykorzystane, odwołane albo minęło 7 dni. Poproś o nowe osobę, która "
            "je wysłała."
        )


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a live link shows: who grants what, to whom, for how long."""

    tenant: str
    address: str  # of the premises
    person: str
    email: str
    level: ProxyLevel
    valid_to: date


@dataclass(frozen=True, slots=True)
class Accepted:
    """To which account a grant went; `new`: it was opened now, and its credentials come by mail."""

    login: str
    new: bool


def new_invitation_token(session: Session, *, grant_id: int) -> str:
    """Make the token of a link at the moment it is mailed. Raises NotFoundError when nobody is invited any more."""
    token = secrets.token_urlsafe(32)
    open_one = (
        (ProxyGrant.id == grant_id)
        & ProxyGrant.accepted_at.is_(None)
        & ProxyGrant.ended_at.is_(None)
        & (ProxyGrant.invited_until > now())
    )
    if changed_rows(session, update(ProxyGrant).where(open_one).values(token_hash=_hash(token))) != 1:
        raise NotFoundError("Tego zaproszenia już nie ma.")
    return token


def invitation(session: Session, *, token: str) -> Invitation:
    """What a live link offers, for its screen. Raises InvitationDeadError."""
    grant = _live(session, token, lock=False)
    tenant, premises, building = session.execute(
        select(Tenant.name, Premises, Building)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(Tenancy.id == grant.tenancy_id)
    ).one()
    return Invitation(
        tenant=tenant,
        address=premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind),
        person=grant.person_name,
        email=grant.email,
        level=ProxyLevel(grant.level),
        valid_to=grant.valid_to,
    )


def accept_anew(*, token: str, network: str = "") -> Accepted:
    """Take the grant to the proxy's account with the address it was sent to; without one it is opened and its credentials
    are mailed. Who holds the link holds that mailbox.

    Opens its own transaction. Raises InvitationDeadError, TooManyUsesError.
    """
    with transaction() as session:
        take_use(session, purpose="proxy_answer", key=network, limit=ANSWERS_AT_MOST, window=timedelta(hours=1))
    with transaction() as session:
        grant = _live(session, token)
        same = (PortalAccount.tenant_id.is_(None)) & (PortalAccount.email == grant.email)
        account = session.scalars(
            select(PortalAccount).where(same, PortalAccount.state != AccountState.CLOSED).order_by(PortalAccount.id)
        ).first()
        # Whose first message was lost has never set a password: it is sent again.
        known = account is not None and account.password_hash is not None
        account = account or open_proxy_account(session, name=grant.person_name, email=grant.email)
        _accept(session, grant, account.id)
        if not known:
            send_initial_password(session, account, reason=f"proxy-{grant.id}")
        record(
            session, actor=Actor.PUBLIC, action="proxy_accepted", object_kind="proxy_grant", object_id=grant.id,
            details={"account": account.id},
        )  # fmt: skip
        return Accepted(account.login, new=not known)


def accept_as(session: Session, scope: TenantScope, *, token: str) -> int:
    """Take the grant to the account that is signed in; its id.

    Raises InvitationDeadError, DomainError where a tenant would become their own proxy.
    """
    require_live(session, scope, proxy=ProxyLevel.SEE)
    grant = _live(session, token)
    own = select(PortalAccount.id).where(
        PortalAccount.id == scope.account_id, PortalAccount.tenant_id == grant.tenant_id
    )
    if session.scalar(own) is not None:
        raise DomainError("To zaproszenie do Twojej własnej umowy. Otworzyć je ma osoba, do której zostało wysłane.")
    _accept(session, grant, scope.account_id)
    record_by(session, scope, "proxy_accepted", object_kind="proxy_grant", object_id=grant.id)
    return grant.id


def decline(*, token: str, network: str = "") -> None:
    """Say no; the link is dead and the tenant is told. Raises InvitationDeadError, TooManyUsesError."""
    with transaction() as session:
        take_use(session, purpose="proxy_answer", key=network, limit=ANSWERS_AT_MOST, window=timedelta(hours=1))
    with transaction() as session:
        grant = _live(session, token)
        end_grant(session, grant, ProxyEnd.GIVEN_UP)
        tell_tenant_of(session, grant, "proxy_given_up")
        record(session, actor=Actor.PUBLIC, action="proxy_given_up", object_kind="proxy_grant", object_id=grant.id)


def _accept(session: Session, grant: ProxyGrant, account_id: int) -> None:
    """Of two answers to one link the second finds it dead."""
    still = (ProxyGrant.id == grant.id) & ProxyGrant.accepted_at.is_(None) & ProxyGrant.ended_at.is_(None)
    values = {"accepted_at": now(), "account_id": account_id, "token_hash": None}
    if changed_rows(session, update(ProxyGrant).where(still).values(values)) != 1:
        raise InvitationDeadError
    tell_tenant_of(session, grant, "proxy_accepted")


def _live(session: Session, token: str, *, lock: bool = True) -> ProxyGrant:
    try:
        grant = one_grant(session, ProxyGrant.token_hash == _hash(token), lock=lock)
    except NotFoundError:
        raise InvitationDeadError from None
    if state_of(grant) is not GrantState.INVITED:
        raise InvitationDeadError
    return grant


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
