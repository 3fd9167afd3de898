"""A quoted cell belongs to its record whole, whatever its lines look like."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core.batches.models import BatchState
from core.db import reading
from core.imports.findings import Cause, Severity
from core.ledger.models import LedgerEntry
from tests.core.imports.files import count_entries, ledger_lines, load_lines, load_registry

ROW = "0001;U/1;NAL/{n};1;NAL;2026-10-01;2026-10-10;{text};100,00;"


def descriptions() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(LedgerEntry.description).order_by(LedgerEntry.document_no)))


def test_line_of_a_cell_that_begins_with_suma_is_no_control_line(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    cell = '"Rozliczenie\nSUMA;99;1,00\nkoniec"'
    report = load_lines(tmp_path, ledger_lines(ROW.format(n=1, text=cell), ROW.format(n=2, text="Czynsz"), "SUMA;2"))
    assert (report.state, report.accepted) == (BatchState.COMMITTED, 2)
    assert [" ".join(one.split()) for one in descriptions()] == ["Rozliczenie SUMA;99;1,00 koniec", "Czynsz"]


@pytest.mark.parametrize("word", ["SUMA", "Suma", "suma", '"SUMA"'])
def test_control_line_is_known_in_any_case(database: str, tmp_path: Path, word: str) -> None:
    load_registry(tmp_path)
    row = ROW.format(n=1, text="Czynsz")
    assert load_lines(tmp_path, ledger_lines(row, f"{word};2")).state is BatchState.REFUSED
    assert load_lines(tmp_path, ledger_lines(row, f"{word};1")).accepted == 1


def test_control_line_may_write_thousands_apart(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    rows = [ROW.format(n=number, text="Czynsz") for number in range(1002)]
    assert load_lines(tmp_path, ledger_lines(*rows, "SUMA;1 003")).state is BatchState.REFUSED
    assert load_lines(tmp_path, ledger_lines(*rows, "SUMA;1 002")).accepted == 1002


def test_unreadable_line_inside_a_cell_rejects_the_record_once(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    cell = '"Czynsz\nz\x07nakiem\nkoniec"'
    report = load_lines(
        tmp_path, ledger_lines(ROW.format(n=1, text=cell), ROW.format(n=2, text="Czynsz")), skip_errors=True
    )
    assert (report.state, report.accepted, report.rejected, report.rows) == (BatchState.COMMITTED, 1, 1, 2)


def test_undecodable_line_inside_a_cell_rejects_the_record_once(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    lines = ledger_lines(ROW.format(n=1, text='"Opłata\nza św\x00iatło\nkoniec"'), ROW.format(n=2, text="Opłata"))
    content = "\r\n".join(lines).encode().replace(b"\x00", b"\xff")
    report = load_lines(tmp_path, content, skip_errors=True)
    assert (report.state, report.accepted, report.rejected, report.rows) == (BatchState.COMMITTED, 1, 1, 2)
    assert [(one.cause, one.line) for one in report.findings.sorted()] == [(Cause.ENCODING, 3)]


def test_blank_looking_lines_inside_a_cell_stay(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    report = load_lines(tmp_path, ledger_lines(ROW.format(n=1, text='"Czynsz\n;;\nkoniec"')))
    assert report.accepted == 1
    assert ";;" in descriptions()[0]


def test_a_whole_row_inside_a_cell_is_a_warning(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    swallowed = ROW.format(n=2, text="Czynsz")
    lines = ledger_lines(ROW.format(n=1, text='"Czynsz'), swallowed, 'reszta";100,00;')
    lines[1] = lines[1].removesuffix(";100,00;")
    report = load_lines(tmp_path, lines)
    assert report.state is BatchState.REFUSED
    assert [(one.severity, one.cause, one.line) for one in report.findings.sorted()] == [
        (Severity.WARNING, Cause.QUOTE, 3)
    ]
    assert count_entries() == 0
    assert load_lines(tmp_path, lines, accept_warnings=True).accepted == 1
