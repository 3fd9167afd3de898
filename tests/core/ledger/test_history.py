from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from core.errors import NotFoundError, SessionEndedError
from core.ledger.history import balance_history, charges_by_component, last_months, monthly_totals
from tests.cast import day, end_session, make_entry, make_tenancy, make_tenant, sign_in_tenant

SINCE, UNTIL = date(2026, 10, 15), date(2026, 12, 15)


def test_balance_history_spans_the_period_with_one_point_a_day(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-09-01", debit="600")
    make_entry(session, tenancy, "2026-10-01", debit="0.55")
    make_entry(session, tenancy, "2026-11-05", credit="100")
    make_entry(session, tenancy, "2026-11-05", credit="50")
    make_entry(session, tenancy, "2027-01-01", debit="1")

    frame = balance_history(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, since=SINCE, until=UNTIL)

    assert list(zip(frame["day"].dt.date, frame["balance"], strict=True)) == [
        (SINCE, Decimal("600.55")),
        (day("2026-11-05"), Decimal("450.55")),
        (UNTIL, Decimal("450.55")),
    ]


def test_balance_history_of_an_empty_ledger_is_empty(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)

    frame = balance_history(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, since=SINCE, until=UNTIL)

    assert frame.empty
    assert list(frame.columns) == ["day", "balance"]


def test_monthly_totals_have_a_row_for_every_month(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-09-30", debit="1")
    make_entry(session, tenancy, "2026-10-01", debit="600")
    make_entry(session, tenancy, "2026-10-31", debit="-0.50")
    make_entry(session, tenancy, "2026-12-05", credit="100")

    frame = monthly_totals(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, since=SINCE, until=UNTIL)

    assert list(zip(frame["month"].dt.date, frame["charged"], frame["paid"], strict=True)) == [
        (day("2026-10-01"), Decimal("599.50"), 0),
        (day("2026-11-01"), 0, 0),
        (day("2026-12-01"), 0, Decimal(100)),
    ]


@pytest.mark.parametrize(
    ("since", "until", "begins"),
    [
        ("2026-10-15", "2026-12-15", "2026-10-15"),
        ("2020-01-01", "2026-12-15", "2025-01-01"),
        ("2020-01-01", "2026-01-31", "2024-02-01"),
    ],
)
def test_a_chart_keeps_within_two_years(since: str, until: str, begins: str) -> None:
    assert last_months(since=day(since), until=day(until)) == day(begins)


@pytest.mark.parametrize("read", [balance_history, charges_by_component, monthly_totals])
def test_neighbour_and_ended_session_see_nothing(session: Session, read: Callable[..., pd.DataFrame]) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-01", debit="600")
    neighbour, ended = sign_in_tenant(session, make_tenant(session, "Jan Sąsiad")), sign_in_tenant(session, anna)
    end_session(session, ended)

    with pytest.raises(NotFoundError):
        read(session, neighbour, tenancy_id=tenancy.id, since=SINCE, until=UNTIL)
    with pytest.raises(SessionEndedError):
        read(session, ended, tenancy_id=tenancy.id, since=SINCE, until=UNTIL)


def test_charges_by_component_leave_out_what_is_no_charge(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-10-01", debit="500", component="Czynsz")
    make_entry(session, tenancy, "2026-11-01", debit="520", component="Czynsz")
    make_entry(session, tenancy, "2026-11-01", debit="80", component="Śmieci")
    make_entry(session, tenancy, "2026-11-02", debit="15.50", document_type="ODS")
    make_entry(session, tenancy, "2026-11-02", debit="-5.50", document_type="KOR")
    make_entry(session, tenancy, "2026-11-03", debit="7", component="Pomyłka")
    make_entry(session, tenancy, "2026-11-03", debit="-7", component="Pomyłka")
    for kind in ("BO", "PRZ", "ZWR"):
        make_entry(session, tenancy, "2026-11-04", debit="1000", document_type=kind)
    make_entry(session, tenancy, "2026-11-05", credit="600")
    make_entry(session, tenancy, "2026-09-30", debit="1", component="Czynsz")

    frame = charges_by_component(
        session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, since=day("2026-10-01"), until=day("2026-11-30")
    )

    assert list(zip(frame["component"], frame["charged"], strict=True)) == [
        ("Czynsz", Decimal(1020)),
        ("Śmieci", Decimal(80)),
        ("Nota odsetkowa", Decimal("15.50")),
        ("Korekta", Decimal("-5.50")),
    ]
