"""Premises as an office finds them: by street and numbers, by their code; rented or standing empty."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.registry.addresses import postal_line, premises_line
from core.registry.models import Building, Premises
from core.registry.queries import premises_served_by, tenant_of_premises
from core.words import plain

MOST_WORDS = 6
READ_AT_MOST = 2_000  # premises of a street that is looked through for the words
# What people write between the parts of an address.
_FILLERS = frozenset({"ul", "al", "pl", "os", "m", "lok", "nr"})


@dataclass(frozen=True, slots=True)
class PremisesHit:
    """Premises found; `tenant` None: nobody rents them today."""

    premises_id: int
    code: str
    address: str
    tenant: str | None


def find_premises(session: Session, scope: EmployeeScope, *, text: str, most: int = 20) -> list[PremisesHit]:
    """Premises of the employee's districts whose address or code holds every word, whatever its case and marks."""
    require_live(session, scope, Permission.SEE_TENANTS)
    words = [word for word in (plain(one).strip(",.;") for one in text.split()) if word and word not in _FILLERS]
    if not words or len(words) > MOST_WORDS or sum(map(len, words)) < 2:
        return []
    rows = session.execute(
        select(Premises, Building, tenant_of_premises(day=today()))
        .join(Building, Building.id == Premises.building_id)
        .where(premises_served_by(scope, day=today()), *(_may_fit(word) for word in words))
        .order_by(Building.street, Building.building_no, Premises.premises_no)
        .limit(READ_AT_MOST)
    )
    found = []
    for premises, building, tenant in rows:
        if all(_fits(premises, building, word) for word in words):
            line = premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind)
            address = f"{line}, {postal_line(building.postal_code, building.city)}"
            found.append(PremisesHit(premises.id, premises.code, address, tenant))
    return found[:most]


def _may_fit(word: str) -> ColumnElement[bool]:
    """SQL: rows in which the word may be; letters that Polish writes in two ways stand for any sign, `_fits` decides."""
    pattern = "".join("_" if sign in "acelnosz" else f"\\{sign}" if sign in "\\%_" else sign for sign in word)
    return or_(
        Building.street.ilike(f"%{pattern}%", escape="\\"),
        func.lower(Building.building_no) == word,
        func.lower(Premises.premises_no) == word,
        func.lower(Building.building_no + "/" + Premises.premises_no) == word,
        func.lower(Premises.code) == word,
    )


def _fits(premises: Premises, building: Building, word: str) -> bool:
    house, flat = plain(building.building_no), plain(premises.premises_no)
    return word in (house, flat, f"{house}/{flat}", plain(premises.code)) or word in plain(building.street)
