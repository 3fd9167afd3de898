import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from freezegun import freeze_time
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import Role
from core.errors import NotFoundError, NotPermittedError, SessionEndedError
from core.ledger.balances import (
    all_balances,
    balance_by_number,
    next_due,
    payments_booked_through,
    tenancy_balance,
    tenant_balance,
)
from core.ledger.due import implied_due_date
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy
from tests.cast import (
    day,
    end_session,
    make_building,
    make_district,
    make_entry,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
    sign_in_tenant,
)

NOVEMBER_23 = date(2026, 11, 23)
ZERO = Decimal(0)


def test_balance_is_debits_less_credits_and_may_be_negative(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-01", debit="600.10", due_on="2026-11-10")
    make_entry(session, tenancy, "2026-11-02", debit="-0.10", due_on="2026-11-10")
    make_entry(session, tenancy, "2026-11-05", credit="700.01")

    found = tenancy_balance(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert found.balance == Decimal("-100.01")
    assert found.overdue == 0


def test_tenancy_without_entries_is_settled(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)

    found = tenant_balance(session, sign_in_tenant(session, anna), as_of=NOVEMBER_23)

    assert [(each.tenancy_id, each.balance, each.overdue) for each in found.tenancies] == [(tenancy.id, ZERO, ZERO)]


def test_amounts_beyond_any_float_stay_exact(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    for _ in range(3):
        make_entry(session, tenancy, "2026-11-01", debit="9999999999.99", due_on="2026-11-10")

    found = tenancy_balance(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert str(found.balance) == "29999999999.97"
    assert str(found.overdue) == "29999999999.97"


@pytest.mark.parametrize(
    ("as_of", "balance", "overdue"),
    [
        ("2026-10-31", "0", "0"),
        ("2026-11-01", "600", "0"),
        ("2026-11-10", "600", "600"),
        ("2026-11-12", "500", "500"),
        ("2026-12-01", "1100", "500"),
        ("2026-12-10", "1100", "1100"),
    ],
)
def test_balance_and_overdue_on_a_past_day(session: Session, as_of: str, balance: str, overdue: str) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-01", debit="600", due_on="2026-11-10")
    make_entry(session, tenancy, "2026-11-12", credit="100")
    make_entry(session, tenancy, "2026-12-01", debit="600", due_on="2026-12-10")

    found = tenancy_balance(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=day(as_of))

    assert (found.balance, found.overdue) == (Decimal(balance), Decimal(overdue))


def test_a_due_date_on_the_document_is_taken_as_it_is(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-10-01", debit="600", due_on="2026-10-10")  # a Saturday

    found = tenancy_balance(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=day("2026-10-10"))

    assert found.overdue == 600


def test_what_was_booked_later_was_not_known_that_day(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-20", debit="600", due_on="2026-11-10")

    found = tenancy_balance(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, as_of=day("2026-11-15"))

    assert (found.balance, found.overdue) == (ZERO, ZERO)


def test_an_overpayment_of_one_tenancy_does_not_hide_what_another_owes(session: Session) -> None:
    anna = make_tenant(session)
    flat, garage = make_tenancy(session, anna), make_tenancy(session, anna)
    make_entry(session, flat, "2026-11-01", debit="600", due_on="2026-11-10")
    make_entry(session, garage, "2026-11-01", credit="1000")

    found = tenant_balance(session, sign_in_tenant(session, anna), as_of=NOVEMBER_23)

    assert (found.balance, found.overdue) == (Decimal(-400), Decimal(600))


def test_database_and_calendar_agree_on_every_due_date(session: Session) -> None:
    chance = random.Random(20261123)
    anna = make_tenant(session)
    for payment_day in (1, 2, 9, 10, 11, 15, 27, 28):
        tenancy = make_tenancy(session, anna, payment_day=payment_day)
        for _ in range(60):
            booked_on = date(2026, 1, 1) + timedelta(days=chance.randrange(400))
            make_entry(
                session,
                tenancy,
                booked_on.isoformat(),
                debit=f"{chance.choice([1, 1, 1, -1]) * chance.randrange(1, 99999) / 100:.2f}",
                period=chance.choice([None, f"{booked_on:%Y-%m}", "2026-12"]),
                due_on=chance.choice([None, None, "2026-06-10"]),
            )
    scope = sign_in_tenant(session, anna)
    for after in range(0, 420, 5):
        as_of = date(2026, 1, 1) + timedelta(days=after)
        found = {each.tenancy_id: each.net_due for each in tenant_balance(session, scope, as_of=as_of).tenancies}
        assert found == _net_due_by_calendar(session, as_of)


def _net_due_by_calendar(session: Session, as_of: date) -> dict[int, Decimal]:
    sums = dict.fromkeys(session.scalars(select(Tenancy.id)), Decimal(0))
    for entry, payment_day in session.execute(
        select(LedgerEntry, Tenancy.payment_day).join(Tenancy).where(LedgerEntry.booked_on <= as_of)
    ):
        due_on = entry.due_on or implied_due_date(
            payment_day=payment_day, booked_on=entry.booked_on, period=entry.period, negative=entry.debit < 0
        )
        if due_on <= as_of:
            sums[entry.tenancy_id] += entry.debit
    return sums


def test_next_due_is_the_nearest_charge_to_come(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-01", debit="600", due_on="2026-11-10")
    make_entry(session, tenancy, "2026-11-20", debit="500", due_on="2026-12-10")
    make_entry(session, tenancy, "2026-11-20", debit="40", period="2026-12")
    make_entry(session, tenancy, "2026-11-20", debit="70", due_on="2027-01-11")
    scope = sign_in_tenant(session, anna)

    found = next_due(session, scope, current=tenancy_balance(session, scope, tenancy_id=tenancy.id, as_of=NOVEMBER_23))

    assert found is not None
    assert (found.due_on, found.amount) == (day("2026-12-10"), Decimal(540))


@pytest.mark.parametrize(
    ("paid", "due_on", "amount"),
    [("200", "2026-12-10", "300"), ("500", "2027-01-11", "70"), ("560", "2027-01-11", "10")],
)
def test_next_due_passes_over_what_is_paid_already(session: Session, paid: str, due_on: str, amount: str) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-20", credit=paid)
    make_entry(session, tenancy, "2026-11-20", debit="500", due_on="2026-12-10")
    make_entry(session, tenancy, "2026-11-20", debit="70", due_on="2027-01-11")
    scope = sign_in_tenant(session, anna)

    found = next_due(session, scope, current=tenancy_balance(session, scope, tenancy_id=tenancy.id, as_of=NOVEMBER_23))

    assert found is not None
    assert (found.due_on, found.amount) == (day(due_on), Decimal(amount))


def test_nothing_is_due_next_where_payments_cover_all(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-20", credit="600")
    make_entry(session, tenancy, "2026-11-20", debit="500", due_on="2026-12-10")
    scope = sign_in_tenant(session, anna)
    current = tenancy_balance(session, scope, tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert next_due(session, scope, current=current) is None


def test_payments_booked_through_is_the_latest_credit_of_the_ledger(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    assert payments_booked_through(session) is None
    make_entry(session, tenancy, "2026-11-18", credit="10")
    make_entry(session, tenancy, "2026-11-20", debit="500")
    make_entry(session, tenancy, "2026-11-25", credit="10")

    assert payments_booked_through(session, as_of=NOVEMBER_23) == day("2026-11-18")


def test_payments_booked_through_reads_an_index_and_not_the_ledger(session: Session) -> None:
    asked: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    payments_booked_through(session, as_of=NOVEMBER_23)
    connection = session.connection()

    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1]}", ("2026-11-23", 1, 0))
    else:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # an empty table is quicker to read than an index
        plan = connection.exec_driver_sql("EXPLAIN SELECT max(booked_on) FROM ledger_entry WHERE credit <> 0")

    assert "ix_ledger_entry_credit_day" in str(plan.all())


@freeze_time("2026-11-22 23:30:00")
def test_without_a_day_the_balance_is_of_today_in_poland(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-23", debit="5")

    found = tenancy_balance(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id)

    assert (found.as_of, found.balance) == (NOVEMBER_23, Decimal(5))


def test_neighbour_sees_nothing(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    make_entry(session, tenancy, "2026-11-01", debit="600", due_on="2026-12-10")
    anna = sign_in_tenant(session, session.get_one(Tenancy, tenancy.id).tenant)
    current = tenancy_balance(session, anna, tenancy_id=tenancy.id, as_of=NOVEMBER_23)
    neighbour = sign_in_tenant(session, make_tenant(session, "Jan Sąsiad"))

    assert tenant_balance(session, neighbour).tenancies == ()
    with pytest.raises(NotFoundError):
        next_due(session, neighbour, current=current)
    with pytest.raises(NotFoundError):
        tenancy_balance(session, neighbour, tenancy_id=tenancy.id)


def test_another_districts_clerk_sees_nothing(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    premises = make_premises(session, building=make_building(session, district=here))
    tenancy = make_tenancy(session, make_tenant(session), premises=premises)
    clerk = sign_in_employee(session, Role.CLERK, districts=(here,))
    neighbour = sign_in_employee(session, Role.CLERK, districts=(there,))

    assert [each.tenancy_no for each in all_balances(session, clerk)] == [tenancy.tenancy_no]
    assert balance_by_number(session, clerk, tenancy_no=tenancy.tenancy_no).tenancy_id == tenancy.id
    assert all_balances(session, neighbour) == []
    with pytest.raises(NotFoundError):
        balance_by_number(session, neighbour, tenancy_no=tenancy.tenancy_no)


def test_ledger_of_the_city_needs_a_permission(session: Session) -> None:
    editor = sign_in_employee(session, Role.EDITOR)

    with pytest.raises(NotPermittedError):
        all_balances(session, editor)
    with pytest.raises(NotPermittedError):
        balance_by_number(session, editor, tenancy_no="U/1")


def test_ended_session_reads_nothing(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    scope = sign_in_tenant(session, anna)
    current = tenancy_balance(session, scope, tenancy_id=tenancy.id)
    end_session(session, scope)

    with pytest.raises(SessionEndedError):
        tenant_balance(session, scope)
    with pytest.raises(SessionEndedError):
        tenancy_balance(session, scope, tenancy_id=tenancy.id)
    with pytest.raises(SessionEndedError):
        next_due(session, scope, current=current)
