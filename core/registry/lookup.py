"""Who serves an address: what everybody may ask, without signing in. Nothing here tells of tenants."""

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from core.clock import today
from core.registry.addresses import postal_line, street_line
from core.registry.models import Building, BuildingService, PropertyAdministrator, ServiceDistrict
from core.words import plain

# Kinds that people leave out or write in any form; `rynek`, `rondo` and the like belong to the name itself.
_KINDS = {"ulica": "ul", "aleja": "al", "aleje": "al", "plac": "pl", "osiedle": "os"}
_SHORT_KINDS = frozenset(_KINDS.values())
_LETTERS = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_ORDER = {letter: place for place, letter in enumerate(_LETTERS, start=1000)}
_LEADING_DIGITS = re.compile(r"\s*([0-9]+)")
_LONGEST = 120  # what a column holds; longer text names no street


@dataclass(frozen=True, slots=True)
class DistrictContact:
    """A service district (RON) and how to reach it; what is not known is None."""

    id: int
    code: str
    name: str
    address: str | None
    phone: str | None
    email: str | None
    hours: str | None


@dataclass(frozen=True, slots=True)
class AdministratorContact:
    """A property administrator and how to reach them."""

    id: int
    name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class ServedAddress:
    """A building with who serves it today."""

    building_id: int
    street: str
    building_no: str
    postal_code: str
    city: str
    district: DistrictContact
    administrator: AdministratorContact

    @property
    def line(self) -> str:
        """`ul. Kwiatowa 12, 90-001 Łódź`."""
        return f"{street_line(self.street, self.building_no)}, {postal_line(self.postal_code, self.city)}"


def street_names(session: Session) -> list[str]:
    """The streets of all buildings that somebody serves today, as the registry writes them, in Polish order."""
    return sorted(session.scalars(select(Building.street).distinct().where(_is_served())), key=_polish_order)


def building_numbers(session: Session, *, street: str) -> list[str]:
    """The numbers of the buildings of a street that are served today: 2 before 10, 19 before 19a."""
    numbers = select(Building.building_no).distinct().where(Building.street.in_(_streets(session, street)))
    return sorted(session.scalars(numbers.where(_is_served())), key=_number_order)


def find_address(session: Session, *, street: str, building_no: str) -> list[ServedAddress]:
    """The buildings of that address that are served today: several where it is ambiguous, none where it is unknown.

    Case, diacritics, blanks and the kind of street do not matter, unless the kind tells two streets apart. Buildings
    that share the address and who serves it are one answer.
    """
    number = building_key(building_no)
    since = (
        select(func.max(BuildingService.valid_from))
        .where(BuildingService.building_id == Building.id, BuildingService.valid_from <= today())
        .correlate(Building)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Building, ServiceDistrict, PropertyAdministrator)
        .join(BuildingService, (BuildingService.building_id == Building.id) & (BuildingService.valid_from == since))
        .join(ServiceDistrict, ServiceDistrict.id == BuildingService.district_id)
        .join(PropertyAdministrator, PropertyAdministrator.id == BuildingService.administrator_id)
        .where(Building.street.in_(_streets(session, street)))
        .order_by(Building.id)
    )
    found: dict[tuple[str, int, int], ServedAddress] = {}
    for building, district, administrator in rows:
        if building_key(building.building_no) == number:
            one = _served(building, district, administrator)
            found.setdefault((one.line, district.id, administrator.id), one)
    return sorted(found.values(), key=lambda one: _polish_order(one.line))


def who_serves(session: Session, *, building_id: int, day: date) -> tuple[DistrictContact, AdministratorContact] | None:
    """The office and the administrator of a building on a day; None where nobody is known."""
    found = session.execute(
        select(ServiceDistrict, PropertyAdministrator)
        .join(BuildingService, BuildingService.district_id == ServiceDistrict.id)
        .join(PropertyAdministrator, PropertyAdministrator.id == BuildingService.administrator_id)
        .where(BuildingService.building_id == building_id, BuildingService.valid_from <= day)
        .order_by(BuildingService.valid_from.desc())
        .limit(1)
    ).one_or_none()
    return (_district(found[0]), _administrator(found[1])) if found else None


