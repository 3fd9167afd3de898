from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import is_working_day
from core.ledger.due import implied_due_date
from tests.cast import day

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("payment_day", "booked_on", "period", "due_on"),
    [
        (10, "2026-11-01", "2026-11", "2026-11-10"),
        (10, "2026-10-01", "2026-10", "2026-10-12"),  # the 10th is a Saturday
        (11, "2026-11-01", "2026-11", "2026-11-12"),  # Independence Day
        (24, "2026-12-01", "2026-12", "2026-12-28"),  # three holidays and a Sunday
        (10, "2026-11-30", "2026-11", "2026-11-10"),  # charged late, still due by the contract
        (10, "2026-11-05", None, "2026-11-10"),
        (10, "2026-11-10", None, "2026-11-10"),
        (10, "2026-11-11", None, "2026-12-10"),
        (10, "2026-12-11", None, "2027-01-11"),  # next year, a Sunday
        (28, "2026-01-31", None, "2026-03-02"),  # February's 28th is a Saturday
    ],
)
def test_due_date_of_a_charge_without_one(payment_day: int, booked_on: str, period: str | None, due_on: str) -> None:
    assert implied_due_date(payment_day=payment_day, booked_on=day(booked_on), period=period) == day(due_on)


def test_reversal_without_period_counts_at_once() -> None:
    assert implied_due_date(payment_day=10, booked_on=day("2026-11-14"), period=None, negative=True) == day(
        "2026-11-14"
    )


def test_reversal_with_period_counts_with_the_charge_it_reverses() -> None:
    assert implied_due_date(payment_day=10, booked_on=day("2026-11-20"), period="2026-11", negative=True) == day(
        "2026-11-10"
    )


@given(payment_day=st.integers(1, 28), booked_on=DAYS, with_period=st.booleans())
def test_implied_due_date_is_a_working_day_within_a_month_of_its_start(
    payment_day: int, booked_on: date, with_period: bool
) -> None:
    period = f"{booked_on:%Y-%m}" if with_period else None
    start = booked_on.replace(day=1) if with_period else booked_on

    due_on = implied_due_date(payment_day=payment_day, booked_on=booked_on, period=period)

    assert is_working_day(due_on)
    assert start <= due_on <= start + timedelta(days=31 + 5)
