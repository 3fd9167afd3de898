"""Whose rows in suspense may be, in a large city, against the bare read of the columns that tell it.

One payer is what a page asks: all tenancies are read, their numbers, accounts and names made comparable, and the likeliest
found. The list of all that waits asks it of every payer at once. Each payer's numbers have a slip of one sign, and what the
rows say names somebody.
"""

import json
import random
import statistics
import sys
import time
from datetime import timedelta
from decimal import Decimal

import polars as pl
from sqlalchemy import insert, select, text

from bench.announcements import seed
from bench.import_ledger import database, run_apart
from bench.ledger_file import tenancy_no
from core import bulk, db
from core.accounts.sign_in import operator_scope
from core.batches.models import ImportBatch
from core.clock import now, today
from core.demo.names import person
from core.imports.models import SuspendedRow
from core.imports.suspense.candidates import Clue, Directory
from core.imports.suspense.waiting_file import waiting_file
from core.ledger.models import RecentDue

BARE = """
    SELECT tenancy.id, tenancy_no, tenant_no, name, bank_account_no FROM tenancy JOIN tenant ON tenant.id = tenant_id
"""
DUES = 24  # months of each tenancy
ROWS_OF_ONE = 4  # that wait, of each payer
TURNS = 5


def _dues(tenancies: int) -> pl.DataFrame:
    """What fell due on every tenancy, month by month; each amount is that of some hundred tenancies."""
    months = pl.DataFrame({"counts_on": [today() - timedelta(days=30 * ago) for ago in range(DUES)]})
    return pl.DataFrame({"tenancy_id": range(1, tenancies + 1)}).join(months, how="cross").select(
        "tenancy_id", "counts_on", pl.col("counts_on").alias("due_on"),
        (20_000 + pl.col("tenancy_id") * 7 % (tenancies // 100 + 1) * 13).alias("debit"), pl.lit(0).alias("storno"),
    )  # fmt: skip


def _slipped(number: str, at: int) -> str:
    """The number with one digit changed."""
    places = [place for place, sign in enumerate(number) if sign.isdigit()]
    place = places[at % len(places)]
    return f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"


def _waiting(payers: int, names: list[str]) -> pl.DataFrame:
    """Rows that wait, some of each payer."""
    ids = range(1, payers * ROWS_OF_ONE + 1)
    whose = [(at - 1) // ROWS_OF_ONE * 97 % len(names) for at in ids]
    return pl.DataFrame(
        {"id": ids, "line_no": ids, "position": ids, "document_no": [f"W/{at}" for at in ids],
         "tenant_no": [_slipped(f"{who + 1:06d}", who) for who in whose],
         "tenancy_no": [_slipped(tenancy_no(who), who) for who in whose],
         "description": [f"Przelew, {names[who]}, czynsz" for who in whose], "credit": [20_013 + at for at in ids]}
    ).with_columns(
        pl.lit(1).alias("batch_id"), pl.lit("").alias("content_key"), pl.lit("WPL").alias("document_type"),
        pl.lit(today()).alias("booked_on"), pl.lit(0).alias("debit"),
    )  # fmt: skip


def fill(tenancies: int) -> list[str]:
    """A city with names, accounts and dues, and a two-hundredth of it as payers that wait; the tenants' names."""
    seed(tenancies)
    chance = random.Random(1)
    names = [person(chance) for _ in range(tenancies)]
    numbers = [
        {"id": at + 1, "number": tenancy_no(at), "account": f"{chance.randrange(10**26):026d}"}
        for at in range(tenancies)
    ]
    with db.transaction() as session:
        people = [{"id": at + 1, "name": name} for at, name in enumerate(names)]
        session.execute(text("UPDATE tenant SET name = :name WHERE id = :id"), people)
        told = "UPDATE tenancy SET tenancy_no = :number, bank_account_no = :account WHERE id = :id"
        session.execute(text(told), numbers)
        loaded = {"kind": "ledger", "file_name": "bench", "sha256": "0" * 64, "size": 0, "state": "committed"}
        session.execute(insert(ImportBatch).values(**loaded, received_at=now(), committed_at=now()))
        bulk.insert_all(session, RecentDue.__table__, _dues(tenancies))  # type: ignore[arg-type]
        bulk.insert_all(session, SuspendedRow.__table__, _waiting(tenancies // 200, names))  # type: ignore[arg-type]
    with db.engine().connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return names


def measure(tenancies: int) -> dict[str, float]:
    """Median seconds of one payer and of the bare read, taking turns; seconds of the whole list and of its rows' bare read."""
    name = fill(tenancies)[tenancies // 2]
    clue = Clue(
        tenant_no=_slipped(f"{tenancies // 2:06d}", 3), tenancy_no=_slipped(tenancy_no(tenancies // 2), 3),
        texts=frozenset({f"Przelew, {name}, czynsz"}), amounts=frozenset({Decimal("200.13"), Decimal("512.40")}),
    )  # fmt: skip
    ours, bare = [], []
    for _ in range(TURNS):
        with db.reading() as session:
            session.execute(text("SELECT 1"))
            start = time.perf_counter()
            read = session.execute(text(BARE)).all()
            middle = time.perf_counter()
            found = Directory(session).candidates([clue])[0]
            end = time.perf_counter()
        if len(read) != tenancies or name not in {one.name for one in found}:
            raise AssertionError("not what was to be found")
        bare.append(middle - start)
        ours.append(end - middle)
    with db.transaction() as session:
        start = time.perf_counter()
        listed = waiting_file(session, operator_scope()).count(b"\r\n") - 1
        whole = time.perf_counter() - start
        payers = session.execute(select(SuspendedRow.tenant_no, SuspendedRow.tenancy_no).distinct()).all()
    return {"one": statistics.median(ours), "bare": statistics.median(bare), "list": whole, "rows": listed,
            "payers": len(payers)}  # fmt: skip


def compare(tenancies: int, server: str | None) -> None:
    """Print the ratio of each database."""
    for kind in ["sqlite"] if server is None else ["sqlite", "postgresql"]:
        with database(kind, server) as environment:
            found = run_apart("bench.suspense", "suspense", str(tenancies), environment)
        one, bare, whole = (found[name] for name in ("one", "bare", "list"))
        print(
            f"whose the rows of one payer are, among {tenancies:,} tenancies, {kind}: {one / bare:.2f} × the bare read of "
            f"their numbers, names and accounts (goal ≤ 5; {one:.2f} s against {bare:.2f} s); the list of "
            f"{found['rows']:,.0f} rows of {found['payers']:,.0f} payers {whole / bare:.1f} × ({whole:.1f} s)"
        )


def main() -> None:
    """One measurement of this process."""
    db.migrate()
    print(json.dumps(measure(int(sys.argv[2]))))


if __name__ == "__main__":
    main()
