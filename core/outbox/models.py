"""The table of outgoing mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId


class MailState(StrEnum):
    """waiting → sending → sent; back to waiting after a failure; dead when it has failed for too long."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


class OutgoingMail(Base):
    """One message to one person. The key makes a second message for the same reason impossible."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead')", name="state"),
        Index("ix_outgoing_mail_due", "state", "due_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    deduplication_key: Mapped[str] = mapped_column(String(120), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254))
    parameters: Mapped[str | None] = mapped_column(Text)  # JSON; wiped on delivery; never a secret
    attachment_sha256: Mapped[str | None] = mapped_column(String(64))  # of a kept file
    attachment_name: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(7), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]  # not tried before
    lease_key: Mapped[str | None] = mapped_column(String(40))  # of the worker that sends it
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
