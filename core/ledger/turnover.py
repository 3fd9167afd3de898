"""What was charged and paid in a month, by district and component, from the figures kept beside the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import bulk
from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.errors import InvalidInputError
from core.ledger.arrears import with_district
from core.ledger.models import MonthTurnover
from core.money import from_grosze
from core.registry.models import Premises
from core.registry.queries import premises_in_districts

MONTHS = 24
NO_COMPONENT = "bez składnika"  # payments mostly name none
_SCHEMA: dict[str, type[pl.DataType]] = {
    "month": pl.String,
    "building_id": pl.Int64,
    "component": pl.String,
    "charged": pl.Int64,
    "paid": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class TurnoverSum:
    """What was charged and paid in one month, district or component; amounts in PLN, by the day of booking."""

    name: str  # of a month RRRR-MM
    charged: Decimal
    paid: Decimal

    @property
    def rate(self) -> Decimal | None:
        """How much of what was charged was paid, in percent with one place; None where nothing was charged."""
        return (100 * self.paid / self.charged).quantize(Decimal("0.1")) if self.charged > 0 else None


@dataclass(frozen=True, slots=True)
class Turnover:
    """Charged against paid in a period: in all, by month (oldest first), by district and component (largest first)."""

    since: date  # first day of the first month
    until: date  # first day of the last month
    whole: TurnoverSum
    by_month: tuple[TurnoverSum, ...]
    by_district: tuple[TurnoverSum, ...]
    by_component: tuple[TurnoverSum, ...]


def turnover(
    session: Session, scope: EmployeeScope, *, since: date | None = None, until: date | None = None
) -> Turnover:
    """Charged against paid in the employee's districts from the month of `since` to that of `until`, both included.

    By default the last two years. Raises InvalidInputError (`since`) for a period that ends before it begins.
    """
    require_live(session, scope, Permission.SEE_FINANCE)
    first, last = period(since, until)
    rows = turnover_rows(session, district_ids=scope.district_ids, since=first, until=last)
    months = pl.DataFrame({"name": [f"{one:%Y-%m}" for one in pl.date_range(first, last, "1mo", eager=True)]})
    by_month = months.join(_grouped(rows, "month"), on="name", how="left").fill_null(0).sort("name")
    whole = rows.select(pl.col("charged").sum(), pl.col("paid").sum()).row(0)
    return Turnover(
        since=first,
        until=last,
        whole=TurnoverSum("Razem", *map(from_grosze, whole)),
        by_month=_sums(by_month),
        by_district=_sums(_grouped(rows, "district")),
        by_component=_sums(_grouped(rows, "component").filter(pl.col("charged") != 0)),
    )


def period(since: date | None, until: date | None) -> tuple[date, date]:
    """The first days of the first and the last month; by default the last two years. Raises InvalidInputError."""
    last = (until or today()).replace(day=1)
    place = last.year * 12 + last.month - MONTHS
    first = since.replace(day=1) if since else date(place // 12, place % 12 + 1, 1)
    if first > last:
        raise InvalidInputError("Koniec okresu jest wcześniejszy niż początek. Popraw daty.", field="since")
    return first, last


def turnover_rows(session: Session, *, district_ids: Collection[int], since: date, until: date) -> pl.DataFrame:
    """Month × district × component: `month`, `district`, `component`, `charged` and `paid` in grosze, in this order.

    Without districts of the whole city. The caller has asked who may know it.
    """
    chosen = (
        select(
            MonthTurnover.month,
            MonthTurnover.building_id,
            MonthTurnover.component,
            func.sum(MonthTurnover.charged),
            func.sum(MonthTurnover.paid),
        )
        .where(MonthTurnover.month >= f"{since:%Y-%m}", MonthTurnover.month <= f"{until:%Y-%m}")
        .group_by(MonthTurnover.month, MonthTurnover.building_id, MonthTurnover.component)
    )
    if district_ids:
        served = select(Premises.building_id).where(premises_in_districts(district_ids, day=today()))
        chosen = chosen.where(MonthTurnover.building_id.in_(served))
    rows = pl.concat([pl.DataFrame(schema=_SCHEMA), *bulk.stream(session, chosen, _SCHEMA)])
    key = ("month", "district", "component")
    named = with_district(session, rows).with_columns(pl.col("component").replace("", NO_COMPONENT))
    return named.group_by(key).agg(pl.col("charged").sum(), pl.col("paid").sum()).sort(key)


def _grouped(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    return (
        rows.group_by(pl.col(by).alias("name"))
        .agg(pl.col("charged").sum(), pl.col("paid").sum())
        .sort("charged", "name", descending=[True, False])
    )


def _sums(rows: pl.DataFrame) -> tuple[TurnoverSum, ...]:
    return tuple(TurnoverSum(name, from_grosze(charged), from_grosze(paid)) for name, charged, paid in rows.iter_rows())
