"""Figures that are kept beside the ledger, so that a whole city is summed in the time of a page.

Ageing changes with every day without anything being written, so what is kept does not depend on the day: the sums of
each tenancy, what fell due recently, and the turnover of each month. They are changed in the transaction that changes
the ledger, by whoever changes it: `Maintained` while rows come in, `entries_come` and `entries_go` for a set of entries,
`moving` where a tenancy gets another payment day or place. `python -m core check` compares them with the entries.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from sqlalchemy import ColumnElement, Table, delete, func, select, true
from sqlalchemy.orm import Session

from core import bulk
from core.clock import next_working_day, today
from core.db import Base, changed_rows
from core.ledger.models import LedgerEntry, MonthTurnover, RecentDue, TenancyTotal
from core.registry.models import Premises, Tenancy

# Payments go to what was due first, so what is owed is the newest part of what was charged. Ages are told apart up to
# 360 days, and as of any day of the last year; of older dues the sum is enough.
KEPT = timedelta(days=800)
TOTALS: Table = TenancyTotal.__table__  # type: ignore[assignment]
DUES: Table = RecentDue.__table__  # type: ignore[assignment]
TURNOVER: Table = MonthTurnover.__table__  # type: ignore[assignment]
KEYS = {
    TOTALS: ("tenancy_id",),
    DUES: ("tenancy_id", "counts_on", "due_on"),
    TURNOVER: ("month", "building_id", "component"),
}
WAITING = 400_000  # rows summed in memory before they are written
# Columns of the registry that decide in which figure an entry counts.
MOVING: Mapping[type[Base], tuple[str, ...]] = {Tenancy: ("payment_day", "premises_id"), Premises: ("building_id",)}
_CHUNK = 5_000  # values in one IN list
_ENTRY: dict[str, type[pl.DataType]] = {
    "tenancy_id": pl.Int64,
    "booked_on": pl.Date,
    "due_on": pl.Date,
    "period": pl.String,
    "component": pl.String,
    "debit": pl.Int64,
    "credit": pl.Int64,
}
_PLACE: dict[str, type[pl.DataType]] = {"tenancy_id": pl.Int64, "payment_day": pl.Int64, "building_id": pl.Int64}

Figures = dict[Table, pl.DataFrame]


class Maintained:
    """Sums entries that come or go; `write` adds what has gathered to the tables."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._where = places(session)
        self._since = today() - KEPT
        self._waiting: list[Figures] = []
        self._went = False

    def come(self, rows: pl.DataFrame) -> None:
        """Entries that now stand: a frame with (at least) the columns of the ledger that figures are made of, in grosze."""
        if not rows.is_empty():
            self._note(figures_of(rows, self._where, since=self._since))

    def come_standing(self, which: ColumnElement[bool]) -> None:
        """Entries that were just written; `which` is SQL over LedgerEntry."""
        self._note(_sums(self.session, which, self._where, since=self._since))

    def go_standing(self, which: ColumnElement[bool]) -> None:
        """Entries that still stand and are about to go."""
        taken = _sums(self.session, which, self._where, since=self._since)
        self._note({table: _negated(frame, KEYS[table]) for table, frame in taken.items()})
        self._went = True

    def write(self) -> None:
        """Bring the tables up to date."""
        for table, frame in gathered(self._waiting).items():
            bulk.add_up(self.session, table, frame, key=KEYS[table])
        self._waiting.clear()
        if self._went:  # nothing refers to figures of entries that are gone
            for table in KEYS:
                self.session.execute(delete(table).where(*(table.c[name] == Decimal(0) for name in _amounts(table))))

    def _note(self, figures: Figures) -> None:
        self._waiting.append(figures)
        if sum(len(frame) for one in self._waiting for frame in one.values()) > WAITING:
            self.write()


def entries_come(session: Session, which: ColumnElement[bool]) -> None:
    """Count entries that were just written; `which` is SQL over LedgerEntry, such as those of one batch."""
    kept = Maintained(session)
    kept.come_standing(which)
    kept.write()


def entries_go(session: Session, which: ColumnElement[bool]) -> None:
    """Stop counting entries; to be called before they are deleted."""
    kept = Maintained(session)
    kept.go_standing(which)
    kept.write()


@contextmanager
def moving(session: Session, model: type[Base], ids: Collection[int]) -> Iterator[None]:
    """Around a change of columns named in `MOVING`: entries of the tenancies concerned are counted anew."""
    tenancies = _concerned(session, model, sorted(ids))
    parts = [LedgerEntry.tenancy_id.in_(tenancies[at : at + _CHUNK]) for at in range(0, len(tenancies), _CHUNK)]
    for part in parts:
        entries_go(session, part)
    yield
    for part in parts:
        entries_come(session, part)


