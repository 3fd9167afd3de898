"""Rows without a document number are told apart by their occurrence only: those that stand are counted without a gap."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, SelectBase, select, true, update
from sqlalchemy.orm import Session

from core.imports.models import SuspendedRow
from core.ledger.models import LedgerEntry

TABLES: tuple[type[LedgerEntry | SuspendedRow], ...] = (LedgerEntry, SuspendedRow)

# Content, position, table, id.
Equal = tuple[str, int, type[LedgerEntry | SuspendedRow], int]


def equal_rows(
    session: Session,
    contents: SelectBase | Sequence[str],
    which: Callable[[type[LedgerEntry | SuspendedRow]], ColumnElement[bool]] = lambda table: true(),
) -> list[Equal]:
    """Rows of these contents in the ledger and in suspense: all of them, or those that `which` picks out."""
    return [
        (content, position, table, row_id)
        for table in TABLES
        for content, position, row_id in session.execute(
            select(table.content_key, table.position, table.id).where(
                table.document_no == "", table.content_key.in_(contents), table.position >= 0, which(table)
            )
        )
    ]


def close_ranks(session: Session, rows: list[Equal]) -> None:
    """Count occurrences without a gap again: the next file's first equal row must meet the first that stands."""
    moved: dict[type[LedgerEntry | SuspendedRow], list[dict[str, int]]] = defaultdict(list)
    rank, last = 0, ("", 0)
    for content, position, table, row_id in sorted(rows, key=lambda row: row[:2]):
        if (content, position) != last:  # a row and what became of it by assignment have one place
            rank, last = (rank + 1 if content == last[0] else 1), (content, position)
        if position != rank:
            moved[table].append({"id": row_id, "position": rank})
    for table, changes in moved.items():
        session.execute(update(table), changes)
