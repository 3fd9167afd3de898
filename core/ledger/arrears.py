"""Who owes how much for how long, of a whole city at once, from the figures kept beside the ledger.

Payments go to what was due first, so what is owed is the newest part of what was charged: what fell due more than k days
ago is open as far as payments do not reach it, and of the old dues only their sum is asked for. The answer is that of
`core.ledger.ageing.age_buckets`, tenancy by tenancy; a test holds the two together.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, SelectBase, and_, case, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from core import bulk
from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.errors import InvalidInputError
from core.ledger.ageing import FIRST_DAYS
from core.ledger.balances import IS_CREDIT
from core.ledger.models import LedgerEntry, RecentDue, TenancyTotal
from core.money import from_grosze
from core.registry.models import Building, Premises, Tenancy
from core.registry.queries import districts_on, served_by

YEAR = timedelta(days=365)  # how far back the figures reach
BUCKETS = tuple(f"from_{first}" for first in FIRST_DAYS)  # columns of a frame of arrears, in grosze
UNSERVED = "bez rejonu"
_NOTHING: ColumnElement[Any] = literal_column("0")
_STORNO = text("recent_due.storno <> 0")  # spelled out, as the partial index is
_POSITIVE = text("recent_due.debit > 0")
_FIGURES: dict[str, type[pl.DataType]] = {
    "tenancy_id": pl.Int64,
    "tenant_id": pl.Int64,
    "building_id": pl.Int64,
    "borough": pl.String,
    "kind": pl.String,
    "debit": pl.Int64,
    "storno": pl.Int64,
    "credit": pl.Int64,
    **{f"after_{first}": pl.Int64 for first in FIRST_DAYS},
}


@dataclass(frozen=True, slots=True)
class ArrearsSum:
    """What is overdue in one part of the city; amounts in PLN, `buckets` in the order of `age_labels()`."""

    name: str
    debtors: int  # tenants; one who owes on two tenancies is one
    buckets: tuple[Decimal, ...]

    @property
    def overdue(self) -> Decimal:
        """Σ of the buckets."""
        return sum(self.buckets, Decimal(0))


@dataclass(frozen=True, slots=True)
class CityArrears:
    """Arrears by age as of a day: in all, and by parts, the largest first."""

    as_of: date
    whole: ArrearsSum
    by_district: tuple[ArrearsSum, ...]
    by_borough: tuple[ArrearsSum, ...]
    by_kind: tuple[ArrearsSum, ...]


def city_arrears(session: Session, scope: EmployeeScope, *, as_of: date | None = None) -> CityArrears:
    """What is overdue in the employee's districts, by age, district, borough and kind of premises.

    A tenancy counts for the district that serves it today. Raises InvalidInputError (`as_of`) for a day to come or more
    than a year ago.
    """
    require_live(session, scope, Permission.SEE_FINANCE)
    day = checked_day(as_of)
    owing = with_district(session, arrears(session, served_by(scope, day=today()), day=day))
    return CityArrears(
        as_of=day,
        whole=_sums(owing.with_columns(pl.lit("Razem").alias("name")))[0] if len(owing) else _none("Razem"),
        by_district=_sums(owing.rename({"district": "name"})),
        by_borough=_sums(owing.rename({"borough": "name"})),
        by_kind=_sums(owing.rename({"kind": "name"})),
    )


def checked_day(as_of: date | None) -> date:
    """The day to look at; today unless said otherwise. Raises InvalidInputError (`as_of`)."""
    day = as_of or today()
    if not today() - YEAR <= day <= today():
        raise InvalidInputError("Wybierz dzień z ostatniego roku, nie późniejszy niż dzisiaj.", field="as_of")
    return day


def arrears(session: Session, within: ColumnElement[bool], *, day: date) -> pl.DataFrame:
    """Each tenancy with something overdue as of a day of the last year; `within` is SQL over Tenancy.

    Columns: `tenancy_id`, `tenant_id`, `building_id`, `borough`, `kind` (of the premises), `BUCKETS` and `overdue` in
    grosze. The caller has asked who may know it.
    """
    found = _read(session, _figures(within, day), _FIGURES).join(_later(session, day), on="tenancy_id", how="left")
    # A storno that counts is a payment; what pays later is taken out of the sums.
    found = found.with_columns((pl.col("credit") + pl.col("storno") - pl.col("later").fill_null(0)).alias("paid"))
    paid = pl.col("paid").clip(lower_bound=0)
    come_due = {first: pl.col("debit") - pl.col(f"after_{first}") for first in FIRST_DAYS}
    open_since = [(come_due[first] - paid).clip(lower_bound=0) for first in FIRST_DAYS]
    ended = (*open_since[1:], pl.lit(0, pl.Int64))
    rows = found.with_columns(
        (come_due[0] - pl.col("paid")).clip(lower_bound=0).alias("overdue"),
        *((first - then).alias(name) for name, first, then in zip(BUCKETS, open_since, ended, strict=True)),
    ).filter(pl.col("overdue") > 0)
    owing = ("tenancy_id", "tenant_id", "building_id", "borough", "kind", "overdue", *BUCKETS)
    return _with_taken_back(session, rows, day).select(owing)


def _with_taken_back(session: Session, rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Payments taken back by more than was paid are debt of no age; it stands on the newest due."""
    odd = rows.filter(pl.col("paid") < 0)
    if odd.is_empty():
        return rows
    newest = (
        select(RecentDue.tenancy_id, func.max(RecentDue.due_on))
        .where(RecentDue.counts_on <= day, _POSITIVE, RecentDue.tenancy_id.in_(odd["tenancy_id"].to_list()))
        .group_by(RecentDue.tenancy_id)
    )
    odd = odd.join(_read(session, newest, {"tenancy_id": pl.Int64, "newest": pl.Date}), on="tenancy_id", how="left")
    # A newest due too old to be kept is older than the last age; without any due the debt is young.
    old = pl.when(pl.col("debit") > pl.col(f"after_{FIRST_DAYS[-1]}")).then(FIRST_DAYS[-1]).otherwise(0)
    age = pl.coalesce((pl.lit(day) - pl.col("newest")).dt.total_days(), old)
    ends = (*FIRST_DAYS[1:], date.max.toordinal())
    odd = odd.with_columns(
        pl.col(name) + pl.when((age >= first) & (age < end)).then(-pl.col("paid")).otherwise(0)
        for name, first, end in zip(BUCKETS, FIRST_DAYS, ends, strict=True)
    )
    return pl.concat([rows.filter(pl.col("paid") >= 0), odd.drop("newest")])


