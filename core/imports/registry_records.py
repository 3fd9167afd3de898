"""What the rows of a registry file become: each kind is a tuple of records, saved one after the other.

A later record can refer to an earlier one of the same row, and to records that other files brought.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from core.charges.models import Charge
from core.clock import today
from core.db import Base
from core.meters.models import Meter, MeterPoint
from core.meters.verification import verified_until
from core.registry.models import (
    Building,
    BuildingService,
    Premises,
    PropertyAdministrator,
    ServiceDistrict,
    Tenancy,
    Tenant,
)

Row = dict[str, Any]
Key = tuple[Any, ...]


class Standing(Protocol):
    """The records as they stand while a file is brought in."""

    def standing(self, model: type[Base]) -> dict[Key, Row]:
        """All records of a table by key."""

    def find(self, model: type[Base], key: Key) -> Row | None:
        """The record with this key, if it stands."""


# A building's first assignment holds for all its past.
SINCE_EVER = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that holds the id of another record, found by that record's key in fields of the row."""

    model: type[Base]
    key: Mapping[str, "str | Reference"]  # column of the other record → field of the row, or a reference again
    heading: str = ""  # column of the file that names it
    missing: str = ""  # what to say when there is no such record; empty: an earlier record of the row makes it


@dataclass(frozen=True, slots=True)
class Record:
    """One table that a kind of file fills."""

    model: type[Base]
    key: Mapping[str, str | Reference]  # column → field of the row, or a reference
    values: Mapping[str, str | Reference] = field(default_factory=dict)
    once: Mapping[str, str] = field(default_factory=dict)  # set when made, never updated
    counts: bool = True  # whether what becomes of this record says what became of the row
    filled: frozenset[str] = frozenset()  # fields that `prepare` fills, whether the file has their column or not
    within: str = ""  # a table too large to be read whole: read by this column of the key, for the rows of one block
    prepare: Callable[[Standing, list[Row]], list[Row]] | None = None


def _only_new_assignments(standing: Standing, rows: list[Row]) -> list[Row]:
    """Leave out assignments in force on the day the row tells of, its `od` or today; date the first one since ever."""
    # What is announced for a later day is not in force yet: it says nothing about the row and stands as it is.
    by_day: dict[int, list[Row]] = {}
    for one in sorted(standing.standing(BuildingService).values(), key=lambda one: one["valid_from"]):
        by_day.setdefault(one["building_id"], []).append(one)
    kept = []
    for row in rows:
        building = standing.find(Building, (row["code"],))
        district = standing.find(ServiceDistrict, (row["district"],))
        administrator = standing.find(PropertyAdministrator, (row["administrator"],))
        told = row["valid_from"] or today()
        before = [one for one in by_day.get(building["id"], ()) if one["valid_from"] <= told] if building else []
        has = before[-1] if before else None
        if has and has["district_id"] == district["id"] and has["administrator_id"] == administrator["id"]:  # type: ignore[index]
            continue
        kept.append({**row, "valid_from": row["valid_from"] or (today() if has else SINCE_EVER)})
    return kept


def _with_verification(_: Standing, rows: list[Row]) -> list[Row]:
    """Where a file tells the mark only, it tells until when the meter may be billed by as well."""
    return [{**row, "verified_until": row["verified_until"] or verified_until(row["mark"] or "")} for row in rows]


_BUILDING = Reference(
    Building, {"code": "building_code"}, "kod_budynku", "Nie ma takiego budynku. Wczytaj najpierw plik budynków."
)
_TENANT = Reference(
    Tenant,
    {"tenant_no": "tenant_no"},
    "nr_kontrahenta",
    "Nie ma takiego kontrahenta. Wczytaj najpierw plik kontrahentów.",
)
_PREMISES = Reference(
    Premises, {"code": "premises_code"}, "kod_lokalu", "Nie ma takiego lokalu. Wczytaj najpierw plik lokali."
)


_TENANCY = Reference(
    Tenancy, {"tenancy_no": "tenancy_no"}, "nr_umowy", "Nie ma takiej umowy. Wczytaj najpierw plik umów."
)


def _same(*names: str) -> dict[str, str | Reference]:
    return {name: name for name in names}


RECORDS: dict[str, tuple[Record, ...]] = {
    "buildings": (
        Record(ServiceDistrict, {"code": "district"}, once={"name": "district"}, counts=False),
        Record(
            PropertyAdministrator,
            {"name": "administrator"},
            {"phone": "administrator_phone", "email": "administrator_email"},
        ),
        Record(Building, _same("code"), _same("street", "building_no", "postal_code", "city", "borough")),
        Record(
            BuildingService,
            {"building_id": Reference(Building, {"code": "code"}), "valid_from": "valid_from"},
            {
                "district_id": Reference(ServiceDistrict, {"code": "district"}),
                "administrator_id": Reference(PropertyAdministrator, {"name": "administrator"}),
            },
            prepare=_only_new_assignments,
        ),
    ),
    "premises": (
        Record(
            Premises,
            _same("code"),
            {
                **_same("premises_no", "kind", "usable_area", "heated_area", "rooms", "floor", "equipment"),
                "building_id": _BUILDING,
            },
        ),
    ),
    "tenants": (Record(Tenant, _same("tenant_no"), _same("kind", "name", "nip", "email", "phone", "mailing_address")),),
    "tenancies": (
        Record(
            Tenancy,
            _same("tenancy_no"),
            {
                **_same("title", "valid_from", "valid_to", "bank_account_no", "persons", "payment_day"),
                "tenant_id": _TENANT,
                "premises_id": _PREMISES,
            },
        ),
    ),
    "meters": (
        Record(
            MeterPoint,
            {"premises_id": _PREMISES, **_same("medium", "place")},
            counts=False,
        ),
        Record(
            Meter,
            _same("meter_no"),
            {
                **_same("digits", "decimals", "installed_on", "installed_value", "removed_on", "removed_value"),
                **_same("mark", "verified_until", "remote"),
                "point_id": Reference(
                    MeterPoint, {"premises_id": _PREMISES, "medium": "medium", "place": "place"}, heading="miejsce"
                ),
            },
            filled=frozenset({"verified_until"}),
            prepare=_with_verification,
        ),
    ),
    "charges": (
        Record(
            Charge,
            {"tenancy_id": _TENANCY, **_same("component", "valid_from")},
            _same("unit", "quantity", "rate", "vat_percent", "valid_to"),
            within="tenancy_id",
        ),
    ),
}


def record_of(model: type[Base]) -> Record:
    """How the records of a table are known."""
    return next(record for records in RECORDS.values() for record in records if record.model is model)
