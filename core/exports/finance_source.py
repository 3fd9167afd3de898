"""Money as it leaves the house: arrears a tenancy, turnover a month, the ledger a line; frames of a file's columns."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, SelectBase, case, func, literal_column, select, true
from sqlalchemy.orm import Session

from core import bulk
from core.clock import today
from core.exports.columns import FileColumn
from core.ledger.ageing import FIRST_DAYS
from core.ledger.arrears import BUCKETS, arrears, with_district
from core.ledger.models import LedgerEntry, in_force
from core.ledger.turnover import turnover_rows
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.registry.pseudonyms import pseudonyms
from core.registry.queries import tenancies_in_districts

AGES = tuple(f"dni_{first}_{after - 1}" for first, after in pairwise(FIRST_DAYS))
ARREARS = (
    FileColumn("ron", "district"),
    FileColumn("dzielnica", "borough"),
    FileColumn("rodzaj_lokalu", "kind"),
    FileColumn("nr_kontrahenta", "tenant_no"),
    FileColumn("nr_umowy", "tenancy_no"),
    FileColumn("stan_na", "as_of", "day"),
    FileColumn("saldo", "balance", "money"),
    FileColumn("wymagalne", "overdue", "money"),
    *(
        FileColumn(name, field, "money")
        for name, field in zip((*AGES, f"dni_ponad_{FIRST_DAYS[-1] - 1}"), BUCKETS, strict=True)
    ),
)
TURNOVER = (
    FileColumn("miesiac", "month"),
    FileColumn("ron", "district"),
    FileColumn("skladnik", "component"),
    FileColumn("naliczono", "charged", "money"),
    FileColumn("wplacono", "paid", "money"),
    FileColumn("sciagalnosc_proc", "rate", "money"),  # percent with two places
)
LEDGER = (
    FileColumn("nr_kontrahenta", "tenant_no"),
    FileColumn("nr_umowy", "tenancy_no"),
    FileColumn("nr_dokumentu", "document_no"),
    FileColumn("pozycja", "position", "whole"),
    FileColumn("typ_dokumentu", "document_type"),
    FileColumn("data_ksiegowania", "booked_on", "day"),
    FileColumn("termin_platnosci", "due_on", "day"),
    FileColumn("okres", "period"),
    FileColumn("skladnik", "component"),
    FileColumn("tresc", "description"),
    FileColumn("obciazenie", "debit", "money"),
    FileColumn("uznanie", "credit", "money"),
)
_TENANCY: dict[str, type[pl.DataType]] = {
    "tenancy_id": pl.Int64,
    "building_id": pl.Int64,
    "borough": pl.String,
    "kind": pl.String,
    "tenant_no": pl.String,
    "tenancy_no": pl.String,
    "balance": pl.Int64,
}
_DTYPES: Mapping[str, type[pl.DataType]] = {"text": pl.String, "day": pl.Date, "whole": pl.Int64, "money": pl.Int64}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes into a file. Without districts the whole city; days of booking or months, both included."""

    district_ids: frozenset[int]
    pseudonymous: bool
    since: date | None
    until: date | None
    as_of: date

    @property
    def within(self) -> ColumnElement[bool]:
        """SQL over Tenancy."""
        return tenancies_in_districts(self.district_ids, day=today()) if self.district_ids else true()


def arrears_frames(session: Session, wanted: Wanted) -> Generator[pl.DataFrame, None, None]:
    """Every tenancy with something booked by the day, by number: balance, what is overdue, by age."""
    balances = (
        select(
            Tenancy.id, Premises.building_id, Building.borough, Premises.kind, Tenant.tenant_no, Tenancy.tenancy_no,
            func.sum(LedgerEntry.debit - LedgerEntry.credit),
        )
        .select_from(LedgerEntry)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(LedgerEntry.booked_on <= wanted.as_of, wanted.within)
        .group_by(Tenancy.id, Premises.building_id, Building.borough, Premises.kind, Tenant.tenant_no, Tenancy.tenancy_no)
    )  # fmt: skip
    rows = pl.concat([pl.DataFrame(schema=_TENANCY), *bulk.stream(session, balances, _TENANCY)])
    owing = arrears(session, wanted.within, day=wanted.as_of).select("tenancy_id", "overdue", *BUCKETS)
    rows = rows.join(owing, on="tenancy_id", how="left").with_columns(
        pl.col("overdue", *BUCKETS).fill_null(0), pl.lit(wanted.as_of).alias("as_of")
    )
    rows = with_district(session, rows).sort("tenancy_no")
    yield _shaped(rows, ARREARS, wanted)


