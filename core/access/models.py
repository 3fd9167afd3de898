"""Sessions of both realms: a row here, and nothing else, says who is signed in. Grants: for whom else they may act."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId


class Realm(StrEnum):
    """Tenants and employees are different worlds: no session of one is ever valid in the other."""

    TENANT = "tenant"
    STAFF = "staff"


class ProxyLevel(StrEnum):
    """How far a proxy reaches; each level holds the ones before it."""

    SEE = "see"  # balance, ledger, charges, meters
    READINGS = "readings"  # and hands in readings
    EVERYTHING = "everything"  # and letters, questions, faults: all that concerns the tenancy

    def covers(self, other: "ProxyLevel") -> bool:
        """Whether this level reaches as far as the other."""
        levels = list(ProxyLevel)
        return levels.index(self) >= levels.index(other)


class ProxyEnd(StrEnum):
    """Why a grant ended before its time."""

    REVOKED = "revoked"  # by the tenant
    OFFICE = "office"  # by an employee
    GIVEN_UP = "given_up"  # by the proxy, also of an invitation


class ProxyGrant(Base):
    """A second person's access to one tenancy: an invitation until it is accepted, in force until `valid_to` or its end."""

    __tablename__ = "proxy_grant"
    __table_args__ = (
        CheckConstraint("level IN ('see', 'readings', 'everything')", name="level"),
        CheckConstraint("(accepted_at IS NULL) = (account_id IS NULL)", name="accepted"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
        Index("ix_proxy_grant_account", "account_id"),
        Index("ix_proxy_grant_tenant", "tenant_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"))
    tenancy_id: Mapped[int] = mapped_column(ForeignKey("tenancy.id"))
    level: Mapped[str] = mapped_column(String(10))
    person_name: Mapped[str] = mapped_column(String(120))  # as who grants it wrote it
    email: Mapped[str] = mapped_column(String(254))  # where the invitation goes
    valid_to: Mapped[date]  # the last day
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None]  # an employee; None: the tenant
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the invitation, made when it is mailed
    invited_until: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("portal_account.id"))  # of the proxy
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(10))


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
    # For whom a proxy acts now; whether they still may is asked on every call. None: for themselves.
    proxy_grant_id: Mapped[int | None] = mapped_column(ForeignKey(ProxyGrant.id))


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