def with_district(session: Session, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `district`, the name of the one that serves their `building_id` today."""
    names = {building: name for building, (_, name) in districts_on(session, day=today()).items()}
    district = pl.col("building_id").replace_strict(names, default=UNSERVED, return_dtype=pl.String)
    return rows.with_columns(district.alias("district"))


def _figures(within: ColumnElement[bool], day: date) -> Select[Any]:
    """The sums of each tenancy that may owe, and what of its dues is younger than each age."""
    after_day = RecentDue.counts_on > day
    younger = (
        func.coalesce(
            func.sum(case((or_(RecentDue.due_on > day - timedelta(days=first), after_day), RecentDue.debit))), _NOTHING
        ).label(f"after_{first}")
        for first in FIRST_DAYS
    )
    recent = and_(
        RecentDue.tenancy_id == TenancyTotal.tenancy_id,
        RecentDue.counts_on > day - timedelta(days=FIRST_DAYS[-1]),
    )
    sums = (
        select(
            TenancyTotal.tenancy_id,
            TenancyTotal.debit,
            TenancyTotal.storno,
            TenancyTotal.credit,
            *younger,
        )
        .outerjoin(RecentDue, recent)
        .where(_may_owe(day))
        .group_by(TenancyTotal.tenancy_id)
        .subquery()
    )
    place = {
        "tenant_id": Tenancy.tenant_id,
        "building_id": Premises.building_id,
        "borough": Building.borough,
        "kind": Premises.kind,
    }
    return (
        select(*(place.get(name, sums.c.get(name)) for name in _FIGURES))  # type: ignore[arg-type]
        .select_from(sums)
        .join(Tenancy, Tenancy.id == sums.c.tenancy_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(within)
    )


def _may_owe(day: date) -> ColumnElement[bool]:
    """SQL over TenancyTotal: more was charged than paid, or only what is yet to come says otherwise."""
    stornos = select(RecentDue.tenancy_id).where(RecentDue.counts_on > day, _STORNO)
    payments = select(LedgerEntry.tenancy_id).where(LedgerEntry.booked_on > day, IS_CREDIT)
    return or_(
        TenancyTotal.debit > TenancyTotal.storno + TenancyTotal.credit,
        TenancyTotal.tenancy_id.in_(stornos),
        TenancyTotal.tenancy_id.in_(payments),
    )


def _later(session: Session, day: date) -> pl.DataFrame:
    """What pays after the day, credits and stornos (`later`, in grosze), by tenancy."""
    # Grouped here: told to group, SQLite would read the whole ledger in the order of tenancies.
    schema: dict[str, type[pl.DataType]] = {"tenancy_id": pl.Int64, "later": pl.Int64}
    payments = select(LedgerEntry.tenancy_id, LedgerEntry.credit).where(LedgerEntry.booked_on > day, IS_CREDIT)
    stornos = select(RecentDue.tenancy_id, RecentDue.storno).where(RecentDue.counts_on > day, _STORNO)
    both = pl.concat([_read(session, payments, schema), _read(session, stornos, schema)])
    return both.group_by("tenancy_id").agg(pl.col("later").sum())


def _read(session: Session, chosen: SelectBase, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=schema), *bulk.stream(session, chosen, schema)])


def _sums(owing: pl.DataFrame) -> tuple[ArrearsSum, ...]:
    groups = owing.group_by("name").agg(pl.col("tenant_id").n_unique(), pl.col("overdue").sum(), pl.col(BUCKETS).sum())
    rows = groups.sort(pl.col("overdue"), "name", descending=[True, False]).select("name", "tenant_id", *BUCKETS)
    return tuple(
        ArrearsSum(name, debtors, tuple(from_grosze(one) for one in amounts))
        for name, debtors, *amounts in rows.iter_rows()
    )


def _none(name: str) -> ArrearsSum:
    return ArrearsSum(name, 0, (Decimal("0.00"),) * len(BUCKETS))
