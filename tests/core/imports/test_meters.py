"""The kind `meters`: devices with their points, known by number."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.batches.models import BatchState
from core.imports.findings import Cause, Severity
from core.imports.undo_refused import UndoRefusedError
from core.meters.models import Meter, MeterPoint
from core.registry.models import Premises
from tests.core.imports.files import load_lines, load_registry, undo

HEADER = (
    "nr_licznika;kod_lokalu;medium;miejsce;cyfry;miejsca_po_przecinku;cecha;legalizacja_do;data_montazu;stan_montazu;"
    "data_demontazu;stan_demontazu;zdalny"
)
COLD = "W/1;L1;zimna;łazienka;5;3;M21;;2021-12-05;0,125;;;nie"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    return tmp_path


def meters() -> list[tuple[object, ...]]:
    columns = (Meter.meter_no, Premises.code, MeterPoint.medium, MeterPoint.place, Meter.digits, Meter.decimals)
    with db.reading() as session:
        rows = session.execute(
            select(*columns, Meter.verified_until, Meter.installed_value, Meter.removed_value, Meter.remote)
            .join(MeterPoint, MeterPoint.id == Meter.point_id)
            .join(Premises, Premises.id == MeterPoint.premises_id)
            .order_by(Meter.id)
        ).all()
    return [tuple(row) for row in rows]


def test_device_hangs_on_a_point_that_the_file_makes(folder: Path) -> None:
    rows = [COLD, "W/2;L1;CW;łazienka;5;3;;2027-05-31;2022-06-01;0;2026-06-01;88,5;tak"]
    report = load_lines(folder, [HEADER, *rows], kind="meters")
    assert (report.state, report.accepted) == (BatchState.COMMITTED, 2)
    assert meters() == [
        ("W/1", "L1", "cold", "łazienka", 5, 3, date(2026, 12, 1), Decimal("0.125"), None, False),
        ("W/2", "L1", "hot", "łazienka", 5, 3, date(2027, 5, 31), Decimal(0), Decimal("88.500"), True),
    ]


def test_next_device_of_a_point_shares_it_and_again_adds_nothing(folder: Path) -> None:
    old = COLD.replace("2021-12-05;0,125;;", "2021-12-05;0,125;2026-11-01;50")
    new = "W/9;L1;zimna;łazienka;5;3;M26;;2026-11-01;0;;;nie"
    first = load_lines(folder, [HEADER, old, new], kind="meters")
    assert first.accepted == 2
    with db.reading() as session:
        assert len(session.scalars(select(MeterPoint.id)).all()) == 1
    again = load_lines(folder, [HEADER, new, old], kind="meters")
    assert (again.accepted, again.repeated) == (0, 2)


def test_file_without_optional_columns_has_defaults(folder: Path) -> None:
    header = "nr_licznika;kod_lokalu;medium;miejsce;cyfry;data_montazu;stan_montazu"
    load_lines(folder, [header, "W/1;L2;zw;kuchnia;6;2022-01-01;0"], kind="meters")
    assert meters()[0][4:] == (6, 3, None, Decimal(0), None, False)


def test_device_that_moves_is_confirmed_and_undo_brings_it_back(folder: Path) -> None:
    load_lines(folder, [HEADER, COLD], kind="meters")
    before = meters()
    moved = [HEADER, COLD.replace(";L1;", ";L2;")]
    report = load_lines(folder, moved, kind="meters")
    assert report.state is BatchState.REFUSED
    (warning,) = [one for one in report.findings.sorted() if one.severity is Severity.WARNING]
    assert (warning.column, warning.cell) == ("kod_lokalu", "W/1")
    taken = load_lines(folder, moved, kind="meters", accept_warnings=True)
    assert meters()[0][1] == "L2"
    undo(taken)
    assert meters() == before


@pytest.mark.parametrize(
    ("row", "column", "cause"),
    [
        (COLD.replace("L1", "L9"), "kod_lokalu", Cause.UNKNOWN_REFERENCE),
        (COLD.replace("zimna", "letnia"), "medium", Cause.VALUE),
        (COLD.replace(";5;3;", ";9;3;"), "cyfry", Cause.VALUE),
        (COLD.replace("M21", "2021"), "cecha", Cause.VALUE),
        (COLD.replace("0,125", "100000"), "stan_montazu", Cause.VALUE),
        (COLD.replace(";5;3;", ";5;2;"), "stan_montazu", Cause.VALUE),
        (COLD.replace("0,125", "−1"), "stan_montazu", Cause.VALUE),
        (COLD.replace("0,125;;", "0,125;2021-12-04;5"), "data_demontazu", Cause.VALUE),
        (COLD.replace("0,125;;", "0,125;2026-12-04;"), "data_demontazu", Cause.VALUE),
        (COLD.replace("0,125;;", "0,125;;5"), "stan_demontazu", Cause.VALUE),
        (COLD.replace(";nie", ";może"), "zdalny", Cause.VALUE),
    ],
)
def test_bad_row_names_line_and_column_and_loads_nothing(folder: Path, row: str, column: str, cause: Cause) -> None:
    report = load_lines(folder, [HEADER, row], kind="meters")
    assert report.state is BatchState.REFUSED
    assert [(one.line, one.column, one.cause) for one in report.findings.sorted()] == [(2, column, cause)]
    assert meters() == []


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        (COLD.replace("0,125;;", "0,125;2026-11-01;49,999"), "stan_demontazu"),
        (COLD.replace("0,125;;", "0,125;2026-05-31;50"), "data_demontazu"),
        (COLD.replace("2021-12-05", "2026-06-02"), "data_montazu"),
        (COLD.replace("0,125", "50,001"), "stan_montazu"),
        (COLD.replace(";5;3;", ";1;3;"), "cyfry"),
    ],
)
def test_device_may_not_contradict_what_was_read_from_it(folder: Path, changed: str, column: str) -> None:
    load_lines(folder, [HEADER, COLD], kind="meters")
    load_lines(folder, ["nr_licznika;data_odczytu;stan", "W/1;2026-06-01;50"], kind="readings")
    before = meters()
    report = load_lines(folder, [HEADER, changed], kind="meters", skip_errors=True, accept_warnings=True)
    assert report.state is BatchState.REFUSED
    (finding,) = [one for one in report.findings.sorted() if one.severity is Severity.SETUP]
    assert (finding.line, finding.column, finding.cause) == (2, column, Cause.READING)
    assert meters() == before


def test_device_that_fits_its_readings_is_taken_away_by_a_file(folder: Path) -> None:
    load_lines(folder, [HEADER, COLD], kind="meters")
    load_lines(folder, ["nr_licznika;data_odczytu;stan", "W/1;2026-06-01;50"], kind="readings")
    taken = load_lines(folder, [HEADER, COLD.replace("0,125;;", "0,125;2026-11-01;50")], kind="meters")
    assert taken.state is BatchState.COMMITTED


def test_undo_may_not_contradict_what_was_read_since(folder: Path) -> None:
    removed = COLD.replace("0,125;;", "0,125;2026-05-01;40")
    load_lines(folder, [HEADER, removed], kind="meters")
    back = load_lines(folder, [HEADER, COLD], kind="meters")
    load_lines(folder, ["nr_licznika;data_odczytu;stan", "W/1;2026-06-01;50"], kind="readings")
    with pytest.raises(UndoRefusedError, match="W/1"):
        undo(back)
    assert meters()[0][8] is None
