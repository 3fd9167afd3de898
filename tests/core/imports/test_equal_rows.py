"""Rows without a document number that equal others: of the same file, of another one, in suspense, after an undo."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState
from core.imports.findings import Cause, Severity
from core.imports.invariants import broken_invariants
from core.imports.models import SuspendedRow
from core.ledger.models import LedgerEntry
from tests.core.imports.files import count_entries, ledger_lines, load_lines, load_registry, undo

A = "0001;U/1;NAL/1;1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;"
B = "0002;U/2;NAL/2;1;NAL;2026-10-01;2026-10-10;Czynsz;200,00;"
C = "0003;U/3;NAL/3;1;NAL;2026-10-01;2026-10-10;Czynsz;300,00;"
CASH = "0001;U/1;;;WPL;2026-10-15;;Wpłata w kasie;;50,00"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    return tmp_path


def _positions() -> list[int]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(LedgerEntry.position).where(LedgerEntry.document_no == "").order_by(LedgerEntry.position)
            )
        )


def test_equal_rows_without_number_are_as_many_as_in_the_file(folder: Path) -> None:
    assert load_lines(folder, ledger_lines(CASH, CASH)).accepted == 2
    report = load_lines(folder, ledger_lines(CASH, CASH, A), accept_warnings=True)
    assert (report.accepted, report.repeated) == (1, 2)


def test_equal_row_in_another_file_is_a_warning_skip_or_add(folder: Path) -> None:
    load_lines(folder, ledger_lines(CASH))
    warned = load_lines(folder, ledger_lines(CASH, A))
    assert [(one.severity, one.cause, one.line) for one in warned.findings.sorted()] == [
        (Severity.WARNING, Cause.EQUAL_ROW, 2)
    ]
    assert warned.state is BatchState.REFUSED
    added = load_lines(folder, ledger_lines(CASH, B), equal_rows="add")
    assert (added.accepted, added.repeated) == (2, 0)
    skipped = load_lines(folder, ledger_lines(CASH, C), accept_warnings=True)
    assert (skipped.accepted, skipped.repeated) == (1, 1)


def test_equal_rows_of_unknown_payers_are_added_to_suspense(folder: Path) -> None:
    stranger = CASH.replace("0001;U/1", "0009;U/9")
    load_lines(folder, ledger_lines(stranger))
    added = load_lines(folder, ledger_lines(stranger, stranger, B), equal_rows="add")
    assert (added.accepted, added.repeated, added.suspended) == (1, 0, 2)
    with db.reading() as session:
        assert sorted(session.scalars(select(SuspendedRow.position))) == [1, 2, 3]


def test_equal_row_of_a_payer_known_by_now_is_added_to_the_ledger(folder: Path) -> None:
    stranger = CASH.replace("0001;U/1", "0001;U/9")
    waiting = load_lines(folder, ledger_lines(stranger))
    load_lines(
        folder, ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/9;0001;L1;najem;2020-01-01"], kind="tenancies"
    )
    assert load_lines(folder, ledger_lines(stranger, stranger), accept_warnings=True).accepted == 1
    added = load_lines(folder, ledger_lines(stranger, B), equal_rows="add")
    assert (added.accepted, added.suspended) == (2, 0)
    with db.reading() as session:
        assert broken_invariants(session, operator_scope()) == []
    assert undo(waiting) == (0, 1)
    assert _positions() == [1, 2, 3]


def test_equal_row_after_undo_is_a_warning_as_ever(folder: Path) -> None:
    first = load_lines(folder, ledger_lines(CASH))
    load_lines(folder, ledger_lines(CASH, CASH, B), equal_rows="add")
    assert _positions() == [1, 2, 3]
    undo(first)
    assert _positions() == [1, 2]
    third = load_lines(folder, ledger_lines(CASH, C))
    assert [(one.severity, one.cause, one.line) for one in third.findings.sorted()] == [
        (Severity.WARNING, Cause.EQUAL_ROW, 2)
    ]
    skipped = load_lines(folder, ledger_lines(CASH, C), accept_warnings=True)
    assert (skipped.accepted, skipped.repeated) == (1, 1)


def test_undo_closes_the_ranks_of_equal_rows_in_suspense_too(folder: Path) -> None:
    stranger = CASH.replace("0001;U/1", "0009;U/9")
    first = load_lines(folder, ledger_lines(stranger))
    load_lines(folder, ledger_lines(stranger, B), equal_rows="add")
    undo(first)
    skipped = load_lines(folder, ledger_lines(stranger, C), accept_warnings=True)
    assert (skipped.accepted, skipped.repeated, skipped.suspended) == (1, 1, 0)


def test_equal_rows_are_counted_through_all_blocks_of_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.imports.reader.BLOCK", 200)
    assert load_lines(folder, ledger_lines(*[CASH] * 12)).accepted == 12
    report = load_lines(folder, ledger_lines(*[CASH] * 13), accept_warnings=True)
    assert (report.accepted, report.repeated) == (1, 12)


def test_equal_rows_are_added_from_every_block(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_lines(folder, ledger_lines(CASH))
    monkeypatch.setattr("core.imports.reader.BLOCK", 200)
    fill = [A.replace("NAL/1", f"NAL/{at}") for at in range(20)]
    report = load_lines(folder, ledger_lines(CASH, *fill, CASH), equal_rows="add", accept_warnings=True)
    assert (report.accepted, report.repeated, count_entries()) == (22, 0, 23)
