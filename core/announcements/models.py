"""Tables of announcements: one announcement, its versions, and whom it was addressed to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.registry.models import Tenancy, Tenant


class AnnouncementKind(StrEnum):
    """What it is; an emergency stands above all others, ends on a day and is mailed to everybody with an address."""

    PLAIN = "plain"
    EMERGENCY = "emergency"


class Announcement(Base):
    """One announcement from draft to archive. Nobody sees it before `visible_from`; until then it may be taken back."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint("kind IN ('plain', 'emergency')", name="kind"),
        CheckConstraint("(published_at IS NULL) = (visible_from IS NULL)", name="published"),
        CheckConstraint("kind <> 'emergency' OR published_at IS NULL OR expires_on IS NOT NULL", name="ends"),
        Index(
            "ix_announcement_untold",
            "visible_from",
            sqlite_where=text("announced_version < version"),
            postgresql_where=text("announced_version < version"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(9))
    audience: Mapped[str] = mapped_column(Text)  # JSON of an Audience
    version: Mapped[int] = mapped_column(default=1)  # the current one
    planned_for: Mapped[datetime | None]  # when it is to appear; None: as soon as it is published
    expires_on: Mapped[date | None]  # the last day on which it is current; None: until withdrawn
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]  # no foreign key, because accounts stand beside
    published_at: Mapped[datetime | None]
    visible_from: Mapped[datetime | None]
    recipients: Mapped[int] = mapped_column(default=0)  # when it was published
    announced_version: Mapped[int] = mapped_column(default=0)  # the version that tenants were told of
    withdrawn_at: Mapped[datetime | None]


class AnnouncementVersion(Base):
    """What an announcement says, or said before it was corrected. A published version is never edited."""

    __tablename__ = "announcement_version"
    __table_args__ = (UniqueConstraint("announcement_id", "nth"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey(Announcement.id))
    nth: Mapped[int]
    title: Mapped[str] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(Text)  # the marks of `ui.prose`, nothing else
    attachment_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    attachment_name: Mapped[str | None] = mapped_column(String(120))
    written_at: Mapped[datetime]
    written_by: Mapped[int | None]


class AnnouncementRecipient(Base):
    """One tenant to whom it is addressed, by the tenancy that made them one of the audience."""

    __tablename__ = "announcement_recipient"
    __table_args__ = (Index("ix_announcement_recipient_tenant", "tenant_id", "announcement_id"),)
    announcement_id: Mapped[int] = mapped_column(ForeignKey(Announcement.id), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id), primary_key=True)
    tenancy_id: Mapped[int] = mapped_column(ForeignKey(Tenancy.id))
    opened_at: Mapped[datetime | None]  # for the first time
    opened_version: Mapped[int | None]  # the newest version they have opened
