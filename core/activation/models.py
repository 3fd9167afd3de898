"""Tables of activation requests."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.accounts.models import Employee, PortalAccount, TermsVersion
from core.counting import YearCounter
from core.db import Base, BigId
from core.registry.models import ServiceDistrict, Tenancy, Tenant

STATES = (
    "'submitted', 'filed', 'in_review', 'correction', 'approved', 'credentials_sent', 'completed', "
    "'rejected', 'expired', 'withdrawn', 'superseded'"
)


class RequestState(StrEnum):
    """submitted → filed → in_review → approved → credentials_sent → completed, with the ways out of it."""

    SUBMITTED = "submitted"  # the form was sent; the paper is awaited
    FILED = "filed"  # the signed paper was handed in; the clock runs
    IN_REVIEW = "in_review"
    CORRECTION = "correction"  # the applicant has to mend something; the clock stands
    APPROVED = "approved"
    CREDENTIALS_SENT = "credentials_sent"
    COMPLETED = "completed"  # the tenant has signed in and set a password
    REJECTED = "rejected"
    EXPIRED = "expired"  # no paper in time
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"  # a newer request of the same person took its place


class ActivationRequest(Base):
    """One application for an account (wniosek o aktywację konta)."""

    __tablename__ = "activation_request"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("kind IN ('person', 'company')", name="kind"),
        Index("ix_activation_request_queue", "state", "district_id", "deadline_on"),
        Index("ix_activation_request_email", "email"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)  # IOK/2026/000123
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)  # minted with the form: sent twice is one
    state: Mapped[str] = mapped_column(String(16), default=RequestState.SUBMITTED)
    kind: Mapped[str] = mapped_column(String(7))
    name: Mapped[str] = mapped_column(String(200))
    tenant_no: Mapped[str | None] = mapped_column(String(40))  # as the applicant wrote it
    tenancy_no: Mapped[str | None] = mapped_column(String(40))
    street: Mapped[str] = mapped_column(String(120))
    building_no: Mapped[str] = mapped_column(String(20))
    premises_no: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    terms_version_id: Mapped[int] = mapped_column(ForeignKey(TermsVersion.id))
    submitted_at: Mapped[datetime]
    document_sha256: Mapped[str | None] = mapped_column(String(64))  # the PDF as it was mailed
    district_id: Mapped[int | None] = mapped_column(ForeignKey(ServiceDistrict.id))  # None: the address is not known
    administrator_received_on: Mapped[date | None]  # handed in to the property administrator; starts no clock
    filed_on: Mapped[date | None]  # handed in at the RON office
    filed_by: Mapped[int | None] = mapped_column(ForeignKey(Employee.id))
    document_shown: Mapped[bool] = mapped_column(default=False)
    deadline_on: Mapped[date | None]
    paused_on: Mapped[date | None]  # since when the applicant has been asked to mend something
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey(Tenant.id))
    title_checked_on: Mapped[date | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey(Employee.id))
    message: Mapped[str | None] = mapped_column(String(1000))  # to the applicant: what to mend, or why it was rejected
    reject_code: Mapped[str | None] = mapped_column(String(30))
    decided_at: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(PortalAccount.id))


class ActivationTenancy(Base):
    """A tenancy that a request was matched to."""

    __tablename__ = "activation_tenancy"
    request_id: Mapped[int] = mapped_column(ForeignKey(ActivationRequest.id), primary_key=True)
    tenancy_id: Mapped[int] = mapped_column(ForeignKey(Tenancy.id), primary_key=True)


class ActivationStep(Base):
    """One change of a request's state, for the applicant and for the queue."""

    __tablename__ = "activation_step"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(ActivationRequest.id), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))  # the new one
    employee_id: Mapped[int | None] = mapped_column(ForeignKey(Employee.id))


class ActivationCounter(YearCounter, Base):
    """The last number given in a year."""

    __tablename__ = "activation_counter"
