"""What is closed, which rows of a batch fall into it, and whether a second person has confirmed exactly this.

Months are closed in order, so everything booked by the last day of the latest closed month is closed. Rows are asked
about that change the ledger or may come into it from suspense; repeated ones bring nothing and need nobody.
"""

import json
from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

import polars as pl
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from core.batches.models import ImportBatch
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.models import RepeatedEntry
from core.imports.period_models import ClosedPeriod, PeriodAction, PeriodRequest, RequestState
from core.imports.posted import posted_by
from core.imports.undo_refused import UndoRefusedError
from core.ledger.models import LedgerEntry, in_force
from core.money import to_grosze

NOTHING = (0, Decimal("0.00"), Decimal("0.00"))  # rows, debit, credit


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """What a batch does in one closed month; grosze over the rows of the ledger, those in suspense counted beside."""

    month: str  # RRRR-MM
    rows: int = 0
    debit: int = 0
    credit: int = 0
    suspended: int = 0


@dataclass(frozen=True, slots=True)
class ChangedMonth:
    """A closed month that no longer holds what it held when it was closed."""

    month: str
    rows_before: int
    rows_now: int
    with_consent: bool  # a second person has confirmed a change of this month since


class ClosedPeriodUndoError(UndoRefusedError):
    """Rows of the batch are booked in closed months; `months` says in which."""

    def __init__(self, months: Sequence[ClosedMonth]) -> None:
        super().__init__(
            f"Partia ma wpisy w zamkniętym okresie ({in_words(months)}). Poproś o zgodę drugiej osoby na stronie Okresy."
        )
        self.months = tuple(months)


def in_words(months: Sequence[ClosedMonth]) -> str:
    """`2026-08: 3, 2026-09: 12`, rows a month."""
    return ", ".join(f"{one.month}: {one.rows + one.suspended}" for one in months)


