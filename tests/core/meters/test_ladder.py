"""Each rung of the ladder, at its edges; and what must hold whatever is typed."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.meters.dial import Dial
from core.meters.ladder import (
    ANSWERS,
    Answer,
    Device,
    Doubt,
    Flag,
    ReadingRefusedError,
    Refusal,
    State,
    Verdict,
    judge,
)

TODAY = date(2026, 11, 25)
INSTALLED = date(2024, 1, 1)


def d(text: str) -> Decimal:
    return Decimal(text)


def meter(
    *states: tuple[str, str],
    installed: str = "0",
    digits: int = 5,
    decimals: int = 3,
    removed: State | None = None,
    until: date | None = None,
) -> Device:
    return Device(
        Dial(digits, decimals),
        State(INSTALLED, d(installed)),
        [State(date.fromisoformat(day), d(value)) for day, value in states],
        removed,
        until,
    )


def reading(day: str, value: str) -> State:
    return State(date.fromisoformat(day), d(value))


def verdict(device: Device, day: str, value: str, answer: Answer | None = None, *, in_window: bool = True) -> Verdict:
    return judge(device, reading(day, value), today=TODAY, answer=answer, in_window=in_window)


def regular(months: int = 8, a_month: str = "6", start: str = "100") -> Device:
    """Read on the first of each month of 2026, always the same consumption."""
    return meter(
        *((f"2026-{at:02}-01", str(d(start) + at * d(a_month))) for at in range(1, months + 1)), installed=start
    )


@pytest.mark.parametrize(
    ("device", "day", "value", "refusal", "field"),
    [
        (meter(), "2026-11-25", "100000", Refusal.DIAL, "value"),
        (meter(decimals=1), "2026-11-25", "1.25", Refusal.DIAL, "value"),
        (meter(), "2026-11-26", "5", Refusal.FUTURE, "read_on"),
        (meter(), "2023-12-31", "5", Refusal.BEFORE_INSTALLATION, "read_on"),
        (meter(removed=State(date(2026, 5, 1), d("5"))), "2026-05-02", "5", Refusal.AFTER_REMOVAL, "read_on"),
        (meter(("2026-05-01", "10")), "2026-04-30", "5", Refusal.BEFORE_LAST, "read_on"),
        (meter(("2026-05-01", "10")), "2026-05-01", "11", Refusal.SECOND_THAT_DAY, "read_on"),
    ],
)
def test_reading_that_cannot_be_is_refused(device: Device, day: str, value: str, refusal: Refusal, field: str) -> None:
    for answer in (None, *Answer):  # no answer opens what cannot be
        with pytest.raises(ReadingRefusedError) as refused:
            verdict(device, day, value, answer)
        assert (refused.value.refusal, refused.value.field) == (refusal, field)


def test_plain_reading_counts_without_a_word() -> None:
    found = verdict(meter(("2026-10-01", "100")), "2026-10-31", "106.5")
    assert found == Verdict(d("6.5"), 30)
    assert found.a_day == d("6.5") / 30


def test_edges_of_the_days_are_taken() -> None:
    assert verdict(meter(), "2026-11-25", "5").doubt is None
    assert verdict(meter(), "2024-01-01", "0").consumption == 0
    assert verdict(meter(removed=State(date(2026, 5, 1), d("5"))), "2026-05-01", "5").doubt is None


def test_equal_state_on_another_day_is_zero_consumption_and_a_new_reading() -> None:
    found = verdict(regular(), "2026-11-25", "148")
    assert (found.consumption, found.doubt, found.repeats) == (Decimal(0), None, False)


def test_same_reading_again_is_a_repetition() -> None:
    assert verdict(meter(("2026-10-01", "100")), "2026-10-01", "100").repeats


def test_turn_over_zero_is_counted_through() -> None:
    found = verdict(meter(("2026-10-01", "99998.412")), "2026-10-31", "2.105")
    assert (found.consumption, found.flags, found.doubt) == (d("3.693"), (Flag.ROLLOVER,), None)


@pytest.mark.parametrize(
    ("last", "value"), [("1871", "1866"), ("89999.999", "1"), ("99000", "500"), ("99998", "99997"), ("12", "0")]
)
def test_lower_state_that_is_no_turn_is_asked_about_never_counted(last: str, value: str) -> None:
    device = meter(("2026-10-01", last))
    found = verdict(device, "2026-10-31", value)
    assert (found.doubt, found.consumption, found.to_clarify) == (Doubt.LOWER, None, False)
    for answer in ANSWERS[Doubt.LOWER]:
        answered = verdict(device, "2026-10-31", value, answer)
        assert (answered.doubt, answered.consumption, answered.to_clarify) == (None, None, True)
        assert Flag.LOWER in answered.flags


def test_turn_begins_at_nine_tenths_of_the_dial() -> None:
    assert verdict(meter(("2026-10-01", "90"), digits=2), "2026-10-31", "5").flags == (Flag.ROLLOVER,)
    assert verdict(meter(("2026-10-01", "89.999"), digits=2), "2026-10-31", "5").doubt is Doubt.LOWER


def test_high_is_measured_by_the_meters_own_history() -> None:
    device = regular()  # about 0.2 m³ a day
    assert verdict(device, "2026-08-31", "156").doubt is None  # 8 m³ in 30 days
    found = verdict(device, "2026-08-31", "160")
    assert (found.doubt, found.flags) == (Doubt.HIGH, (Flag.HIGH,))
    answered = verdict(device, "2026-08-31", "160", Answer.GUESTS)
    assert (answered.to_clarify, answered.consumption, answered.flags) == (True, d("12"), (Flag.HIGH,))


def test_who_never_uses_the_same_is_not_asked() -> None:
    values = ("101", "108", "110", "121", "123", "135", "138", "149")
    device = meter(*((f"2026-{at:02}-01", value) for at, value in enumerate(values, 1)), installed="100")
    assert verdict(device, "2026-08-31", "161").doubt is None


def test_without_a_history_the_plausible_limit_holds() -> None:
    device = meter(("2026-10-01", "100"))
    assert verdict(device, "2026-10-31", "145").doubt is None  # 1.5 m³ a day
    assert verdict(device, "2026-10-31", "145.001").doubt is Doubt.HIGH


def test_low_is_asked_about_and_nothing_at_all_is_not() -> None:
    device = regular()
    assert verdict(device, "2026-11-25", "149").doubt is Doubt.LOW  # 1 m³ in 86 days
    assert verdict(device, "2026-11-25", "148").doubt is None
    assert verdict(device, "2026-08-10", "148.1").doubt is None  # nine days tell nothing


def test_answer_that_does_not_fit_the_doubt_is_asked_again() -> None:
    assert verdict(regular(), "2026-08-31", "160", Answer.REPLACED).doubt is Doubt.HIGH


def test_ended_verification_and_closed_window_are_flagged_and_taken() -> None:
    device = meter(until=date(2026, 11, 24))
    assert verdict(device, "2026-11-25", "5", in_window=False).flags == (Flag.FOR_INFORMATION, Flag.EXPIRED)
    assert verdict(device, "2026-11-24", "5").flags == ()


VALUES = st.decimals(0, 99_999, places=3) | st.sampled_from([d("99998.412"), d("99999.999"), d("0"), d("2.105")])
DAYS = st.integers(0, 1059).map(lambda days: INSTALLED + timedelta(days=days))
READINGS = st.lists(st.tuples(DAYS, VALUES, st.sampled_from([None, *Answer])), max_size=12)


def climb(readings: Sequence[tuple[date, Decimal, Answer | None]]) -> list[tuple[State, Verdict]]:
    """Hand readings in, one after the other; what counts at once goes on."""
    counting: list[tuple[State, Verdict]] = []
    for day, value, answer in readings:
        states = [state for state, _ in counting]
        device = Device(Dial(5, 3), State(INSTALLED, d("99990")), states)
        try:
            found = judge(device, State(day, value), today=TODAY, answer=answer)
        except ReadingRefusedError:
            continue
        if found.doubt is None and not found.to_clarify and not found.repeats:
            counting.append((State(day, value), found))
    return counting


@given(READINGS)
def test_nothing_that_counts_goes_backwards_or_over_the_dial(
    readings: list[tuple[date, Decimal, Answer | None]],
) -> None:
    last = State(INSTALLED, d("99990"))
    for state, found in climb(readings):
        assert 0 <= state.value < 100_000
        assert found.consumption is not None
        assert found.consumption >= 0
        assert state.read_on >= last.read_on
        assert (state.value < last.value) == (Flag.ROLLOVER in found.flags)
        assert (last.value + found.consumption) % 100_000 == state.value
        last = state
