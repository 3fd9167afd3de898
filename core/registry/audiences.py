"""Whom something is for, an announcement or a letter: a value that is kept as JSON and becomes a condition over tenancies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.errors import InvalidInputError, NotPermittedError
from core.registry.addresses import street_line
from core.registry.models import Building, Premises, ServiceDistrict, Tenancy, Tenant
from core.registry.queries import premises_served_by, served_by, tenancies_in_districts

NAMES_SHOWN = 50
NUMBERS_AT_MOST = 5_000  # of tenancies chosen one by one


class AudienceKind(StrEnum):
    """By what tenants are chosen."""

    ALL = "all"
    DISTRICT = "district"
    BOROUGH = "borough"
    BUILDING = "building"
    PREMISES_KIND = "premises_kind"
    TENANCY = "tenancy"


@dataclass(frozen=True, slots=True)
class Audience:
    """`values`: ids of districts, buildings or tenancies, or names of boroughs or kinds; of all, none.

    `within`: the districts it does not go beyond, those of who wrote it; empty: the whole city.
    """

    kind: AudienceKind
    values: tuple[int | str, ...] = ()
    within: tuple[int, ...] = ()

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps({"kind": self.kind, "values": self.values, "within": self.within}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class AudienceChoices:
    """What may be chosen from, in the employee's reach: value and name."""

    districts: tuple[tuple[int, str], ...]
    boroughs: tuple[tuple[str, str], ...]
    buildings: tuple[tuple[int, str], ...]
    premises_kinds: tuple[tuple[str, str], ...]

    def of(self, kind: AudienceKind) -> tuple[tuple[int | str, str], ...]:
        """The choices of one kind."""
        lists: dict[AudienceKind, tuple[tuple[int | str, str], ...]] = {
            AudienceKind.DISTRICT: self.districts,
            AudienceKind.BOROUGH: self.boroughs,
            AudienceKind.BUILDING: self.buildings,
            AudienceKind.PREMISES_KIND: self.premises_kinds,
        }
        return lists.get(kind, ())


def audience_from(text: str) -> Audience:
    """The value that `to_json` wrote."""
    kept = json.loads(text)
    return Audience(AudienceKind(kept["kind"]), tuple(kept["values"]), tuple(kept["within"]))


def addressed(audience: Audience, *, day: date) -> ColumnElement[bool]:
    """SQL condition over Tenancy: it stands on that day and belongs to the audience."""
    stands = (Tenancy.valid_from <= day) & or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= day)
    limit = tenancies_in_districts(audience.within, day=day) if audience.within else true()
    return stands & limit & _chosen(audience, day)


def _chosen(audience: Audience, day: date) -> ColumnElement[bool]:
    values = audience.values
    if audience.kind is AudienceKind.DISTRICT:
        return tenancies_in_districts([int(one) for one in values], day=day)
    if audience.kind is AudienceKind.TENANCY:
        return Tenancy.id.in_(values)
    premises = select(Premises.id)
    if audience.kind is AudienceKind.BUILDING:
        return Tenancy.premises_id.in_(premises.where(Premises.building_id.in_(values)))
    if audience.kind is AudienceKind.PREMISES_KIND:
        return Tenancy.premises_id.in_(premises.where(Premises.kind.in_(values)))
    if audience.kind is AudienceKind.BOROUGH:
        in_buildings = premises.join(Building, Building.id == Premises.building_id)
        return Tenancy.premises_id.in_(in_buildings.where(Building.borough.in_(values)))
    return true()


def audience_choices(session: Session, scope: EmployeeScope) -> AudienceChoices:
    """Whom the employee may write to."""
    require_live(session, scope, Permission.SEE_DESK)
    districts = select(ServiceDistrict.id, ServiceDistrict.name).order_by(ServiceDistrict.name)
    if scope.district_ids:
        districts = districts.where(ServiceDistrict.id.in_(scope.district_ids))
    served = premises_served_by(scope, day=today())
    buildings = select(Building).where(Building.id.in_(select(Premises.building_id).where(served)))
    in_order = session.scalars(buildings.order_by(Building.street, Building.building_no)).all()
    kinds = session.scalars(select(Premises.kind).where(served).distinct().order_by(Premises.kind))
    return AudienceChoices(
        districts=tuple((one, name) for one, name in session.execute(districts)),
        boroughs=tuple((name, name) for name in sorted({one.borough for one in in_order})),
        buildings=tuple((one.id, f"{street_line(one.street, one.building_no)}, {one.city}") for one in in_order),
        premises_kinds=tuple((kind, kind) for kind in kinds),
    )


