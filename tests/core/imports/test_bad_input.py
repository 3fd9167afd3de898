"""Bad files: each gets its message with line and column, and changes nothing."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState, ImportBatch
from core.imports.desk import import_file
from core.imports.findings import Cause, Finding, Severity
from core.imports.options import LoadOptions
from core.imports.report import BatchReport, RefusedError
from tests.core.imports.files import HEADER, count_entries, ledger_lines, load_lines, load_registry, write

GOOD = "0001;U/1;NAL/1;1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;"


def _errors(report: BatchReport) -> list[tuple[Cause, int | None, str | None]]:
    return [
        (finding.cause, finding.line, finding.column)
        for finding in report.findings.sorted()
        if finding.severity in (Severity.SETUP, Severity.ERROR)
    ]


def _refused(folder: Path, content: str | bytes | list[str], kind: str = "ledger") -> list[Finding]:
    """Load what must be refused with nothing changed; its findings."""
    load_registry(folder)
    report = load_lines(folder, content, kind=kind)
    assert report.state is BatchState.REFUSED
    assert count_entries() == 0
    with db.reading() as session:
        states = session.scalars(select(ImportBatch.state).where(ImportBatch.kind == "ledger")).all()
    assert states == [BatchState.REFUSED]
    return report.findings.sorted()


def _xlsx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "cause", "line"),
    [
        (b"", Cause.FILE, None),
        (b"\r\n\r\n", Cause.FILE, None),
        (_xlsx(), Cause.FILE, None),
        (b"%PDF-1.7\n1 0 obj", Cause.FILE, None),
        (HEADER.encode("utf-16"), Cause.FILE, None),
        ((HEADER + "\r\n" + GOOD + "\r\n0001;U/1;N\0L").encode(), Cause.FILE, 3),
        (HEADER.replace(";uznanie", "").encode(), Cause.MISSING_COLUMN, 1),
        ((HEADER + ";uznanie").encode(), Cause.FILE, 1),
        (("x" * 70_000).encode(), Cause.LINE, 1),
    ],
    ids=["empty", "blank", "xlsx", "pdf", "utf-16", "nul", "missing", "doubled", "long heading"],
)
def test_unusable_file_is_refused_at_once(
    database: str, tmp_path: Path, content: bytes, cause: Cause, line: int | None
) -> None:
    findings = _refused(tmp_path, content)
    assert [(finding.severity, finding.cause, finding.line) for finding in findings] == [(Severity.SETUP, cause, line)]


@pytest.mark.parametrize(
    ("row", "cause", "column"),
    [
        ("0001;U/1;1,91431E+18;1;NAL;2026-10-01;;x;1,00;", Cause.VALUE, "nr_dokumentu"),
        ("0001;U/1;D;1;NAL;2026-13-01;;x;1,00;", Cause.VALUE, "data_ksiegowania"),
        ("0001;U/1;D;1;NAL;2026-02-30;;x;1,00;", Cause.VALUE, "data_ksiegowania"),
        ("0001;U/1;D;1;NAL;1989-12-31;;x;1,00;", Cause.VALUE, "data_ksiegowania"),
        ("0001;U/1;D;1;NAL;2031-01-01;;x;1,00;", Cause.VALUE, "data_ksiegowania"),
        ("0001;U/1;D;1;NAL;;;x;1,00;", Cause.REQUIRED, "data_ksiegowania"),
        ("0001;U/1;D;1;NAL;2026-10-01;;x;1,234;", Cause.VALUE, "obciazenie"),
        ("0001;U/1;D;1;NAL;2026-10-01;;x;NaN;", Cause.VALUE, "obciazenie"),
        ("0001;U/1;D;1;NAL;2026-10-01;;x;1_000,00;", Cause.VALUE, "obciazenie"),
        ("0001;U/1;D;1;NAL;2026-10-01;;x;１２,00;", Cause.VALUE, "obciazenie"),
        ("0001;U/1;D;1;NAL;2026-10-01;;x;99999999999,00;", Cause.VALUE, "obciazenie"),
        ("0001;U/1;D;1;NAL;2026-10-01;;x;1,00;1,00", Cause.SIDES, "obciazenie"),
        ("0001;U/1;D;1;NAL;2026-10-01;;x;0;", Cause.SIDES, "obciazenie"),
        ('0001;U/1;D;1;NAL;2026-10-01;;"x;1,00;', Cause.QUOTE, None),
        ('0001;U/1;D;1;NAL;2026-10-01;;x "y" z;1,00;', Cause.QUOTE, None),
        ("0001;U/1;D;1;NAL;2026-10-01;;x", Cause.FIELDS, None),
        ("0001;U/1;D;1;NAL;2026-10-01;;x;1,00;;7", Cause.FIELDS, None),
        ("0001;U/1;D;1;NAL;2026-10-01;;x\x07;1,00;", Cause.LINE, None),
        ("0001;U/1;D;1;NAL;2026-10-01;;x\x85;1,00;", Cause.LINE, None),
    ],
)
def test_bad_row_is_named_with_its_line_and_column(
    database: str, tmp_path: Path, row: str, cause: Cause, column: str | None
) -> None:
    findings = _refused(tmp_path, ledger_lines(GOOD, row))
    errors = [one for one in findings if one.severity is Severity.ERROR]
    assert [(one.cause, one.line, one.column) for one in errors] == [(cause, 3, column)]


def test_all_findings_of_a_row_come_at_once(database: str, tmp_path: Path) -> None:
    findings = _refused(tmp_path, ledger_lines("0001;U/1;1E+19;x;NAL;2026-99-99;31.02.2026;x;abc;"))
    assert {one.column for one in findings} == {
        "nr_dokumentu",
        "pozycja",
        "data_ksiegowania",
        "termin_platnosci",
        "obciazenie",
    }


def test_byte_outside_the_encoding_names_line_and_column(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    rows = ledger_lines(GOOD, "0001;U/1;D;1;NAL;2026-10-01;;Op\x00ata;1,00;")
    content = "\r\n".join(rows).encode().replace(b"\x00", b"\x81")
    report = load_lines(tmp_path, content, encoding="cp1250")
    assert _errors(report) == [(Cause.ENCODING, 3, "tresc")]
    assert report.rejected == 1


def test_wrong_encoding_chosen_is_refused(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    content = "\r\n".join(ledger_lines(GOOD.replace("Czynsz", "Opłata"))).encode("cp1250")
    report = load_lines(tmp_path, content, encoding="utf-8")
    assert _errors(report) == [(Cause.ENCODING, 2, "tresc")]


def test_letters_that_the_chosen_encoding_lacks_are_no_control_signs_in_the_ledger(
    database: str, tmp_path: Path
) -> None:
    load_registry(tmp_path)
    content = "\r\n".join(ledger_lines(GOOD, GOOD.replace("NAL/1", "NAL/2").replace("Czynsz", "Śmieci"))).encode(
        "cp1250"
    )
    report = load_lines(tmp_path, content, encoding="iso-8859-2")
    assert _errors(report) == [(Cause.ENCODING, 3, "tresc")]
    assert count_entries() == 0


@pytest.mark.parametrize("total", ["SUMA;2;;;;;;;100,00;", "SUMA;1;;;;;;;100,01;", "SUMA;1;;;;;;;100,00;5,00"])
def test_wrong_control_line_refuses_the_file(database: str, tmp_path: Path, total: str) -> None:
    findings = _refused(tmp_path, ledger_lines(GOOD, total))
    assert [(one.severity, one.cause, one.line) for one in findings] == [(Severity.SETUP, Cause.TOTALS, 3)]


def test_wrong_total_given_by_hand_refuses_the_file(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    for expected in ({"expect_rows": 2}, {"expect_debit": Decimal(99)}, {"expect_credit": Decimal(1)}):
        path = write(tmp_path, ledger_lines(GOOD))
        with pytest.raises(RefusedError) as refusal:
            import_file(operator_scope(), kind="ledger", path=path, options=LoadOptions(**expected))
        assert _errors(refusal.value.report) == [(Cause.TOTALS, None, None)]
    assert count_entries() == 0


def test_unknown_tenant_waits_in_suspense(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    report = load_lines(tmp_path, ledger_lines(GOOD, "0009;U/9;WPL/9;1;WPL;2026-10-02;;Wpłata;;5,00"))
    assert (report.accepted, report.suspended, report.rejected) == (1, 1, 0)


def test_tenancy_of_another_tenant_waits_in_suspense(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    report = load_lines(tmp_path, ledger_lines("0002;U/1;WPL/9;1;WPL;2026-10-02;;Wpłata;;5,00"))
    assert (report.accepted, report.suspended) == (0, 1)


def test_conflict_is_shown_and_never_applied(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    load_lines(tmp_path, ledger_lines(GOOD))
    report = load_lines(tmp_path, ledger_lines(GOOD.replace("100,00", "100,01")))
    assert _errors(report) == [(Cause.CONFLICT, 2, "nr_dokumentu")]
    assert (report.rejected, report.accepted, count_entries()) == (1, 0, 1)


def test_same_document_for_another_tenancy_is_a_conflict(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    load_lines(tmp_path, ledger_lines(GOOD))
    report = load_lines(tmp_path, ledger_lines(GOOD.replace("0001;U/1", "0002;U/2")))
    assert _errors(report) == [(Cause.CONFLICT, 2, "nr_dokumentu")]


def test_errors_may_be_left_out_and_the_rest_loaded(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    report = load_lines(tmp_path, ledger_lines(GOOD, "0001;U/1;D;1;NAL;błąd;;x;1,00;"), skip_errors=True)
    assert (report.state, report.accepted, report.rejected) == (BatchState.COMMITTED, 1, 1)
    assert count_entries() == 1


def test_a_line_without_end_is_refused_without_reading_it_all(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    path = tmp_path / "long.csv"
    with path.open("wb") as out:
        out.write((HEADER + "\r\n" + GOOD + "\r\n").encode())
        for _ in range(1024):  # 1 GB
            out.write(b"x" * (1 << 20))
    with pytest.raises(RefusedError) as refusal:
        import_file(operator_scope(), kind="ledger", path=path)
    assert _errors(refusal.value.report) == [(Cause.LINE, 3, None)]
    assert count_entries() == 0


def test_registry_row_with_unknown_reference_is_an_error(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    report = load_lines(
        tmp_path,
        ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od;nr_rachunku", "U/9;0009;L9;najem;2020-01-01;12345"],
        kind="tenancies",
    )
    assert {(one.cause, one.column) for one in report.findings.sorted()} == {(Cause.VALUE, "nr_rachunku")}
    report = load_lines(
        tmp_path, ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/9;0009;L9;najem;2020-01-01"], kind="tenancies"
    )
    assert {(one.cause, one.column) for one in report.findings.sorted()} == {
        (Cause.UNKNOWN_REFERENCE, "nr_kontrahenta"),
        (Cause.UNKNOWN_REFERENCE, "kod_lokalu"),
    }


def test_unknown_column_is_reported_and_ignored(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    report = load_lines(tmp_path, [HEADER + ";uwagi", GOOD + ";coś"])
    assert [(one.severity, one.column) for one in report.findings.sorted()] == [(Severity.NOTICE, "uwagi")]
    assert report.accepted == 1


def test_refusals_leave_batches_that_say_so(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    load_lines(tmp_path, ledger_lines("0001;U/1;D;1;NAL;błąd;;x;1,00;"))
    with db.reading() as session:
        states = session.scalars(select(ImportBatch.state).where(ImportBatch.kind == "ledger")).all()
        refusals = session.scalar(select(func.count()).where(ImportBatch.refusal.is_not(None)))
    assert states == [BatchState.REFUSED]
    assert refusals == 1
