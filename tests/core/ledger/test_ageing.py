from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ledger.ageing import AgeBuckets, age_buckets, age_labels, uncovered

DAY = date(2026, 11, 23)
AMOUNTS = st.integers(-500_00, 500_00)
DUES = st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2027, 6, 30)), AMOUNTS), max_size=40)
CHARGES = st.lists(
    st.tuples(st.dates(date(2024, 1, 1), date(2027, 6, 30)), st.integers(1, 500_00)), min_size=1, max_size=40
)


def _ago(days: int) -> date:
    return DAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("age", "place"),
    [(0, 0), (30, 0), (31, 1), (90, 1), (91, 2), (180, 2), (181, 3), (360, 3), (361, 4), (4000, 4)],
)
def test_bucket_of_each_age_begins_and_ends_on_its_day(age: int, place: int) -> None:
    expected = AgeBuckets(*(700 if at == place else 0 for at in range(5)))

    assert age_buckets([(_ago(age), 700)], 0, DAY) == expected


def test_labels_say_the_days_of_the_buckets() -> None:
    assert age_labels() == ("0–30", "31–90", "91–180", "181–360", "ponad 360")


def test_what_falls_due_later_is_not_overdue_and_takes_no_payment() -> None:
    assert uncovered([(_ago(-1), 500), (_ago(40), 500)], 200, DAY) == [0, 300]


def test_payment_covers_the_oldest_due_first_whatever_the_order_of_the_lines() -> None:
    assert uncovered([(_ago(10), 500), (_ago(200), 500), (_ago(100), 500)], 700, DAY) == [500, 0, 300]


def test_of_one_day_what_stands_first_is_covered_first() -> None:
    assert uncovered([(_ago(10), 500), (_ago(10), 400)], 600, DAY) == [0, 300]


def test_reversal_that_has_come_due_is_a_payment() -> None:
    assert age_buckets([(_ago(400), 500), (_ago(5), 500), (_ago(3), -500)], 0, DAY) == AgeBuckets(days_0_30=500)


def test_payments_taken_back_beyond_what_was_paid_stand_on_the_newest_due() -> None:
    assert uncovered([(_ago(10), 500), (_ago(200), 500)], -100, DAY) == [600, 500]
    assert age_buckets([], -100, DAY) == AgeBuckets(days_0_30=100)


@given(dues=DUES, paid=AMOUNTS)
def test_buckets_sum_to_what_is_overdue_and_none_is_negative(dues: list[tuple[date, int]], paid: int) -> None:
    found = age_buckets(dues, paid, DAY)

    assert found.total == max(0, sum(grosze for due_on, grosze in dues if due_on <= DAY) - paid)
    assert min(found) >= 0


@given(dues=CHARGES, paid=st.integers(0, 5_000_00))
def test_a_payment_reaches_a_due_only_when_every_older_one_is_wholly_covered(
    dues: list[tuple[date, int]], paid: int
) -> None:
    rest = uncovered(dues, paid, DAY)
    ordered = sorted(place for place in range(len(dues)) if dues[place][0] <= DAY)
    ordered.sort(key=lambda place: dues[place][0])
    touched = [place for place in ordered if rest[place] < dues[place][1]]

    assert touched == ordered[: len(touched)]  # payments reached the oldest and nothing else
    assert all(rest[place] == 0 for place in touched[:-1])
    assert sum(dues[place][1] - rest[place] for place in ordered) == min(paid, sum(dues[place][1] for place in ordered))


@given(dues=CHARGES, paid=st.integers(0, 5_000_00), more=st.integers(1, 1_000_00))
def test_a_further_payment_never_raises_any_bucket(dues: list[tuple[date, int]], paid: int, more: int) -> None:
    before, after = age_buckets(dues, paid, DAY), age_buckets(dues, paid + more, DAY)

    assert all(later <= earlier for earlier, later in zip(before, after, strict=True))
