"""What an import leaves beside the rows it loads: findings, repetitions, suspended rows, changes of the registry."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.batches.models import ImportBatch
from core.db import Base, BigId
from core.ledger.models import LedgerEntry
from core.meters.models import MeterReading
from core.money import Money, Volume


class BatchFinding(Base):
    """Something the check had to say about a place in the file; the first ones of each cause and column are kept."""

    __tablename__ = "batch_finding"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id), index=True)
    severity: Mapped[str] = mapped_column(String(7))
    line_no: Mapped[int | None]
    column: Mapped[str | None] = mapped_column(String(60))
    cell: Mapped[str | None] = mapped_column(String(200))
    cause: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(500))


class RepeatedEntry(Base):
    """A further batch that brought an entry which another batch had loaded; undoing one must not lose the row."""

    __tablename__ = "repeated_entry"
    __table_args__ = (Index("ix_repeated_entry_entry", "entry_id"),)
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigId, ForeignKey(LedgerEntry.id))


class SuspendedRow(Base):
    """A ledger row whose tenant or tenancy is not known yet: kept with its line, assigned later."""

    __tablename__ = "suspended_row"
    __table_args__ = (
        UniqueConstraint("document_no", "content_key", "position"),
        CheckConstraint("(debit = 0) <> (credit = 0)", name="one_side"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id), index=True)
    line_no: Mapped[int]
    tenant_no: Mapped[str] = mapped_column(String(40))
    tenancy_no: Mapped[str] = mapped_column(String(40))
    document_no: Mapped[str] = mapped_column(String(60))
    content_key: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    document_type: Mapped[str] = mapped_column(String(20))
    booked_on: Mapped[date]
    due_on: Mapped[date | None]
    period: Mapped[str | None] = mapped_column(String(7))
    component: Mapped[str | None] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(300), default="")
    debit: Mapped[Money]
    credit: Mapped[Money]


class RepeatedSuspension(Base):
    """A further batch that brought a row which stands in suspense."""

    __tablename__ = "repeated_suspension"
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey(SuspendedRow.id), index=True)


class SuspendedReading(Base):
    """A reading of a device that is not known: kept with its line until a file finds the device. It never makes one."""

    __tablename__ = "suspended_reading"
    __table_args__ = (UniqueConstraint("meter_no", "read_on", "value"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id), index=True)
    line_no: Mapped[int]
    meter_no: Mapped[str] = mapped_column(String(40))
    read_on: Mapped[date]
    value: Mapped[Volume]
    premises_code: Mapped[str | None] = mapped_column(String(40))
    origin: Mapped[str | None] = mapped_column(String(60))
    # What it became when a later file brought it again with the device known; None: it waits.
    reading_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(MeterReading.id), index=True)


class RepeatedReading(Base):
    """A further batch that brought a reading which stands, or one which waits in suspense."""

    __tablename__ = "repeated_reading"
    __table_args__ = (CheckConstraint("(reading_id IS NULL) <> (suspended_id IS NULL)", name="one_target"),)
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id), primary_key=True)
    line_no: Mapped[int] = mapped_column(primary_key=True)
    reading_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(MeterReading.id), index=True)
    suspended_id: Mapped[int | None] = mapped_column(ForeignKey(SuspendedReading.id), index=True)


class RegistryChange(Base):
    """One record that a batch made or changed, with what it was before, so that an undo can restore it exactly."""

    __tablename__ = "registry_change"
    __table_args__ = (Index("ix_registry_change_record", "entity", "record_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey(ImportBatch.id), index=True)
    line_no: Mapped[int]
    entity: Mapped[str] = mapped_column(String(30))  # table
    record_id: Mapped[int]
    record_key: Mapped[str] = mapped_column(String(160))  # the landlord's own number or code
    before: Mapped[str | None] = mapped_column(Text)  # JSON of the columns; None: made by this batch
    after: Mapped[str] = mapped_column(Text)


class ImportProfile(Base):
    """How files of one source are read where detection errs; a source is known by the heading of its files."""

    __tablename__ = "import_profile"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    heading: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the first line, as it is written
    settings: Mapped[str] = mapped_column(Text)  # JSON: encoding, delimiter, decimal sign, columns
    saved_at: Mapped[datetime]
