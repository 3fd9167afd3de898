"""Consumption by month: nothing is lost between months, and nobody's own figure is shown to a neighbour."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope
from core.errors import NotFoundError
from core.meters.episodes import Consumption
from core.meters.ladder import State
from core.meters.models import Medium, Meter
from core.meters.monthly import FEWEST_NEIGHBOURS, MonthOfWater, by_month, months_of_water
from core.registry.models import Building
from tests.cast import make_building, make_meter, make_premises, make_reading, make_tenancy, make_tenant, sign_in_tenant


def spans(*states: tuple[date, str]) -> list[Consumption]:
    found = [State(day, Decimal(value)) for day, value in states]
    return [Consumption(1, one, other, other.value - one.value) for one, other in pairwise(found)]


def test_what_ran_through_is_spread_over_the_days_it_took() -> None:
    used = by_month(spans((date(2026, 1, 1), "0"), (date(2026, 3, 2), "60")))  # 60 days, a cubic metre each
    assert used == {date(2026, 1, 1): Decimal(31), date(2026, 2, 1): Decimal(28)}


def test_month_that_states_do_not_cover_is_not_told() -> None:
    assert by_month(spans((date(2026, 1, 2), "0"), (date(2026, 1, 31), "30"))) == {}
    assert by_month(spans((date(2026, 1, 1), "0"), (date(2026, 2, 1), "3"))) == {date(2026, 1, 1): Decimal(3)}


@given(st.lists(st.tuples(st.integers(1, 70), st.integers(0, 10**6)), min_size=1, max_size=12))
def test_months_from_end_to_end_add_up_to_what_ran_through(steps: list[tuple[int, int]]) -> None:
    day, value = date(2025, 1, 1), Decimal(0)
    states = [(day, "0")]
    for days, litres in steps:
        day, value = day + timedelta(days=days), value + Decimal(litres).scaleb(-3)
        states.append((day, str(value)))
    states.append(((day + timedelta(days=32)).replace(day=1), str(value)))
    used = by_month(spans(*states))
    assert abs(sum(used.values()) - value) <= Decimal("0.0005") * len(used)
    assert all(amount >= 0 for amount in used.values())


class House:
    """Anna's flat and some neighbours', whose meters use so many m³ each month since July 2025."""

    def __init__(self, session: Session, neighbours: list[str], *, medium: Medium = Medium.COLD) -> None:
        self.session = session
        self.building = make_building(session)
        self.anna = make_tenant(session)
        self.meter = self.flat(self.building, "3", tenant=True)
        for a_month in neighbours:
            self.flat(self.building, a_month, medium=medium)
        self.scope: TenantScope = sign_in_tenant(session, self.anna)

    def flat(self, building: Building, a_month: str, *, medium: Medium = Medium.COLD, tenant: bool = False) -> Meter:
        premises = make_premises(self.session, building=building)
        if tenant:
            tenancy = make_tenancy(self.session, self.anna, premises=premises, valid_from=date(2025, 6, 1))
            self.tenancy_id = tenancy.id
        meter = make_meter(self.session, premises, medium=medium)
        for nth in range(17):
            month = date(2025 + (6 + nth) // 12, (6 + nth) % 12 + 1, 1)
            make_reading(self.session, meter, f"{month}", f"{Decimal(a_month) * nth}")
        return meter

    def months(self) -> list[MonthOfWater]:
        with freeze_time("2026-11-25 12:00:00"):
            scope = sign_in_tenant(self.session, self.anna)
            return months_of_water(self.session, scope, tenancy_id=self.tenancy_id, point_id=self.meter.point_id)


def test_twelve_months_with_the_year_before(session: Session) -> None:
    months = House(session, []).months()
    assert [one.month for one in months][:: len(months) - 1] == [date(2025, 11, 1), date(2026, 10, 1)]
    assert {one.used for one in months} == {Decimal(3)}
    assert [one.year_before for one in months[-4:]] == [Decimal(3)] * 4
    assert months[0].year_before is None  # nobody read anything then


@pytest.mark.parametrize("neighbours", [0, 1, FEWEST_NEIGHBOURS - 1])
def test_few_neighbours_have_no_median(session: Session, neighbours: int) -> None:
    assert {one.building for one in House(session, ["4"] * neighbours).months()} == {None}


def test_median_of_enough_neighbours_is_rounded_to_nobodys_own_figure(session: Session) -> None:
    house = House(session, ["2.137", "3.512", "4.219", "5.018", "9.731"])
    assert {one.building for one in house.months()} == {Decimal("4.0")}


def test_other_water_is_not_compared(session: Session) -> None:
    assert {one.building for one in House(session, ["4"] * 6, medium=Medium.HOT).months()} == {None}


def test_point_of_somebody_else_is_not_shown(session: Session) -> None:
    house = House(session, [])
    other = House(session, [])
    with pytest.raises(NotFoundError):
        months_of_water(session, house.scope, tenancy_id=house.tenancy_id, point_id=other.meter.point_id)
    with pytest.raises(NotFoundError):
        months_of_water(session, house.scope, tenancy_id=other.tenancy_id, point_id=other.meter.point_id)
