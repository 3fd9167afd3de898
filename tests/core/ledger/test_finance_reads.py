"""What the office reads of its districts' money: largest debtors, how arrears went, charged against paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import true
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.clock import today
from core.errors import InvalidInputError
from core.ledger.arrears import arrears
from core.ledger.arrears_trend import arrears_trend
from core.ledger.debtors import Part, largest_debtors
from core.ledger.maintained import rebuild
from core.ledger.models import LedgerEntry
from core.ledger.turnover import turnover
from core.money import to_grosze
from core.registry.models import ServiceDistrict, Tenancy
from core.registry.pseudonyms import pseudonym
from tests.cast import (
    make_building,
    make_district,
    make_entry,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
)

D = Decimal


def _ago(days: int) -> str:
    return str(today() - timedelta(days=days))


def _tenancy(session: Session, name: str, district: ServiceDistrict, kind: str = "mieszkalny") -> Tenancy:
    premises = make_premises(session, building=make_building(session, district=district), kind=kind)
    return make_tenancy(session, make_tenant(session, name), premises=premises)


@pytest.fixture
def city(session: Session) -> dict[str, Tenancy]:
    """Anna owes 300 in CENTRUM, Bartek 500 in ZACHOD, a shop 100 there; Celina has paid."""
    centre, west = make_district(session, code="CENTRUM"), make_district(session, code="ZACHOD")
    who = {
        "anna": _tenancy(session, "Anna", centre),
        "bartek": _tenancy(session, "Bartek", west),
        "shop": _tenancy(session, "Sklep", west, kind="użytkowy"),
        "celina": _tenancy(session, "Celina", west),
    }
    for name, amount in (("anna", "300"), ("bartek", "500"), ("shop", "100"), ("celina", "200")):
        make_entry(session, who[name], _ago(100), debit=amount, due_on=_ago(90))
    make_entry(session, who["celina"], _ago(50), credit="200")
    rebuild(session)
    return who


def test_largest_debtors_come_first_and_who_paid_is_not_among_them(session: Session, city: dict[str, Tenancy]) -> None:
    found = largest_debtors(session, sign_in_employee(session, Role.ACCOUNTING))

    assert [(one.name, one.overdue) for one in found] == [("Bartek", D(500)), ("Anna", D(300)), ("Sklep", D(100))]
    assert found[0].tenancy_no == city["bartek"].tenancy_no
    assert found[0].address.startswith("ul. Kwiatowa 12")


def test_a_part_of_the_city_limits_them(session: Session, city: dict[str, Tenancy]) -> None:
    scope = sign_in_employee(session, Role.HEAD)

    west = largest_debtors(session, scope, part=Part(district="RON Zachod"))
    shops = largest_debtors(session, scope, part=Part(kind="użytkowy", borough="Śródmieście"))

    assert [one.name for one in west] == ["Bartek", "Sklep"]
    assert [one.name for one in shops] == ["Sklep"]


def test_an_employee_of_a_district_sees_its_debtors_only(session: Session, city: dict[str, Tenancy]) -> None:
    centre = make_district(session, code="CENTRUM")

    found = largest_debtors(session, sign_in_employee(session, Role.HEAD, districts=(centre,)))

    assert [one.name for one in found] == ["Anna"]


def test_an_analyst_sees_pseudonyms_and_nothing_that_tells_who_it_is(
    session: Session, city: dict[str, Tenancy]
) -> None:
    found = largest_debtors(session, sign_in_employee(session, Role.ANALYST))

    assert [one.overdue for one in found] == [D(500), D(300), D(100)]
    assert found[0].tenancy_no == pseudonym(city["bartek"].tenancy_no)
    told = repr(found)
    for tenancy in city.values():
        assert tenancy.tenancy_no not in told
    assert {one.name + one.address for one in found} == {""}


def test_trend_says_of_each_day_what_ageing_as_of_that_day_says(session: Session, city: dict[str, Tenancy]) -> None:
    for days in range(5, 360, 17):
        make_entry(session, city["anna"], _ago(days), debit="40", due_on=_ago(days - 20))
        make_entry(session, city["bartek"], _ago(days), credit=str(days % 90 + 1))
        make_entry(session, city["bartek"], _ago(days + 3), debit="-7")
    rebuild(session)

    found = arrears_trend(session, sign_in_employee(session, Role.ANALYST))

    assert len(found) == 13
    assert found[-1].day == today()
    for one in found:
        aged = arrears(session, true(), day=one.day)
        assert (to_grosze(one.overdue), one.debtors) == (aged["overdue"].sum(), aged["tenant_id"].n_unique()), one.day
    assert len({one.overdue for one in found}) > 5


def test_turnover_is_summed_by_month_district_and_component(session: Session, city: dict[str, Tenancy]) -> None:
    entry = make_entry(session, city["anna"], "2026-09-01", debit="100", due_on="2026-09-10")
    entry.component = "Czynsz najmu"
    make_entry(session, city["anna"], "2026-09-20", credit="80")
    make_entry(session, city["bartek"], "2026-10-01", debit="50")
    rebuild(session)

    found = turnover(session, sign_in_employee(session, Role.HEAD), since=date(2026, 9, 15), until=date(2026, 10, 2))

    months = {one.name: (one.charged, one.paid, one.rate) for one in found.by_month}
    expected = _from_entries(session, "2026-09", "2026-10")
    assert {name: row[:2] for name, row in months.items()} == expected
    assert list(months) == ["2026-09", "2026-10"]
    assert found.whole.charged == sum(row[0] for row in expected.values())
    assert "Czynsz najmu" in [one.name for one in found.by_component]
    assert {one.name for one in found.by_district} >= {"RON Centrum", "RON Zachod"}


def _from_entries(session: Session, *months: str) -> dict[str, tuple[Decimal, Decimal]]:
    entries = session.query(LedgerEntry).all()
    return {
        month: (
            sum((one.debit for one in entries if f"{one.booked_on:%Y-%m}" == month), D(0)),
            sum((one.credit for one in entries if f"{one.booked_on:%Y-%m}" == month), D(0)),
        )
        for month in months
    }


def test_collection_rate_has_one_place_and_is_unknown_where_nothing_was_charged(session: Session) -> None:
    tenancy = _tenancy(session, "Anna", make_district(session))
    make_entry(session, tenancy, "2026-09-01", debit="300", due_on="2026-09-10")
    make_entry(session, tenancy, "2026-09-20", credit="200")
    make_entry(session, tenancy, "2026-10-20", credit="20")
    rebuild(session)

    found = turnover(session, sign_in_employee(session, Role.HEAD), since=date(2026, 8, 1), until=date(2026, 10, 2))

    assert [one.rate for one in found.by_month] == [None, D("66.7"), None]


def test_an_employee_of_a_district_sees_its_turnover_only(session: Session, city: dict[str, Tenancy]) -> None:
    centre = make_district(session, code="CENTRUM")

    found = turnover(session, sign_in_employee(session, Role.ANALYST, districts=(centre,)))

    assert (found.whole.charged, [one.name for one in found.by_district]) == (D(300), ["RON Centrum"])


def test_period_backwards_is_refused(session: Session) -> None:
    scope = sign_in_employee(session, Role.HEAD)
    with pytest.raises(InvalidInputError):
        turnover(session, scope, since=date(2026, 10, 1), until=date(2026, 9, 1))
