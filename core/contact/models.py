"""Tables of contact data: what a tenant has told the portal, and every change with what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, BigId
from core.errors import DomainError
from core.registry.models import Tenant


class ContactKind(StrEnum):
    """What is changed."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"


class ChangeState(StrEnum):
    """How far a change has got.

    E-mail: asked → done, or frozen by the old address, then settled by the office. Telephone: done. Address: waiting → done
    or rejected. What was taken back, replaced by a later one or left too long is void.
    """

    ASKED = "asked"  # the code was sent to the new address
    WAITING = "waiting"  # for the office
    DONE = "done"
    REJECTED = "rejected"
    FROZEN = "frozen"
    VOID = "void"


OPEN_STATES = (ChangeState.ASKED, ChangeState.WAITING)


class NothingUnderWayError(DomainError):
    """There is no change in the state that was asked for: it is settled already, or never was."""


class ContactDetails(Base):
    """What the tenant has told; it stands before what the landlord's own file says."""

    __tablename__ = "contact_details"
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id), primary_key=True)
    phone: Mapped[str | None] = mapped_column(String(16))  # E.164
    address: Mapped[str | None] = mapped_column(String(300))  # for letters, one line
    changed_at: Mapped[datetime]


class DeliveryConsent(Base):
    """A tenant's consent to have letters in the portal; at most one of a tenant stands."""

    __tablename__ = "delivery_consent"
    __table_args__ = (
        Index(
            "uq_delivery_consent_stands",
            "tenant_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    version: Mapped[str] = mapped_column(String(20))
    text_hash: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ContactChange(Base):
    """One change a tenant asked for. Values are texts ready to be shown."""

    __tablename__ = "contact_change"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone', 'address')", name="kind"),
        CheckConstraint("state IN ('asked', 'waiting', 'done', 'rejected', 'frozen', 'void')", name="state"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        Index(
            "uq_contact_change_open",
            "tenant_id",
            "kind",
            unique=True,
            sqlite_where=text("state IN ('asked', 'waiting')"),
            postgresql_where=text("state IN ('asked', 'waiting')"),
        ),
        Index("ix_contact_change_tenant", "tenant_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    kind: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(8))
    old: Mapped[str] = mapped_column(String(300))
    new: Mapped[str] = mapped_column(String(300))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]  # an employee; None: the tenant, or nobody
    reason: Mapped[str | None] = mapped_column(String(500))  # of the office, which the tenant reads
    code_hash: Mapped[str | None] = mapped_column(String(64))  # of an e-mail's code, from when it is sent
    code_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    refusal_hash: Mapped[str | None] = mapped_column(String(64), index=True)  # of the link "to nie ja"
