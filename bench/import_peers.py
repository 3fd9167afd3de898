"""The import against what somebody would load the same rows with instead: seconds from the same file to the commit.

The file is written as all of them like it best: UTF-8, commas, decimal point, days as RRRR-MM-DD, no empty amount, no control
line, and a number on every document, because one of the peers knows rows by it. Ours alone checks every cell, knows the
tenancies, answers the same file again with nothing added, keeps the sums of the city, and leads from each row back to its
line; pandas, sqlite-utils and csvsql make a table without a key, django-import-export one with a unique key.
"""

import csv
import json
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.import_ledger import TENANCIES, database, run_apart, run_process, seed_registry
from bench.ledger_file import write_ledger
from bench.peer_loads import PEERS
from core import db
from core.accounts.sign_in import operator_scope
from core.clock import next_working_day, today
from core.imports.desk import import_file
from core.imports.options import LoadOptions
from core.settings import ROOT

SCRIPT = Path(__file__).with_name("peer_loads.py")
OWN_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
NAMES = {
    "pandas": "pandas.to_sql",
    "sqlite-utils": "sqlite-utils insert --csv",
    "csvsql": "csvsql --insert",
    "django": "django-import-export",
    "pandas-text": "pandas.to_sql, days as text, bare driver",
    "sqlite-utils-text": "sqlite-utils insert --csv --no-detect-types --batch-size 10000",
    "csvsql-text": "csvsql --insert --no-inference",
}


def write_plain(source: Path, target: Path) -> int:
    """The rows of a landlord's file without its habits; returns how many."""
    with source.open(encoding="cp1250", newline="") as given, target.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictReader(given, delimiter=";")
        writer = csv.DictWriter(out, list(rows.fieldnames or ()), lineterminator="\n")
        writer.writeheader()
        number = 0
        for row in rows:
            if row["nr_kontrahenta"] == "SUMA":
                break
            number += 1
            row["nr_dokumentu"] = row["nr_dokumentu"] or f"KP/{number:08d}"
            row["pozycja"] = row["pozycja"] or "1"
            for side in ("obciazenie", "uznanie"):
                row[side] = row[side].replace("\u00a0", "").replace(",", ".") or "0.00"
            writer.writerow(row)
    return number


def measure_ours(file: Path) -> dict[str, float]:
    """Load the file with everything on."""
    seed_registry()
    next_working_day(today())  # the calendar is imported when it is first asked; imports are nobody's time here
    start = time.perf_counter()
    report = import_file(operator_scope(), kind="ledger", path=file, options=LoadOptions(accept_warnings=True))
    return {"seconds": time.perf_counter() - start, "rows": report.accepted}


def _load_with(peer: str, file: Path) -> dict[str, float]:
    """One load by a peer, in a process and a database of its own."""
    python = Path(sys.executable) if _is_at_hand(peer) else OWN_PYTHON
    with TemporaryDirectory(prefix="iok-bench-") as folder:
        return run_process([str(python), str(SCRIPT), peer, str(file), f"{folder}/peer.db"])


def _is_at_hand(peer: str) -> bool:
    """Whether the product's own environment has the peer."""
    return peer.startswith("pandas")


def compare(rows: int, rounds: int) -> None:
    """Print each peer's time as a multiple of ours; a peer without its environment is left out and said to be."""
    with TemporaryDirectory(prefix="iok-bench-") as folder:
        landlords, plain = Path(folder) / "ledger.csv", Path(folder) / "plain.csv"
        write_ledger(landlords, rows=rows, tenancies=TENANCIES)
        written = write_plain(landlords, plain)
        peers = [peer for peer in PEERS if _is_at_hand(peer) or OWN_PYTHON.exists()]
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in ("ours", *peers)}
        for _ in range(rounds):
            with database("sqlite", None) as environment:
                runs["ours"].append(run_apart("bench.import_peers", "ours", str(plain), environment))
            for peer in peers:
                runs[peer].append(_load_with(peer, plain))
    for name, found in runs.items():
        if any(run["rows"] != written for run in found):
            raise AssertionError(f"{name} loaded {found[0]['rows']:.0f} rows of {written}")
    _print(runs, written)
    if len(peers) < len(PEERS):
        print("import against the other peers: not measured, `make peers` makes their environment")


def _print(runs: dict[str, list[dict[str, float]]], rows: int) -> None:
    ours = statistics.median(run["seconds"] for run in runs["ours"])
    print(f"import of {rows:,} rows into SQLite, ours, with checks, keys, provenance and figures: {ours:.2f} s")
    for peer in [name for name in runs if name != "ours"]:
        taken = statistics.median(run["seconds"] for run in runs[peer])
        goal = "no types: no goal" if peer.endswith("-text") else "goal > 1"
        print(f"the same rows by {NAMES[peer]}: {taken / ours:.2f} × ours ({goal}; {taken:.2f} s)")


def main() -> None:
    """One measurement of this process (`ours FILE`)."""
    db.migrate()
    print(json.dumps(measure_ours(Path(sys.argv[2]))))


if __name__ == "__main__":
    main()
