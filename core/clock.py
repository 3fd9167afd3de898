"""What time it is. Instants are UTC; days are those of Europe/Warsaw. Tests freeze the one, never patch the other."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

WARSAW = ZoneInfo("Europe/Warsaw")


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in Poland."""
    return now().astimezone(WARSAW).date()


def local(instant: datetime) -> datetime:
    """The instant on a Polish wall clock."""
    return instant.astimezone(WARSAW)


def instant_of(day: date, hour: time) -> datetime:
    """The instant at which a Polish wall clock shows that day and hour; of an hour that comes twice, the first."""
    return datetime.combine(day, hour, WARSAW).astimezone(UTC)


@lru_cache(maxsize=200)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("PL", years=year))


def is_working_day(day: date) -> bool:
    """Neither a Saturday, a Sunday nor a Polish public holiday."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def next_working_day(day: date) -> date:
    """The day itself when it is a working day, else the first one after it (art. 115 of the Civil Code)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
