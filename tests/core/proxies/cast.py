"""People for the tests of proxies: Anna with a password and two tenancies, and somebody whom she trusts."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import ProxyGrant, ProxyLevel
from core.access.scopes import TenantScope
from core.clock import today
from core.db import reading, transaction
from core.outbox.models import OutgoingMail
from core.proxies.given import invite_proxy
from core.proxies.grants import GrantForm
from core.proxies.invitation import new_invitation_token
from core.registry.models import Tenancy, Tenant
from tests.accounts import TENANT_PASSWORD, make_account
from tests.cast import make_building, make_district, make_premises, make_tenancy, sign_in_tenant

EMAIL = "wnuk@example.com"


@dataclass
class Household:
    """Anna, signed in, with the ids of her two tenancies."""

    scope: TenantScope
    flat: int
    garage: int


def anna(session: Session, *, login: str = "anna", name: str = "Anna Kowalska") -> Household:
    """All of it committed."""
    account = make_account(session, login=login, name=name)
    account.email = f"{login}@example.com"
    tenant = session.get_one(Tenant, account.tenant_id)
    building = make_building(session, street=f"Kwiatowa {login}", district=make_district(session, code="CENTRUM"))
    flat = make_tenancy(session, tenant, premises=make_premises(session, building=building))
    garage = make_tenancy(session, tenant, premises=make_premises(session, building=building))
    made = Household(sign_in_tenant(session, tenant, account_id=account.id), flat.id, garage.id)
    session.commit()
    return made


def form(
    house: Household,
    *,
    email: str = EMAIL,
    level: ProxyLevel = ProxyLevel.SEE,
    valid_to: date | None = None,
    name: str = "Piotr Wnuk",
) -> GrantForm:
    return GrantForm(house.flat, name, email, level, valid_to or today() + timedelta(days=90))


def invite(house: Household, wanted: GrantForm | None = None) -> int:
    """Invite and return the grant's id."""
    invite_proxy(house.scope, form=wanted or form(house), current=TENANT_PASSWORD)
    with reading() as session:
        return session.scalars(select(ProxyGrant.id).order_by(ProxyGrant.id.desc())).first() or 0


def token_of(grant_id: int) -> str:
    """What the mail's link carries."""
    with transaction() as session:
        return new_invitation_token(session, grant_id=grant_id)


def mails() -> list[tuple[str, str]]:
    """Templates and recipients in the outbox, in order."""
    with reading() as session:
        rows = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
        return [(one.template, one.recipient) for one in rows]


def tenancy(session: Session, tenancy_id: int) -> Tenancy:
    return session.get_one(Tenancy, tenancy_id)