def turnover_frames(session: Session, wanted: Wanted) -> Generator[pl.DataFrame, None, None]:
    """Month × district × component, with how much of what was charged was paid."""
    since = wanted.since or date(1900, 1, 1)
    rows = turnover_rows(
        session, district_ids=wanted.district_ids, since=since, until=wanted.until or date(9999, 12, 1)
    )
    charged, paid = pl.col("charged"), pl.col("paid")
    rate = pl.when(charged > 0).then((20_000 * paid + charged).floordiv(2 * charged))  # rounded to the nearest
    yield _shaped(rows.with_columns(rate.alias("rate")), TURNOVER, wanted)


def ledger_frames(session: Session, wanted: Wanted) -> Generator[pl.DataFrame, None, None]:
    """The ledger in the order of loading; a file of it loads again and adds nothing."""
    for rows in bulk.stream(session, _lines(wanted), {column.field: _DTYPES[column.type] for column in LEDGER}):
        # A stream of PostgreSQL tells no missing text from an empty one.
        texts = [column.field for column in LEDGER if column.type == "text"]
        yield _shaped(rows.with_columns(pl.col(texts).replace("", None)), LEDGER, wanted)


def _lines(wanted: Wanted) -> SelectBase:
    nothing: ColumnElement[Any] = literal_column("NULL")
    columns: dict[str, Any] = {
        "tenant_no": Tenant.tenant_no,
        "tenancy_no": Tenancy.tenancy_no,
        # Of a line without a number the occurrence is counted anew by whoever loads it.
        "position": case((LedgerEntry.document_no == "", nothing), else_=LedgerEntry.position),
        "debit": func.nullif(LedgerEntry.debit, literal_column("0")),
        "credit": func.nullif(LedgerEntry.credit, literal_column("0")),
        "period": func.coalesce(LedgerEntry.period, ""),
        "component": func.coalesce(LedgerEntry.component, ""),
    }
    names = [column.field for column in LEDGER]
    return (
        select(*(columns[name] if name in columns else getattr(LedgerEntry, name) for name in names))
        .select_from(LedgerEntry)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(wanted.within, *booked_within(wanted))
        .order_by(LedgerEntry.id)
    )


def ledger_rows(session: Session, wanted: Wanted) -> int:
    """How many lines `ledger_frames` will give."""
    number = (
        select(func.count())
        .select_from(LedgerEntry)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(wanted.within, *booked_within(wanted))
    )
    return session.scalar(number) or 0


def booked_within(wanted: Wanted) -> list[ColumnElement[bool]]:
    """SQL over LedgerEntry: booked in the period. Lines taken back and their reversals are left out: they come to nothing,
    and have no key by which a file could carry them.
    """
    limits: list[ColumnElement[bool]] = [in_force()]
    if wanted.since is not None:
        limits.append(LedgerEntry.booked_on >= wanted.since)
    if wanted.until is not None:
        limits.append(LedgerEntry.booked_on <= wanted.until)
    return limits


def _shaped(rows: pl.DataFrame, columns: Sequence[FileColumn], wanted: Wanted) -> pl.DataFrame:
    """The file's columns; for who may not see tenants numbers are pseudonyms and descriptions, which may name people, empty."""
    if wanted.pseudonymous:
        hidden = [name for name in ("tenant_no", "tenancy_no") if name in rows.columns]
        rows = rows.with_columns(pseudonyms(rows[name]).alias(name) for name in hidden)
        if "description" in rows.columns:
            rows = rows.with_columns(pl.lit(None, pl.String).alias("description"))
    return rows.select(pl.col(column.field).alias(column.name) for column in columns)


Frames = Callable[[Session, Wanted], Generator[pl.DataFrame, None, None]]
