"""The kind `readings`: the ladder over a whole file, suspense for unknown devices, repetition, undo."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState
from core.clock import now, today
from core.imports.findings import Cause, Severity
from core.imports.models import SuspendedReading
from core.imports.report import BatchReport
from core.imports.undo_refused import UndoRefusedError
from core.meters.models import Meter, MeterReading, ReadingStatus
from core.meters.reviewing import correct_reading, reject_reading
from core.meters.submitting import enter_reading
from tests.core.imports.files import load_lines, load_registry, undo

DEVICES = (
    "nr_licznika;kod_lokalu;medium;miejsce;cyfry;miejsca_po_przecinku;legalizacja_do;data_montazu;stan_montazu;"
    "data_demontazu;stan_demontazu"
)
METERS = [
    DEVICES,
    "W/1;L1;zimna;łazienka;5;3;2026-06-30;2024-01-01;100;;",
    "W/2;L2;zimna;łazienka;5;3;;2024-01-01;99990;;",
    "W/3;L3;ciepła;kuchnia;4;0;;2024-01-01;0;2025-01-01;50",
]
HEADER = "nr_licznika;data_odczytu;stan"
WHOLE = "nr_licznika;data_odczytu;stan;kod_lokalu;zrodlo"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    load_lines(tmp_path, METERS, kind="meters")
    return tmp_path


def load(folder: Path, *rows: str, header: str = HEADER, **options: object) -> BatchReport:
    return load_lines(folder, [header, *rows], kind="readings", **options)


def state() -> list[tuple[object, ...]]:
    """Every reading as (device, day, value, status, flags), whatever the order it came in."""
    with db.reading() as session:
        rows = session.execute(
            select(Meter.meter_no, MeterReading.read_on, MeterReading.value, MeterReading.status, MeterReading.flags)
            .join(Meter, Meter.id == MeterReading.meter_id)
            .order_by(Meter.meter_no, MeterReading.read_on, MeterReading.value, MeterReading.status)
        ).all()
    return [(no, f"{day}", f"{value}", status, flags) for no, day, value, status, flags in rows]


def places(report: BatchReport, severity: Severity = Severity.ERROR) -> list[tuple[object, ...]]:
    return [(one.line, one.column, one.cause) for one in report.findings.sorted() if one.severity is severity]


def test_each_line_climbs_the_ladder_in_order_of_days(folder: Path) -> None:
    rows = [
        "W/2;2026-05-01;3,500",
        "W/1;2026-07-01;190",
        "W/1;2025-01-01;150",
        "W/1;2025-06-01;2000",
        "W/1;2025-07-01;175",
    ]
    report = load(folder, *rows)
    assert (report.state, report.accepted, report.rejected) == (BatchState.COMMITTED, 5, 0)
    assert state() == [
        ("W/1", "2025-01-01", "150.000", "accepted", ""),
        ("W/1", "2025-06-01", "2000.000", "to_clarify", "high"),
        ("W/1", "2025-07-01", "175.000", "accepted", ""),
        ("W/1", "2026-07-01", "190.000", "accepted", "expired"),
        ("W/2", "2026-05-01", "3.500", "accepted", "rollover"),
    ]
    assert places(report, Severity.NOTICE) == [(5, "stan", Cause.READING)]


def test_provenance_is_kept(folder: Path) -> None:
    report = load(folder, "W/1;2025-01-01;150;L1;firma odczytowa", header=WHOLE)
    with db.reading() as session:
        reading = session.scalars(select(MeterReading)).one()
        kept = (reading.batch_id, reading.line_no, reading.source, reading.comment)
        assert kept == (report.batch_id, 2, "file", "firma odczytowa")
        assert now() - reading.submitted_at < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("row", "column", "cause"),
    [
        ("W/1;2025-01-01;abc;;", "stan", Cause.VALUE),
        ("W/1;2025-01-01;123456;;", "stan", Cause.READING),
        ("W/3;2024-05-01;10,5;;", "stan", Cause.READING),
        ("W/3;2024-05-01;60;;", "stan", Cause.READING),
        ("W/3;2025-01-02;50;;", "data_odczytu", Cause.READING),
        ("W/1;2023-12-31;100;;", "data_odczytu", Cause.READING),
        (f"W/1;{today() + timedelta(days=1)};150;;", "data_odczytu", Cause.READING),
        ("W/1;2025-01-01;150;L2;", "kod_lokalu", Cause.READING),
        ("W/1;1989-01-01;150;;", "data_odczytu", Cause.VALUE),
        (";2025-01-01;150;;", "nr_licznika", Cause.REQUIRED),
    ],
)
def test_bad_row_names_line_and_column_and_loads_nothing(folder: Path, row: str, column: str, cause: Cause) -> None:
    report = load(folder, "W/2;2024-05-01;99995;;", row, header=WHOLE)
    assert report.state is BatchState.REFUSED
    assert places(report) == [(3, column, cause)]
    assert state() == []
    rest = load(folder, "W/2;2024-05-01;99995;;", row, header=WHOLE, skip_errors=True)
    assert (rest.accepted, rest.rejected) == (1, 1)


def test_two_readings_of_one_day_in_a_file_are_an_error_and_equal_ones_are_one(folder: Path) -> None:
    report = load(folder, "W/1;2025-01-01;150", "W/1;2025-01-01;150,000", "W/1;2025-01-01;151", skip_errors=True)
    assert (report.accepted, report.repeated, report.rejected) == (1, 1, 1)
    assert places(report) == [(4, "stan", Cause.READING)]


def test_same_reading_in_another_file_is_one_and_another_of_that_day_an_error(folder: Path) -> None:
    load(folder, "W/1;2025-01-01;150", "W/1;2025-02-01;155")
    report = load(folder, "W/1;2025-01-01;150", "W/1;2025-02-01;156", "W/1;2025-03-01;160", skip_errors=True)
    assert (report.accepted, report.repeated, report.rejected) == (1, 1, 1)
    assert [row[1:3] for row in state()] == [
        ("2025-01-01", "150.000"),
        ("2025-02-01", "155.000"),
        ("2025-03-01", "160.000"),
    ]


def test_reading_that_the_office_rejected_does_not_come_back_with_the_next_file(folder: Path) -> None:
    load(folder, "W/1;2025-01-01;150")
    with db.transaction() as session:
        reading_id = session.scalars(select(MeterReading.id)).one()
        reject_reading(session, operator_scope(), reading_id=reading_id, reason="Pomyłka firmy odczytowej.")
    report = load(folder, "W/1;2025-01-01;150", "W/1;2025-02-01;155")
    assert (report.accepted, report.repeated) == (1, 1)
    assert [row[3] for row in state()] == ["rejected", "accepted"]


def test_older_than_the_last_that_counts_is_refused(folder: Path) -> None:
    load(folder, "W/1;2025-02-01;155")
    report = load(folder, "W/1;2025-01-01;150")
    assert places(report) == [(2, "data_odczytu", Cause.READING)]


def test_unknown_device_waits_and_never_makes_a_meter(folder: Path) -> None:
    with db.reading() as session:
        before = session.scalars(select(Meter.meter_no)).all()
    report = load(folder, "W/1;2025-01-01;150", "W/01;2025-01-01;150", "W/01;2025-01-01;150")
    assert (report.accepted, report.suspended, report.repeated) == (1, 1, 1)
    assert places(report, Severity.NOTICE) == [(3, "nr_licznika", Cause.SUSPENDED)]
    with db.reading() as session:
        assert session.scalars(select(Meter.meter_no)).all() == before


def test_what_waited_counts_once_a_file_brings_it_with_its_device_known(folder: Path) -> None:
    row, other = "W/9;2025-01-01;5", "W/1;2025-01-01;150"
    load(folder, row)
    again = load(folder, row, other)
    assert (again.accepted, again.repeated, again.suspended) == (1, 1, 0)
    load_lines(folder, [DEVICES, "W/9;L1;ciepła;kuchnia;5;3;;2024-01-01;0;;"], kind="meters")
    report = load(folder, row, other, "W/2;2024-05-01;99995")
    assert (report.accepted, report.repeated) == (2, 1)
    with db.reading() as session:
        assert session.scalars(select(SuspendedReading.reading_id)).one() is not None
    undo(report)
    with db.reading() as session:
        assert session.scalars(select(SuspendedReading.reading_id)).one() is None


def test_undo_leaves_what_would_stand_had_the_batch_never_come(folder: Path) -> None:
    first = load(folder, "W/1;2025-01-01;150", "W/9;2025-01-01;5", "W/2;2024-05-01;99995")
    load(folder, "W/1;2025-01-01;150", "W/9;2025-01-01;5")
    assert undo(first) == (1, 2)
    assert [row[:3] for row in state()] == [("W/1", "2025-01-01", "150.000")]
    with db.reading() as session:
        assert session.scalars(select(SuspendedReading.meter_no)).all() == ["W/9"]


def test_undo_is_refused_where_the_office_decided_or_a_later_reading_rests_on_it(folder: Path) -> None:
    decided = load(folder, "W/1;2025-01-01;150")
    with db.transaction() as session:
        reading_id = session.scalars(select(MeterReading.id)).one()
        correct_reading(session, operator_scope(), reading_id=reading_id, value=Decimal("151"), reason="Zdjęcie.")
    with pytest.raises(UndoRefusedError, match="W/1"):
        undo(decided)
    rested = load(folder, "W/2;2024-05-01;99999")
    with db.transaction() as session:
        meter_id = session.scalars(select(Meter.id).where(Meter.meter_no == "W/2")).one()
        enter_reading(session, operator_scope(), meter_id=meter_id, value=Decimal("2"), read_on=date(2024, 6, 1))
    with db.transaction() as session:  # as if the device had been hung with a lower state all along
        session.execute(update(Meter).where(Meter.id == meter_id).values(installed_value=Decimal("500")))
    with pytest.raises(UndoRefusedError, match="W/2"):
        undo(rested)
    assert len(state()) == 4


def test_settled_reading_keeps_its_batch(folder: Path) -> None:
    report = load(folder, "W/1;2025-01-01;150")
    with db.transaction() as session:
        session.execute(update(MeterReading).values(status=ReadingStatus.SETTLED))
    with pytest.raises(UndoRefusedError, match="rozliczono"):
        undo(report)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_order_of_the_lines_makes_no_difference(folder: Path) -> None:
    @settings(max_examples=30, deadline=None)
    @given(seed=st.integers(0, 10**9))
    def hold(seed: int) -> None:
        chance = Random(seed)
        rows = _rows(chance)
        report = load(folder, *rows, skip_errors=True)
        one = state()
        undo(report)
        chance.shuffle(rows)
        report = load(folder, *rows, skip_errors=True)
        assert state() == one
        undo(report)

    hold()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whole_file_makes_of_readings_what_they_make_one_by_one(folder: Path) -> None:
    @settings(max_examples=30, deadline=None)
    @given(seed=st.integers(0, 10**9))
    def hold(seed: int) -> None:
        rows = _rows(Random(seed))
        report = load(folder, *rows, skip_errors=True)
        together = state()
        undo(report)
        one_by_one = [load(folder, row, skip_errors=True) for row in rows]
        assert state() == together
        for one in reversed(one_by_one):
            if one.state is BatchState.COMMITTED:
                undo(one)

    hold()


def _rows(chance: Random) -> list[str]:
    """Readings of one device, mostly plausible, one a day."""
    days = chance.sample(range(1, 900), chance.randint(1, 12))
    value, rows = 100_000, []
    for day in sorted(days):
        value = (value + chance.choice([0, 100, 1_500, 9_000, 30_000, 90_000_000, -50])) % 10**8
        rows.append(f"W/1;{date(2024, 1, 1) + timedelta(days=day)};{value // 1000},{value % 1000:03d}")
    return rows