def tenancies_by_number(session: Session, scope: EmployeeScope, *, numbers: Sequence[str]) -> tuple[int, ...]:
    """Ids of tenancies named one by one. Raises InvalidInputError (field `audience`) naming those not to be found."""
    require_live(session, scope, Permission.SEE_DESK)
    wanted = list(dict.fromkeys(one.strip() for one in numbers if one.strip()))
    if not wanted:
        raise InvalidInputError("Podaj numery umów, po jednym w wierszu.", field="audience")
    if len(wanted) > NUMBERS_AT_MOST:
        raise InvalidInputError(f"Naraz można podać najwyżej {NUMBERS_AT_MOST} umów.", field="audience")
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        some = Tenancy.tenancy_no.in_(wanted[start : start + 500])
        rows = session.execute(select(Tenancy.tenancy_no, Tenancy.id).where(some, served_by(scope, day=today())))
        found |= dict(rows.all())
    if missing := [one for one in wanted if one not in found]:
        listed = ", ".join(missing[:10]) + (f" i {len(missing) - 10} innych" if len(missing) > 10 else "")
        raise InvalidInputError(f"Nie ma takich umów w Twoim rejonie: {listed}.", field="audience")
    return tuple(found[one] for one in wanted)


def described(session: Session, audience: Audience) -> str:
    """The audience in words, for the office."""
    values = audience.values
    if audience.kind is AudienceKind.DISTRICT:
        names = session.scalars(select(ServiceDistrict.name).where(ServiceDistrict.id.in_(values)))
        words = ", ".join(sorted(names))
    elif audience.kind is AudienceKind.BUILDING:
        rows = session.scalars(select(Building).where(Building.id.in_(values)).order_by(Building.street))
        words = ", ".join(street_line(one.street, one.building_no) for one in rows)
    elif audience.kind is AudienceKind.BOROUGH:
        words = "dzielnica " + ", ".join(map(str, values))
    elif audience.kind is AudienceKind.PREMISES_KIND:
        words = "rodzaj lokalu: " + ", ".join(map(str, values))
    elif audience.kind is AudienceKind.TENANCY:
        words = f"wybrane umowy ({len(values)})"
    else:
        words = "wszyscy najemcy"
    if audience.within and audience.kind is not AudienceKind.DISTRICT:
        names = session.scalars(select(ServiceDistrict.name).where(ServiceDistrict.id.in_(audience.within)))
        words += f" ({', '.join(sorted(names))})"
    return words


def recipients_now(session: Session, audience: Audience) -> tuple[int, tuple[str, ...]]:
    """How many tenants the audience holds today, and the names of the first of them."""
    tenants = select(Tenancy.tenant_id).where(addressed(audience, day=today()))
    number = session.scalar(select(func.count(Tenancy.tenant_id.distinct())).where(addressed(audience, day=today())))
    names = session.scalars(select(Tenant.name).where(Tenant.id.in_(tenants)).order_by(Tenant.name).limit(NAMES_SHOWN))
    return number or 0, tuple(names)


def limited(scope: EmployeeScope, audience: Audience) -> Audience:
    """The audience within the employee's districts. Raises NotPermittedError for a district of somebody else."""
    beyond = (
        audience.kind is AudienceKind.DISTRICT
        and scope.district_ids
        and not {*audience.values} <= {*scope.district_ids}
    )
    if beyond:
        raise NotPermittedError("Można pisać tylko do najemców Twojego rejonu. Zmień odbiorców.")
    return Audience(audience.kind, audience.values, tuple(sorted(scope.district_ids)))
