"""Import of a large ledger file against the floor of each database.

Floor on SQLite: the same rows, clean, typed and sorted, through `executemany` into the same table with its indexes and
foreign keys. Floor on PostgreSQL: one INSERT … SELECT of the same rows from a temporary table. Each run has a process
and a database of its own, so that memory and caches do not mix; runs are interleaved and the median counts.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from sqlalchemy import Table, insert, text

from bench.ledger_file import tenancy_no, write_ledger
from core import bulk, db
from core.accounts.sign_in import operator_scope
from core.batches.models import ImportBatch
from core.clock import now
from core.imports.desk import import_file
from core.imports.options import LoadOptions
from core.imports.report import AlreadyLoadedError
from core.ledger.models import LedgerEntry
from core.registry.models import Building, Premises, Tenancy, Tenant

TENANCIES = 20_000
ENTRY: Table = LedgerEntry.__table__  # type: ignore[assignment]
COLUMNS = [column.name for column in ENTRY.columns if column.name != "id"]


def seed_registry() -> None:
    """As many tenancies as the file names, in one building."""
    ids = range(1, TENANCIES + 1)
    frames = {
        Building: pl.DataFrame(
            {"id": [1], "code": ["B"], "street": ["Piotrkowska"], "building_no": ["1"], "postal_code": ["90-001"],
             "city": ["Łódź"], "borough": ["Śródmieście"]}
        ),
        Premises: pl.DataFrame(
            {"id": [1], "code": ["L"], "building_id": [1], "premises_no": ["1"], "kind": ["mieszkalny"], "usable_area": [5000]}
        ),
        Tenant: pl.DataFrame(
            {"id": ids, "tenant_no": [f"{at:06d}" for at in range(TENANCIES)], "kind": ["person"] * TENANCIES,
             "name": ["Anna"] * TENANCIES}
        ),
        Tenancy: pl.DataFrame(
            {"id": ids, "tenancy_no": [tenancy_no(at) for at in range(TENANCIES)], "tenant_id": ids,
             "premises_id": [1] * TENANCIES, "title": ["najem"] * TENANCIES, "valid_from": ["2015-01-01"] * TENANCIES,
             "payment_day": [10] * TENANCIES}
        ).with_columns(pl.col("valid_from").str.to_date()),
    }  # fmt: skip
    with db.transaction() as session:
        for model, frame in frames.items():
            bulk.insert_all(session, model.__table__, frame)  # type: ignore[arg-type]


def measure_ours(file: Path) -> dict[str, float]:
    """Import the file with everything on, then the same content again."""
    seed_registry()
    before = _memory()
    start = time.perf_counter()
    report = import_file(operator_scope(), kind="ledger", path=file, options=LoadOptions(accept_warnings=True))
    taken = time.perf_counter() - start
    start = time.perf_counter()
    try:
        import_file(operator_scope(), kind="ledger", path=file)
    except AlreadyLoadedError:
        again = time.perf_counter() - start
    return {"seconds": taken, "again": again, "memory": _memory(), "before": before, "rows": report.accepted}


def measure_floor(rows: Path) -> dict[str, float]:
    """Put the same rows, clean and sorted, into the same table."""
    seed_registry()
    with db.transaction() as session:
        session.execute(
            insert(ImportBatch).values(
                kind="ledger", file_name="floor", sha256="0" * 64, size=0, state="committed", received_at=now()
            )
        )
    frame = pl.read_parquet(rows)
    taken = _floor_sqlite(frame) if db.engine().dialect.name == "sqlite" else _floor_postgresql(frame)
    return {"seconds": taken, "memory": _memory(), "rows": len(frame)}


def _floor_sqlite(frame: pl.DataFrame) -> float:
    rows = frame.with_columns(pl.col(pl.Date).cast(pl.String)).rows()
    names, marks = ", ".join(COLUMNS), ", ".join("?" * len(COLUMNS))
    with bulk.frozen_heap():
        start = time.perf_counter()
        with db.transaction() as session:
            cursor = session.connection().connection.cursor()
            cursor.executemany(f"INSERT INTO ledger_entry ({names}) VALUES ({marks})", rows)
    return time.perf_counter() - start


def _floor_postgresql(frame: pl.DataFrame) -> float:
    names = ", ".join(COLUMNS)
    with db.transaction() as session:
        session.execute(text(f"CREATE TEMP TABLE floor_row AS SELECT {names} FROM ledger_entry WITH NO DATA"))
        cursor = session.connection().connection.cursor()
        with cursor.copy(f"COPY floor_row ({names}) FROM STDIN (FORMAT csv)") as copy:
            for piece in frame.iter_slices(50_000):
                copy.write(piece.write_csv(include_header=False).encode())
        cursor.execute("ANALYZE floor_row")
        start = time.perf_counter()
        cursor.execute(f"INSERT INTO ledger_entry ({names}) SELECT {names} FROM floor_row")
    return time.perf_counter() - start


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB on Linux


def export_rows(target: Path) -> None:
    """The rows of the loaded ledger, sorted by the leading index, for the floor."""
    with db.reading() as session:
        cursor = session.connection().connection.cursor()
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM ledger_entry ORDER BY document_no, content_key, position")
        schema = {name: _dtype(name) for name in COLUMNS}
        frame = pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")
    frame.with_columns(pl.col("booked_on", "due_on").str.to_date(), pl.lit(1).alias("batch_id")).write_parquet(target)


def _dtype(name: str) -> type[pl.DataType]:
    numbers = {"tenancy_id", "batch_id", "line_no", "position", "debit", "credit"}
    return pl.Int64 if name in numbers else pl.String


@contextmanager
def database(kind: str, server: str | None) -> Iterator[dict[str, str]]:
    """Environment of a fresh, migrated database."""
    with tempfile.TemporaryDirectory(prefix="iok-bench-") as folder:
        environment = {**os.environ, "IOK_VAR": folder}
        environment.pop("IOK_DATABASE_URL", None)
        if kind == "postgresql" and server is not None:
            import psycopg

            name = f"bench_{time.time_ns()}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
            environment["IOK_DATABASE_URL"] = server.replace("/postgres?", f"/{name}?")
            yield environment
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        else:
            yield environment


def run_apart(module: str, what: str, argument: str, environment: dict[str, str]) -> dict[str, float]:
    """One measurement of a module of the bench in a process of its own."""
    return run_process([sys.executable, "-m", module, what, argument], environment)


def run_process(command: list[str], environment: dict[str, str] | None = None) -> dict[str, float]:
    """The figures that a process prints in its last line, as JSON; what it had to say of its failure otherwise."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _run(what: str, argument: Path, environment: dict[str, str]) -> dict[str, float]:
    return run_apart("bench.import_ledger", what, str(argument), environment)


