"""How arrears went: what was overdue at the end of each of the last months, as it was known that day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import bulk
from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.ledger.balances import IS_CREDIT
from core.ledger.models import LedgerEntry, RecentDue, TenancyTotal
from core.money import from_grosze
from core.registry.models import Tenancy
from core.registry.queries import served_by

MONTHS = 12
_MOVE: dict[str, type[pl.DataType]] = {"tenancy_id": pl.Int64, "day": pl.Date, "amount": pl.Int64}


@dataclass(frozen=True, slots=True)
class ArrearsOfDay:
    """What was overdue as of a day, in PLN, and how many tenants owed it."""

    day: date
    overdue: Decimal
    debtors: int


def arrears_trend(session: Session, scope: EmployeeScope) -> tuple[ArrearsOfDay, ...]:
    """Arrears of the employee's districts at the end of each of the last `MONTHS` months, and today; oldest first."""
    require_live(session, scope, Permission.SEE_FINANCE)
    days = [*_ends_of_months(today()), today()]
    totals = (
        select(
            TenancyTotal.tenancy_id,
            Tenancy.tenant_id,
            TenancyTotal.debit - TenancyTotal.storno - TenancyTotal.credit,
        )
        .join(Tenancy, Tenancy.id == TenancyTotal.tenancy_id)
        .where(served_by(scope, day=today()))
    )
    schema: dict[str, type[pl.DataType]] = {"tenancy_id": pl.Int64, "tenant_id": pl.Int64, "net": pl.Int64}
    whole = pl.concat([pl.DataFrame(schema=schema), *bulk.stream(session, totals, schema)])
    moves = pl.concat([pl.DataFrame(schema=_MOVE), *_moves_after(session, days[0])])
    return tuple(_as_of(day, whole, moves) for day in days)


def _as_of(day: date, whole: pl.DataFrame, moves: pl.DataFrame) -> ArrearsOfDay:
    later = moves.filter(pl.col("day") > day).group_by("tenancy_id").agg(pl.col("amount").sum())
    overdue = pl.col("net") - pl.col("amount").fill_null(0)
    owing = whole.join(later, on="tenancy_id", how="left").select("tenant_id", overdue.alias("overdue"))
    owing = owing.filter(pl.col("overdue") > 0)
    return ArrearsOfDay(day, from_grosze(int(owing["overdue"].sum())), owing["tenant_id"].n_unique())


def _moves_after(session: Session, day: date) -> Iterator[pl.DataFrame]:
    """What changed what is overdue after the day, in grosze: debits that came to count, payments with a minus."""
    dues = select(RecentDue.tenancy_id, RecentDue.counts_on, RecentDue.debit - RecentDue.storno)
    yield from bulk.stream(session, dues.where(RecentDue.counts_on > day), _MOVE)
    paid = select(LedgerEntry.tenancy_id, LedgerEntry.booked_on, LedgerEntry.debit - LedgerEntry.credit)
    yield from bulk.stream(session, paid.where(LedgerEntry.booked_on > day, IS_CREDIT), _MOVE)


def _ends_of_months(day: date) -> list[date]:
    ends: list[date] = []
    for _ in range(MONTHS):
        day = day.replace(day=1) - timedelta(days=1)
        ends.append(day)
    return ends[::-1]
