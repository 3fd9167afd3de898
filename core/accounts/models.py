"""Tables of portal accounts, employees, sign-in attempts and tickets."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId
from core.registry.models import ServiceDistrict, Tenant

REALM_CHECK = "realm IN ('tenant', 'staff')"
STATE_CHECK = "state IN ('active', 'locked', 'closed')"


class AccountState(StrEnum):
    """Whether an account signs in. `locked` lasts until recovery, `closed` for good."""

    ACTIVE = "active"
    LOCKED = "locked"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What came of an attempt. One that was never decided counts as wrong."""

    RESERVED = "reserved"
    WRONG = "wrong"
    RIGHT = "right"


class PortalAccount(Base):
    """The sign-in of one tenant. A tenant has at most one that is not closed."""

    __tablename__ = "portal_account"
    __table_args__ = (
        CheckConstraint(STATE_CHECK, name="state"),
        CheckConstraint("login = lower(login)", name="login_lower"),
        Index(
            "uq_portal_account_open",
            "tenant_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    login: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(6), default=AccountState.ACTIVE)
    created_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]


class Employee(Base):
    """A user of the staff dashboard."""

    __tablename__ = "employee"
    __table_args__ = (
        CheckConstraint(STATE_CHECK, name="state"),
        CheckConstraint("login = lower(login)", name="login_lower"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(6), default=AccountState.ACTIVE)
    created_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]


class EmployeeRole(Base):
    """One role of one employee."""

    __tablename__ = "employee_role"
    employee_id: Mapped[int] = mapped_column(ForeignKey(Employee.id), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class EmployeeDistrict(Base):
    """One service district (RON) an employee works for; an employee without any works for all."""

    __tablename__ = "employee_district"
    employee_id: Mapped[int] = mapped_column(ForeignKey(Employee.id), primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey(ServiceDistrict.id), primary_key=True)


class SignInAttempt(Base):
    """One attempt to sign in, reserved before the password is looked at.

    The identifier is kept as a hash: people type passwords into that field. Unknown ones count like known ones.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        CheckConstraint(REALM_CHECK, name="realm"),
        CheckConstraint("outcome IN ('reserved', 'wrong', 'right')", name="outcome"),
        Index("ix_sign_in_attempt_login", "realm", "login_hash", "at"),
        Index("ix_sign_in_attempt_network", "network", "at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    realm: Mapped[str] = mapped_column(String(6))
    login_hash: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(8), default=Outcome.RESERVED)


class SignInTicket(Base):
    """Carries a sign-in from the form to the route that sets the cookie: once, within seconds, kept as a hash."""

    __tablename__ = "sign_in_ticket"
    __table_args__ = (CheckConstraint(REALM_CHECK, name="realm"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_hash: Mapped[str] = mapped_column(String(64), unique=True)
    realm: Mapped[str] = mapped_column(String(6))
    subject_id: Mapped[int]
    expires_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(200))
    network: Mapped[str] = mapped_column(String(45))
