"""The kind `charges`: lines of the charge schedule, known by tenancy, component and first day."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.batches.models import BatchState
from core.charges.models import Charge
from core.imports.findings import Cause, Severity
from tests.core.imports.files import load_lines, load_registry, undo

HEADER = "nr_umowy;skladnik;jednostka;ilosc;stawka;od;do;vat"
RENT = "U/1;Czynsz;m2;48,30;9,12;2026-01-01;;"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    return tmp_path


def charges() -> list[tuple[object, ...]]:
    columns = (Charge.tenancy_id, Charge.component, Charge.unit, Charge.quantity, Charge.rate)
    with db.reading() as session:
        rows = session.execute(select(*columns, Charge.vat_percent, Charge.valid_to).order_by(Charge.id)).all()
    return [tuple(row) for row in rows]


def test_lines_are_kept_as_they_are_written(folder: Path) -> None:
    rows = [
        RENT,
        "U/2;Czynsz – lokal użytkowy;m²;61,55;24,9050;2026-01-01;31.12.2026;23%",
        "U/2;Woda;m3;4,5;11 zł;2026-01-01;;zw",
    ]
    report = load_lines(folder, [HEADER, *rows], kind="charges")
    assert (report.state, report.accepted) == (BatchState.COMMITTED, 3)
    first, second, third = charges()
    assert first[1:] == ("Czynsz", "m²", Decimal("48.300"), Decimal("9.1200"), None, None)
    assert second[4:6] == (Decimal("24.9050"), 23)
    assert third[2:6] == ("m³", Decimal("4.500"), Decimal("11.0000"), None)


def test_again_adds_nothing_and_a_new_rate_is_a_new_line(folder: Path) -> None:
    load_lines(folder, [HEADER, RENT], kind="charges")
    report = load_lines(folder, [HEADER, RENT, "U/1;Czynsz;m2;48,30;10,00;2027-01-01;;"], kind="charges")
    assert (report.accepted, report.repeated) == (1, 1)
    assert len(charges()) == 2


def test_mended_line_is_a_named_change_and_undo_brings_the_old_one_back(folder: Path) -> None:
    load_lines(folder, [HEADER, RENT], kind="charges")
    before = charges()
    report = load_lines(folder, [HEADER, RENT.replace("9,12", "9,21")], kind="charges")
    assert charges()[0][4] == Decimal("9.2100")
    (finding,) = [one for one in report.findings.sorted() if one.cause is Cause.CHANGED]
    assert finding.cell == "U/1 / Czynsz / 2026-01-01"
    assert "stawka" in finding.reason
    undo(report)
    assert charges() == before


def test_undo_takes_new_lines_away(folder: Path) -> None:
    report = load_lines(folder, [HEADER, RENT, RENT.replace("U/1", "U/2")], kind="charges")
    assert undo(report) == (2, 0)
    assert charges() == []


def test_block_after_block_finds_what_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.imports.reader.BLOCK", 200)
    monkeypatch.setattr("core.imports.registry_rows.CHUNK", 2)
    rows = [f"U/{1 + at % 3};Składnik {at};m2;1;{at},00;2026-01-01;;" for at in range(40)]
    assert load_lines(folder, [HEADER, *rows], kind="charges").accepted == 40
    again = load_lines(folder, [HEADER, *rows, "U/1;Nowy;m2;1;1,00;2026-01-01;;"], kind="charges")
    assert (again.accepted, again.repeated) == (1, 40)


@pytest.mark.parametrize(
    ("row", "column", "cause"),
    [
        ("U/9;Czynsz;m2;48,30;9,12;2026-01-01;;", "nr_umowy", Cause.UNKNOWN_REFERENCE),
        ("U/1;Czynsz;m2;−1;9,12;2026-01-01;;", "ilosc", Cause.VALUE),
        ("U/1;Czynsz;m2;1,2345;9,12;2026-01-01;;", "ilosc", Cause.VALUE),
        ("U/1;Czynsz;m2;48,30;9,12345;2026-01-01;;", "stawka", Cause.VALUE),
        ("U/1;Czynsz;m2;48,30;9,12;2026-01-01;2025-12-31;", "do", Cause.VALUE),
        ("U/1;Czynsz;m2;48,30;9,12;1889-01-01;;", "od", Cause.VALUE),
        ("U/1;Czynsz;m2;48,30;9,12;2026-01-01;;8 proc", "vat", Cause.VALUE),
        ("U/1;;m2;48,30;9,12;2026-01-01;;", "skladnik", Cause.REQUIRED),
    ],
)
def test_bad_row_names_line_and_column_and_loads_nothing(folder: Path, row: str, column: str, cause: Cause) -> None:
    report = load_lines(folder, [HEADER, RENT, row], kind="charges")
    assert report.state is BatchState.REFUSED
    assert [(one.line, one.column, one.cause) for one in report.findings.sorted()] == [(3, column, cause)]
    assert charges() == []


def test_two_rates_of_one_day_are_told_by_their_numbers(folder: Path) -> None:
    report = load_lines(folder, [HEADER, RENT, RENT.replace("9,12", "9,21"), RENT], kind="charges")
    (finding,) = report.findings.sorted()
    assert (finding.line, finding.cause, finding.cell) == (3, Cause.REPEATED_KEY, "U/1 / Czynsz / 2026-01-01")


def test_lost_decimal_comma_is_warned_of(folder: Path) -> None:
    rows = [HEADER, RENT.replace("9,12", "912")]
    report = load_lines(folder, rows, kind="charges")
    (finding,) = report.findings.sorted()
    assert (finding.severity, finding.column, finding.cell) == (Severity.WARNING, "stawka", "912,00\u00a0zł")
    assert charges() == []
    assert load_lines(folder, rows, kind="charges", accept_warnings=True).accepted == 1
