"""A tenant's balance and a page of the ledger among millions of entries against the bare indexed SELECT of the same rows.

The ledger is laid out as months bring it: a file a month with the charges of five components and the payment of every
tenancy, so that the rows of one tenancy lie far apart.
"""

import json
import statistics
import sys
import time
from datetime import date

import polars as pl
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bench.import_ledger import TENANCIES, database, run_apart, seed_registry
from core import bulk, db
from core.access.scopes import TenantScope
from core.batches.models import ImportBatch
from core.clock import now
from core.ledger.balances import tenancy_balance
from core.ledger.documents import ledger_page
from core.ledger.entries import LedgerFilter
from core.ledger.models import LedgerEntry
from core.ledger.posting_lags import posting_lags
from core.registry.models import Tenant
from tests.cast import sign_in_tenant

COMPONENTS = 5
ASKED = 200  # tenancies
BARE = """
    SELECT id, booked_on, document_type, document_no, period, due_on, component, description, debit, credit
    FROM ledger_entry WHERE tenancy_id = :tenancy ORDER BY booked_on DESC, id DESC
"""


def fill_ledger(entries: int) -> None:
    """About so many entries; the figures kept beside the ledger are not made."""
    seed_registry()
    months = max(1, entries // (TENANCIES * (COMPONENTS + 1)))
    for at in range(months):
        with db.transaction() as session:
            _month(session, at, date(2026 - (months - 1 - at) // 12, 12 - (months - 1 - at) % 12, 1))
    with db.transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ANALYZE ledger_entry"))


def fill(entries: int) -> list[tuple[int, TenantScope]]:
    """So many entries, and sessions of some of the tenants beside their tenancies."""
    fill_ledger(entries)
    with db.transaction() as session:
        asked = range(1, TENANCIES + 1, TENANCIES // ASKED)
        return [(one, sign_in_tenant(session, session.get_one(Tenant, one))) for one in asked]


def _month(session: Session, at: int, first: date) -> None:
    loaded = {"kind": "ledger", "file_name": f"{first}", "sha256": f"{at:064}", "size": 0, "state": "committed"}
    session.execute(insert(ImportBatch).values(**loaded, received_at=now(), committed_at=now()))
    tenancies = pl.DataFrame({"tenancy_id": range(1, TENANCIES + 1)})
    common = {"batch_id": at + 1, "line_no": 1, "content_key": "", "description": f"Opłaty za {first:%m.%Y}"}
    own = [pl.lit(value).alias(name) for name, value in common.items()]
    charges = tenancies.join(pl.DataFrame({"position": range(1, COMPONENTS + 1)}), how="cross").with_columns(
        *own,
        pl.format(f"NAL/{first:%Y/%m}/{{}}", "tenancy_id").alias("document_no"),
        pl.lit("NAL").alias("document_type"),
        pl.lit(first).alias("booked_on"),
        pl.lit(first.replace(day=10)).alias("due_on"),
        pl.lit(f"{first:%Y-%m}").alias("period"),
        pl.format("Składnik {}", "position").alias("component"),
        pl.lit(12_345).alias("debit"),
        pl.lit(0).alias("credit"),
    )
    payments = tenancies.with_columns(
        *own,
        pl.lit(1).alias("position"),
        pl.format(f"WPL/{first:%Y/%m}/{{}}", "tenancy_id").alias("document_no"),
        pl.lit("WPL").alias("document_type"),
        pl.lit(first.replace(day=12)).alias("booked_on"),
        pl.lit(None, pl.Date).alias("due_on"),
        pl.lit(None, pl.String).alias("period"),
        pl.lit(None, pl.String).alias("component"),
        pl.lit(0).alias("debit"),
        pl.lit(60_000).alias("credit"),
    )
    for frame in (charges, payments.select(charges.columns)):
        bulk.insert_all(session, LedgerEntry.__table__, frame)  # type: ignore[arg-type]


def measure(argument: str) -> dict[str, float]:
    """Median milliseconds of the page, of the balance and of the bare SELECT, taking turns; and of the city's lags."""
    pages, balances, bare = [], [], []
    for tenancy_id, scope in fill(int(argument)):
        with db.reading() as session:
            session.execute(text("SELECT 1"))
            start = time.perf_counter()
            found = session.execute(text(BARE), {"tenancy": tenancy_id}).all()
            first = time.perf_counter()
            page = ledger_page(session, scope, tenancy_id=tenancy_id, chosen=LedgerFilter())
            second = time.perf_counter()
            tenancy_balance(session, scope, tenancy_id=tenancy_id)
            third = time.perf_counter()
        assert sum(len(one.lines) for one in page.documents) <= len(found)
        bare.append(first - start)
        pages.append(second - first)
        balances.append(third - second)
    with db.reading() as session:
        start = time.perf_counter()
        posting_lags(session, as_of=date(2026, 12, 31))
        lags = time.perf_counter() - start
    medians = {name: 1000 * statistics.median(times) for name, times in
               (("page", pages), ("balance", balances), ("bare", bare))}  # fmt: skip
    return {**medians, "lags": lags, "rows": len(found)}


def compare(entries: int, server: str | None) -> None:
    """Print the ratio of each database."""
    for kind in ["sqlite"] if server is None else ["sqlite", "postgresql"]:
        with database(kind, server) as environment:
            found = run_apart("bench.ledger_page", "page", str(entries), environment)
        print(
            f"ledger page at {entries:,} entries, {kind}: {found['page'] / found['bare']:.2f} × the bare indexed SELECT of "
            f"the tenancy's {found['rows']:.0f} rows (goal ≤ 2; {found['page']:.2f} ms against {found['bare']:.2f} ms, "
            f"with the look at the session, sums, and the lines of each document); balance "
            f"{found['balance'] / found['bare']:.2f} × ({found['balance']:.2f} ms); posting lags of the city, once a day, "
            f"{found['lags']:.2f} s"
        )


def main() -> None:
    """One measurement of this process."""
    _, argument = sys.argv[1:3]
    db.migrate()
    print(json.dumps(measure(argument)))


if __name__ == "__main__":
    main()