def compare(rows: int, rounds: int, server: str | None) -> None:
    """Print the ratio of each database."""
    with tempfile.TemporaryDirectory(prefix="iok-bench-") as folder:
        file, clean = Path(folder) / "ledger.csv", Path(folder) / "rows.parquet"
        write_ledger(file, rows=rows, tenancies=TENANCIES)
        with database("sqlite", None) as environment:
            _run("ours", file, environment)
            _run("export", clean, environment)
        for kind, goal in (("sqlite", 3.0), ("postgresql", 2.0)):
            if kind == "postgresql" and server is None:
                continue
            ours, floors = [], []
            for _ in range(rounds):
                with database(kind, server) as environment:
                    ours.append(_run("ours", file, environment))
                with database(kind, server) as environment:
                    floors.append(_run("floor", clean, environment))
            _print(kind, goal, ours, floors)


def compare_memory(rows: int) -> None:
    """Print the memory of an import three times as large beside that of one."""
    with tempfile.TemporaryDirectory(prefix="iok-bench-") as folder:
        peaks = []
        for times in (1, 3):
            file = Path(folder) / "ledger.csv"
            write_ledger(file, rows=times * rows, tenancies=TENANCIES)
            with database("sqlite", None) as environment:
                peaks.append(_run("ours", file, environment)["memory"])
    print(
        f"memory of an import of {3 * rows:,} rows: {peaks[1]:.0f} MB, {peaks[1] / peaks[0]:.2f} × that of {rows:,} "
        f"(goal: flat, {peaks[0]:.0f} MB)"
    )


def _print(kind: str, goal: float, ours: list[dict[str, float]], floors: list[dict[str, float]]) -> None:
    taken, floor = (statistics.median(run["seconds"] for run in runs) for runs in (ours, floors))
    again = statistics.median(run["again"] / run["seconds"] for run in ours)
    memory = max(run["memory"] for run in ours)
    print(
        f"import of {int(ours[0]['rows']):,} rows, {kind}: {taken / floor:.2f} × floor (goal ≤ {goal}; "
        f"{taken:.1f} s against {floor:.1f} s for the same clean rows), memory {memory:.0f} MB (goal ≤ 700; "
        f"floor {max(run['memory'] for run in floors):.0f} MB)"
    )
    print(f"the same content again, {kind}: {again:.2%} of the import (goal ≤ 1 %)")


def main() -> None:
    """One measurement of this process (`ours FILE`, `floor ROWS`, `export ROWS`)."""
    what, argument = sys.argv[1], Path(sys.argv[2])
    if what != "export":
        db.migrate()
    if what == "ours":
        print(json.dumps(measure_ours(argument)))
    elif what == "floor":
        print(json.dumps(measure_floor(argument)))
    else:
        export_rows(argument)
        print("{}")


if __name__ == "__main__":
    main()
