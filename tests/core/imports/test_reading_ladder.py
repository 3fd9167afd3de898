"""What is judged in columns is judged as the ladder judges it."""

from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from core.imports.reading_ladder import with_plain
from core.meters.dial import Dial
from core.meters.ladder import Device, Flag, ReadingRefusedError, State, judge

TODAY = date(2026, 11, 25)
INSTALLED = date(2024, 1, 1)


def test_plain_in_columns_is_plain_on_the_ladder_and_most_plain_readings_are_found() -> None:
    found = {"plain": 0, "missed": 0}

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)  # how many are found is counted below
    @given(
        digits=st.integers(2, 6),
        decimals=st.integers(0, 3),
        first=st.integers(0, 10**8),
        steps=st.lists(st.tuples(st.integers(0, 120), st.integers(0, 40_000)), max_size=8),
        last=st.tuples(st.integers(-3, 900), st.integers(-5_000, 200_000)),
        verified=st.none() | st.integers(0, 1_000),
        in_window=st.booleans(),
    )
    def hold(
        digits: int,
        decimals: int,
        first: int,
        steps: list[tuple[int, int]],
        last: tuple[int, int],
        verified: int | None,
        in_window: bool,
    ) -> None:
        fine, capacity = 10 ** (3 - decimals), 10 ** (digits + 3)
        states = [(0, first % capacity // fine * fine)]
        for days, used in steps:
            states.append((states[-1][0] + days, (states[-1][1] + used // fine * fine) % capacity))
        day, value = states[-1][0] + last[0], max(states[-1][1] + last[1], 0)
        until = None if verified is None else INSTALLED + timedelta(days=verified)
        installed, *counting = (State(on(day), litres(value)) for day, value in states)
        device = Device(Dial(digits, decimals), installed, counting, None, until)
        try:
            verdict = judge(device, State(on(day), litres(value)), today=TODAY, in_window=in_window)
        except ReadingRefusedError:
            verdict = None
        judged = columns(digits, decimals, states, (day, value), until, in_window)
        plain = (
            verdict is not None and not verdict.repeats and verdict.doubt is None and Flag.ROLLOVER not in verdict.flags
        )
        if judged["plain"]:
            assert plain
            assert verdict is not None
            assert judged["flags"] == " ".join(verdict.flags)
            found["plain"] += 1
        elif plain:
            found["missed"] += 1

    hold()
    assert found["plain"] > found["missed"]


def on(day: int) -> date:
    return INSTALLED + timedelta(days=day)


def litres(value: int) -> Decimal:
    return Decimal(value).scaleb(-3)


def columns(
    digits: int,
    decimals: int,
    states: list[tuple[int, int]],
    last: tuple[int, int],
    until: date | None,
    in_window: bool,
) -> dict[str, object]:
    row = {
        "meter_id": [1],
        "read_on": [on(last[0])],
        "value": [last[1]],
        "digits": [digits],
        "decimals": [decimals],
        "removed_on": [None],
        "verified_until": [until],
        "in_window": [in_window],
    }
    schema = {"removed_on": pl.Date, "verified_until": pl.Date}
    history = pl.DataFrame(
        {"meter_id": [1] * len(states), "read_on": [on(one[0]) for one in states], "value": [one[1] for one in states]}
    )
    return with_plain(pl.DataFrame(row, schema_overrides=schema), history, today=TODAY).row(0, named=True)
