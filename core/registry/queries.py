"""Reads of the registry: a tenant's tenancies, and which of them an employee serves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, Subquery, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.clock import today
from core.errors import NotFoundError
from core.registry.addresses import postal_line, premises_line
from core.registry.models import Building, BuildingService, Premises, ServiceDistrict, Tenancy, Tenant

UNKNOWN_TENANCY = "Nie ma takiej umowy."


@dataclass(frozen=True, slots=True)
class TenancyCard:
    """One tenancy as its tenant knows it."""

    tenancy_id: int
    tenancy_no: str
    title: str  # kind of legal title, Polish, as the landlord's system writes it
    address: str  # ul. Kwiatowa 12 m. 7
    town: str  # 90-001 Łódź
    premises_kind: str
    valid_from: date
    valid_to: date | None
    bank_account_no: str | None  # 26 digits
    payment_day: int

    def is_current(self, day: date) -> bool:
        """Whether the tenancy stands on that day."""
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


_OF_TENANT = (
    select(Tenancy, Premises, Building)
    .join(Premises, Premises.id == Tenancy.premises_id)
    .join(Building, Building.id == Premises.building_id)
    .where(Tenancy.tenant_id == bindparam("tenant"))
)


def tenancies_of(session: Session, scope: TenantScope) -> list[TenancyCard]:
    """The tenant's own tenancies: those that stand today first, then by number."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    own = _OF_TENANT if scope.proxy is None else _OF_TENANT.where(Tenancy.id == scope.proxy.tenancy_id)
    return _in_order(session.execute(own, {"tenant": scope.tenant_id}))


def require_own_tenancy(session: Session, scope: TenantScope, *, tenancy_id: int) -> None:
    """Refuse a dead session (SessionEndedError) and a tenancy that is not the tenant's (NotFoundError)."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    own = select(Tenancy.id).where(Tenancy.id == tenancy_id, scope.owns(Tenancy.tenant_id, Tenancy.id))
    if session.scalar(own) is None:
        raise NotFoundError(UNKNOWN_TENANCY)


def owns_or_general(scope: TenantScope, tenant_id: Any, tenancy_id: Any) -> ColumnElement[bool]:
    """`scope.owns` of what may hang on no tenancy: where the tenant has one only, that is what it is about."""
    own: ColumnElement[bool] = scope.owns(tenant_id, tenancy_id)
    if scope.proxy is None:
        return own
    only = select(func.count()).where(Tenancy.tenant_id == scope.tenant_id).scalar_subquery() == 1
    general: ColumnElement[bool] = (tenant_id == scope.tenant_id) & tenancy_id.is_(None) & only
    return own | general


def tenancies_served(session: Session, scope: EmployeeScope, *, tenant_id: int) -> list[TenancyCard]:
    """A tenant's tenancies in the employee's districts: those that stand today first, then by number."""
    require_live(session, scope, Permission.SEE_TENANTS)
    rows = session.execute(_OF_TENANT.where(served_by(scope, day=today())), {"tenant": tenant_id})
    return _in_order(rows)


def served_by(scope: EmployeeScope, *, day: date) -> ColumnElement[bool]:
    """SQL condition over Tenancy: its building is served, on that day, by one of the employee's districts.

    A scope without districts serves the whole city.
    """
    return tenancies_in_districts(scope.district_ids, day=day) if scope.district_ids else true()


def tenancies_in_districts(district_ids: Collection[int], *, day: date) -> ColumnElement[bool]:
    """SQL condition over Tenancy: its building is served, on that day, by one of these districts."""
    return Tenancy.premises_id.in_(_served_premises(district_ids, day))


def premises_served_by(scope: EmployeeScope, *, day: date) -> ColumnElement[bool]:
    """SQL condition over Premises, as `served_by`."""
    return Premises.id.in_(_served_premises(scope.district_ids, day)) if scope.district_ids else true()


def premises_in_districts(district_ids: Collection[int], *, day: date) -> ColumnElement[bool]:
    """SQL condition over Premises: their building is served, on that day, by one of these districts."""
    return Premises.id.in_(_served_premises(district_ids, day))


def districts_on(session: Session, *, day: date) -> dict[int, tuple[int, str]]:
    """The district (id, name) that serves each building on a day, by the building's id."""
    newest = _newest_service(day)
    rows = session.execute(
        select(BuildingService.building_id, ServiceDistrict.id, ServiceDistrict.name)
        .join(ServiceDistrict, ServiceDistrict.id == BuildingService.district_id)
        .join(
            newest,
            (newest.c.building_id == BuildingService.building_id) & (newest.c.valid_from == BuildingService.valid_from),
        )
    )
    return {building: (district, name) for building, district, name in rows}


def districts_of_tenant(session: Session, *, tenant_id: int, day: date) -> set[int]:
    """Ids of the districts that serve what a tenant rents on a day."""
    stands = (Tenancy.valid_from <= day) & or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= day)
    buildings = session.scalars(
        select(Premises.building_id)
        .join(Tenancy, Tenancy.premises_id == Premises.id)
        .where(Tenancy.tenant_id == tenant_id, stands)
    ).all()
    served = districts_on(session, day=day)
    return {served[building][0] for building in buildings if building in served}


def services_on(*, day: date) -> Subquery:
    """Which district and which administrator serve each building on a day: `building_id`, `district_id`, `administrator_id`."""
    newest = _newest_service(day)
    return (
        select(BuildingService.building_id, BuildingService.district_id, BuildingService.administrator_id)
        .join(
            newest,
            (newest.c.building_id == BuildingService.building_id) & (newest.c.valid_from == BuildingService.valid_from),
        )
        .subquery("services")
    )


def tenant_of_premises(*, day: date) -> ScalarSelect[str]:
    """SQL over Premises: the name of who rents them on a day; NULL: they stand empty."""
    return (
        select(Tenant.name)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .where(
            Tenancy.premises_id == Premises.id,
            Tenancy.valid_from <= day,
            or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= day),
        )
        .order_by(Tenancy.valid_from.desc())
        .limit(1)
        .correlate(Premises)
        .scalar_subquery()
    )


def _served_premises(district_ids: Collection[int], day: date) -> Select[int]:
    newest = _newest_service(day)
    return (
        select(Premises.id)
        .join(newest, newest.c.building_id == Premises.building_id)
        .join(
            BuildingService,
            (BuildingService.building_id == newest.c.building_id) & (BuildingService.valid_from == newest.c.valid_from),
        )
        .where(BuildingService.district_id.in_(district_ids))
    )


def _newest_service(day: date) -> Subquery:
    return (
        select(BuildingService.building_id, func.max(BuildingService.valid_from).label("valid_from"))
        .where(BuildingService.valid_from <= day)
        .group_by(BuildingService.building_id)
        .subquery()
    )


def _in_order(rows: Iterable[Row[Tenancy, Premises, Building]]) -> list[TenancyCard]:
    day = today()
    cards = [_card(tenancy, premises, building) for tenancy, premises, building in rows]
    return sorted(cards, key=lambda card: (not card.is_current(day), card.tenancy_no))


def _card(tenancy: Tenancy, premises: Premises, building: Building) -> TenancyCard:
    return TenancyCard(
        tenancy_id=tenancy.id,
        tenancy_no=tenancy.tenancy_no,
        title=tenancy.title,
        address=premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind),
        town=postal_line(building.postal_code, building.city),
        premises_kind=premises.kind,
        valid_from=tenancy.valid_from,
        valid_to=tenancy.valid_to,
        bank_account_no=tenancy.bank_account_no,
        payment_day=tenancy.payment_day,
    )
