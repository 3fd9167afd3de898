"""The last two months of charges beside each other, against what was booked, and what the schedule announces."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from core.errors import NotFoundError, SessionEndedError
from core.ledger.monthly_charge import ComingCharge, coming_charges, compare_months
from core.registry.models import Tenancy
from tests.cast import day, end_session, make_charge, make_entry, make_tenancy, make_tenant, sign_in_tenant

NOVEMBER_23 = date(2026, 11, 23)


def book(session: Session, tenancy: Tenancy, period: str, amount: str, *, kind: str = "NAL") -> None:
    make_entry(session, tenancy, f"{period}-01", debit=amount, period=period, document_type=kind)


def test_two_months_stand_beside_each_other_by_component(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge(session, tenancy, "Czynsz", "2026-01-01", quantity="50", rate="10")
    make_charge(session, tenancy, "Czynsz", "2026-11-01", quantity="50", rate="10.50")
    make_charge(session, tenancy, "Domofon", "2026-01-01", unit="lokal", quantity="1", rate="4", valid_to="2026-10-31")
    make_charge(session, tenancy, "Winda", "2026-11-01", unit="os.", quantity="2", rate="6.5")
    book(session, tenancy, "2026-10", "504")
    book(session, tenancy, "2026-11", "530")

    found = compare_months(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert found is not None
    assert (found.before.month, found.before.scheduled, found.before.booked) == (
        day("2026-10-01"),
        Decimal(504),
        Decimal(504),
    )
    assert (found.after.month, found.after.scheduled, found.after.booked) == (
        day("2026-11-01"),
        Decimal(538),
        Decimal(530),
    )
    assert (found.before.difference, found.after.difference) == (Decimal(0), Decimal(-8))
    assert [
        (one.component, one.before and one.before.amount, one.after and one.after.amount) for one in found.components
    ] == [
        ("Czynsz", Decimal(500), Decimal(525)),
        ("Winda", None, Decimal(13)),
        ("Domofon", Decimal(4), None),
    ]


def test_the_later_month_is_the_last_that_was_charged_and_not_one_to_come(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge(session, tenancy)
    book(session, tenancy, "2026-09", "440.50")
    make_entry(session, tenancy, "2026-11-20", debit="440.50", period="2026-12")  # announced ahead
    book(session, tenancy, "2026-10", "12", kind="ODS")  # no monthly charge

    found = compare_months(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert found is not None
    assert [one.month for one in (found.before, found.after)] == [day("2026-08-01"), day("2026-09-01")]
    assert found.before.booked is None


def test_reversal_within_the_monthly_charge_counts_and_a_line_without_period_goes_by_its_booking(
    session: Session,
) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge(session, tenancy, quantity="1", rate="100")
    make_entry(session, tenancy, "2026-11-01", debit="130")
    make_entry(session, tenancy, "2026-11-02", debit="-30", document_type="FV")

    found = compare_months(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert found is not None
    assert (found.after.booked, found.after.difference) == (Decimal(100), Decimal(0))


def test_month_that_the_schedule_does_not_reach_has_no_sum(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge(session, tenancy, valid_from="2026-11-01")
    book(session, tenancy, "2026-10", "400")
    book(session, tenancy, "2026-11", "440.50")

    found = compare_months(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert found is not None
    assert (found.before.scheduled, found.before.booked, found.before.difference) == (None, Decimal(400), Decimal(0))


def test_without_any_rates_there_is_nothing_to_compare(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    book(session, tenancy, "2026-11", "440.50")
    scope = sign_in_tenant(session, anna)

    assert compare_months(session, scope, tenancy_id=tenancy.id, as_of=NOVEMBER_23) is None
    assert coming_charges(session, scope, tenancy_id=tenancy.id, as_of=NOVEMBER_23) == []


def test_coming_charges_are_those_the_schedule_announces_on_working_days(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna, payment_day=10)
    make_charge(session, tenancy, quantity="1", rate="100")
    make_charge(session, tenancy, valid_from="2027-01-01", quantity="1", rate="105.5")

    found = coming_charges(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=day("2026-11-30"))

    assert found == [
        ComingCharge(day("2026-12-01"), day("2026-12-10"), Decimal(100)),
        ComingCharge(day("2027-01-01"), day("2027-01-11"), Decimal("105.50")),  # the 10th is a Sunday
    ]


def test_nothing_comes_after_the_tenancy_has_ended(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna, valid_to=day("2026-12-31"))
    make_charge(session, tenancy, quantity="1", rate="100")

    found = coming_charges(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert [one.month for one in found] == [day("2026-12-01")]


@pytest.mark.parametrize("read", [compare_months, coming_charges])
def test_neighbour_and_ended_session_see_nothing(session: Session, read: Callable[..., object]) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge(session, tenancy)
    neighbour, ended = sign_in_tenant(session, make_tenant(session, "Jan Sąsiad")), sign_in_tenant(session, anna)
    end_session(session, ended)

    with pytest.raises(NotFoundError):
        read(session, neighbour, tenancy_id=tenancy.id)
    with pytest.raises(SessionEndedError):
        read(session, ended, tenancy_id=tenancy.id)
