"""The lines of one tenancy's ledger: which are asked for, what there is to ask for, and the balance after each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from core.audit.tenant_view import Viewer, require_view
from core.db import GroszeType
from core.errors import InvalidInputError
from core.ledger.models import LedgerEntry

LONGEST_WORDS = 100


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which documents to show: booked in the period (both days included), of these types (none chosen: all).

    `words`: each stands somewhere in the document, whatever its case and Polish marks. `overdue_on`: as of that day
    payments, which go to what was due first, leave something of it open. Raises InvalidInputError for a period that ends
    before it begins and for too long a text.
    """

    since: date | None = None
    until: date | None = None
    document_types: frozenset[str] = frozenset()
    words: str = ""
    overdue_on: date | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise InvalidInputError("Koniec okresu jest wcześniejszy niż początek. Popraw daty.", field="since")
        if len(self.words) > LONGEST_WORDS:
            raise InvalidInputError(f"Skróć szukany tekst do {LONGEST_WORDS} znaków.", field="words")


@dataclass(frozen=True, slots=True)
class LedgerSpan:
    """What a tenancy's ledger holds: its first and last booking day (None: empty) and its document types."""

    first: date | None
    last: date | None
    document_types: tuple[str, ...]


def ledger_span(session: Session, scope: Viewer, *, tenancy_id: int) -> LedgerSpan:
    """What there is to filter. Raises NotFoundError for a tenancy that is not theirs to see."""
    require_view(session, scope, tenancy_id=tenancy_id)
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


def running(tenancy_id: int) -> Subquery:
    """Every line of one tenancy with `balance_after`, the sum of all lines booked before it and of itself."""
    after = func.sum(LedgerEntry.debit - LedgerEntry.credit).over(order_by=[LedgerEntry.booked_on, LedgerEntry.id])
    return (
        select(LedgerEntry, type_coerce(after, GroszeType()).label("balance_after"))
        .where(LedgerEntry.tenancy_id == tenancy_id)
        .subquery()
    )


def conditions(
    booked_on: Any, document_type: Any, entry_id: Any, chosen: LedgerFilter, found: Collection[int] | None
) -> list[ColumnElement[bool]]:
    """SQL conditions over columns of lines, or of documents that are known by one of their lines.

    `found` is what `core.ledger.finding.find` found for the parts of the filter that a database cannot answer.
    """
    asked: list[ColumnElement[bool]] = []
    if chosen.since:
        asked.append(booked_on >= chosen.since)
    if chosen.until:
        asked.append(booked_on <= chosen.until)
    if chosen.document_types:
        asked.append(document_type.in_(sorted(chosen.document_types)))
    if (
        found is not None
    ):  # numbers of ours, written out: a long tenancy has more of them than a statement has parameters
        asked.append(entry_id.in_(bindparam("found", sorted(found), expanding=True, literal_execute=True)))
    return asked
