"""What is odd about ledger rows: amounts out of a tenancy's habit."""

import polars as pl
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from core.imports.findings import Cause, Finding, Findings, Severity
from core.ledger.models import LedgerEntry
from core.money import in_zloty

TIMES_MEDIAN = 20
ENOUGH_ROWS = 5
# Below this multiple of the file's own median for the document type an amount is never looked up in the history.
WORTH_A_LOOK = 5
FEW_ROWS = 5_000  # so many rows are looked up all the same


def unusual_amounts(session: Session, rows: pl.DataFrame, findings: Findings) -> None:
    """Warn of amounts over 20 × the tenancy's median: of its rows in this block, or of its history where they are few."""
    if rows.is_empty():
        return
    amounts = rows.select(
        "line_no", "tenancy_id", (pl.col("debit") + pl.col("credit")).abs().alias("amount"), "debit", "document_type"
    )
    typical = pl.col("amount").median().over("document_type") * WORTH_A_LOOK
    large = amounts.filter(pl.col("amount") > typical) if len(amounts) > FEW_ROWS else amounts
    if large.is_empty():
        return
    per_tenancy = amounts.join(large.select("tenancy_id").unique(), on="tenancy_id", how="semi").group_by("tenancy_id")
    medians = per_tenancy.agg(pl.col("amount").median().alias("median"), pl.len().alias("number"))
    few = medians.filter(pl.col("number") < ENOUGH_ROWS)["tenancy_id"].to_list()
    medians = pl.concat(
        [medians.filter(pl.col("number") >= ENOUGH_ROWS).select("tenancy_id", "median"), _history(session, few)]
    )
    odd = large.join(medians, on="tenancy_id").filter(pl.col("amount") > pl.col("median") * TIMES_MEDIAN)
    for line, amount, median, debit in odd.sort("line_no").select("line_no", "amount", "median", "debit").iter_rows():
        findings.add(
            Finding(
                Severity.WARNING,
                Cause.UNUSUAL_AMOUNT,
                f"Kwota jest ponad {TIMES_MEDIAN} razy większa niż zwykle w tej umowie "
                f"(mediana {in_zloty(int(median))}). Sprawdź przecinek.",
                line,
                "obciazenie" if debit else "uznanie",
                in_zloty(amount),
            )
        )


def _history(session: Session, tenancy_ids: list[int]) -> pl.DataFrame:
    """Median amount in grosze of each tenancy with enough rows in the ledger."""
    found: list[tuple[int, int]] = []
    for start in range(0, len(tenancy_ids), 500):
        some = tenancy_ids[start : start + 500]
        amount = func.abs(LedgerEntry.debit + LedgerEntry.credit, type_=LedgerEntry.debit.type)
        query = select(LedgerEntry.tenancy_id, amount).where(
            LedgerEntry.tenancy_id.in_(bindparam("ids", some, expanding=True))
        )
        found.extend((tenancy, int(value.scaleb(2))) for tenancy, value in session.execute(query))
    frame = pl.DataFrame(found, schema={"tenancy_id": pl.Int64, "amount": pl.Int64}, orient="row")
    medians = frame.group_by("tenancy_id").agg(pl.col("amount").median().alias("median"), pl.len().alias("number"))
    return medians.filter(pl.col("number") >= ENOUGH_ROWS).select("tenancy_id", "median")
