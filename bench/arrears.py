"""City-wide ageing from what is maintained, against recomputing it from the entries; both give the same figures.

A tenancy is charged five components a month for a hundred months and pays them but for the newest few; every third owes
for longer. Recomputing reads every entry once, resolves its due day and ages tenancy by tenancy, which is what would be
done without the maintained tables.
"""

import json
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl
from sqlalchemy import insert, text, true

from bench.import_ledger import ENTRY, database, run_apart, seed_registry
from bench.ledger_file import COMPONENTS
from core import bulk, db
from core.accounts.sign_in import operator_scope
from core.batches.models import ImportBatch
from core.clock import now, today
from core.ledger.ageing import age_buckets
from core.ledger.arrears import BUCKETS, arrears, city_arrears
from core.ledger.maintained import Maintained, entries, places, with_due_day
from core.ledger.turnover import turnover

MONTHS = 100
ENTRIES_OF_ONE = MONTHS * (len(COMPONENTS) + 1)
TENANCIES_AT_ONCE = 200


def fill(rows: int) -> None:
    """A ledger of so many rows and its figures, as an import leaves them."""
    seed_registry()
    tenancies = max(1, rows // ENTRIES_OF_ONE)
    with db.transaction() as session:
        session.execute(
            insert(ImportBatch).values(
                kind="ledger", file_name="bench", sha256="0" * 64, size=0, state="committed", received_at=now()
            )
        )
        figures = Maintained(session)
        for first in range(1, tenancies + 1, TENANCIES_AT_ONCE):
            frame = pl.concat(_of_tenancy(one) for one in range(first, min(first + TENANCIES_AT_ONCE, tenancies + 1)))
            bulk.insert_all(session, ENTRY, frame)
            figures.come(frame)
        figures.write()
        if db.engine().dialect.name == "postgresql":
            session.execute(text("ANALYZE"))


def _of_tenancy(number: int) -> pl.DataFrame:
    this = today().replace(day=1)
    behind = number % 4 if number % 3 else 4 + number % 20  # months not paid
    lines: list[tuple[object, ...]] = []
    for ago in range(MONTHS):
        month = date(this.year - (ago + 12 - this.month) // 12, (this.month - 1 - ago) % 12 + 1, 1)
        amounts = [(number * 7 + place * 131) % 30_000 + 5_000 for place in range(len(COMPONENTS))]
        lines += [
            (
                f"N/{number}/{ago}",
                place,
                "NAL",
                month,
                month + timedelta(days=9),
                f"{month:%Y-%m}",
                component,
                amount,
                0,
            )
            for place, (component, amount) in enumerate(zip(COMPONENTS, amounts, strict=True))
        ]
        if ago >= behind:
            paid = month + timedelta(days=(number + ago) % 28)
            if paid <= today():
                lines.append((f"W/{number}/{ago}", 0, "WPL", paid, None, None, None, 0, sum(amounts)))
    names = (
        "document_no",
        "position",
        "document_type",
        "booked_on",
        "due_on",
        "period",
        "component",
        "debit",
        "credit",
    )
    frame = pl.DataFrame(lines, schema=dict(zip(names, _TYPES, strict=True)), orient="row")
    return frame.with_columns(
        pl.lit(number).alias("tenancy_id"), pl.lit(1).alias("batch_id"), pl.lit(1).alias("line_no"),
        pl.lit("").alias("content_key"), pl.lit("").alias("description"),
    )  # fmt: skip


_TYPES = (pl.String, pl.Int64, pl.String, pl.Date, pl.Date, pl.String, pl.String, pl.Int64, pl.Int64)


def _recomputed() -> list[tuple[int, ...]]:
    """The same arrears from the entries themselves."""
    day = today()
    found = []
    with db.reading() as session:
        where = places(session)
        frames: Iterator[pl.DataFrame] = entries(session, true())
        rows = pl.concat(with_due_day(frame.join(where, on="tenancy_id")) for frame in frames)
    for (tenancy,), own in rows.filter(pl.col("booked_on") <= day).group_by("tenancy_id"):
        debits = own.filter(pl.col("debit") != 0).select("due_on", "debit")
        sums = age_buckets(debits.rows(), int(own["credit"].sum()), day)
        if sums.total:
            found.append((int(tenancy), *sums))
    return sorted(found)


def measure(rows: int) -> dict[str, float]:
    """Seconds: the whole answer of the page (median of five), the turnover, and recomputing once."""
    fill(rows)
    taken = []
    for _ in range(5):
        with db.reading() as session:
            session.execute(text("SELECT 1"))
            start = time.perf_counter()
            found = city_arrears(session, operator_scope())
            taken.append(time.perf_counter() - start)
    with db.reading() as session:
        start = time.perf_counter()
        turnover(session, operator_scope())
        turned = time.perf_counter() - start
        ours = sorted(arrears(session, true(), day=today()).select("tenancy_id", *BUCKETS).iter_rows())
    start = time.perf_counter()
    theirs = _recomputed()
    again = time.perf_counter() - start
    if ours != theirs:
        raise AssertionError("the maintained figures differ from the recomputed ones")
    return {"ours": sorted(taken)[2], "recomputed": again, "turnover": turned, "debtors": found.whole.debtors}


def compare(rows: int, server: str | None) -> None:
    """Print the ratio of each database."""
    for kind in ["sqlite"] if server is None else ["sqlite", "postgresql"]:
        with database(kind, server) as environment:
            found = run_apart("bench.arrears", "arrears", str(rows), environment)
        print(
            f"ageing of the city at {rows:,} entries, {kind}: {found['ours'] * 1000:.0f} ms (goal ≤ 300 at 10,000,000; "
            f"{found['debtors']:.0f} debtors), {found['ours'] / found['recomputed']:.2%} of recomputing it "
            f"({found['recomputed']:.1f} s); turnover of two years {found['turnover'] * 1000:.0f} ms"
        )


def main() -> None:
    """One measurement of this process."""
    db.migrate()
    print(json.dumps(measure(int(sys.argv[2]))))


if __name__ == "__main__":
    main()
