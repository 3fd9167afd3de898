"""The table of the audit log."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId


class Actor(StrEnum):
    """Whose doing an event was: somebody signed in, a visitor, the server's console, or the program by itself."""

    TENANT = "tenant"
    STAFF = "staff"
    PUBLIC = "public"
    CONSOLE = "console"
    SYSTEM = "system"


class AuditEvent(Base):
    """Something that was decided or done. Never changed; personal data only as ids, secrets never."""

    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint("actor IN ('tenant', 'staff', 'public', 'console', 'system')", name="actor"),
        Index("ix_audit_event_object", "object_kind", "object_id"),
        Index("ix_audit_event_at", "at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(7))
    actor_id: Mapped[int | None]  # portal account or employee, by actor; no foreign key, because accounts stand above
    action: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(60))
    details: Mapped[str] = mapped_column(String(4000), default="{}")  # canonical JSON
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
