"""Water meters of the demo city: one or two points a flat, devices of the last five years, remote in newer houses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from core.demo.city import DemoPremises

DIGITS, DECIMALS = 5, 3
_REMOTE_HOUSES = 5  # one in so many
_READ_BY_PEOPLE = "B0010"  # the first houses, where the people live who show the portal around


@dataclass(frozen=True, slots=True)
class DemoMeter:
    """A device; `installed_value` in litres."""

    number: str
    premises: DemoPremises
    medium: str  # as the file writes it
    place: str
    mark: str
    installed_on: date
    installed_value: int
    remote: bool


def meters_of(premises: DemoPremises, *, seed: int, day: date) -> Iterator[DemoMeter]:
    """The devices that hang in premises on a day; garages have none."""
    if premises.kind == "garaż":
        return
    rng = Random(f"meters/{seed}/{premises.code}")  # noqa: S311
    # A house changes all its meters in one autumn; some of them come up for it this year.
    house = Random(f"house/{seed}/{premises.building.code}")  # noqa: S311
    year = day.year - house.randint(1, 5)
    remote = house.randrange(_REMOTE_HOUSES) == 0 and premises.building.code > _READ_BY_PEOPLE
    points = [("zimna", "łazienka")]
    if premises.heated:
        points.append(("ciepła", "łazienka"))
    if premises.rooms and premises.rooms > 2:
        points.append(("zimna", "kuchnia"))
    for nth, (medium, place) in enumerate(points, start=1):
        yield DemoMeter(
            number=f"{year % 100:02d}{rng.randrange(10**6):06d}-{premises.code.replace('/', '')}{nth}",
            premises=premises,
            medium=medium,
            place=place,
            mark=f"M{year % 100:02d}",
            installed_on=date(year, house.randint(9, 11), rng.randint(1, 28)),
            installed_value=rng.randrange(900),
            remote=remote,
        )
