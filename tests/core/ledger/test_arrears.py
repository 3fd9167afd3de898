"""Arrears of a whole city at once: what the pure rule says of each tenancy, grouped by who serves it and where it is."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.clock import today
from core.errors import InvalidInputError
from core.ledger.ageing import age_buckets
from core.ledger.arrears import BUCKETS, arrears, city_arrears
from core.ledger.due import implied_due_date
from core.ledger.maintained import rebuild
from core.money import from_grosze
from core.registry.models import Tenancy
from tests.cast import (
    make_building,
    make_district,
    make_entry,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
)
from tests.repeats import repeats

D = Decimal


class Line(NamedTuple):
    """One entry: days before today on which it is booked and due (None: not told), grosze, of a charge or a payment."""

    booked: int
    due: int | None
    of_month: bool
    grosze: int
    is_debit: bool


LINES = st.builds(
    Line,
    booked=st.integers(-100, 700),
    due=st.none() | st.integers(-100, 900),
    of_month=st.booleans(),
    grosze=st.integers(-300, 500).filter(bool),
    is_debit=st.integers(0, 2).map(bool),
)


def _days(line: Line) -> tuple[date, date | None, str | None]:
    booked = today() - timedelta(days=line.booked)
    due = None if line.due is None else today() - timedelta(days=line.due)
    return booked, due, f"{booked:%Y-%m}" if line.of_month else None


def _by_the_rule(lines: Sequence[Line], payment_day: int, day: date) -> list[int]:
    dues, paid = [], 0
    for line in lines:
        booked, due, period = _days(line)
        if booked > day:
            continue
        if not line.is_debit:
            paid += line.grosze
            continue
        negative = line.grosze < 0
        due = due or implied_due_date(payment_day=payment_day, booked_on=booked, period=period, negative=negative)
        dues.append((due, line.grosze))
    return list(age_buckets(dues, paid, day))


@settings(
    max_examples=repeats(150, sample=25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(city=st.lists(st.lists(LINES, max_size=8), min_size=1, max_size=8), ago=st.just(0) | st.integers(0, 365))
def test_every_tenancy_is_aged_by_the_rule(session: Session, city: list[list[Line]], ago: int) -> None:
    day = today() - timedelta(days=ago)
    with session.begin_nested() as undone:
        tenant = make_tenant(session)
        expected = {}
        for place, lines in enumerate(city):
            tenancy = make_tenancy(session, tenant, payment_day=place * 9 % 28 + 1)
            for line in lines:
                booked, due, period = _days(line)
                amount = str(from_grosze(line.grosze))
                debit, credit = (amount, "0") if line.is_debit else ("0", amount)
                due_on = str(due) if due else None
                make_entry(session, tenancy, str(booked), debit=debit, credit=credit, due_on=due_on, period=period)
            expected[tenancy.id] = _by_the_rule(lines, tenancy.payment_day, day)
        rebuild(session)
        found = arrears(session, true(), day=day)
        undone.rollback()

    assert {row[0]: list(row[1:]) for row in found.select("tenancy_id", *BUCKETS).iter_rows()} == {
        tenancy: sums for tenancy, sums in expected.items() if sum(sums)
    }
    assert found["overdue"].to_list() == [sum(row) for row in found.select(BUCKETS).iter_rows()]


def _ago(days: int) -> str:
    return str(today() - timedelta(days=days))


def _owing(session: Session, tenancy: Tenancy, amount: str, *, days: int) -> None:
    make_entry(session, tenancy, _ago(days), debit=amount, due_on=_ago(days))


def test_arrears_are_summed_by_district_borough_and_kind_and_a_debtor_is_counted_once(session: Session) -> None:
    centre, west = make_district(session, code="CENTRUM"), make_district(session, code="ZACHOD")
    anna, shop = make_tenant(session), make_tenant(session, "Sklep")
    at_home = make_tenancy(
        session, anna, premises=make_premises(session, building=make_building(session, district=centre))
    )
    second = make_tenancy(
        session, anna, premises=make_premises(session, building=make_building(session, district=west))
    )
    rented = make_premises(session, building=make_building(session, district=west), kind="użytkowy")
    of_shop = make_tenancy(session, shop, premises=rented)
    _owing(session, at_home, "100.00", days=10)
    _owing(session, second, "40.00", days=100)
    _owing(session, of_shop, "500.00", days=400)
    _owing(session, of_shop, "7.00", days=31)
    make_entry(session, of_shop, _ago(5), credit="100.00")
    rebuild(session)
    scope = sign_in_employee(session, Role.ACCOUNTING)

    found = city_arrears(session, scope)

    assert (found.whole.debtors, found.whole.overdue) == (2, D("547.00"))
    assert found.whole.buckets == (D("100.00"), D("7.00"), D("40.00"), D("0.00"), D("400.00"))
    assert [(one.name, one.debtors, one.overdue) for one in found.by_district] == [
        ("RON Zachod", 2, D("447.00")),
        ("RON Centrum", 1, D("100.00")),
    ]
    assert [(one.name, one.overdue) for one in found.by_kind] == [
        ("użytkowy", D("407.00")),
        ("mieszkalny", D("140.00")),
    ]
    assert [one.name for one in found.by_borough] == ["Śródmieście"]


def test_an_employee_of_a_district_sees_only_its_arrears(session: Session) -> None:
    centre, west = make_district(session, code="CENTRUM"), make_district(session, code="ZACHOD")
    for district, amount in ((centre, "100.00"), (west, "40.00")):
        premises = make_premises(session, building=make_building(session, district=district))
        _owing(session, make_tenancy(session, make_tenant(session), premises=premises), amount, days=10)
    rebuild(session)

    found = city_arrears(session, sign_in_employee(session, Role.ANALYST, districts=(west,)))

    assert found.whole.overdue == D("40.00")
    assert [one.name for one in found.by_district] == ["RON Zachod"]


def test_without_arrears_there_is_a_zero_and_no_parts(session: Session) -> None:
    found = city_arrears(session, sign_in_employee(session, Role.HEAD))

    assert (found.whole.debtors, found.whole.overdue, found.by_district) == (0, D(0), ())


@pytest.mark.parametrize("ago", [-1, 366])
def test_a_day_the_figures_do_not_reach_is_refused(session: Session, ago: int) -> None:
    scope = sign_in_employee(session, Role.HEAD)
    with pytest.raises(InvalidInputError):
        city_arrears(session, scope, as_of=today() - timedelta(days=ago))
