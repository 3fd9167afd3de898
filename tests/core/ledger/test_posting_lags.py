"""How long payments take to be seen, by channel, from what the ledger itself tells."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.batches.models import BatchState, ImportBatch
from core.ledger.posting_lags import FEWEST, Channel, _payments, posting_lags
from core.registry.models import Tenancy
from tests.cast import day, make_batch, make_entry, make_tenancy, make_tenant

DAY = date(2026, 11, 23)


def loaded(session: Session, on: date) -> ImportBatch:
    """A ledger file that was loaded at noon of a day."""
    batch = make_batch(session)
    batch.committed_at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return batch


def pay(
    session: Session,
    tenancy: Tenancy,
    seen_on: date,
    lags: list[int],
    *,
    description: str = "Wpłata – przelew",
    document_type: str = "WPL",
) -> None:
    """Payments that a file of that day brought so many days after their booking."""
    batch = loaded(session, seen_on)
    for lag in lags:
        booked_on = f"{seen_on - timedelta(days=lag)}"
        make_entry(
            session, tenancy, booked_on, credit="1", description=description, document_type=document_type, batch=batch
        )


@pytest.fixture
def tenancy(session: Session) -> Tenancy:
    """A tenancy of a landlord whose first ledger was loaded long ago."""
    tenancy = make_tenancy(session, make_tenant(session))
    loaded(session, day("2025-01-01"))
    return tenancy


def test_half_and_nine_of_ten_by_channel_with_what_they_rest_on(session: Session, tenancy: Tenancy) -> None:
    pay(session, tenancy, day("2026-10-20"), [1] * 10 + [2] * 8 + [5] * 2)
    pay(session, tenancy, day("2026-10-20"), [0] * 20, description="Wpłata w kasie")

    found = posting_lags(session, as_of=DAY)

    transfer, cash = found[Channel.TRANSFER], found[Channel.CASH]
    assert (transfer.payments, transfer.median, transfer.most) == (20, 1, 2)
    assert (cash.payments, cash.median, cash.most) == (20, 0, 0)


def test_too_few_payments_say_nothing(session: Session, tenancy: Tenancy) -> None:
    pay(session, tenancy, day("2026-10-20"), [1] * (FEWEST - 1))

    found = posting_lags(session, as_of=DAY)[Channel.TRANSFER]

    assert (found.payments, found.median, found.most) == (FEWEST - 1, None, None)


@pytest.mark.parametrize(
    ("description", "channel"),
    [
        ("PRZELEW z dnia 3.10", Channel.TRANSFER),
        ("Wpłata w kasie", Channel.CASH),
        ("Kasa RON", Channel.CASH),
        ("Przelew pocztowy", Channel.POST),
        ("Terminal", Channel.OTHER),
        ("", Channel.OTHER),
    ],
)
def test_channel_is_told_by_the_description(
    session: Session, tenancy: Tenancy, description: str, channel: Channel
) -> None:
    pay(session, tenancy, day("2026-10-20"), [1], description=description)

    assert {one.channel for one in posting_lags(session, as_of=DAY).values() if one.payments} == {channel}


def test_what_was_booked_until_the_first_ledger_was_loaded_says_nothing(session: Session) -> None:
    tenancy = make_tenancy(session, make_tenant(session))
    pay(session, tenancy, day("2026-10-20"), [100, 30, 1, 0])
    pay(session, tenancy, day("2026-10-22"), [2, 1])

    assert posting_lags(session, as_of=DAY)[Channel.TRANSFER].payments == 1


def test_neither_old_payments_nor_reversals_nor_other_credits_count(session: Session, tenancy: Tenancy) -> None:
    pay(session, tenancy, DAY - timedelta(days=181), [0])
    pay(session, tenancy, DAY, [0], document_type="DOD")
    make_entry(session, tenancy, "2026-11-01", credit="-1", description="Przelew", batch=loaded(session, DAY))
    pay(session, tenancy, DAY - timedelta(days=179), [1])

    assert posting_lags(session, as_of=DAY)[Channel.TRANSFER].payments == 1


def test_an_undone_file_says_nothing(session: Session, tenancy: Tenancy) -> None:
    batch = loaded(session, DAY)
    make_entry(session, tenancy, "2026-11-01", credit="1", description="Przelew", batch=batch)
    batch.state = BatchState.UNDONE
    session.flush()

    assert posting_lags(session, as_of=DAY)[Channel.TRANSFER].payments == 0


def test_the_day_of_loading_is_the_polish_one(session: Session, tenancy: Tenancy) -> None:
    batch = make_batch(session)
    batch.committed_at = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)  # the 4th in Poland
    for _ in range(FEWEST):
        make_entry(session, tenancy, "2026-11-03", credit="1", description="Przelew", batch=batch)

    assert posting_lags(session, as_of=DAY)[Channel.TRANSFER].median == 1


def test_an_empty_database_has_no_lags(session: Session) -> None:
    assert {one.payments for one in posting_lags(session, as_of=DAY).values()} == {0}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_question_is_answered_through_the_index_of_credits(session: Session) -> None:
    asked = _payments(DAY - timedelta(days=180), DAY)
    written = asked.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = session.execute(text(f"EXPLAIN QUERY PLAN {written}")).all()

    assert any("ix_ledger_entry_credit_day" in str(row) for row in plan), plan
