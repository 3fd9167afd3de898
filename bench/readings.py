"""Readings at the size of a city: a file of them against a bare load, exports against the engine's own, the queue's page.

Every measurement has a process and a database of its own; runs are interleaved and the median counts.
"""

import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import psycopg
from rustpy_xlsxwriter import write_worksheet
from sqlalchemy import Table, make_url, select, text

from bench.import_ledger import database, run_apart
from core import bulk, db
from core.accounts.sign_in import operator_scope
from core.clock import now
from core.documents.storage import kept_file
from core.exports.readings import ReadingOrder, export_readings
from core.imports.desk import import_file
from core.meters.models import Meter, MeterPoint, MeterReading
from core.meters.review_queue import PAGE, waiting_readings
from core.registry.models import Building, Premises

PER_PREMISES, EARLIER = 2, 4
READING: Table = MeterReading.__table__  # type: ignore[assignment]


def seed(meters: int, readings: int) -> None:
    """So many devices, `readings` earlier ones each, one in a hundred of the newest waiting to be clarified."""
    ids, premises = range(1, meters + 1), range(1, meters // PER_PREMISES + 2)
    with db.transaction() as session:
        stamp = bulk.instant(session, now())
        frames = {
            Building: pl.DataFrame({"id": [1], "code": ["B"], "street": ["Piotrkowska"], "building_no": ["1"],
                                    "postal_code": ["90-001"], "city": ["Łódź"], "borough": ["Śródmieście"]}),
            Premises: pl.DataFrame({"id": premises, "code": [f"L{at}" for at in premises],
                                    "building_id": [1] * len(premises), "premises_no": [str(at) for at in premises],
                                    "kind": ["mieszkalny"] * len(premises), "usable_area": [5000] * len(premises)}),
            MeterPoint: pl.DataFrame({"id": ids, "premises_id": [(at - 1) // PER_PREMISES + 1 for at in ids],
                                      "medium": ["cold"] * meters, "place": [f"p{at % PER_PREMISES}" for at in ids]}),
            Meter: pl.DataFrame({"id": ids, "meter_no": [number(at) for at in ids], "point_id": ids,
                                 "digits": [5] * meters, "decimals": [3] * meters,
                                 "installed_on": [date(2024, 1, 1)] * meters, "installed_value": [0] * meters,
                                 "remote": [0 if db.engine().dialect.name == "sqlite" else False] * meters}),
        }  # fmt: skip
        for model, frame in frames.items():
            bulk.insert_all(session, model.__table__, frame)  # type: ignore[arg-type]
        for nth in range(1, readings + 1):
            waits = [nth == readings and at % 100 == 0 for at in ids]
            rows = pl.DataFrame(
                {"meter_id": ids, "read_on": [day(nth)] * meters, "value": [nth * (at % 9_000 + 1_000) for at in ids],
                 "source": ["file"] * meters, "status": ["to_clarify" if one else "accepted" for one in waits],
                 "flags": ["high" if one else "" for one in waits], "risk": [1 if one else 9 for one in waits],
                 "submitted_at": [stamp] * meters}
            )  # fmt: skip
            bulk.insert_all(session, READING, rows)


def number(at: int) -> str:
    """Number of a device."""
    return f"W-{at:07d}"


def day(nth: int) -> date:
    """Day of the n-th reading."""
    return date(2024 + nth // 12, nth % 12 + 1, 1)


def write_file(path: Path, meters: int) -> None:
    """One new reading of each device, in no order, as a reading company writes it."""
    order = list(range(1, meters + 1))
    random.Random(1).shuffle(order)
    read_on, nth = day(EARLIER + 1), EARLIER + 1
    with path.open("w", encoding="cp1250", newline="\r\n") as out:
        out.write("nr_licznika;data_odczytu;stan\n")
        for at in order:
            value = nth * (at % 9_000 + 1_000)
            out.write(f"{number(at)};{read_on};{value // 1000},{value % 1000:03d}\n")


def measure_import(argument: str) -> dict[str, float]:
    """Import the file with the whole ladder."""
    file, meters = argument.split("|")
    seed(int(meters), EARLIER)
    start = time.perf_counter()
    report = import_file(operator_scope(), kind="readings", path=Path(file))
    return {"seconds": time.perf_counter() - start, "memory": _memory(), "rows": report.accepted}


def measure_load(argument: str) -> dict[str, float]:
    """The same rows read by polars and put into the same table with its indexes, nothing looked at."""
    file, meters = argument.split("|")
    seed(int(meters), EARLIER)
    start = time.perf_counter()
    rows = pl.read_csv(file, separator=";", encoding="cp1250", infer_schema=False)
    with db.transaction() as session:
        known = session.execute(select(Meter.meter_no, Meter.id)).all()
        ids = pl.DataFrame(
            [tuple(one) for one in known], schema={"nr_licznika": pl.String, "meter_id": pl.Int64}, orient="row"
        )
        frame = rows.join(ids, on="nr_licznika").select(
            "meter_id", pl.col("data_odczytu").str.to_date().alias("read_on"),
            pl.col("stan").str.replace(",", "").cast(pl.Int64).alias("value"), pl.lit("file").alias("source"),
            pl.lit("accepted").alias("status"), pl.lit("").alias("flags"),
            pl.lit(bulk.instant(session, now())).alias("submitted_at"),
        ).sort("meter_id")  # fmt: skip
        bulk.insert_all(session, READING, frame)
    return {"seconds": time.perf_counter() - start, "memory": _memory(), "rows": len(frame)}


def measure_exports(argument: str) -> dict[str, float]:
    """Each format of all readings, its floor beside it, in one process."""
    meters, readings = map(int, argument.split("|"))
    seed(meters, readings)
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        found["floor"] = _timed(lambda: _engine_csv(Path(folder) / "floor.csv"))
        for file_format in ("csv-pl", "parquet"):
            found[file_format] = _timed(lambda chosen=file_format: _export(chosen))  # type: ignore[misc]
            found[f"memory {file_format}"] = _memory()
    return found


def measure_workbook(argument: str) -> dict[str, float]:
    """All readings as XLSX."""
    meters, readings = map(int, argument.split("|"))
    seed(meters, readings)
    return {"seconds": _timed(lambda: _export("xlsx")), "memory": _memory()}


def measure_workbook_alone(argument: str) -> dict[str, float]:
    """The same rows, finished and in memory, given to the library alone."""
    meters, readings = map(int, argument.split("|"))
    seed(meters, readings)
    with db.transaction() as session:
        made = export_readings(session, operator_scope(), order=ReadingOrder(file_format="parquet"))
    frame = pl.read_parquet(kept_file(made.sha256)).with_columns(
        pl.col(pl.Decimal).cast(pl.Float64), pl.col("data_zgloszenia").dt.replace_time_zone(None)
    )
    rows = frame.rows(named=True)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "floor.xlsx")
        return {"seconds": _timed(lambda: write_worksheet(iter(rows), path, "Odczyty"))}


def measure_queue(argument: str) -> dict[str, float]:
    """The first page of the queue against its bare SELECT of the same rows by the index."""
    meters, readings = map(int, argument.split("|"))
    seed(meters, readings)
    ours, bare = [], []
    plain = (
        "SELECT m.id, m.meter_no, o.medium, o.place, b.street, b.building_no, p.premises_no, p.kind, "
        "(SELECT t.name FROM tenant t JOIN tenancy y ON y.tenant_id = t.id WHERE y.premises_id = p.id "
        "AND y.valid_from <= '2026-11-25' ORDER BY y.valid_from DESC LIMIT 1), r.*, "
        "EXISTS (SELECT 1 FROM reading_photo f WHERE f.reading_id = r.id) FROM meter_reading r "
        "JOIN meter m ON m.id = r.meter_id JOIN meter_point o ON o.id = m.point_id JOIN premises p ON p.id = o.premises_id "
        "JOIN building b ON b.id = p.building_id WHERE r.status = 'to_clarify' "
        f"ORDER BY r.risk, r.submitted_at, r.id LIMIT {PAGE}"
    )
    for _ in range(7):
        with db.reading() as session:
            bare.append(_timed(lambda session=session: session.execute(text(plain)).all()))  # type: ignore[misc]
            ours.append(_timed(lambda session=session: waiting_readings(session, operator_scope())))  # type: ignore[misc]
    return {"ours": statistics.median(ours), "bare": statistics.median(bare)}


def _export(file_format: str) -> None:
    with db.transaction() as session:
        export_readings(session, operator_scope(), order=ReadingOrder(file_format=file_format))


# What a person would type into the engine's own shell: the same columns, joined, formatted, no rule of ours.
_FLOOR = """SELECT r.id, b.borough, b.street, b.building_no, p.premises_no, p.code, m.meter_no, o.medium, o.place, r.read_on,
{value}, lag(r.read_on) OVER w, {before}, r.source, r.status, r.flags, m.verified_until, m.remote, r.submitted_at
FROM meter_reading r JOIN meter m ON m.id = r.meter_id JOIN meter_point o ON o.id = m.point_id
JOIN premises p ON p.id = o.premises_id JOIN building b ON b.id = p.building_id
WINDOW w AS (PARTITION BY r.meter_id ORDER BY r.read_on) ORDER BY r.meter_id, r.read_on"""


def _engine_csv(path: Path) -> None:
    if db.engine().dialect.name == "sqlite":
        volume = "printf('%d,%03d', {0} / 1000, {0} % 1000)"
        query = _FLOOR.format(value=volume.format("r.value"), before=volume.format("(lag(r.value) OVER w)"))
        file = make_url(str(db.engine().url)).database or ""
        shell = ["sqlite3", "-csv", "-separator", ";", file, query]
        with path.open("wb") as out:
            try:
                subprocess.run(shell, stdout=out, check=True)
            except FileNotFoundError:  # no shell on this machine: its library through Python's own csv module
                _library_csv(file, query, path)
        return
    volume = "({0} / 1000) || ',' || lpad(({0} % 1000)::text, 3, '0')"
    query = _FLOOR.format(value=volume.format("r.value"), before=volume.format("(lag(r.value) OVER w)"))
    url = db.engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    copied = f"COPY ({query}) TO STDOUT (FORMAT csv, DELIMITER ';')"
    with psycopg.connect(url) as connection, path.open("wb") as out, connection.cursor().copy(copied) as copy:
        for piece in copy:
            out.write(piece)


def _library_csv(file: str, query: str, path: Path) -> None:
    import csv

    with path.open("w", newline="") as out:
        csv.writer(out, delimiter=";").writerows(sqlite3.connect(file).execute(query))


def _timed(step: Callable[[], object]) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _run(what: str, argument: str, environment: dict[str, str]) -> dict[str, float]:
    return run_apart("bench.readings", what, argument, environment)


def compare(rows: int, rounds: int, server: str | None) -> None:
    """Print all ratios; `rows` is how many readings there are for exports and the queue."""
    kinds = ["sqlite"] if server is None else ["sqlite", "postgresql"]
    for kind in kinds:
        _compare_import(kind, rows // 10, rounds, server)
        _compare_exports(kind, rows, server)
    with database("sqlite", None) as environment:
        queue = _run("queue", f"{rows // 10}|10", environment)
    print(
        f"review queue's first page at {rows:,} readings: {queue['ours'] / queue['bare']:.2f} × the bare query (goal ≤ 2; "
        f"{1000 * queue['ours']:.1f} ms against {1000 * queue['bare']:.1f} ms)"
    )


def _compare_import(kind: str, meters: int, rounds: int, server: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "odczyty.csv"
        write_file(file, meters)
        ours, bare = [], []
        for _ in range(rounds):
            with database(kind, server) as environment:
                ours.append(_run("import", f"{file}|{meters}", environment))
            with database(kind, server) as environment:
                bare.append(_run("load", f"{file}|{meters}", environment))
    taken, floor = (statistics.median(run["seconds"] for run in runs) for runs in (ours, bare))
    print(
        f"import of {int(ours[0]['rows']):,} readings with the ladder, {kind}: {taken / floor:.2f} × a raw load (goal ≤ 3; "
        f"{taken:.1f} s against {floor:.1f} s), memory {max(run['memory'] for run in ours):.0f} MB"
    )


def _compare_exports(kind: str, rows: int, server: str | None) -> None:
    with database(kind, server) as environment:
        whole = _run("exports", f"{rows // 10}|10", environment)
    with database(kind, server) as environment:
        tenth = _run("exports", f"{rows // 100}|10", environment)
    goal = {"sqlite": "≤ 3", "postgresql": "≤ 1.5"}[kind]
    for name, wanted in (("csv-pl", goal), ("parquet", "≈ 1.6")):
        print(
            f"export of {rows:,} readings as {name}, {kind}: {whole[name] / whole['floor']:.2f} × the engine's own CSV "
            f"(goal {wanted}; {whole[name]:.1f} s against {whole['floor']:.1f} s), "
            f"memory {whole[f'memory {name}']:.0f} MB, of a tenth of the rows {tenth[f'memory {name}']:.0f} MB"
        )
    if kind == "sqlite":
        with database(kind, None) as environment:
            sheet = _run("workbook", f"{rows // 100}|10", environment)
        with database(kind, None) as environment:
            alone = _run("workbook-alone", f"{rows // 100}|10", environment)
        ratio = sheet["seconds"] / alone["seconds"]
        print(
            f"export of {rows // 10:,} readings as xlsx: {ratio:.2f} × the library alone (goal ≤ 1.5; "
            f"{sheet['seconds']:.1f} s against {alone['seconds']:.1f} s), memory {sheet['memory']:.0f} MB"
        )


def main() -> None:
    """One measurement of this process."""
    what, argument = sys.argv[1:3]
    db.migrate()
    measures = {"import": measure_import, "load": measure_load, "exports": measure_exports,
                "workbook": measure_workbook, "workbook-alone": measure_workbook_alone, "queue": measure_queue}  # fmt: skip
    print(json.dumps(measures[what](argument)))


if __name__ == "__main__":
    main()
