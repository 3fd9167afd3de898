"""Balances that a file states: the column `saldo` after a row, and opening balances (`BO`) after other rows."""

from datetime import date, timedelta

import polars as pl
from sqlalchemy.orm import Session

from core.imports.findings import Cause, Finding, Findings, Severity
from core.ledger.differences import Difference, sums_until
from core.money import from_grosze, in_zloty, to_grosze

OPENING = "BO"
ADDED = "Wczytany bilans otwarcia dolicza się do wcześniejszych wpisów."


class BalanceCheck:
    """Collects what a file states about balances and compares it with what the ledger makes once all rows are in."""

    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self._last = pl.DataFrame(
            schema={
                "tenancy_id": pl.Int64,
                "tenancy_no": pl.String,
                "booked_on": pl.Date,
                "line_no": pl.Int64,
                "balance_after": pl.Int64,
            }
        )
        self._openings: list[pl.DataFrame] = []

    def note(self, rows: pl.DataFrame) -> None:
        """Remember the latest stated balance of each tenancy (by day, then by line)."""
        stated = rows.filter(pl.col("balance_after").is_not_null()).select(self._last.columns)
        if not stated.is_empty():
            self._last = (
                pl.concat([self._last, stated]).sort("booked_on", "line_no").group_by("tenancy_id").last()
            ).select(self._last.columns)

    def note_new(self, rows: pl.DataFrame) -> None:
        """Remember opening balances among rows that come into the ledger; a repeated one was looked at when it came."""
        openings = rows.filter(pl.col("document_type") == OPENING)
        if not openings.is_empty():
            columns = (
                "tenancy_id",
                "tenancy_no",
                "booked_on",
                "line_no",
                (pl.col("debit") - pl.col("credit")).alias("amount"),
            )
            self._openings.append(openings.select(columns))

    def compare(self, session: Session, findings: Findings) -> None:
        """Warn of each tenancy whose ledger makes another balance than the file states; `differences` has all of them."""
        self._compare_stated(session, findings)
        self._compare_openings(session, findings)

    def _compare_stated(self, session: Session, findings: Findings) -> None:
        rows = self._last.sort("line_no").rows()
        made = sums_until(session, ((tenancy_id, day) for tenancy_id, _, day, _, _ in rows))
        for tenancy_id, tenancy_no, day, line, stated in rows:
            computed = made.get((tenancy_id, day))
            if computed is None or to_grosze(computed) != stated:
                shown = in_zloty(to_grosze(computed)) if computed is not None else "brak wpisów"
                reason = f"Saldo umowy {tenancy_no} w pliku różni się od wyliczonego na {day:%d.%m.%Y}: {shown}."
                findings.add(Finding(Severity.WARNING, Cause.BALANCE, reason, line, "saldo", in_zloty(stated)))
                self.differences.append(Difference(line, tenancy_no, "saldo", day, from_grosze(stated), computed))

    def _compare_openings(self, session: Session, findings: Findings) -> None:
        if not self._openings:
            return
        rows = (
            pl.concat(self._openings)
            .group_by("tenancy_id", "tenancy_no", "booked_on")
            .agg(pl.col("line_no").min(), pl.col("amount").sum())
            .sort("line_no")
            .select("tenancy_id", "tenancy_no", "booked_on", "line_no", "amount")
            .rows()
        )
        made = sums_until(session, ((tenancy_id, _before(day)) for tenancy_id, _, day, _, _ in rows))
        for tenancy_id, tenancy_no, day, line, amount in rows:
            computed = made.get((tenancy_id, _before(day)))
            if computed is None:  # nothing before it: this is where the ledger begins
                continue
            cell = in_zloty(amount)
            if to_grosze(computed) == amount:
                reason = (
                    f"Bilans otwarcia umowy {tenancy_no} powtarza saldo z dnia poprzedniego. {ADDED} Usuń ten wiersz."
                )
                findings.add(Finding(Severity.WARNING, Cause.OPENING, reason, line, "typ_dokumentu", cell))
                continue
            reason = (
                f"Bilans otwarcia umowy {tenancy_no} na {day:%d.%m.%Y} różni się od salda z dnia poprzedniego: "
                f"{in_zloty(to_grosze(computed))}. {ADDED}"
            )
            findings.add(Finding(Severity.WARNING, Cause.BALANCE, reason, line, "typ_dokumentu", cell))
            self.differences.append(Difference(line, tenancy_no, OPENING, _before(day), from_grosze(amount), computed))


def _before(day: date) -> date:
    return day - timedelta(days=1)
