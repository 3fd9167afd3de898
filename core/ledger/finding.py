"""The parts of a filter that a database cannot answer: words whatever their marks, and what payments leave open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Row, select, type_coerce
from sqlalchemy.orm import Session

from core.ledger.ageing import open_entries
from core.ledger.document_types import DOCUMENT_TYPES
from core.ledger.entries import LedgerFilter, conditions
from core.ledger.models import LedgerEntry
from core.money import in_zloty
from core.words import plain

DocumentKey = tuple[date, str, str, int]
_Line = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of all lines of the documents found, and what is open of them in grosze, where that was asked."""

    lines: frozenset[int]
    left: dict[int, int]


def document_key(booked_on: date, document_no: str, document_type: str, entry_id: int) -> DocumentKey:
    """What makes lines one document: number, type and day of booking; a line without a number is one of its own."""
    return booked_on, document_no, document_type, 0 if document_no else entry_id


def find(session: Session, *, tenancy_id: int, chosen: LedgerFilter) -> Found | None:
    """The documents of a tenancy that have the words and are overdue; None where the filter asks neither.

    The caller has asked who may know them.
    """
    words = plain(chosen.words).split()
    if not words and chosen.overdue_on is None:
        return None
    left = open_entries(session, tenancy_id=tenancy_id, day=chosen.overdue_on) if chosen.overdue_on else {}
    documents: dict[DocumentKey, list[_Line]] = {}
    for line in _lines(session, tenancy_id, chosen):
        key = document_key(line.booked_on, line.document_no, line.document_type, line.id)
        documents.setdefault(key, []).append(line)
    found = [
        lines
        for lines in documents.values()
        if (chosen.overdue_on is None or any(line.id in left for line in lines)) and _have(lines, words)
    ]
    ids = frozenset(line.id for lines in found for line in lines)
    return Found(ids, {entry_id: rest for entry_id, rest in left.items() if entry_id in ids})


def _lines(session: Session, tenancy_id: int, chosen: LedgerFilter) -> Sequence[_Line]:
    own = conditions(LedgerEntry.booked_on, LedgerEntry.document_type, LedgerEntry.id, chosen, None)
    return session.execute(
        select(
            LedgerEntry.id,
            LedgerEntry.booked_on,
            LedgerEntry.document_no,
            LedgerEntry.document_type,
            LedgerEntry.component,
            LedgerEntry.description,
            type_coerce(LedgerEntry.debit - LedgerEntry.credit, BigInteger).label("amount"),
        ).where(LedgerEntry.tenancy_id == tenancy_id, *own)
    ).all()


def _have(lines: Sequence[_Line], words: Sequence[str]) -> bool:
    """Whether every word stands in what is shown of the document: names, numbers, and amounts of it and of its lines."""
    if not words:
        return True
    head = lines[0]
    shown = [head.document_no, head.document_type, DOCUMENT_TYPES.get(head.document_type, "")]
    shown += [part for line in lines for part in (line.component or "", line.description, in_zloty(line.amount))]
    text = plain("\n".join([*shown, in_zloty(sum(line.amount for line in lines))]))
    return all(word in text for word in words)
