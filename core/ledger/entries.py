"""The ledger of one tenancy, page by page, newest first, each line with the balance after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select, type_coerce
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope
from core.db import GroszeType
from core.errors import InvalidInputError
from core.ledger.balances import NOTHING
from core.ledger.models import LedgerEntry
from core.registry.queries import require_own_tenancy

PAGE_SIZE = 15
CHUNK = 2000  # lines that are fetched at once where all are read


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which lines to show: booked in the period (both days included), of these document types (none chosen: all).

    Raises InvalidInputError for a period that ends before it begins.
    """

    since: date | None = None
    until: date | None = None
    document_types: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise InvalidInputError("Dzień początkowy jest późniejszy niż końcowy.", field="since")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line; amounts in PLN. `balance_after` counts the whole ledger up to this line, whatever the filter hides."""

    entry_id: int
    booked_on: date
    document_type: str
    document_no: str
    position: int
    period: str | None
    due_on: date | None
    component: str | None
    description: str
    debit: Decimal
    credit: Decimal
    balance_after: Decimal


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of the filtered lines, and what the filter found in all: lines, Σ debit, Σ credit in PLN."""

    lines: tuple[LedgerLine, ...]
    page: int  # from 1
    pages: int  # at least 1
    total: int
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class LedgerSpan:
    """What a tenancy's ledger holds: its first and last booking day (None: empty) and its document types."""

    first: date | None
    last: date | None
    document_types: tuple[str, ...]


def ledger_page(
    session: Session, scope: TenantScope, *, tenancy_id: int, chosen: LedgerFilter, page: int = 1
) -> LedgerPage:
    """A page of the tenant's own ledger, newest first; lines of one day stand in the reverse order of loading.

    A page beyond the last one gives the last. Raises NotFoundError for a tenancy that is not theirs.
    """
    require_own_tenancy(session, scope, tenancy_id=tenancy_id)
    total, debit, credit = session.execute(_sums(tenancy_id, chosen)).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = session.execute(_lines(tenancy_id, chosen).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return LedgerPage(
        lines=tuple(LedgerLine(*row) for row in rows), page=page, pages=pages, total=total, debit=debit, credit=credit
    )


def ledger_span(session: Session, scope: TenantScope, *, tenancy_id: int) -> LedgerSpan:
    """What there is to filter. Raises NotFoundError for a tenancy that is not theirs."""
    require_own_tenancy(session, scope, tenancy_id=tenancy_id)
    rows = session.execute(
        select(LedgerEntry.document_type, func.min(LedgerEntry.booked_on), func.max(LedgerEntry.booked_on))
        .where(LedgerEntry.tenancy_id == tenancy_id)
        .group_by(LedgerEntry.document_type)
    ).all()
    return LedgerSpan(
        first=min((row[1] for row in rows), default=None),
        last=max((row[2] for row in rows), default=None),
        document_types=tuple(sorted(row[0] for row in rows)),
    )


def every_line(session: Session, scope: TenantScope, *, tenancy_id: int, chosen: LedgerFilter) -> Iterator[LedgerLine]:
    """All that a filter shows of the tenant's own ledger, oldest first, fetched as it is asked for.

    Raises NotFoundError for a tenancy that is not theirs, at once.
    """
    require_own_tenancy(session, scope, tenancy_id=tenancy_id)
    shown = _lines(tenancy_id, chosen).order_by(None).subquery()
    oldest_first = select(shown).order_by(shown.c.booked_on, shown.c.id)
    rows = session.execute(oldest_first, execution_options={"yield_per": CHUNK})
    return (LedgerLine(*row) for row in rows)


def running(tenancy_id: int) -> Subquery:
    """Every line of one tenancy with `balance_after`, the sum of all lines booked before it and of itself."""
    after = func.sum(LedgerEntry.debit - LedgerEntry.credit).over(order_by=[LedgerEntry.booked_on, LedgerEntry.id])
    return (
        select(LedgerEntry, type_coerce(after, GroszeType()).label("balance_after"))
        .where(LedgerEntry.tenancy_id == tenancy_id)
        .subquery()
    )


def _lines(tenancy_id: int, chosen: LedgerFilter) -> Select[Any]:
    # The running sum is taken inside, over the whole ledger; the filter stands outside it.
    line = running(tenancy_id).c
    return (
        select(
            line.id,
            line.booked_on,
            line.document_type,
            line.document_no,
            line.position,
            line.period,
            line.due_on,
            line.component,
            line.description,
            line.debit,
            line.credit,
            line.balance_after,
        )
        .where(*_conditions(line.booked_on, line.document_type, chosen))
        .order_by(line.booked_on.desc(), line.id.desc())
    )


def _sums(tenancy_id: int, chosen: LedgerFilter) -> Select[int, Decimal, Decimal]:
    return select(
        func.count(),
        func.coalesce(func.sum(LedgerEntry.debit), NOTHING),
        func.coalesce(func.sum(LedgerEntry.credit), NOTHING),
    ).where(
        LedgerEntry.tenancy_id == tenancy_id, *_conditions(LedgerEntry.booked_on, LedgerEntry.document_type, chosen)
    )


def _conditions(booked_on: Any, document_type: Any, chosen: LedgerFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.since:
        conditions.append(booked_on >= chosen.since)
    if chosen.until:
        conditions.append(booked_on <= chosen.until)
    if chosen.document_types:
        conditions.append(document_type.in_(sorted(chosen.document_types)))
    return conditions