def nearest_numbers(numbers: list[str], building_no: str, *, at_most: int = 12) -> list[str]:
    """Of the numbers of a street those nearest to one that is not among them, in the order of the street."""
    wanted = _number_order(building_no)[0]
    nearest = sorted(numbers, key=lambda number: abs(_number_order(number)[0] - wanted))[:at_most]
    return sorted(nearest, key=_number_order)


def similar_streets(session: Session, *, street: str, at_most: int = 6) -> list[str]:
    """Streets somebody may have meant who wrote one that is not there: `Kilinskego`, `Jana Kilińskiego`."""
    names: dict[str, list[str]] = {}
    for name in street_names(session):
        names.setdefault(street_key(name), []).append(name)
    wanted = street_key(street[:_LONGEST])
    words = {word for word in wanted.split() if len(word) > 2}
    shared = [key for key in names if words & set(key.split())]
    close = get_close_matches(wanted, names, n=at_most, cutoff=0.7)
    return [name for key in dict.fromkeys([*close, *shared]) for name in names[key]][:at_most]


@lru_cache(maxsize=10_000)
def street_key(text: str) -> str:
    """What two ways of writing one street have in common: `ul. Łąkowa` and `LAKOWA` are `lakowa`."""
    return _parted(text)[1]


@lru_cache(maxsize=10_000)
def building_key(text: str) -> str:
    """What two ways of writing one number have in common: `19 A` and `19a`, `9 / 11` and `9/11`."""
    return "".join(plain(text).split()).removeprefix("nr").lstrip(".")


def _streets(session: Session, street: str) -> list[str]:
    """The streets meant, as the registry writes them; a kind that was written down chooses where it can."""
    if len(street) > _LONGEST:
        return []
    kind, key = _parted(street)
    alike = [name for name in session.scalars(select(Building.street).distinct()) if street_key(name) == key]
    return [name for name in alike if kind and (_parted(name)[0] or "ul") == kind] or alike


def _is_served() -> ColumnElement[bool]:
    return exists().where(BuildingService.building_id == Building.id, BuildingService.valid_from <= today())


@lru_cache(maxsize=10_000)
def _parted(text: str) -> tuple[str, str]:
    """Kind of street in its short form (empty where there is none) and the rest, both plain."""
    words = "".join(sign if sign.isalnum() else " " for sign in plain(text)).split()
    kind = _KINDS.get(words[0], words[0]) if words else ""
    if kind not in _SHORT_KINDS or len(words) == 1:
        return "", " ".join(words)
    return kind, " ".join(words[1:])


def _polish_order(text: str) -> tuple[int, ...]:
    """Sort key by the Polish alphabet, digits before letters."""
    return tuple(_ORDER.get(sign, min(ord(sign), 999)) for sign in text.casefold())


def _number_order(text: str) -> tuple[int, str]:
    digits = _LEADING_DIGITS.match(text)
    return int(digits[1]) if digits else 0, building_key(text)


def _served(building: Building, district: ServiceDistrict, administrator: PropertyAdministrator) -> ServedAddress:
    return ServedAddress(
        building_id=building.id,
        street=building.street,
        building_no=building.building_no,
        postal_code=building.postal_code,
        city=building.city,
        district=_district(district),
        administrator=_administrator(administrator),
    )


def _district(row: ServiceDistrict) -> DistrictContact:
    return DistrictContact(row.id, row.code, row.name, row.address, row.phone, row.email, row.hours)


def _administrator(row: PropertyAdministrator) -> AdministratorContact:
    return AdministratorContact(row.id, row.name, row.phone, row.email)
