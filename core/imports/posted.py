"""Which lines of the ledger a batch has posted: its own rows, or what its decisions made of rows in suspense."""

from sqlalchemy import ColumnElement

from core.imports.suspense.models import assigned_by_file, by_assignment
from core.ledger.models import LedgerEntry

LEDGER, SUSPENSE = "ledger", "suspense"  # kinds of files that post lines


def posted_by(kind: str | None, batch_id: int) -> ColumnElement[bool]:
    """SQL condition over LedgerEntry. Lines that others assigned from suspense stand under a batch and are not its own."""
    if kind == SUSPENSE:
        return assigned_by_file(batch_id)
    return (LedgerEntry.batch_id == batch_id) & ~by_assignment()
