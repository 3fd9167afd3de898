"""The monthly charge: what is in force on a day, what it comes to, and what changes when."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.charges.models import Charge
from core.charges.schedule import ChargeSchedule, charge_schedule, schedule_of
from core.errors import NotFoundError, SessionEndedError
from tests.cast import day, end_session, make_charge, make_tenancy, make_tenant, sign_in_tenant

NOVEMBER_25 = date(2026, 11, 25)


def charge(
    component: str = "Czynsz",
    since: str = "2026-01-01",
    rate: str = "9.12",
    *,
    until: str | None = None,
    quantity: str = "48.3",
    vat: int | None = None,
) -> Charge:
    return Charge(
        component=component,
        unit="m²",
        quantity=Decimal(quantity),
        rate=Decimal(rate),
        vat_percent=vat,
        valid_from=day(since),
        valid_to=day(until) if until else None,
    )


def components(schedule: ChargeSchedule) -> list[str]:
    return [line.component for line in schedule.lines]


def test_amount_is_quantity_times_rate_to_the_grosz() -> None:
    (line,) = schedule_of([charge(rate="9.1250", quantity="48.300")], as_of=NOVEMBER_25).lines
    assert line.amount == Decimal("440.74")  # 440.7375, half up


def test_tax_is_rounded_on_its_own_and_added() -> None:
    schedule = schedule_of([charge(rate="24.90", quantity="61.55", vat=23), charge("Woda", vat=0)], as_of=NOVEMBER_25)
    line = schedule.lines[0]
    assert (line.net, line.vat, line.amount) == (Decimal("1532.60"), Decimal("352.50"), Decimal("1885.10"))
    assert schedule.lines[1].vat == 0
    assert schedule.total == Decimal("1885.10") + Decimal("440.50")


def test_next_line_of_a_component_ends_the_one_before() -> None:
    rows = [charge(since="2025-01-01", rate="8"), charge(since="2026-01-01"), charge(since="2027-01-01", rate="10")]
    schedule = schedule_of(rows, as_of=NOVEMBER_25)
    (line,) = schedule.lines
    assert (line.valid_from, line.valid_to, line.rate) == (day("2026-01-01"), day("2026-12-31"), Decimal("9.12"))
    (announced,) = schedule.announced
    assert (announced.day, announced.total_before, announced.total_after) == (
        day("2027-01-01"),
        Decimal("440.50"),
        Decimal("483.00"),
    )
    assert [change.day for change in schedule.past] == [day("2026-01-01")]


def test_own_end_counts_where_it_comes_first() -> None:
    rows = [charge(since="2025-01-01", until="2025-06-30"), charge(since="2026-12-01")]
    assert components(schedule_of(rows, as_of=NOVEMBER_25)) == []
    assert components(schedule_of(rows, as_of=day("2025-06-30"))) == ["Czynsz"]
    assert components(schedule_of(rows, as_of=day("2025-07-01"))) == []
    assert components(schedule_of(rows, as_of=day("2026-12-01"))) == ["Czynsz"]
    ended, began = schedule_of(rows, as_of=day("2027-01-01")).past[::-1]
    assert (ended.day, ended.components[0].after, ended.total_after) == (day("2025-07-01"), None, Decimal(0))
    assert (began.day, began.components[0].before) == (day("2026-12-01"), None)


def test_a_line_written_anew_without_difference_is_no_change() -> None:
    rows = [charge(), charge(since="2026-07-01"), charge("Woda"), charge("Woda", since="2026-07-01", rate="9.13")]
    (change,) = schedule_of(rows, as_of=NOVEMBER_25).past
    assert [one.component for one in change.components] == ["Woda"]


def test_components_stand_in_the_order_of_the_file() -> None:
    rows = [charge("Woda"), charge("Czynsz"), charge("Woda", since="2026-05-01")]
    assert components(schedule_of(rows, as_of=NOVEMBER_25)) == ["Woda", "Czynsz"]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["Czynsz", "Woda", "Winda"]),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        st.none() | st.integers(0, 900),
        st.decimals(-5, 50, places=4),
    ),
    unique_by=lambda one: one[:2],
    max_size=9,
)


@given(LINES)
def test_changes_lead_from_each_day_to_the_next(lines: list[tuple[str, date, int | None, Decimal]]) -> None:
    """Whatever the lines: a component is charged at most once a day, and the changes explain every difference."""
    rows = [
        Charge(
            component=component,
            unit="m²",
            quantity=Decimal("48.3"),
            rate=rate,
            vat_percent=None,
            valid_from=since,
            valid_to=None if length is None else since + timedelta(days=length),
        )
        for component, since, length, rate in lines
    ]
    changes = list(reversed(schedule_of(rows, as_of=date(2040, 1, 1)).past))
    totals = {change.day: (change.total_before, change.total_after) for change in changes}
    first = min((row.valid_from for row in rows), default=date(2020, 1, 1))
    for at in sorted({row.valid_from for row in rows} | {change.day for change in changes}):
        schedule = schedule_of(rows, as_of=at)
        assert len(components(schedule)) == len(set(components(schedule)))
        eve = schedule_of(rows, as_of=at - timedelta(days=1))
        if at in totals:
            assert totals[at] == (eve.total, schedule.total)
        elif at != first:
            assert eve.total == schedule.total


def test_tenant_sees_the_schedule_of_an_own_tenancy(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge(session, tenancy, "Czynsz", "2026-01-01", quantity="48.300", rate="9.1234")
    found = charge_schedule(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=NOVEMBER_25)
    (line,) = found.lines
    assert (line.quantity, line.rate, found.total) == (Decimal("48.300"), Decimal("9.1234"), Decimal("440.66"))


def test_neighbour_and_ended_session_see_none(session: Session) -> None:
    anna, jan = make_tenant(session), make_tenant(session, "Jan Nowak")
    tenancy = make_tenancy(session, anna)
    with pytest.raises(NotFoundError):
        charge_schedule(session, sign_in_tenant(session, jan), tenancy_id=tenancy.id)
    scope = sign_in_tenant(session, anna)
    end_session(session, scope)
    with pytest.raises(SessionEndedError):
        charge_schedule(session, scope, tenancy_id=tenancy.id)
