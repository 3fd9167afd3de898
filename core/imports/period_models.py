"""Closed months of the ledger, and what was asked of a second person about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.batches.models import ImportBatch
from core.db import Base
from core.money import Money


class ClosedPeriod(Base):
    """One closing of one month of the ledger, with what the month held at that moment; opened again, it stays as history."""

    __tablename__ = "closed_period"
    __table_args__ = (
        CheckConstraint("(reopened_at IS NULL) = (reopen_reason IS NULL)", name="reopened"),
        Index(
            "uq_closed_period_standing",
            "month",
            unique=True,
            sqlite_where=text("reopened_at IS NULL"),
            postgresql_where=text("reopened_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7))  # RRRR-MM, of the day of booking
    closed_at: Mapped[datetime]
    closed_by: Mapped[int | None]  # employee; no foreign key, because accounts stand beside. None: at the console
    closed_login: Mapped[str] = mapped_column(String(60))
    rows: Mapped[int] = mapped_column(BigInteger)
    debit: Mapped[Money]
    credit: Mapped[Money]
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[int | None]
    reopened_login: Mapped[str | None] = mapped_column(String(60))
    reopen_reason: Mapped[str | None] = mapped_column(String(500))


class PeriodAction(StrEnum):
    """What is to be done in a closed month."""

    LOAD = "load"
    UNDO = "undo"


class RequestState(StrEnum):
    """waiting → confirmed (and done in the same moment), refused, or replaced by a later one of the same batch."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"


class PeriodRequest(Base):
    """What one employee asks another to confirm: to load or take back exactly this batch, though months are closed."""

    __tablename__ = "period_request"
    __table_args__ = (
        CheckConstraint("action IN ('load', 'undo')", name="action"),
        CheckConstraint("state IN ('waiting', 'confirmed', 'refused', 'replaced')", name="state"),
        # Nobody is the second person to themselves, whatever a program may do.
        CheckConstraint(
            "state <> 'confirmed' OR (decided_by IS NOT NULL AND decided_by <> asked_by)", name="two_people"
        ),
        Index(
            "uq_period_request_waiting",
            "batch_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_period_request_batch", "batch_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id))
    action: Mapped[str] = mapped_column(String(4))
    content_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the file that was seen
    figures: Mapped[str] = mapped_column(Text)  # canonical JSON of what was seen; other figures need another request
    options: Mapped[str] = mapped_column(Text)  # JSON of the load's options
    reason: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime]
    asked_by: Mapped[int]
    asked_login: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(9))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    decided_login: Mapped[str | None] = mapped_column(String(60))
    answer: Mapped[str | None] = mapped_column(String(500))
