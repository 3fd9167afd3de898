"""Tables of the meters: where one hangs, which device hangs there, and what was read from it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.batches.models import ImportBatch
from core.db import Base, BigId
from core.meters.ladder import NO_RISK
from core.money import Volume
from core.registry.models import Premises


class Medium(StrEnum):
    """What flows through."""

    COLD = "cold"
    HOT = "hot"


class Source(StrEnum):
    """Who a reading comes from."""

    TENANT = "tenant"
    OFFICE = "office"
    FILE = "file"
    REPLACEMENT = "replacement"  # the last one of a device that was taken away


class ReadingStatus(StrEnum):
    """What the office makes of a reading. Only the first three stand; the others are kept for the history."""

    ACCEPTED = "accepted"  # przyjęty
    TO_CLARIFY = "to_clarify"  # do wyjaśnienia
    SETTLED = "settled"  # rozliczony
    REJECTED = "rejected"  # odrzucony
    WITHDRAWN = "withdrawn"  # by who handed it in
    CORRECTED = "corrected"  # another one stands in its place


STANDING = (ReadingStatus.ACCEPTED, ReadingStatus.TO_CLARIFY, ReadingStatus.SETTLED)
COUNTING = (ReadingStatus.ACCEPTED, ReadingStatus.SETTLED)
_STANDING_SQL = text("status IN ('accepted', 'to_clarify', 'settled')")
_WAITING_SQL = text("status = 'to_clarify'")


class MeterPoint(Base):
    """A place of measurement in premises; devices come and go, the point stays."""

    __tablename__ = "meter_point"
    __table_args__ = (
        UniqueConstraint("premises_id", "medium", "place"),
        CheckConstraint("medium IN ('cold', 'hot')", name="medium"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    premises_id: Mapped[int] = mapped_column(ForeignKey(Premises.id))
    medium: Mapped[str] = mapped_column(String(4))
    place: Mapped[str] = mapped_column(String(60))  # as the landlord writes it: łazienka, kuchnia


class Meter(Base):
    """One physical device on a point, from its installation to its removal."""

    __tablename__ = "meter"
    __table_args__ = (
        CheckConstraint("digits BETWEEN 1 AND 8", name="digits"),
        CheckConstraint("decimals BETWEEN 0 AND 3", name="decimals"),
        CheckConstraint("(removed_on IS NULL) = (removed_value IS NULL)", name="removal"),
        CheckConstraint("removed_on IS NULL OR removed_on >= installed_on", name="episode"),
        CheckConstraint("installed_value >= 0", name="installed_value"),
        Index("ix_meter_point", "point_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    meter_no: Mapped[str] = mapped_column(String(40), unique=True)
    point_id: Mapped[int] = mapped_column(ForeignKey(MeterPoint.id))
    digits: Mapped[int]  # black ones, before the decimal sign
    decimals: Mapped[int]  # red ones, after it
    installed_on: Mapped[date]
    installed_value: Mapped[Volume]
    removed_on: Mapped[date | None]
    removed_value: Mapped[Volume | None]
    mark: Mapped[str | None] = mapped_column(String(10))  # cecha: M21
    verified_until: Mapped[date | None]
    remote: Mapped[bool]


class MeterReading(Base):
    """What somebody read from a device on a day. Never edited: another reading takes its place, and it stays to be seen."""

    __tablename__ = "meter_reading"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        # A device has one reading a day that stands, whoever hands in another at the same moment.
        Index(
            "uq_meter_reading_day",
            "meter_id",
            "read_on",
            unique=True,
            sqlite_where=_STANDING_SQL,
            postgresql_where=_STANDING_SQL,
        ),
        Index("ix_meter_reading_meter", "meter_id", "read_on"),
        Index("ix_meter_reading_batch", "batch_id"),
        Index(
            "ix_meter_reading_waiting",
            "risk",
            "submitted_at",
            "id",
            sqlite_where=_WAITING_SQL,
            postgresql_where=_WAITING_SQL,
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey(Meter.id))
    read_on: Mapped[date]
    value: Mapped[Volume]
    source: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10))
    flags: Mapped[str] = mapped_column(String(80), default="")  # words of Flag, in order, a blank between
    risk: Mapped[int] = mapped_column(default=NO_RISK)  # the lower, the sooner the office looks at it
    answer: Mapped[str | None] = mapped_column(String(20))  # what was answered when it looked odd
    comment: Mapped[str | None] = mapped_column(String(300))  # of who handed it in
    reason: Mapped[str | None] = mapped_column(String(300))  # of the office, for who handed it in
    submitted_at: Mapped[datetime]
    account_id: Mapped[int | None]  # who handed it in; no foreign keys, because accounts stand above
    employee_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    supersedes_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("meter_reading.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey(ImportBatch.id))
    line_no: Mapped[int | None]


class ReadingPhoto(Base):
    """The photo of a dial that came with a reading, cleaned; the file is kept by its hash."""

    __tablename__ = "reading_photo"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reading_id: Mapped[int] = mapped_column(BigId, ForeignKey(MeterReading.id), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_sha256: Mapped[str] = mapped_column(String(64))  # of what was handed in
    width: Mapped[int]
    height: Mapped[int]
    taken_in_at: Mapped[datetime]
