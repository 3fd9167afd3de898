"""What employees decide about rows in suspense, and the entries that come of it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, exists, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.batches.models import ImportBatch
from core.db import Base, BigId
from core.imports.models import SuspendedRow
from core.ledger.models import LedgerEntry


class Decision(StrEnum):
    """What becomes of a row in suspense."""

    ASSIGNED = "assigned"  # to one tenancy, or split over several
    SENT_BACK = "sent_back"  # whoever made the file has to mend it


class SuspendedAssignment(Base):
    """One decision about one row in suspense; taken back, it stays as history and the row waits again."""

    __tablename__ = "suspended_assignment"
    __table_args__ = (
        CheckConstraint("decision IN ('assigned', 'sent_back')", name="decision"),
        CheckConstraint("decision <> 'sent_back' OR reason IS NOT NULL", name="reason"),
        Index(
            "uq_suspended_assignment_standing",
            "row_id",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
        Index("ix_suspended_assignment_row", "row_id"),
        Index("ix_suspended_assignment_batch", "batch_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey(SuspendedRow.id))
    decision: Mapped[str] = mapped_column(String(9))
    reason: Mapped[str | None] = mapped_column(String(500))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey(ImportBatch.id))  # the file that said so; None: on screen
    decided_at: Mapped[datetime]
    decided_by: Mapped[int | None]  # employee; no foreign key, because accounts stand beside. None: at the console
    decided_login: Mapped[str] = mapped_column(String(60))
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None]
    taken_back_login: Mapped[str | None] = mapped_column(String(60))


class AssignedEntry(Base):
    """A line of the ledger that a decision has posted.

    It stands under the batch and line of its row and under the key a file with the right tenancy would give it, so that such
    a file meets it; what a batch counts as accepted is without it.
    """

    __tablename__ = "assigned_entry"
    entry_id: Mapped[int] = mapped_column(BigId, ForeignKey(LedgerEntry.id), primary_key=True, autoincrement=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey(SuspendedAssignment.id), index=True)


def standing() -> ColumnElement[bool]:
    """SQL condition over SuspendedAssignment: not taken back."""
    return SuspendedAssignment.taken_back_at.is_(None)


def waiting() -> ColumnElement[bool]:
    """SQL condition over SuspendedRow: nobody has decided about it."""
    return ~exists().where(SuspendedAssignment.row_id == SuspendedRow.id, standing())


def sent_back_among(session: Session, row_ids: Sequence[int]) -> list[int]:
    """Which of these suspended rows stand sent back."""
    found: list[int] = []
    for start in range(0, len(row_ids), 5_000):
        found += session.scalars(
            select(SuspendedAssignment.row_id).where(
                SuspendedAssignment.row_id.in_(row_ids[start : start + 5_000]),
                SuspendedAssignment.decision == Decision.SENT_BACK,
                standing(),
            )
        ).all()
    return found


def by_assignment() -> ColumnElement[bool]:
    """SQL condition over LedgerEntry: posted by a decision, not by the batch it stands under."""
    return exists().where(AssignedEntry.entry_id == LedgerEntry.id)


def assigned_by_file(batch_id: int) -> ColumnElement[bool]:
    """SQL condition over LedgerEntry: posted by a standing decision that this file brought."""
    return exists().where(
        AssignedEntry.entry_id == LedgerEntry.id,
        SuspendedAssignment.id == AssignedEntry.assignment_id,
        SuspendedAssignment.batch_id == batch_id,
        standing(),
    )
