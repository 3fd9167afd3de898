"""The ledger's tables: its entries, the figures kept beside it, and where a file stated another balance than they make."""

from datetime import date

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.batches.models import ImportBatch
from core.db import Base, BigId
from core.money import Money
from core.registry.models import Tenancy

APART = 1_000_000_000  # positions from here on are ours: of parts of one line that went to several tenancies


class LedgerEntry(Base):
    """One line of the ledger, never edited: a mistake is followed by its reversal.

    A line with a document number is known by (document_no, position). A line without one is known by a hash of its
    content, and `position` is its occurrence within the file: two equal payments of one file are two lines.

    A batch that tenants have seen is taken back by reversals: then a line and its reversal stand together, and neither is
    what a file is compared with any more: their `position` is below zero, which no file has.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("document_no", "content_key", "position"),
        CheckConstraint("(debit = 0) <> (credit = 0)", name="one_side"),
        CheckConstraint("(document_no = '') <> (content_key = '')", name="one_key"),
        Index(
            "uq_ledger_entry_reverses",
            "reverses_id",
            unique=True,
            sqlite_where=text("reverses_id IS NOT NULL"),
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        Index("ix_ledger_entry_tenancy_day", "tenancy_id", "booked_on"),
        Index("ix_ledger_entry_batch", "batch_id"),
        # Up to which day payments are booked, without reading the ledger; a quarter of the lines at most.
        Index(
            "ix_ledger_entry_credit_day",
            "booked_on",
            sqlite_where=text("credit <> 0"),
            postgresql_where=text("credit <> 0"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenancy_id: Mapped[int] = mapped_column(ForeignKey(Tenancy.id))
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id))  # the first batch that brought it
    line_no: Mapped[int]  # line in that batch's file: from any amount back to its source
    document_no: Mapped[str] = mapped_column(String(60))  # "" where the source gives none
    content_key: Mapped[str] = mapped_column(String(32))  # "" where there is a document number
    position: Mapped[int]
    document_type: Mapped[str] = mapped_column(String(20))
    booked_on: Mapped[date]
    due_on: Mapped[date | None]
    period: Mapped[str | None] = mapped_column(String(7))  # RRRR-MM
    component: Mapped[str | None] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(300), default="")
    debit: Mapped[Money]  # PLN, stored in grosze
    credit: Mapped[Money]
    # The line that this one takes back, with the same amount and the other sign.
    reverses_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("ledger_entry.id"))


def place_in_document(position: int) -> int | None:
    """The position that the source gave a numbered line; None of a line taken back, and of a part of one that was split."""
    return position if 0 <= position < APART else None


def in_force() -> ColumnElement[bool]:
    """SQL condition over LedgerEntry: neither taken back by a reversal nor one."""
    return LedgerEntry.position >= 0


class BalanceDifference(Base):
    """A balance that a file states for a tenancy and that the ledger, loaded, does not make; kept with its batch.

    `source` is the file's own word: `saldo` (the balance after a row) or `BO` (an opening balance after other rows, which
    must equal the balance of the day before). The tenancy by its number: a record of what a file said outlives the registry.
    """

    __tablename__ = "balance_difference"
    __table_args__ = (CheckConstraint("source IN ('saldo', 'BO')", name="source"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id), index=True)
    line_no: Mapped[int]
    tenancy_no: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(5))
    balance_on: Mapped[date]  # at the end of this day
    stated: Mapped[Money]
    computed: Mapped[Money | None]  # None: the tenancy has no entries by then


class TenancyTotal(Base):
    """Everything ever booked on one tenancy. A tenancy without a row has no entries.

    The three tables of figures refer to nothing: entries do, and what is made of them goes when they go
    (`core/ledger/maintained.py`).
    """

    __tablename__ = "tenancy_total"
    tenancy_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    debit: Mapped[Money]  # Σ of the positive ones
    storno: Mapped[Money]  # Σ of the negative ones, without their sign
    credit: Mapped[Money]


class RecentDue(Base):
    """What fell due on one tenancy on one day, of the debits that have counted for a few hundred days at most.

    A debit counts from the day on which it is both booked and due.
    """

    __tablename__ = "recent_due"
    __table_args__ = (
        # Stornos of days to come are few; they alone can make a settled tenancy owe today.
        Index(
            "ix_recent_due_storno",
            "counts_on",
            sqlite_where=text("storno <> 0"),
            postgresql_where=text("storno <> 0"),
        ),
        {"sqlite_with_rowid": False},
    )
    tenancy_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counts_on: Mapped[date] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)  # resolved by the rules of core/ledger/due.py
    debit: Mapped[Money]  # Σ of the positive ones
    storno: Mapped[Money]  # Σ of the negative ones, without their sign


class MonthTurnover(Base):
    """What was charged and paid in one building in one month of booking, by component."""

    __tablename__ = "month_turnover"
    __table_args__ = ({"sqlite_with_rowid": False},)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)  # RRRR-MM
    building_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    component: Mapped[str] = mapped_column(String(80), primary_key=True)  # "" where the document names none
    charged: Mapped[Money]
    paid: Mapped[Money]
