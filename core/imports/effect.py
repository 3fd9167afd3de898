"""What a batch does to balances, told before it is committed: read inside the transaction that has loaded it."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from sqlalchemy import BigInteger, ColumnElement, func, select, type_coerce
from sqlalchemy.orm import Session

from core import bulk
from core.clock import today
from core.db import GroszeType
from core.ledger.models import LedgerEntry, TenancyTotal
from core.money import from_grosze
from core.registry.models import Premises, Tenancy, Tenant
from core.registry.queries import districts_on

LARGEST = 10
NO_DISTRICT = "bez rejonu"


@dataclass(frozen=True, slots=True)
class TenancyEffect:
    """One tenancy's balance before and after, in PLN; > 0 is owed."""

    tenancy_id: int
    tenancy_no: str
    tenant: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What the batch adds to what is owed."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """What the batch adds within one district or one document type: rows (of a district: tenancies) and PLN."""

    name: str
    number: int
    change: Decimal


@dataclass(frozen=True, slots=True)
class BalanceEffect:
    """What a batch of the ledger does to balances.

    `digest` stands for every tenancy's balance before and after: equal digests are the same effect to the grosz.
    """

    tenancies: int  # with rows of the batch
    changed: int  # of them, whose balance is another afterwards
    to_owing: int  # settled or overpaid before, owing after
    to_overpaid: int  # settled or owing before, overpaid after
    change: Decimal  # Σ over all
    largest: tuple[TenancyEffect, ...]  # the ten largest changes, either way
    by_district: tuple[GroupEffect, ...]
    by_type: tuple[GroupEffect, ...]
    digest: str

    def to_json(self) -> str:
        """What is kept with the batch: the counts and the sum."""
        names = ("tenancies", "changed", "to_owing", "to_overpaid")
        return json.dumps({**{name: getattr(self, name) for name in names}, "change": str(self.change)})


def balance_effect(session: Session, lines: ColumnElement[bool]) -> BalanceEffect:
    """The effect of these entries, SQL over LedgerEntry, which stand by now; amounts are exact."""
    frame = _balances(session, lines)
    before, after = pl.col("after") - pl.col("added"), pl.col("after")
    told = hashlib.sha256(frame.select("tenancy_id", "added", "after").write_csv().encode()).hexdigest()
    changed = frame.filter(pl.col("added") != 0)
    largest = changed.sort([pl.col("added").abs(), "tenancy_id"], descending=[True, False]).head(LARGEST)
    return BalanceEffect(
        tenancies=len(frame),
        changed=len(changed),
        to_owing=len(frame.filter((before <= 0) & (after > 0))),
        to_overpaid=len(frame.filter((before >= 0) & (after < 0))),
        change=from_grosze(int(frame["added"].sum())),
        largest=_named(session, largest.rows()),
        by_district=_by_district(session, changed),
        by_type=_by_type(session, lines),
        digest=told,
    )


def _balances(session: Session, lines: ColumnElement[bool]) -> pl.DataFrame:
    """`tenancy_id`, `added` by these entries and balance `after` it, in grosze, by tenancy.

    The balance comes from the figures kept beside the ledger, which count these entries by now: what a preview costs must not
    grow with all that was ever booked.
    """
    amount = func.sum(LedgerEntry.debit - LedgerEntry.credit, type_=BigInteger)  # as it is stored
    added = (
        select(LedgerEntry.tenancy_id, amount.label("added")).where(lines).group_by(LedgerEntry.tenancy_id).subquery()
    )
    after = type_coerce(TenancyTotal.debit - TenancyTotal.storno - TenancyTotal.credit, BigInteger)
    chosen = (
        select(added.c.tenancy_id, added.c.added, after)
        .join(TenancyTotal, TenancyTotal.tenancy_id == added.c.tenancy_id)
        .order_by(added.c.tenancy_id)
    )
    schema = {"tenancy_id": pl.Int64, "added": pl.Int64, "after": pl.Int64}
    return pl.concat([pl.DataFrame(schema=schema), *bulk.stream(session, chosen, schema)])


def _named(session: Session, rows: Sequence[tuple[int, int, int]]) -> tuple[TenancyEffect, ...]:
    known = {
        key: (number, name)
        for key, number, name in session.execute(
            select(Tenancy.id, Tenancy.tenancy_no, Tenant.name)
            .join(Tenant, Tenant.id == Tenancy.tenant_id)
            .where(Tenancy.id.in_([row[0] for row in rows]))
        )
    }
    return tuple(
        TenancyEffect(key, *known[key], before=from_grosze(after - added), after=from_grosze(after))
        for key, added, after in rows
    )


def _by_district(session: Session, changed: pl.DataFrame) -> tuple[GroupEffect, ...]:
    buildings = dict(
        session.execute(
            select(Tenancy.id, Premises.building_id).join(Premises, Premises.id == Tenancy.premises_id)
        ).all()
    )
    served = districts_on(session, day=today())
    number: Counter[str] = Counter()
    change: Counter[str] = Counter()
    for tenancy_id, added in changed.select("tenancy_id", "added").iter_rows():
        name = served.get(buildings[tenancy_id], (0, NO_DISTRICT))[1]
        number[name] += 1
        change[name] += added
    return tuple(GroupEffect(name, number[name], from_grosze(change[name])) for name in sorted(number))


def _by_type(session: Session, lines: ColumnElement[bool]) -> tuple[GroupEffect, ...]:
    amount = func.sum(LedgerEntry.debit - LedgerEntry.credit, type_=GroszeType())
    rows = session.execute(
        select(LedgerEntry.document_type, func.count(), amount).where(lines).group_by(LedgerEntry.document_type)
    )
    return tuple(sorted((GroupEffect(*row) for row in rows), key=lambda one: one.name))
