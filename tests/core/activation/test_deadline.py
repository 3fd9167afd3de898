"""Fourteen days from filing, the day of filing not counted, ending on a working day, standing still in correction."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.activation.deadline import Urgency, days_paused, days_used, deadline_for, urgency
from tests.cast import day


@pytest.mark.parametrize(
    ("filed", "ends"),
    [
        ("2026-11-23", "2026-12-07"),  # Monday to Monday
        ("2026-11-25", "2026-12-09"),
        ("2026-10-28", "2026-11-12"),  # 11 November is Independence Day
        ("2026-12-11", "2026-12-28"),  # 25 December, then 26 and a Sunday
        ("2026-12-10", "2026-12-28"),  # 24 December has been free since 2025
        ("2026-12-18", "2027-01-04"),  # 1 January on a Friday, then a weekend
        ("2026-12-23", "2027-01-07"),  # Epiphany
        ("2026-03-23", "2026-04-07"),  # Easter Monday is 6 April 2026
        ("2026-03-20", "2026-04-03"),  # Good Friday is a working day
        ("2026-04-17", "2026-05-04"),  # 1 May, Saturday, 3 May on a Sunday
        ("2026-05-21", "2026-06-05"),  # Corpus Christi
        ("2026-08-01", "2026-08-17"),  # 15 August on a Saturday
        ("2026-11-27", "2026-12-11"),
        ("2026-11-28", "2026-12-14"),  # ends on a Saturday
        ("2028-02-15", "2028-02-29"),  # a leap day counts
    ],
)
def test_deadline_ends_on_a_working_day(filed: str, ends: str) -> None:
    assert deadline_for(day(filed)) == day(ends)


def test_days_paused_are_added_before_the_working_day_is_looked_for() -> None:
    filed = day("2026-11-28")  # bare end Saturday 12 December, kept on Monday 14
    assert deadline_for(filed, paused=1) == day("2026-12-14")
    assert deadline_for(filed, paused=3) == day("2026-12-15")


def at(text: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(text).replace(hour=hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("steps", "through", "paused"),
    [
        ([], "2026-11-30", 0),
        ([(at("2026-11-23"), "filed"), (at("2026-11-24"), "in_review")], "2026-11-30", 0),
        ([(at("2026-11-23"), "filed"), (at("2026-11-24"), "correction")], "2026-11-30", 6),
        ([(at("2026-11-24"), "correction"), (at("2026-11-24", 15), "in_review")], "2026-11-30", 0),
        ([(at("2026-11-23"), "correction"), (at("2026-11-26"), "in_review")], "2026-11-30", 3),
        (
            [
                (at("2026-11-20"), "correction"),
                (at("2026-11-23"), "in_review"),
                (at("2026-11-25"), "correction"),
                (at("2026-11-27"), "rejected"),
            ],
            "2026-11-30",
            5,
        ),
        # 23:30 UTC is the next day in Poland.
        ([(at("2026-11-23", 23), "correction"), (at("2026-11-25"), "in_review")], "2026-11-30", 1),
    ],
)
def test_clock_stands_from_the_request_for_a_correction_to_the_next_step(
    steps: list[tuple[datetime, str]], through: str, paused: int
) -> None:
    assert days_paused(steps, through=day(through)) == paused


def test_day_of_filing_is_not_counted() -> None:
    filed = day("2026-11-23")
    assert [days_used(filed, on=filed + timedelta(days=n)) for n in (0, 1, 14)] == [0, 1, 14]
    assert days_used(filed, on=day("2026-12-01"), paused=3) == 5
    assert days_used(filed, on=day("2026-11-20")) == 0


@pytest.mark.parametrize(
    ("used", "shown"),
    [
        (0, Urgency.CALM),
        (7, Urgency.CALM),
        (8, Urgency.SOON),
        (11, Urgency.SOON),
        (12, Urgency.URGENT),
        (14, Urgency.URGENT),
        (15, Urgency.OVERDUE),
    ],
)
def test_urgency_follows_the_days_used(used: int, shown: Urgency) -> None:
    filed = day("2026-11-23")
    deadline_on, on = deadline_for(filed), filed + timedelta(days=used)
    assert urgency(used=used, deadline_on=deadline_on, on=on) is shown


def test_deadline_moved_to_a_working_day_is_kept_by_the_day_it_moved_to() -> None:
    filed = day("2026-12-11")
    last: date = deadline_for(filed)
    assert days_used(filed, on=last) == 17
    assert urgency(used=17, deadline_on=last, on=last) is Urgency.URGENT
    assert urgency(used=18, deadline_on=last, on=last + timedelta(days=1)) is Urgency.OVERDUE
