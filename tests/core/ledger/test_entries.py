from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from core.errors import InvalidInputError, NotFoundError, SessionEndedError
from core.ledger.entries import PAGE_SIZE, LedgerFilter, LedgerPage, ledger_page, ledger_span
from tests.cast import day, end_session, make_entry, make_tenancy, make_tenant, sign_in_tenant

EVERYTHING = LedgerFilter()


def test_newest_first_with_the_balance_after_each_line(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-05", credit="100")
    make_entry(session, tenancy, "2026-11-01", debit="600")
    make_entry(session, tenancy, "2026-12-01", debit="600.55")

    page = ledger_page(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, chosen=EVERYTHING)

    assert [(line.booked_on, line.balance_after) for line in page.lines] == [
        (day("2026-12-01"), Decimal("1100.55")),
        (day("2026-11-05"), Decimal(500)),
        (day("2026-11-01"), Decimal(600)),
    ]
    assert (page.total, page.debit, page.credit) == (3, Decimal("1200.55"), Decimal(100))


def test_filter_hides_lines_but_the_balance_counts_them(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-10-01", debit="600")
    make_entry(session, tenancy, "2026-11-01", debit="600")
    make_entry(session, tenancy, "2026-11-05", credit="100")
    chosen = LedgerFilter(since=day("2026-11-01"), until=day("2026-11-30"), document_types=frozenset({"WPL"}))

    page = ledger_page(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, chosen=chosen)

    assert [(line.document_type, line.balance_after) for line in page.lines] == [("WPL", Decimal(1100))]
    assert (page.total, page.debit, page.credit) == (1, Decimal(0), Decimal(100))


def test_period_includes_both_its_days(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    for booked_on in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"):
        make_entry(session, tenancy, booked_on, debit="1")
    chosen = LedgerFilter(since=day("2026-11-01"), until=day("2026-11-30"))

    page = ledger_page(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, chosen=chosen)

    assert [line.booked_on.day for line in page.lines] == [30, 1]


def test_pages_hold_every_line_once_also_within_one_day(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    made = [make_entry(session, tenancy, "2026-11-01", debit="1").id for _ in range(2 * PAGE_SIZE + 1)]
    scope = sign_in_tenant(session, anna)

    pages = [ledger_page(session, scope, tenancy_id=tenancy.id, chosen=EVERYTHING, page=number) for number in (1, 2, 3)]

    assert [len(page.lines) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 1]
    assert [line.entry_id for page in pages for line in page.lines] == made[::-1]
    assert [line.balance_after for line in pages[2].lines] == [1]
    assert {page.pages for page in pages} == {3}


def test_a_page_beyond_the_last_is_the_last(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-01", debit="1")

    page = ledger_page(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, chosen=EVERYTHING, page=7)

    assert (page.page, page.pages, len(page.lines)) == (1, 1, 1)


def test_empty_ledger_is_one_empty_page(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    scope = sign_in_tenant(session, anna)

    page = ledger_page(session, scope, tenancy_id=tenancy.id, chosen=EVERYTHING)
    span = ledger_span(session, scope, tenancy_id=tenancy.id)

    assert page == LedgerPage(lines=(), page=1, pages=1, total=0, debit=Decimal(0), credit=Decimal(0))
    assert (span.first, span.last, span.document_types) == (None, None, ())


def test_span_is_what_there_is_to_filter(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-05", credit="100")
    make_entry(session, tenancy, "2025-01-01", debit="600")

    span = ledger_span(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id)

    assert (span.first, span.last) == (day("2025-01-01"), day("2026-11-05"))
    assert span.document_types == ("NAL", "WPL")


def test_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        LedgerFilter(since=date(2026, 11, 2), until=date(2026, 11, 1))

    assert refusal.value.field == "since"


def test_neighbour_sees_nothing(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    make_entry(session, tenancy, "2026-11-01", debit="600")
    neighbour = sign_in_tenant(session, make_tenant(session, "Jan Sąsiad"))

    with pytest.raises(NotFoundError):
        ledger_page(session, neighbour, tenancy_id=tenancy.id, chosen=EVERYTHING)
    with pytest.raises(NotFoundError):
        ledger_span(session, neighbour, tenancy_id=tenancy.id)


def test_ended_session_reads_nothing(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    scope = sign_in_tenant(session, anna)
    end_session(session, scope)

    with pytest.raises(SessionEndedError):
        ledger_page(session, scope, tenancy_id=tenancy.id, chosen=EVERYTHING)
    with pytest.raises(SessionEndedError):
        ledger_span(session, scope, tenancy_id=tenancy.id)
