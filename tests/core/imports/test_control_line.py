"""The file's own control line: how it may be written, and what its refusal says."""

from pathlib import Path

import pytest

from core.batches.models import BatchState
from core.imports.findings import Cause, Finding, Severity
from tests.core.imports.files import ledger_lines, load_lines, load_registry

ROW = "0001;U/1;NAL/1;1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;"
UNREADABLE = "0002;U/2;NAL/2;1;NAL;2026-10-01;2026-10-10;Czynsz;sto;"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    return tmp_path


def _setup(folder: Path, *lines: str, skip_errors: bool = False) -> list[Finding]:
    report = load_lines(folder, ledger_lines(*lines), skip_errors=skip_errors)
    assert report.state is BatchState.REFUSED
    return [one for one in report.findings.sorted() if one.severity is Severity.SETUP]


@pytest.mark.parametrize("word", ["\u00a0Suma\u00a0", '" SUMA "', "\ufeffsuma"])
def test_hidden_blanks_hide_no_control_line(folder: Path, word: str) -> None:
    assert [one.cause for one in _setup(folder, ROW, f"{word};2", skip_errors=True)] == [Cause.TOTALS]
    assert load_lines(folder, ledger_lines(ROW, f"{word};1")).accepted == 1


@pytest.mark.parametrize("count", ["-1", "1,5", "9" * 5_000, "jeden", "1 0"])
def test_count_that_is_no_number_of_rows_refuses_the_file(folder: Path, count: str) -> None:
    assert [(one.cause, one.line) for one in _setup(folder, ROW, f"SUMA;{count}")] == [(Cause.TOTALS, 3)]


def test_totals_that_unreadable_amounts_spoil_say_what_helps(folder: Path) -> None:
    found = _setup(folder, ROW, UNREADABLE, "SUMA;2;;;;;;;250,00;", skip_errors=True)
    assert ["SUMA" in one.reason and "(1)" in one.reason for one in found] == [True]
    without = load_lines(folder, ledger_lines(ROW, UNREADABLE, "SUMA;2"), skip_errors=True)
    assert (without.accepted, without.rejected) == (1, 1)


@pytest.mark.parametrize("line", ["SUMA;1;100,00;0,00", "SUMA;;100,00", "SUMA;1;100,00;;;;;;;"])
def test_sums_may_stand_right_behind_the_count(folder: Path, line: str) -> None:
    wrong = line.replace("100,00", "100,01")
    assert [(one.cause, one.line) for one in _setup(folder, ROW, wrong, skip_errors=True)] == [(Cause.TOTALS, 3)]
    assert load_lines(folder, ledger_lines(ROW, line)).accepted == 1


def test_sum_that_nothing_checks_is_a_warning(folder: Path) -> None:
    slipped = "SUMA;1;;;;;;999,00;;"
    report = load_lines(folder, ledger_lines(ROW, slipped))
    assert [(one.severity, one.cause, one.line, one.cell) for one in report.findings.sorted()] == [
        (Severity.WARNING, Cause.TOTALS, 3, "999,00")
    ]
    assert report.state is BatchState.REFUSED
    assert load_lines(folder, ledger_lines(ROW, "SUMA;1;;;;;;razem;100,00;")).accepted == 1
