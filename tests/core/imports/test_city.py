"""The five files of a small landlord, against answers worked out by hand elsewhere."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState
from core.imports.desk import import_file
from core.imports.invariants import broken_invariants
from core.imports.models import SuspendedRow
from core.imports.report import AlreadyLoadedError
from core.imports.undo import undo_batch
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy, Tenant
from tests.core.imports.files import CITY, ledger_state, load_city

EXPECTED = json.loads((CITY / "expected.json").read_text())


def test_counts_and_totals_are_those_expected(database: str) -> None:
    report = load_city()[-1]

    assert (report.rows, report.accepted, report.suspended) == (
        EXPECTED["rows"],
        EXPECTED["accepted"],
        EXPECTED["suspended"],
    )
    assert (report.repeated, report.rejected, report.state) == (0, 0, BatchState.COMMITTED)
    assert report.debit == Decimal(EXPECTED["debit_gr"]) / 100
    assert report.credit == Decimal(EXPECTED["credit_gr"]) / 100
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Tenant)) == EXPECTED["tenants"]
        assert session.scalar(select(func.count()).select_from(Tenancy)) == EXPECTED["tenancies"]
        assert session.scalar(select(func.count()).select_from(SuspendedRow)) == EXPECTED["suspended"]
        assert broken_invariants(session, operator_scope()) == []


def test_same_content_again_adds_nothing_and_names_the_batch(database: str) -> None:
    first = load_city()[-1]
    before = ledger_state()

    with pytest.raises(AlreadyLoadedError) as again:
        import_file(operator_scope(), kind="ledger", path=CITY / "kartoteka.csv")

    assert again.value.batch_id == first.batch_id
    assert ledger_state() == before


def test_undo_of_the_ledger_leaves_what_was_before(database: str) -> None:
    load_city(ledger=False)
    before = ledger_state()
    report = import_file(operator_scope(), kind="ledger", path=CITY / "kartoteka.csv")

    with db.transaction() as session:
        receipt = undo_batch(session, operator_scope(), batch_id=report.batch_id)

    assert receipt.removed == EXPECTED["rows"]
    assert ledger_state() == before == []
    with db.reading() as session:
        assert broken_invariants(session, operator_scope()) == []
    again = import_file(operator_scope(), kind="ledger", path=CITY / "kartoteka.csv")
    assert (again.accepted, again.suspended) == (EXPECTED["accepted"], EXPECTED["suspended"])


def test_two_equal_payments_without_a_number_are_two(database: str) -> None:
    load_city()
    with db.reading() as session:
        found = session.scalars(select(LedgerEntry.position).where(LedgerEntry.document_no == "")).all()
    assert sorted(found) == [1, 2]
