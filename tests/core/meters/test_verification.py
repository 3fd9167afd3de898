from datetime import date, timedelta

import pytest

from core.meters.verification import days_left, is_expired, verified_until, warning_of

END = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("mark", "until"),
    [("M21", END), ("m21", END), (" M24 ", date(2029, 12, 1)), ("M2", None), ("21", None), ("", None), ("M211", None)],
)
def test_mark_ends_five_years_after_its_first_of_december(mark: str, until: date | None) -> None:
    assert verified_until(mark) == until


def test_last_day_still_counts() -> None:
    assert not is_expired(END, END)
    assert is_expired(END, END + timedelta(days=1))
    assert not is_expired(None, END)


@pytest.mark.parametrize(
    ("left", "warning"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-400, 0)]
)
def test_warnings_begin_ninety_thirty_and_seven_days_before(left: int, warning: int | None) -> None:
    on = END - timedelta(days=left)
    assert days_left(END, on) == left
    assert warning_of(END, on) == warning
    assert warning_of(None, on) is None
