"""The ledger of one tenancy by document, page by page, newest first: each with the balance after it and its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from core.audit.tenant_view import Viewer, require_view
from core.batches.models import ImportBatch
from core.clock import local
from core.db import GroszeType
from core.ledger.balances import NOTHING
from core.ledger.entries import LedgerFilter, conditions
from core.ledger.finding import DocumentKey, Found, document_key, find
from core.ledger.models import LedgerEntry
from core.money import from_grosze

PAGE_SIZE = 15


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line of a document and where it came from; amounts in PLN."""

    entry_id: int
    position: int
    component: str | None
    description: str
    period: str | None  # RRRR-MM
    due_on: date | None
    debit: Decimal
    credit: Decimal
    line_no: int  # its line in the landlord's file
    loaded_on: date | None  # the day on which its batch was loaded
    left: Decimal  # what payments leave open of it, where the filter asks for what is overdue; else 0

    @property
    def amount(self) -> Decimal:
        """What it adds to what is owed; below zero: takes off it."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True)
class LedgerDocument:
    """Lines of one number, type and day of booking; a line without a number stands alone. Amounts in PLN.

    `balance_after` counts the whole ledger up to this document, whatever the filter hides.
    """

    entry_id: int  # of the line loaded last
    booked_on: date
    document_type: str
    document_no: str  # "" where the source gives none
    debit: Decimal
    credit: Decimal
    balance_after: Decimal
    lines: tuple[DocumentLine, ...]  # by position

    @property
    def amount(self) -> Decimal:
        """What it adds to what is owed; below zero: takes off it."""
        return self.debit - self.credit

    @property
    def left(self) -> Decimal:
        """What payments leave open of it, where the filter asks for what is overdue; else 0."""
        return sum((line.left for line in self.lines), NOTHING)

    @property
    def due_on(self) -> date | None:
        """The day by which all of it is to be paid, as its lines say."""
        return max((line.due_on for line in self.lines if line.due_on), default=None)


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """One page of the documents found, and what the filter found in all: documents, Σ debit, Σ credit in PLN."""

    documents: tuple[LedgerDocument, ...]
    page: int  # from 1
    pages: int  # at least 1
    total: int
    debit: Decimal
    credit: Decimal
    left: Decimal  # Σ of what payments leave open, where the filter asks for what is overdue; else 0


def ledger_page(session: Session, scope: Viewer, *, tenancy_id: int, chosen: LedgerFilter, page: int = 1) -> LedgerPage:
    """A page of a tenancy's ledger, newest first; documents of one day stand in the reverse order of loading.

    A page beyond the last one gives the last. Raises NotFoundError for a tenancy that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=tenancy_id)
    found = find(session, tenancy_id=tenancy_id, chosen=chosen)
    asked = _page(chosen, found.lines if found else None)
    page = max(page, 1)
    rows = session.execute(asked, {"tenancy": tenancy_id, "start": (page - 1) * PAGE_SIZE}).all()
    if not rows and page > 1:
        first = session.execute(asked, {"tenancy": tenancy_id, "start": 0}).first()
        page = max(1, -(-(first.total if first else 0) // PAGE_SIZE))
        rows = session.execute(asked, {"tenancy": tenancy_id, "start": (page - 1) * PAGE_SIZE}).all()
    lines = _lines_of(session, tenancy_id, rows, found)
    total, debit, credit = rows[0][-3:] if rows else (0, NOTHING, NOTHING)
    return LedgerPage(
        documents=tuple(_document(row, lines[_key(row)]) for row in rows),
        page=page,
        pages=max(1, -(-total // PAGE_SIZE)),
        total=total,
        debit=debit,
        credit=credit,
        left=from_grosze(sum(found.left.values())) if found else NOTHING,
    )


def _document(row: Row[*tuple[Any, ...]], lines: tuple[DocumentLine, ...]) -> LedgerDocument:
    return LedgerDocument(
        entry_id=row.entry_id,
        booked_on=row.booked_on,
        document_type=row.document_type,
        document_no=row.document_no,
        debit=row.debit,
        credit=row.credit,
        balance_after=row.balance_after,
        lines=lines,
    )


def _key(row: Row[*tuple[Any, ...]]) -> DocumentKey:
    return document_key(row.booked_on, row.document_no, row.document_type, row.entry_id)


def _all_documents() -> Select[*tuple[Any, ...]]:
    """Every document of one tenancy (`tenancy`) with the balance after it; the grouping is that of `document_key`."""
    last = func.max(LedgerEntry.id)
    after = func.sum(func.sum(LedgerEntry.debit - LedgerEntry.credit)).over(order_by=[LedgerEntry.booked_on, last])
    key = (
        LedgerEntry.booked_on,
        LedgerEntry.document_type,
        LedgerEntry.document_no,
        case((LedgerEntry.document_no == "", LedgerEntry.id), else_=0),
    )
    return (
        select(
            last.label("entry_id"),
            *key[:3],
            type_coerce(func.sum(LedgerEntry.debit), GroszeType()).label("debit"),
            type_coerce(func.sum(LedgerEntry.credit), GroszeType()).label("credit"),
            type_coerce(after, GroszeType()).label("balance_after"),
        )
        .where(LedgerEntry.tenancy_id == bindparam("tenancy"))
        .group_by(*key)
    )


# Built once, because building costs more than the answer. The balance is taken inside, over the whole ledger; the filter
# and the sums of what it finds stand outside.
_DOCUMENT = _all_documents().subquery("document").c
_TOTAL = func.count().over().label("total")
_SUMS = [
    type_coerce(func.sum(amount).over(), GroszeType()).label(name)
    for amount, name in ((_DOCUMENT.debit, "all_debit"), (_DOCUMENT.credit, "all_credit"))
]
_NEWEST_FIRST = select(*_DOCUMENT, _TOTAL, *_SUMS).order_by(_DOCUMENT.booked_on.desc(), _DOCUMENT.entry_id.desc())

_LINES = (
    select(
        LedgerEntry.booked_on,
        LedgerEntry.document_no,
        LedgerEntry.document_type,
        ImportBatch.committed_at,
        LedgerEntry.id.label("entry_id"),
        LedgerEntry.position,
        LedgerEntry.component,
        LedgerEntry.description,
        LedgerEntry.period,
        LedgerEntry.due_on,
        LedgerEntry.debit,
        LedgerEntry.credit,
        LedgerEntry.line_no,
    )
    .join(ImportBatch, ImportBatch.id == LedgerEntry.batch_id)
    .where(
        LedgerEntry.tenancy_id == bindparam("tenancy"),
        LedgerEntry.booked_on.between(bindparam("since"), bindparam("until")),
    )
    .where(
        or_(
            LedgerEntry.document_no.in_(bindparam("numbers", expanding=True)),
            LedgerEntry.id.in_(bindparam("alone", expanding=True)),
        )
    )
    .order_by(LedgerEntry.position, LedgerEntry.id)
)


@lru_cache(maxsize=64)
def _page(chosen: LedgerFilter, lines: frozenset[int] | None) -> Select[*tuple[Any, ...]]:
    """One page of documents from `start` on; kept, because a page is asked for again and again."""
    asked = conditions(_DOCUMENT.booked_on, _DOCUMENT.document_type, _DOCUMENT.entry_id, chosen, lines)
    return _NEWEST_FIRST.where(*asked).limit(PAGE_SIZE).offset(bindparam("start", type_=Integer))


def _lines_of(
    session: Session, tenancy_id: int, documents: Sequence[Row[*tuple[Any, ...]]], found: Found | None
) -> dict[DocumentKey, tuple[DocumentLine, ...]]:
    """The lines of these documents, by position."""
    if not documents:
        return {}
    days = [row.booked_on for row in documents]
    asked = {
        "tenancy": tenancy_id,
        "since": min(days),
        "until": max(days),
        "numbers": [row.document_no for row in documents if row.document_no],
        "alone": [row.entry_id for row in documents if not row.document_no],
    }
    rows = session.execute(_LINES, asked)
    left = found.left if found else {}
    lines: dict[DocumentKey, list[DocumentLine]] = {}
    for row in rows:
        lines.setdefault(_key(row), []).append(_line(row, left.get(row.entry_id)))
    return {key: tuple(found) for key, found in lines.items()}


def _line(row: Row[*tuple[Any, ...]], left: int | None) -> DocumentLine:
    return DocumentLine(
        entry_id=row.entry_id,
        position=row.position,
        component=row.component,
        description=row.description,
        period=row.period,
        due_on=row.due_on,
        debit=row.debit,
        credit=row.credit,
        line_no=row.line_no,
        loaded_on=_day(row.committed_at),
        left=from_grosze(left) if left else NOTHING,
    )


@lru_cache(maxsize=64)
def _day(instant: datetime | None) -> date | None:
    """The Polish day of an instant; kept, because the lines of a page came with a few batches."""
    return local(instant).date() if instant else None
