"""Tables of fault reports: a report, what happened to it, what was written about it, its photos; incidents of buildings."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.accounts.models import Employee
from core.counting import YearCounter
from core.db import Base, BigId
from core.registry.models import Building, Tenancy, Tenant

REOPENED_AT_MOST = 3
PHOTOS_AT_MOST = 3
_OPEN_SQL = text("status IN ('accepted', 'in_progress')")


class FaultStatus(StrEnum):
    """How far a report has got."""

    ACCEPTED = "accepted"  # przyjęte
    IN_PROGRESS = "in_progress"  # w realizacji
    DONE = "done"  # wykonane
    REJECTED = "rejected"  # odrzucone


OPEN = (FaultStatus.ACCEPTED, FaultStatus.IN_PROGRESS)
CLOSED = (FaultStatus.DONE, FaultStatus.REJECTED)


class StepKind(StrEnum):
    """What happened to a report."""

    SENT = "sent"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REJECTED = "rejected"
    REOPENED = "reopened"
    DUE_CHANGED = "due_changed"
    LINKED = "linked"  # with an incident
    UNLINKED = "unlinked"
    ASSIGNED = "assigned"  # the office's own affair: its tenant does not see it
    RATED = "rated"


class FaultCounter(YearCounter, Base):
    """The last number given in a year."""

    __tablename__ = "fault_counter"


class FaultIncident(Base):
    """Something that concerns a whole building, declared by the office; tenants join it instead of reporting anew."""

    __tablename__ = "fault_incident"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closing_note IS NULL)", name="closed"),
        Index("ix_fault_incident_building", "building_id", "closed_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey(Building.id))
    branch: Mapped[str] = mapped_column(String(20))  # of the tree of categories
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)  # for tenants
    expected_on: Mapped[date | None]  # when it should be over
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None]  # an employee; None: the console
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    closing_note: Mapped[str | None] = mapped_column(String(500))  # tenants read it


class FaultReport(Base):
    """One fault as one tenant reported it."""

    __tablename__ = "fault_report"
    __table_args__ = (
        CheckConstraint("status IN ('accepted', 'in_progress', 'done', 'rejected')", name="status"),
        CheckConstraint("(status IN ('done', 'rejected')) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint(f"reopened BETWEEN 0 AND {REOPENED_AT_MOST}", name="reopened"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        UniqueConstraint("tenant_id", "submission_key"),
        Index(
            "ix_fault_report_queue", "due_on", "id", sqlite_where=_OPEN_SQL, postgresql_where=_OPEN_SQL
        ),
        Index("ix_fault_report_tenancy", "tenancy_id"),
        Index("ix_fault_report_building", "building_id", "status"),
        Index("ix_fault_report_incident", "incident_id"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)  # A/000123/2026
    submission_key: Mapped[str] = mapped_column(String(64))  # minted with the form: sent twice is one
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    tenancy_id: Mapped[int] = mapped_column(ForeignKey(Tenancy.id))
    building_id: Mapped[int] = mapped_column(
        ForeignKey(Building.id)
    )  # of the tenancy's premises, which stay where they are
    category: Mapped[str] = mapped_column(String(40))  # a leaf of the tree of categories
    answers: Mapped[str] = mapped_column(Text)  # JSON of pairs: question and answer, in words
    description: Mapped[str] = mapped_column(Text)
    at_home: Mapped[str | None] = mapped_column(String(200))  # when somebody lets the fitter in, and a telephone number
    status: Mapped[str] = mapped_column(String(11), default=FaultStatus.ACCEPTED)
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # done or rejected
    reopened: Mapped[int] = mapped_column(default=0)  # how many times
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey(Employee.id))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey(FaultIncident.id))
    rating: Mapped[int | None]
    rating_comment: Mapped[str | None] = mapped_column(String(500))


class FaultStep(Base):
    """One thing that happened to a report, for its timeline."""

    __tablename__ = "fault_step"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('sent', 'in_progress', 'done', 'rejected', 'reopened', 'due_changed', 'linked', 'unlinked', "
            "'assigned', 'rated')",
            name="kind",
        ),
        CheckConstraint("NOT by_tenant OR employee_id IS NULL", name="who"),
        Index("ix_fault_step_report", "report_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(FaultReport.id))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(11))
    by_tenant: Mapped[bool]
    employee_id: Mapped[int | None]  # None: the tenant, or the console
    proxy: Mapped[str | None] = mapped_column(String(120))  # who wrote it in the tenant's place
    note: Mapped[str | None] = mapped_column(String(1000))


class FaultMessage(Base):
    """Something written about a report; an internal note is for the office only."""

    __tablename__ = "fault_message"
    __table_args__ = (
        CheckConstraint("NOT (by_tenant AND internal)", name="internal"),
        CheckConstraint("NOT by_tenant OR employee_id IS NULL", name="who"),
        Index("ix_fault_message_report", "report_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(FaultReport.id))
    at: Mapped[datetime]
    by_tenant: Mapped[bool]
    employee_id: Mapped[int | None]
    internal: Mapped[bool]
    proxy: Mapped[str | None] = mapped_column(String(120))  # who wrote it in the tenant's place
    body: Mapped[str] = mapped_column(Text)


class FaultPhoto(Base):
    """A photo of a report, kept by the hash of its content."""

    __tablename__ = "fault_photo"
    __table_args__ = (
        CheckConstraint(f"nth BETWEEN 1 AND {PHOTOS_AT_MOST}", name="nth"),
        UniqueConstraint("report_id", "nth"),
        Index("ix_fault_photo_sha256", "sha256"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(FaultReport.id))
    nth: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    original_sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    taken_in_at: Mapped[datetime]
