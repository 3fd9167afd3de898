from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate
from random import Random

import pytest
from sqlalchemy.orm import Session

from core.batches.models import ImportBatch
from core.errors import NotFoundError, SessionEndedError
from core.ledger.ageing import tenancy_ageing
from core.ledger.balances import tenancy_balance
from core.ledger.documents import PAGE_SIZE, LedgerPage, ledger_page
from core.ledger.entries import LedgerFilter
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy, Tenant
from tests.cast import day, end_session, make_batch, make_entry, make_tenancy, make_tenant, sign_in_tenant

EVERYTHING = LedgerFilter()
NOVEMBER_23 = day("2026-11-23")


def page_of(
    session: Session, tenant: Tenant, tenancy: Tenancy, chosen: LedgerFilter = EVERYTHING, *, page: int = 1
) -> LedgerPage:
    return ledger_page(session, sign_in_tenant(session, tenant), tenancy_id=tenancy.id, chosen=chosen, page=page)


def make_charge_of_two(session: Session, tenancy: Tenancy, month: str, batch: ImportBatch | None = None) -> None:
    for position, (component, amount) in enumerate((("Czynsz", "500.50"), ("Śmieci", "99.50")), start=1):
        make_entry(
            session,
            tenancy,
            f"{month}-01",
            debit=amount,
            due_on=f"{month}-10",
            period=month,
            document_no=f"NAL/{month}/{tenancy.id}",
            position=position,
            component=component,
            description=f"Opłaty za {month}",
            batch=batch,
        )


