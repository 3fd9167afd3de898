"""What the import desk does around an import, against the import itself: its preview, and taking it back.

A preview is the whole load, rolled back, and its effect on balances; the ledger that it is loaded into stands already, ten
times as large as the file. An undo is measured twice, where no tenant has been in the portal since (rows are removed) and
where every one has (each row gets its reversal), and so is the plan that is shown before it.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from sqlalchemy import func, select

from bench.import_ledger import TENANCIES, database, run_apart, seed_registry
from bench.ledger_file import write_ledger
from bench.ledger_page import fill_ledger
from core import bulk, db
from core.access.models import PortalSession
from core.accounts.models import PortalAccount
from core.accounts.sign_in import operator_scope
from core.clock import now
from core.imports.desk import hand_in, import_file, preview_batch
from core.imports.options import LoadOptions
from core.imports.undo import UndoReceipt, undo_batch
from core.imports.undo_plan import plan_undo
from core.ledger.maintained import rebuild
from core.ledger.models import LedgerEntry

Measured = dict[str, float]


def _stand(entries: int) -> None:
    """The ledger of a city with its figures, as imports have left it."""
    fill_ledger(entries)
    with db.transaction() as session:
        rebuild(session)


def _import(file: Path) -> tuple[int, float]:
    """Load the file; its batch, and seconds from the file to the commit."""
    start = time.perf_counter()
    report = import_file(operator_scope(), kind="ledger", path=file, options=LoadOptions(accept_warnings=True))
    return report.batch_id, time.perf_counter() - start


def measure_import(file: Path, entries: int) -> Measured:
    """The plain import beside what stands."""
    _stand(entries)
    return {"seconds": _import(file)[1]}


def measure_preview(file: Path, entries: int) -> Measured:
    """The file handed in and previewed."""
    _stand(entries)
    start = time.perf_counter()
    batch_id = hand_in(operator_scope(), kind="ledger", path=file, file_name=file.name)
    checked = preview_batch(operator_scope(), batch_id=batch_id, options=LoadOptions(accept_warnings=True))
    taken = time.perf_counter() - start
    effect = checked.report.effect
    if effect is None or not effect.changed:
        raise AssertionError("a preview without its effect")
    return {"seconds": taken, "tenancies": effect.tenancies}


def _everybody_looks() -> None:
    """Every tenant signs in."""
    ids = range(1, TENANCIES + 1)
    with db.transaction() as session:
        moment = bulk.instant(session, now())
        accounts = pl.DataFrame({"id": ids, "tenant_id": ids}).with_columns(
            pl.format("tenant{}", "id").alias("login"), pl.lit("active").alias("state"), pl.lit("").alias("muted_topics"),
            pl.lit(moment).alias("created_at"),
        )  # fmt: skip
        sessions = pl.DataFrame({"id": ids, "subject_id": ids}).with_columns(
            pl.format("key{}", "id").alias("key_hash"), pl.lit("tenant").alias("realm"), pl.lit("").alias("device"),
            pl.lit("").alias("network"),
            *(pl.lit(moment).alias(name) for name in ("started_at", "seen_at", "expires_at")),
        )  # fmt: skip
        bulk.insert_all(session, PortalAccount.__table__, accounts)  # type: ignore[arg-type]
        bulk.insert_all(session, PortalSession.__table__, sessions)  # type: ignore[arg-type]


def _measure_back(file: Path, take_back: Callable[[int], UndoReceipt], *, seen: bool) -> Measured:
    """Import, perhaps everybody looks, take back or plan to."""
    seed_registry()
    batch_id, taken = _import(file)
    if seen:
        _everybody_looks()
    start = time.perf_counter()
    receipt = take_back(batch_id)
    back = time.perf_counter() - start
    if bool(receipt.reversed) is not seen or bool(receipt.removed) is seen:
        raise AssertionError(f"not what was to be measured: {receipt}")
    return {"import": taken, "seconds": back, "rows": receipt.removed + receipt.reversed}


def _undo(batch_id: int) -> UndoReceipt:
    with db.transaction() as session:
        receipt = undo_batch(session, operator_scope(), batch_id=batch_id)
    with db.reading() as session:
        amount = func.sum(LedgerEntry.debit - LedgerEntry.credit, type_=LedgerEntry.debit.type)
        if session.scalar(select(amount)):
            raise AssertionError("something is left of what was taken back")
    return receipt


def _plan(batch_id: int) -> UndoReceipt:
    return plan_undo(operator_scope(), batch_id=batch_id).receipt


def compare(rows: int, rounds: int, server: str | None) -> None:
    """Print all ratios; previewed is a tenth of the rows beside a ledger of all of them."""
    with TemporaryDirectory(prefix="iok-bench-") as folder:
        for kind in ["sqlite"] if server is None else ["sqlite", "postgresql"]:
            small, large = Path(folder) / "small.csv", Path(folder) / "large.csv"
            write_ledger(small, rows=rows // 10, tenancies=TENANCIES)
            write_ledger(large, rows=rows, tenancies=TENANCIES)
            _compare_preview(kind, small, rows, rounds, server)
            for what, seen in (("removed", False), ("reversed", True)):
                _compare_undo(kind, large, what, rounds, server, seen=seen)


def _runs(kind: str, server: str | None, rounds: int, *whats: str, argument: str) -> dict[str, list[Measured]]:
    """Interleaved runs of measurements, each in a process and a database of its own."""
    runs: dict[str, list[Measured]] = {what: [] for what in whats}
    for _ in range(rounds):
        for what in whats:
            with database(kind, server) as environment:
                runs[what].append(run_apart("bench.import_desk", what, argument, environment))
    return runs


def _compare_preview(kind: str, file: Path, entries: int, rounds: int, server: str | None) -> None:
    runs = _runs(kind, server, rounds, "preview", "import", argument=f"{file}|{entries}")
    ours, plain = (statistics.median(run["seconds"] for run in runs[what]) for what in ("preview", "import"))
    print(
        f"preview of {entries // 10:,} rows with its effect on {runs['preview'][0]['tenancies']:,.0f} balances beside "
        f"{entries:,} entries, {kind}: {ours / plain:.2f} × the plain import (goal ≤ 1.5; {ours:.2f} s against {plain:.2f} s)"
    )


def _compare_undo(kind: str, file: Path, what: str, rounds: int, server: str | None, *, seen: bool) -> None:
    names = (f"undo-{what}", f"plan-{what}")
    runs = _runs(kind, server, rounds, *names, argument=f"{file}|0")
    undo, plan = (statistics.median(run["seconds"] / run["import"] for run in runs[name]) for name in names)
    taken, loaded = (statistics.median(run[name] for run in runs[names[0]]) for name in ("seconds", "import"))
    goal = "no goal; " if seen else "goal ≤ 1; "
    print(
        f"undo of {runs[names[0]][0]['rows']:,.0f} rows, {kind}, all {what}: {undo:.2f} × the import of the file ({goal}"
        f"{taken:.1f} s against {loaded:.1f} s); the plan before it {plan:.2f} ×"
    )


def main() -> None:
    """One measurement of this process: its name, and `FILE|ENTRIES`."""
    what, argument = sys.argv[1:3]
    path, _, entries = argument.rpartition("|")
    file = Path(path)
    measures: dict[str, Callable[[], Measured]] = {
        "import": lambda: measure_import(file, int(entries)),
        "preview": lambda: measure_preview(file, int(entries)),
        "undo-removed": lambda: _measure_back(file, _undo, seen=False),
        "undo-reversed": lambda: _measure_back(file, _undo, seen=True),
        "plan-removed": lambda: _measure_back(file, _plan, seen=False),
        "plan-reversed": lambda: _measure_back(file, _plan, seen=True),
    }
    db.migrate()
    print(json.dumps(measures[what]()))


if __name__ == "__main__":
    main()
