"""The table of the tenants' inbox."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId
from core.registry.models import Tenant


class NoticeKind(StrEnum):
    """What it tells about."""

    WINDOW_OPENS = "window_opens"
    WINDOW_CLOSES = "window_closes"
    READING_REJECTED = "reading_rejected"
    VERIFICATION_ENDS = "verification_ends"
    ANNOUNCEMENT = "announcement"
    EMERGENCY = "emergency"
    CONTACT_DECIDED = "contact_decided"
    LETTER = "letter"
    FAULT_CHANGED = "fault_changed"
    QUESTION_ANSWERED = "question_answered"
    DATA_READY = "data_ready"
    DATA_FAILED = "data_failed"
    CLOSING_REJECTED = "closing_rejected"


class Topic(StrEnum):
    """What a tenant may have by mail or not; in the inbox there is all of it."""

    READINGS = "readings"
    VERIFICATION = "verification"
    ANNOUNCEMENTS = "announcements"
    CONTACT = "contact"
    LETTERS = "letters"
    FAULTS = "faults"
    QUESTIONS = "questions"
    ACCOUNT = "account"


TOPICS = {
    NoticeKind.WINDOW_OPENS: Topic.READINGS,
    NoticeKind.WINDOW_CLOSES: Topic.READINGS,
    NoticeKind.READING_REJECTED: Topic.READINGS,
    NoticeKind.VERIFICATION_ENDS: Topic.VERIFICATION,
    NoticeKind.ANNOUNCEMENT: Topic.ANNOUNCEMENTS,
    NoticeKind.EMERGENCY: Topic.ANNOUNCEMENTS,  # which is mailed whatever they chose
    NoticeKind.CONTACT_DECIDED: Topic.CONTACT,
    NoticeKind.LETTER: Topic.LETTERS,
    NoticeKind.FAULT_CHANGED: Topic.FAULTS,
    NoticeKind.QUESTION_ANSWERED: Topic.QUESTIONS,
    NoticeKind.DATA_READY: Topic.ACCOUNT,
    NoticeKind.DATA_FAILED: Topic.ACCOUNT,
    NoticeKind.CLOSING_REJECTED: Topic.ACCOUNT,
}


class Notice(Base):
    """One thing told to one tenant. The key makes a second one for the same reason impossible."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "key"),
        Index(
            "ix_notice_unmailed",
            "id",
            sqlite_where=text("mailed_at IS NULL"),
            postgresql_where=text("mailed_at IS NULL"),
        ),
        Index(
            "ix_notice_digest",
            "tenant_id",
            sqlite_where=text("waits_for_digest"),
            postgresql_where=text("waits_for_digest"),
        ),
        Index(
            "ix_notice_inbox",
            "tenant_id",
            "id",
            sqlite_where=text("dismissed_at IS NULL"),
            postgresql_where=text("dismissed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    facts: Mapped[str] = mapped_column(Text)  # JSON of texts, ready to be shown
    created_at: Mapped[datetime]
    shown_until: Mapped[date]  # the last day on which it matters
    dismissed_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]  # handed to the outbox, or found that nobody wants it by mail
    waits_for_digest: Mapped[bool] = mapped_column(default=False, server_default=false())  # for the day's message
