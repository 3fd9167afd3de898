from datetime import UTC, date, datetime

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from core.clock import is_working_day, local, next_working_day, now, today
from tests.cast import day


@pytest.mark.parametrize(
    ("asked", "moved"),
    [
        ("2026-11-10", "2026-11-10"),
        ("2026-11-11", "2026-11-12"),  # Independence Day
        ("2026-10-10", "2026-10-12"),  # a Saturday
        ("2026-10-11", "2026-10-12"),  # a Sunday
        ("2026-04-05", "2026-04-07"),  # Easter and Easter Monday
        ("2026-06-04", "2026-06-05"),  # Corpus Christi
        ("2026-05-01", "2026-05-04"),  # Friday the holiday, a Saturday, Sunday the 3rd
        ("2026-12-24", "2026-12-28"),  # Christmas Eve is a holiday since 2025
        ("2024-12-24", "2024-12-24"),  # and was not before
        ("2027-01-01", "2027-01-04"),
    ],
)
def test_next_working_day(asked: str, moved: str) -> None:
    assert next_working_day(day(asked)) == day(moved)


@given(st.dates(date(2000, 1, 1), date(2080, 12, 31)))
def test_next_working_day_is_the_first_one_not_before(asked: date) -> None:
    moved = next_working_day(asked)

    assert is_working_day(moved)
    assert 0 <= (moved - asked).days <= 5
    assert next_working_day(moved) == moved


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-22 22:59:59", "2026-11-22"),
        ("2026-11-22 23:00:00", "2026-11-23"),
        ("2026-07-01 22:00:00", "2026-07-02"),
    ],
)
def test_today_is_the_day_in_poland(instant: str, expected: str) -> None:
    with freeze_time(instant):
        assert today() == day(expected)


def test_instants_are_aware() -> None:
    assert now().tzinfo is UTC
    assert local(datetime(2026, 7, 1, 10, tzinfo=UTC)).hour == 12
