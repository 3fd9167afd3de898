"""Who owes most: with names and addresses for who may see tenants, under pseudonyms for who may not."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.ledger.arrears import BUCKETS, arrears, with_district
from core.money import from_grosze
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.registry.pseudonyms import pseudonym
from core.registry.queries import served_by

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the city, by the names that `CityArrears` gives; empty texts do not limit."""

    district: str = ""
    borough: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Debtor:
    """One tenancy that owes; amounts in PLN. For who may not see tenants numbers are pseudonyms and the rest is empty."""

    tenancy_no: str
    tenant_no: str
    name: str
    address: str
    district: str
    kind: str  # of the premises
    overdue: Decimal
    buckets: tuple[Decimal, ...]  # in the order of `age_labels()`


def largest_debtors(session: Session, scope: EmployeeScope, *, part: Part | None = None) -> tuple[Debtor, ...]:
    """The tenancies of the employee's districts, or of a part of them, that owe most today; at most `SHOWN`."""
    require_live(session, scope, Permission.SEE_FINANCE)
    owing = with_district(session, arrears(session, served_by(scope, day=today()), day=today()))
    for column, name in _limits(part or Part()).items():
        owing = owing.filter(pl.col(column) == name)
    top = owing.sort("overdue", "tenancy_id", descending=[True, False]).head(SHOWN)
    known = {row.id: row for row in session.execute(_persons(top["tenancy_id"].to_list()))}
    named = scope.may(Permission.SEE_TENANTS)
    return tuple(
        Debtor(
            tenancy_no=who.tenancy_no if named else pseudonym(who.tenancy_no),
            tenant_no=who.tenant_no if named else pseudonym(who.tenant_no),
            name=who.name if named else "",
            address=premises_line(who.street, who.building_no, who.premises_no, kind=who.kind) if named else "",
            district=row["district"],
            kind=row["kind"],
            overdue=from_grosze(row["overdue"]),
            buckets=tuple(from_grosze(row[name]) for name in BUCKETS),
        )
        for row in top.iter_rows(named=True)
        for who in (known[row["tenancy_id"]],)
    )


def _limits(part: Part) -> dict[str, str]:
    limits = {"district": part.district, "borough": part.borough, "kind": part.kind}
    return {column: name for column, name in limits.items() if name}


def _persons(tenancy_ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Tenancy.id,
            Tenancy.tenancy_no,
            Tenant.tenant_no,
            Tenant.name,
            Building.street,
            Building.building_no,
            Premises.premises_no,
            Premises.kind,
        )
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(Tenancy.id.in_(tenancy_ids))
    )
