"""Whose money it is: one of the tenant's own tenancies, as every paper about it names the parties."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.errors import NotFoundError
from core.registry.addresses import postal_line, premises_line
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.registry.queries import UNKNOWN_TENANCY


@dataclass(frozen=True, slots=True)
class Parties:
    """A tenancy with its tenant: who pays, for what, and to which account."""

    tenancy_id: int
    tenancy_no: str
    tenant_no: str
    tenant: str  # also where a proxy asks
    address: str  # ul. Kwiatowa 12 m. 7
    town: str  # 90-001 Łódź
    bank_account_no: str | None  # 26 digits


def paper_name(kind: str, tenancy_no: str, *days: date, suffix: str = "pdf") -> str:
    """The name of a paper's file: `Potwierdzenie-salda-N-00004-2007-2026-11-30.pdf`."""
    number = "".join(sign if sign.isalnum() else "-" for sign in tenancy_no)
    return "-".join((kind, number, *map(str, days))) + f".{suffix}"


def parties(session: Session, scope: TenantScope, *, tenancy_id: int) -> Parties:
    """The parties of one of the tenant's own tenancies. Raises NotFoundError for another's."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    found = session.execute(
        select(Tenancy, Tenant, Premises, Building)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(Tenancy.id == tenancy_id, scope.owns(Tenancy.tenant_id, Tenancy.id))
    ).one_or_none()
    if found is None:
        raise NotFoundError(UNKNOWN_TENANCY)
    tenancy, tenant, premises, building = found
    return Parties(
        tenancy_id=tenancy.id,
        tenancy_no=tenancy.tenancy_no,
        tenant_no=tenant.tenant_no,
        tenant=tenant.name,
        address=premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind),
        town=postal_line(building.postal_code, building.city),
        bank_account_no=tenancy.bank_account_no,
    )
