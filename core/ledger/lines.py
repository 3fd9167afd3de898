"""Every line of a tenancy's ledger that a filter shows, for files and papers: oldest first, fetched as it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope
from core.ledger.entries import LedgerFilter, conditions, running
from core.ledger.finding import find
from core.registry.queries import require_own_tenancy

CHUNK = 2000  # lines that are fetched at once


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


def every_line(session: Session, scope: TenantScope, *, tenancy_id: int, chosen: LedgerFilter) -> Iterator[LedgerLine]:
    """All that a filter shows of the tenant's own ledger, oldest first.

    Raises NotFoundError for a tenancy that is not theirs, at once.
    """
    require_own_tenancy(session, scope, tenancy_id=tenancy_id)
    rows = session.execute(_lines(session, tenancy_id, chosen), execution_options={"yield_per": CHUNK})
    return (LedgerLine(*row) for row in rows)


def number_of_lines(session: Session, scope: TenantScope, *, tenancy_id: int, chosen: LedgerFilter) -> int:
    """How many lines `every_line` gives. Raises NotFoundError for a tenancy that is not theirs."""
    require_own_tenancy(session, scope, tenancy_id=tenancy_id)
    shown = _lines(session, tenancy_id, chosen).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(shown)) or 0


def _lines(session: Session, tenancy_id: int, chosen: LedgerFilter) -> Select[Any]:
    # The running sum is taken inside, over the whole ledger; the filter stands outside it.
    line = running(tenancy_id).c
    found = find(session, tenancy_id=tenancy_id, chosen=chosen)
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
        .where(*conditions(line.booked_on, line.document_type, line.id, chosen, found.lines if found else None))
        .order_by(line.booked_on, line.id)
    )
