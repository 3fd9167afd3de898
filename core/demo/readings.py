"""Readings of the demo city's meters: remote ones and those of the people shown around every month, the rest by quarters."""

from collections.abc import Iterator
from datetime import date
from random import Random

from core.demo.city import DemoTenancy
from core.demo.meters import DemoMeter

MONTHS = 18
_QUARTER = 3
_ODD = 400  # one reading in so many is a slip that the office has to clear up
_SLIP = 250_000  # litres too much
_LATE = 0.3  # of the households that have not handed in the newest one yet


def readings_of(
    meter: DemoMeter, tenancy: DemoTenancy, *, monthly: bool, seed: int, day: date
) -> Iterator[tuple[date, int]]:
    """Days and states (litres) of a device, the oldest first, since the tenancy began."""
    rng = Random(f"readings/{seed}/{meter.number}")  # noqa: S311
    value, since = meter.installed_value, max(meter.installed_on, tenancy.valid_from)
    months = [one for one in _firsts_of_months(day) if since < one and (monthly or one.month % _QUARTER == 1)]
    if not meter.remote and not monthly and months and rng.random() < _LATE:
        months.pop()
    for read_on in months:
        value += (tenancy.persons or 1) * (read_on - since).days * rng.randint(30, 50)
        since = read_on
        slip = _SLIP if not monthly and rng.randrange(_ODD) == 0 else 0
        yield read_on, value + slip


def _firsts_of_months(day: date) -> list[date]:
    last = day.year * 12 + day.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(last - MONTHS + 1, last + 1)]