def test_lines_of_a_document_are_one_with_the_balance_after_all_of_it(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge_of_two(session, tenancy, "2026-10")
    make_entry(session, tenancy, "2026-10-09", credit="100")
    make_charge_of_two(session, tenancy, "2026-11")

    page = page_of(session, anna, tenancy)

    assert [(one.booked_on.day, len(one.lines), one.amount, one.balance_after) for one in page.documents] == [
        (1, 2, Decimal(600), Decimal(1100)),
        (9, 1, Decimal(-100), Decimal(500)),
        (1, 2, Decimal(600), Decimal(600)),
    ]
    assert (page.total, page.debit, page.credit) == (3, Decimal(1200), Decimal(100))


def test_document_opens_to_its_lines_with_the_day_of_loading_and_the_line_of_the_file(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    batch = make_batch(session)
    batch.committed_at = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # half past midnight in Poland
    make_charge_of_two(session, tenancy, "2026-11", batch)

    (document,) = page_of(session, anna, tenancy).documents

    assert [(line.position, line.component, line.amount) for line in document.lines] == [
        (1, "Czynsz", Decimal("500.50")),
        (2, "Śmieci", Decimal("99.50")),
    ]
    assert {line.loaded_on for line in document.lines} == {day("2026-11-03")}
    assert [line.line_no for line in document.lines] == [
        session.get_one(LedgerEntry, line.entry_id).line_no for line in document.lines
    ]
    assert document.due_on == day("2026-11-10")


def test_line_without_a_number_is_a_document_of_its_own(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    for _ in range(2):
        make_entry(session, tenancy, "2026-11-05", credit="50", document_no="", description="Wpłata w kasie")

    page = page_of(session, anna, tenancy)

    assert [(one.amount, one.balance_after, len(one.lines)) for one in page.documents] == [
        (Decimal(-50), Decimal(-100), 1),
        (Decimal(-50), Decimal(-50), 1),
    ]


def test_line_of_a_document_that_was_booked_later_stands_on_its_own_day(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-11-01", debit="10", document_no="NAL/1")
    make_entry(session, tenancy, "2026-11-03", credit="4")
    make_entry(session, tenancy, "2026-11-05", debit="20", document_no="NAL/1", position=2)

    page = page_of(session, anna, tenancy)

    assert [(one.booked_on.day, one.amount, one.balance_after) for one in page.documents] == [
        (5, Decimal(20), Decimal(26)),
        (3, Decimal(-4), Decimal(6)),
        (1, Decimal(10), Decimal(10)),
    ]


def test_number_shared_with_another_tenancy_opens_to_ones_own_lines_only(session: Session) -> None:
    anna, jan = make_tenant(session), make_tenant(session, "Jan Sąsiad")
    own, other = make_tenancy(session, anna), make_tenancy(session, jan)
    make_entry(session, own, "2026-11-01", debit="10", document_no="PRZ/1", document_type="PRZ")
    make_entry(session, other, "2026-11-01", debit="77", document_no="PRZ/1", position=2, document_type="PRZ")

    (document,) = page_of(session, anna, own).documents

    assert (document.amount, [line.amount for line in document.lines]) == (Decimal(10), [Decimal(10)])


@pytest.mark.parametrize("seed", range(6))
def test_balance_runs_over_all_documents_whatever_the_order_of_loading(session: Session, seed: int) -> None:
    rng = Random(seed)
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    used: dict[str, int] = {}
    for _ in range(40):
        number = rng.choice(["", f"D/{seed}/{rng.randint(1, 12)}"])
        used[number] = used.get(number, 0) + 1
        amount = f"{rng.choice([-1, 1, 1]) * rng.randint(1, 9999) / 100:.2f}"
        debit, credit = rng.choice([(amount, "0"), ("0", amount)])
        booked_on = f"2026-11-{rng.randint(1, 6):02}"
        make_entry(session, tenancy, booked_on, document_no=number, position=used[number], debit=debit, credit=credit)
    scope = sign_in_tenant(session, anna)

    pages = [ledger_page(session, scope, tenancy_id=tenancy.id, chosen=EVERYTHING, page=at) for at in (1, 2, 3)]
    documents = [one for page in pages[: pages[0].pages] for one in page.documents][::-1]

    assert [one.balance_after for one in documents] == list(accumulate(one.amount for one in documents))
    assert documents[-1].balance_after == tenancy_balance(session, scope, tenancy_id=tenancy.id).balance
    assert sum(len(one.lines) for one in documents) == 40
    assert all(one.amount == sum(line.amount for line in one.lines) for one in documents)
    assert [one.booked_on for one in documents] == sorted(one.booked_on for one in documents)


def test_filter_hides_documents_but_the_balance_counts_them(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_entry(session, tenancy, "2026-10-01", debit="600")
    make_entry(session, tenancy, "2026-11-01", debit="600")
    make_entry(session, tenancy, "2026-11-05", credit="100")
    chosen = LedgerFilter(since=day("2026-11-01"), until=day("2026-11-30"), document_types=frozenset({"WPL"}))

    page = page_of(session, anna, tenancy, chosen)

    assert [(one.document_type, one.balance_after) for one in page.documents] == [("WPL", Decimal(1100))]
    assert (page.total, page.debit, page.credit) == (1, Decimal(0), Decimal(100))


def test_period_includes_both_its_days(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    for booked_on in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"):
        make_entry(session, tenancy, booked_on, debit="1")
    chosen = LedgerFilter(since=day("2026-11-01"), until=day("2026-11-30"))

    assert [one.booked_on.day for one in page_of(session, anna, tenancy, chosen).documents] == [30, 1]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("smieci", ["2026-11", "2026-10"]),  # a component, without its marks
        ("ŚMIECI OPŁATY", ["2026-11", "2026-10"]),  # in two of its lines
        ("naliczenie 2026-11", ["2026-11"]),  # name of the type and number
        ("500,50", ["2026-11", "2026-10"]),  # the amount of a line
        ("600,00", ["2026-11", "2026-10"]),  # the amount of all of it
        ("przelew", ["2026-11-05"]),
        ("przelew smieci", []),
        ("%", []),
        ("  ", ["2026-11-05", "2026-11", "2026-10"]),
    ],
)
def test_words_are_found_whatever_their_case_and_marks(session: Session, words: str, found: list[str]) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge_of_two(session, tenancy, "2026-10")
    make_charge_of_two(session, tenancy, "2026-11")
    make_entry(session, tenancy, "2026-11-05", credit="100", description="Wpłata – PRZELEW")

    page = page_of(session, anna, tenancy, LedgerFilter(words=words))

    assert [one.lines[0].period or str(one.booked_on) for one in page.documents] == found
    assert page.total == len(found)


def test_overdue_are_documents_that_payments_do_not_reach_with_what_is_left_of_them(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    for month in ("2026-09", "2026-10", "2026-11", "2026-12"):
        make_charge_of_two(session, tenancy, month)
    make_entry(session, tenancy, "2026-11-05", credit="1150.50")
    scope = sign_in_tenant(session, anna)

    page = ledger_page(session, scope, tenancy_id=tenancy.id, chosen=LedgerFilter(overdue_on=NOVEMBER_23))

    assert [(one.booked_on.month, one.left, one.amount) for one in page.documents] == [
        (11, Decimal(600), Decimal(600)),
        (10, Decimal("49.50"), Decimal(600)),
    ]
    assert page.left == tenancy_balance(session, scope, tenancy_id=tenancy.id, as_of=NOVEMBER_23).overdue


def test_what_is_left_is_summed_over_what_the_filter_found(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    make_charge_of_two(session, tenancy, "2026-10")
    make_charge_of_two(session, tenancy, "2026-11")
    chosen = LedgerFilter(since=day("2026-11-01"), overdue_on=NOVEMBER_23)

    page = page_of(session, anna, tenancy, chosen)

    assert (page.total, page.left) == (1, Decimal(600))


def test_ageing_of_a_tenancy_is_what_is_overdue_by_age(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    for month in ("2026-08", "2026-10", "2026-11"):
        make_charge_of_two(session, tenancy, month)
    make_entry(session, tenancy, "2026-11-05", credit="500")
    scope = sign_in_tenant(session, anna)

    found = tenancy_ageing(session, scope, tenancy_id=tenancy.id, as_of=NOVEMBER_23)

    assert found.amounts == (Decimal(600), Decimal(600), Decimal(100), Decimal(0), Decimal(0))
    assert found.oldest == day("2026-08-10")
    assert found.overdue == tenancy_balance(session, scope, tenancy_id=tenancy.id, as_of=NOVEMBER_23).overdue


@pytest.mark.parametrize("seed", range(6))
def test_ageing_agrees_with_what_is_overdue_also_where_due_dates_are_implied(session: Session, seed: int) -> None:
    rng = Random(seed)
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna, payment_day=rng.randint(1, 28))
    for _ in range(40):
        month = f"2026-{rng.randint(1, 12):02}"
        booked_on = f"{month}-{rng.randint(1, 28):02}"
        amount = f"{rng.choice([-1, 1, 1]) * rng.randint(1, 9999) / 100:.2f}"
        if rng.random() < 0.3:
            make_entry(session, tenancy, booked_on, credit=amount)
        else:
            due_on, period = rng.choice([(f"2026-{rng.randint(1, 12):02}-15", None), (None, month), (None, None)])
            make_entry(session, tenancy, booked_on, debit=amount, due_on=due_on, period=period)
    scope = sign_in_tenant(session, anna)

    for as_of in (day("2026-03-31"), day("2026-07-05"), NOVEMBER_23):
        found = tenancy_ageing(session, scope, tenancy_id=tenancy.id, as_of=as_of)
        assert found.overdue == tenancy_balance(session, scope, tenancy_id=tenancy.id, as_of=as_of).overdue


def test_pages_hold_every_document_once_also_within_one_day(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    made = [make_entry(session, tenancy, "2026-11-01", debit="1").id for _ in range(2 * PAGE_SIZE + 1)]
    scope = sign_in_tenant(session, anna)

    pages = [ledger_page(session, scope, tenancy_id=tenancy.id, chosen=EVERYTHING, page=number) for number in (1, 2, 3)]

    assert [len(page.documents) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 1]
    assert [one.entry_id for page in pages for one in page.documents] == made[::-1]
    assert [one.balance_after for one in pages[2].documents] == [1]
    assert {page.pages for page in pages} == {3}


def test_a_page_beyond_the_last_is_the_last(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    for _ in range(PAGE_SIZE + 1):
        make_entry(session, tenancy, "2026-11-01", debit="1")

    page = page_of(session, anna, tenancy, page=7)

    assert (page.page, page.pages, len(page.documents)) == (2, 2, 1)


def test_empty_ledger_is_one_empty_page(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)

    for number in (1, 3):
        page = page_of(session, anna, tenancy, page=number)
        assert page == LedgerPage((), page=1, pages=1, total=0, debit=Decimal(0), credit=Decimal(0), left=Decimal(0))


@pytest.mark.parametrize("chosen", [EVERYTHING, LedgerFilter(words="czynsz"), LedgerFilter(overdue_on=NOVEMBER_23)])
def test_neighbour_sees_nothing(session: Session, chosen: LedgerFilter) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    make_charge_of_two(session, tenancy, "2026-11")
    neighbour = sign_in_tenant(session, make_tenant(session, "Jan Sąsiad"))

    with pytest.raises(NotFoundError):
        ledger_page(session, neighbour, tenancy_id=tenancy.id, chosen=chosen)
    with pytest.raises(NotFoundError):
        tenancy_ageing(session, neighbour, tenancy_id=tenancy.id)


def test_ended_session_reads_nothing(session: Session) -> None:
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna)
    scope = sign_in_tenant(session, anna)
    end_session(session, scope)

    with pytest.raises(SessionEndedError):
        ledger_page(session, scope, tenancy_id=tenancy.id, chosen=EVERYTHING)
    with pytest.raises(SessionEndedError):
        tenancy_ageing(session, scope, tenancy_id=tenancy.id)