def _concerned(session: Session, model: type[Base], ids: list[int]) -> list[int]:
    if model is Tenancy:
        return ids
    parts = (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
    return [one for part in parts for one in session.scalars(select(Tenancy.id).where(Tenancy.premises_id.in_(part)))]


def rebuild(session: Session) -> None:
    """Make all figures anew from the entries."""
    for table in KEYS:
        session.execute(delete(table))
    entries_come(session, true())


def remove_old_dues(session: Session) -> int:
    """Remove dues that no question reaches any more; the sums of tenancies know of them."""
    return changed_rows(session, delete(RecentDue).where(RecentDue.counts_on <= today() - KEPT))


def broken_figures(session: Session) -> list[str]:
    """A sentence in Polish for each kind of figure that differs from what the entries make; empty when all agree."""
    since = today() - KEPT
    right = _sums(session, true(), places(session), since=since)
    broken = []
    for table, name in _NAMES.items():
        both = [_kept(session, table, since=since)]
        if table in right:
            both.append(_negated(right[table], KEYS[table]))
        differing = _summed(pl.concat(both), KEYS[table])
        differing = differing.filter(pl.any_horizontal(pl.col(_amounts(table)) != 0))
        if not differing.is_empty():
            first = ", ".join(str(differing.sort(KEYS[table])[key][0]) for key in KEYS[table])
            broken.append(
                f"{name}: niezgodnych pozycji {len(differing)}, pierwsza: {first}. Przelicz: python -m core rebuild-figures."
            )
    return broken


_NAMES = {
    TOTALS: "Sumy umów niezgodne z kartoteką",
    DUES: "Terminy płatności niezgodne z kartoteką",
    TURNOVER: "Obroty miesięczne niezgodne z kartoteką",
}
_GATHERED = 20  # frames of entries summed at a time


def _sums(session: Session, which: ColumnElement[bool], where: pl.DataFrame, *, since: date) -> Figures:
    """What entries that stand make. Nothing is written meanwhile: while PostgreSQL streams, its connection takes no more."""
    made: list[Figures] = []
    for frame in entries(session, which):
        made.append(figures_of(frame, where, since=since))
        made = [gathered(made)] if len(made) > _GATHERED else made
    return gathered(made)


def figures_of(rows: pl.DataFrame, places: pl.DataFrame, *, since: date) -> Figures:
    """What entries add to each table; dues that counted on `since` or before are left out."""
    entries = rows.select(*_ENTRY).join(places, on="tenancy_id", how="left")
    month = pl.col("booked_on").dt.strftime("%Y-%m").alias("month")
    component = pl.col("component").fill_null("")
    dues = with_due_day(entries.filter(pl.col("debit") != 0)).filter(pl.col("counts_on") > since)
    debit = pl.col("debit")
    sides = debit.clip(lower_bound=0).sum(), (-debit.clip(upper_bound=0)).sum().alias("storno")
    return {
        TOTALS: entries.group_by("tenancy_id").agg(*sides, pl.col("credit").sum()),
        DUES: dues.group_by(KEYS[DUES]).agg(*sides),
        TURNOVER: entries.group_by(month, "building_id", component).agg(
            debit.sum().alias("charged"), pl.col("credit").sum().alias("paid")
        ),
    }


def gathered(figures: list[Figures]) -> Figures:
    """Figures of several sets of entries, summed."""
    return {
        table: _summed(pl.concat([one[table] for one in figures if table in one]), key)
        for table, key in KEYS.items()
        if any(table in one for one in figures)
    }


def with_due_day(debits: pl.DataFrame) -> pl.DataFrame:
    """`due_on` as `implied_due_date` resolves it, and `counts_on`; a test holds the two together."""
    booked, payment_day = pl.col("booked_on"), pl.col("payment_day")
    year, month = booked.dt.year(), booked.dt.month()
    debits = debits.with_columns(pl.col("period").replace("", None))
    of_booking = pl.date(year, month, payment_day)
    at_contract = pl.concat_str(pl.col("period"), pl.lit("-"), payment_day.cast(pl.String).str.zfill(2)).str.to_date(
        "%Y-%m-%d"
    )
    after = pl.when(of_booking >= booked).then(of_booking).otherwise(of_booking.dt.offset_by("1mo"))
    nominal = debits.select(pl.when(pl.col("period").is_not_null()).then(at_contract).otherwise(after).alias("day"))[
        "day"
    ]
    days = nominal.unique().drop_nulls().to_list()
    implied = nominal.replace_strict(days, [next_working_day(day) for day in days], default=None, return_dtype=pl.Date)
    at_once = pl.col("period").is_null() & (pl.col("debit") < 0)
    due = pl.coalesce("due_on", pl.when(at_once).then(booked).otherwise(implied))
    return debits.with_columns(due.alias("due_on")).with_columns(
        pl.max_horizontal("due_on", "booked_on").alias("counts_on")
    )


def places(session: Session) -> pl.DataFrame:
    """What decides in which figure an entry of each tenancy counts: `payment_day` and `building_id` by `tenancy_id`."""
    chosen = select(Tenancy.id, Tenancy.payment_day, Premises.building_id).join(
        Premises, Premises.id == Tenancy.premises_id
    )
    return pl.concat([pl.DataFrame(schema=_PLACE), *bulk.stream(session, chosen, _PLACE)])


def entries(session: Session, which: ColumnElement[bool]) -> Iterator[pl.DataFrame]:
    """Entries in frames, with the columns that figures are made of; `which` is SQL over LedgerEntry."""
    # A stream of PostgreSQL tells no missing text from an empty one.
    texts = {name: func.coalesce(getattr(LedgerEntry, name), "") for name in ("period", "component")}
    columns = (texts.get(name, getattr(LedgerEntry, name)) for name in _ENTRY)
    return bulk.stream(session, select(*columns).where(which), _ENTRY)


def _kept(session: Session, table: Table, *, since: date) -> pl.DataFrame:
    days = {"counts_on": pl.Date, "due_on": pl.Date, "month": pl.String, "component": pl.String}
    schema: dict[str, type[pl.DataType]] = {column.name: days.get(column.name, pl.Int64) for column in table.columns}
    chosen = select(table) if table is not DUES else select(table).where(RecentDue.counts_on > since)
    return pl.concat([pl.DataFrame(schema=schema), *bulk.stream(session, chosen, schema)])


def _amounts(table: Table) -> list[str]:
    return [column.name for column in table.columns if not column.primary_key]


def _summed(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    return frame.group_by(key).agg(pl.exclude(key).sum()).sort(key)  # rows in the order of the key are written faster


def _negated(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    return frame.with_columns(-pl.exclude(key))
