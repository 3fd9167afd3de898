"""Tables of portal accounts, employees, sign-in attempts and tickets."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId
from core.registry.models import PropertyAdministrator, ServiceDistrict, Tenant

REALM_CHECK = "realm IN ('tenant', 'staff')"
STATE_CHECK = "state IN ('active', 'locked', 'closed')"


class AccountState(StrEnum):
    """Whether an account signs in. `locked` lasts until recovery, `closed` for good."""

    ACTIVE = "active"
    LOCKED = "locked"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What came of an attempt. One that was never decided counts as wrong; `cleared` starts the count anew (unlocked)."""

    RESERVED = "reserved"
    WRONG = "wrong"
    RIGHT = "right"
    CLEARED = "cleared"


class PortalAccount(Base):
    """The sign-in of one tenant, or of a proxy who is none. A tenant has at most one that is not closed.

    Until the first own password is set the initial one signs in; afterwards it is only the recovery credential.
    """

    __tablename__ = "portal_account"
    __table_args__ = (
        CheckConstraint(STATE_CHECK, name="state"),
        CheckConstraint("login = lower(login)", name="login_lower"),
        CheckConstraint("(tenant_id IS NULL) = (person_name IS NOT NULL)", name="person"),
        Index(
            "uq_portal_account_open",
            "tenant_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey(Tenant.id))
    person_name: Mapped[str | None] = mapped_column(String(120))  # of a proxy who is not a tenant
    login: Mapped[str] = mapped_column(String(40), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(200))  # of the tenant's own password
    password_set_at: Mapped[datetime | None]
    initial_password_hash: Mapped[str | None] = mapped_column(String(200))
    initial_password_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(6), default=AccountState.ACTIVE)
    created_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    lock_reason: Mapped[str | None] = mapped_column(String(20))
    daily_digest: Mapped[bool] = mapped_column(default=False, server_default=false())  # notices in one message a day
    muted_topics: Mapped[str] = mapped_column(
        String(200), default=""
    )  # topics of notices not to be mailed, with blanks
    text_percent: Mapped[int | None]  # the size of type on screens, of the usual one; None: never chosen
    former_email: Mapped[str | None] = mapped_column(String(254))  # until then the way back in goes to this one
    former_email_until: Mapped[datetime | None]

    def recovery_email(self, at: datetime) -> str | None:
        """Where the way back in is mailed: after a change of address, for two days, still to the one before."""
        if self.former_email and self.former_email_until and self.former_email_until > at:
            return self.former_email
        return self.email


class ClosingState(StrEnum):
    """How far a request to close an account has got: open → withdrawn by its tenant, closed or rejected by the office."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REJECTED = "rejected"


class ClosingRequest(Base):
    """A tenant's request that the office close their account; an account has one open at most."""

    __tablename__ = "closing_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'withdrawn', 'closed', 'rejected')", name="state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(state = 'rejected') = (answer IS NOT NULL)", name="answered"),
        Index(
            "uq_closing_request_open",
            "account_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_closing_request_account", "account_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(PortalAccount.id))
    reason: Mapped[str | None] = mapped_column(String(500))  # of the tenant, who need not give one
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(9), default=ClosingState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]  # an employee; None: the tenant, or the server's console
    answer: Mapped[str | None] = mapped_column(String(500))  # of the office, which the tenant reads


class UsedPassword(Base):
    """An own password of an account, present or past: the last five are not taken again."""

    __tablename__ = "used_password"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(PortalAccount.id), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]


class RecoveryLink(Base):
    """A one-time link that sets a new password, kept as a hash."""

    __tablename__ = "recovery_link"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(PortalAccount.id), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # also set when a newer link or password takes its place


class TermsVersion(Base):
    """A published text of the terms (regulamin), never edited; the newest is in force."""

    __tablename__ = "terms_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(20), unique=True)
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of the text in UTF-8
    changes: Mapped[str] = mapped_column(Text, default="")  # what changed since the version before, for its readers
    published_at: Mapped[datetime]


class TermsAcceptance(Base):
    """A tenant's consent to one version of the terms, with the hash of the text that was shown."""

    __tablename__ = "terms_acceptance"
    __table_args__ = (UniqueConstraint("account_id", "terms_version_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(PortalAccount.id))
    terms_version_id: Mapped[int] = mapped_column(ForeignKey(TermsVersion.id))
    text_hash: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime]


class Employee(Base):
    """A user of the staff dashboard."""

    __tablename__ = "employee"
    __table_args__ = (
        CheckConstraint(STATE_CHECK, name="state"),
        CheckConstraint("login = lower(login)", name="login_lower"),
        Index("uq_employee_oidc_subject", "oidc_subject", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(6), default=AccountState.ACTIVE)
    created_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    totp_secret: Mapped[str | None] = mapped_column(String(200))  # base32
    totp_confirmed_at: Mapped[datetime | None]  # until then the secret is only offered
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)  # of the last code taken: no code twice
    oidc_subject: Mapped[str | None] = mapped_column(String(255))  # the office's identity provider knows them as this
    # Whose buildings an employee with the role of an administrator of properties sees.
    property_administrator_id: Mapped[int | None] = mapped_column(ForeignKey(PropertyAdministrator.id))


class EmployeeRecoveryCode(Base):
    """A code that stands in once for the authenticator app, kept as a hash."""

    __tablename__ = "employee_recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey(Employee.id), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


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
        CheckConstraint("outcome IN ('reserved', 'wrong', 'right', 'cleared')", name="outcome"),
        Index("ix_sign_in_attempt_login", "realm", "login_hash", "at"),
        Index("ix_sign_in_attempt_network", "realm", "network", "at"),
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
    __table_args__ = (
        CheckConstraint(REALM_CHECK, name="realm"),
        Index("uq_sign_in_ticket_provider_answer", "provider_answer", unique=True),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_hash: Mapped[str] = mapped_column(String(64), unique=True)
    realm: Mapped[str] = mapped_column(String(6))
    subject_id: Mapped[int]
    expires_at: Mapped[datetime]
    redeemed_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(200))
    network: Mapped[str] = mapped_column(String(45))
    provider_answer: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the identity provider's, taken once
