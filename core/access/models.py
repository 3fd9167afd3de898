"""Sessions of both realms. A row here, and nothing else, says who is signed in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId


class Realm(StrEnum):
    """Tenants and employees are different worlds: no session of one is ever valid in the other."""

    TENANT = "tenant"
    STAFF = "staff"


class PortalSession(Base):
    """A signed-in browser. Ended by a time stamp, never deleted before its retention; ending is final."""

    __tablename__ = "portal_session"
    __table_args__ = (
        CheckConstraint("realm IN ('tenant', 'staff')", name="realm"),
        Index("ix_portal_session_subject", "realm", "subject_id", "ended_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the 256-bit id in the cookie
    realm: Mapped[str] = mapped_column(String(6))
    subject_id: Mapped[int]  # portal account or employee, by realm; no foreign key, because accounts stand above
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # absolute limit
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(20))
    restricted: Mapped[bool] = mapped_column(default=False, server_default=false())  # may only pass the gates
    second_factor_at: Mapped[datetime | None]  # an employee's code was right
    device: Mapped[str] = mapped_column(String(200), default="")
    network: Mapped[str] = mapped_column(String(45), default="")


class ConfirmationToken(Base):
    """A question shown to an employee and not answered yet; the answer deletes it, so that it works once."""

    __tablename__ = "confirmation_token"
    __table_args__ = (Index("ix_confirmation_token_object", "purpose", "object_id"),)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(60))
    employee_id: Mapped[int | None]  # no foreign key, because accounts stand above
    minted_at: Mapped[datetime]


class ThrottleEvent(Base):
    """One use of something that is limited: a form, a look-up, a link. Whose it was is kept as a hash."""

    __tablename__ = "throttle_event"
    __table_args__ = (Index("ix_throttle_event_key", "purpose", "key_hash", "at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(30))
    key_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
