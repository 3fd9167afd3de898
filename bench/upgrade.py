"""A large SQLite database brought to the newest schema, against reading and writing all of it once.

The database is made as it was before a batch could be taken back by reversals, and filled with a ledger; then come all
migrations since. Floor: `VACUUM INTO` a copy of the same file. Nearly all entries lie within what is kept of dues, which is the
dearest case for the figures that a migration makes of them.
"""

import json
import resource
import sqlite3
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.script import ScriptDirectory

from bench.import_ledger import database, run_apart
from bench.ledger_page import fill_ledger
from core import db

BEFORE = "0026"
MANY = 10  # times the floor, beyond which an upgrade has to be looked at


def _file() -> str:
    return db.engine().url.database or ""


def _copied() -> float:
    """Seconds of writing all of the database into another file."""
    with TemporaryDirectory(dir=Path(_file()).parent) as folder:
        connection = sqlite3.connect(_file())
        start = time.perf_counter()
        connection.execute(f"VACUUM INTO '{folder}/copy.db'")
        taken = time.perf_counter() - start
        connection.close()
    return taken


def _revisions() -> list[str]:
    """Those to come, the oldest first."""
    found = ScriptDirectory.from_config(db.alembic_config()).iterate_revisions("head", BEFORE)
    return [one.revision for one in found][::-1]


def measure(entries: int) -> dict[str, float]:
    """Seconds of the copy and of each migration; the file's size and the memory of this process in MB."""
    db.migrate(BEFORE)
    fill_ledger(entries)
    db.dispose()
    copied, size = _copied(), Path(_file()).stat().st_size / 1024**2
    taken = {}
    for revision in _revisions():
        start = time.perf_counter()
        db.migrate(revision)
        taken[revision] = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"copy": copied, "size": size, "memory": memory, **taken}


def compare(entries: int, rounds: int) -> None:
    """Print the time of all migrations as a multiple of the copy, and which took longest."""
    runs = []
    for _ in range(rounds):
        with database("sqlite", None) as environment:
            runs.append(run_apart("bench.upgrade", "upgrade", str(entries), environment))
    median = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    copied, size, memory = (median.pop(name) for name in ("copy", "size", "memory"))
    slowest = max(median, key=lambda revision: median[revision])
    print(
        f"upgrade from {BEFORE} of a SQLite database with {entries:,} entries ({size:.0f} MB): "
        f"{sum(median.values()) / copied:.2f} × writing it once (to be looked at beyond {MANY}; {sum(median.values()):.1f} s "
        f"against {copied:.1f} s), of it {slowest} {median[slowest]:.1f} s; memory {memory:.0f} MB"
    )


def main() -> None:
    """One measurement of this process."""
    print(json.dumps(measure(int(sys.argv[2]))))


if __name__ == "__main__":
    main()