def last_day(month: str) -> date:
    """The last day of a month written RRRR-MM."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def closed_until(session: Session) -> date | None:
    """The last closed day of the ledger; None where no month is closed."""
    month = session.scalar(select(func.max(ClosedPeriod.month)).where(ClosedPeriod.reopened_at.is_(None)))
    return last_day(month) if month else None


class ClosedRows:
    """Collects the rows of one load that are booked in closed months."""

    def __init__(self, session: Session, findings: Findings) -> None:
        self._until = closed_until(session)
        self._findings = findings
        self._figures: dict[str, Counter[str]] = {}

    def note(self, rows: pl.DataFrame, *, suspended: bool = False) -> None:
        """Count the rows of a block that come into closed months, a finding each; `suspended`: they wait for their tenancy."""
        if self._until is None or rows.is_empty():
            return
        late = rows.filter(pl.col("booked_on") <= self._until)
        if late.is_empty():
            return
        late = late.with_columns(pl.col("booked_on").dt.strftime("%Y-%m").alias("month"))
        reason = "Data w zamkniętym okresie {}: wczytanie wymaga zgody drugiej osoby."
        self._findings.extend(
            Finding(Severity.WARNING, Cause.CLOSED_PERIOD, reason.format(month), line, "data_ksiegowania", str(booked))
            for line, month, booked in late.select("line_no", "month", "booked_on").iter_rows()
        )
        for month, number, debit, credit in (
            late.group_by("month").agg(pl.len(), pl.col("debit").sum(), pl.col("credit").sum()).iter_rows()
        ):
            told = {"suspended": number} if suspended else {"rows": number, "debit": debit, "credit": credit}
            self._figures.setdefault(month, Counter()).update(told)

    def months(self) -> tuple[ClosedMonth, ...]:
        """What was collected, by month."""
        return tuple(ClosedMonth(month, **figures) for month, figures in sorted(self._figures.items()))


def closed_rows_of(session: Session, batch_id: int) -> tuple[ClosedMonth, ...]:
    """What an undo would take out of closed months; rows that another batch brought too stay and are not counted."""
    until = closed_until(session)
    if until is None:
        return ()
    kind = session.scalar(select(ImportBatch.kind).where(ImportBatch.id == batch_id))
    elsewhere = aliased(RepeatedEntry)
    kept = exists().where(elsewhere.entry_id == LedgerEntry.id, elsewhere.batch_id != batch_id)
    money = LedgerEntry.debit.type
    found = session.execute(
        select(
            LedgerEntry.booked_on,
            func.count(),
            func.sum(LedgerEntry.debit, type_=money),
            func.sum(LedgerEntry.credit, type_=money),
        )
        .where(posted_by(kind, batch_id), in_force(), LedgerEntry.booked_on <= until, ~kept)
        .group_by(LedgerEntry.booked_on)
    )
    figures: dict[str, Counter[str]] = {}
    for day, rows, debit, credit in found:
        told = {"rows": rows, "debit": to_grosze(debit), "credit": to_grosze(credit)}
        figures.setdefault(f"{day:%Y-%m}", Counter()).update(told)
    return tuple(ClosedMonth(month, **told) for month, told in sorted(figures.items()))


def undo_figures(months: Sequence[ClosedMonth]) -> str:
    """Canonical JSON of what an undo would take out of closed months."""
    return json.dumps({"months": [asdict(one) for one in months]}, sort_keys=True)


def require_undo_confirmed(session: Session, batch_id: int) -> None:
    """Raises ClosedPeriodUndoError unless nothing of the batch is closed, or a second person has confirmed this undo."""
    months = closed_rows_of(session, batch_id)
    if months and not is_confirmed(session, batch_id, PeriodAction.UNDO, undo_figures(months)):
        raise ClosedPeriodUndoError(months)


def is_confirmed(session: Session, batch_id: int, action: PeriodAction, figures: str) -> bool:
    """Whether a second person confirmed that this very file does this, with these very figures."""
    found = session.scalar(
        select(PeriodRequest.id)
        .join(ImportBatch, ImportBatch.id == PeriodRequest.batch_id)
        .where(
            PeriodRequest.batch_id == batch_id,
            PeriodRequest.action == action,
            PeriodRequest.state == RequestState.CONFIRMED,
            PeriodRequest.content_hash == ImportBatch.sha256,
            PeriodRequest.figures == figures,
        )
    )
    return found is not None


def figures_by_month(session: Session) -> dict[str, tuple[int, Decimal, Decimal]]:
    """Rows, debit and credit (złote) of every month of the ledger; the caller has asked who may know.

    Days are put together here, because databases spell months apart.
    """
    money = LedgerEntry.debit.type
    sums = func.sum(LedgerEntry.debit, type_=money), func.sum(LedgerEntry.credit, type_=money)
    months: dict[str, tuple[int, Decimal, Decimal]] = {}
    for day, rows, debit, credit in session.execute(
        select(LedgerEntry.booked_on, func.count(), *sums).group_by(LedgerEntry.booked_on)
    ):
        before = months.get(f"{day:%Y-%m}", NOTHING)
        months[f"{day:%Y-%m}"] = (before[0] + rows, before[1] + debit, before[2] + credit)
    return months


def months_changed_since_closing(session: Session) -> list[ChangedMonth]:
    """Closed months whose rows or sums are not those of their closing, in order; the caller has asked who may know."""
    standing = session.scalars(
        select(ClosedPeriod).where(ClosedPeriod.reopened_at.is_(None)).order_by(ClosedPeriod.month)
    )
    figures, consents = figures_by_month(session), None
    changed = []
    for one in standing:
        now = figures.get(one.month, NOTHING)
        if now == (one.rows, one.debit, one.credit):
            continue
        if consents is None:
            consents = _consents(session)
        given = any(month == one.month and at >= one.closed_at for month, at in consents)
        changed.append(ChangedMonth(one.month, one.rows, now[0], given))
    return changed


def _consents(session: Session) -> list[tuple[str, datetime]]:
    """Month and instant of every consent that was given."""
    given = select(PeriodRequest.figures, PeriodRequest.decided_at).where(PeriodRequest.state == RequestState.CONFIRMED)
    return [
        (month["month"], decided_at)
        for figures, decided_at in session.execute(given)
        if decided_at is not None
        for month in json.loads(figures)["months"]
    ]
