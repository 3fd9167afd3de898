"""The table of reading windows."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.registry.models import Building, ServiceDistrict


class ReadingWindow(Base):
    """Days in which meters are read: of the whole city, of a district, or of one building.

    A series repeats every so many months; each of its windows is a row of its own, made ahead of its time.
    """

    __tablename__ = "reading_window"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="period"),
        CheckConstraint("grace_days BETWEEN 0 AND 60", name="grace_days"),
        CheckConstraint("district_id IS NULL OR building_id IS NULL", name="one_place"),
        CheckConstraint("every_months IS NULL OR every_months BETWEEN 1 AND 24", name="every_months"),
        UniqueConstraint("series_id", "nth"),
        Index("ix_reading_window_opens_on", "opens_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey(ServiceDistrict.id))
    building_id: Mapped[int | None] = mapped_column(ForeignKey(Building.id))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    reading_day: Mapped[date | None]  # whose state is wanted; None: any day of the window
    grace_days: Mapped[int]  # after the end, in which a state of the window may still be handed in
    every_months: Mapped[int | None]  # None: it does not repeat
    series_id: Mapped[int | None] = mapped_column(ForeignKey("reading_window.id"))  # the first one of the series
    nth: Mapped[int] = mapped_column(default=0)  # after the first
    announced_at: Mapped[datetime | None]  # tenants were told that it opens
    reminded_at: Mapped[datetime | None]  # … that it closes soon
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]  # no foreign key, because accounts stand above
