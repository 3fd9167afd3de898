"""Tables of the registry. Numbers and codes are the landlord's own and stay text for ever: leading zeros matter."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base
from core.money import Area


class ServiceDistrict(Base):
    """Rejon Obsługi Najemców (RON): the office that serves tenants; not a city borough."""

    __tablename__ = "service_district"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))
    hours: Mapped[str | None] = mapped_column(String(200))


class PropertyAdministrator(Base):
    """The person (MAN) who looks after buildings; known by name."""

    __tablename__ = "property_administrator"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))


class Building(Base):
    """A building with its address."""

    __tablename__ = "building"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    street: Mapped[str] = mapped_column(String(120))
    building_no: Mapped[str] = mapped_column(String(20))
    postal_code: Mapped[str] = mapped_column(String(6))
    city: Mapped[str] = mapped_column(String(80))
    borough: Mapped[str] = mapped_column(String(80))


class BuildingService(Base):
    """Which service district and administrator serve a building, from a date until the next row's date."""

    __tablename__ = "building_service"
    __table_args__ = (UniqueConstraint("building_id", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey(Building.id))
    district_id: Mapped[int] = mapped_column(ForeignKey(ServiceDistrict.id), index=True)
    administrator_id: Mapped[int] = mapped_column(ForeignKey(PropertyAdministrator.id))
    valid_from: Mapped[date]


class Premises(Base):
    """A flat or a commercial unit."""

    __tablename__ = "premises"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    building_id: Mapped[int] = mapped_column(ForeignKey(Building.id), index=True)
    premises_no: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    usable_area: Mapped[Area]  # m²
    heated_area: Mapped[Area | None]  # m²
    rooms: Mapped[int | None]
    floor: Mapped[str | None] = mapped_column(String(20))
    equipment: Mapped[str | None] = mapped_column(String(500))
    building: Mapped[Building] = relationship()


class Tenant(Base):
    """A person or a company for whom a ledger is kept (kontrahent)."""

    __tablename__ = "tenant"
    __table_args__ = (CheckConstraint("kind IN ('person', 'company')", name="kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_no: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(7))
    name: Mapped[str] = mapped_column(String(200))
    nip: Mapped[str | None] = mapped_column(String(10))
    email: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(40))
    mailing_address: Mapped[str | None] = mapped_column(String(300))


class Tenancy(Base):
    """Tenant × premises × period (umowa najmu), with its kind of title and the account to pay to."""

    __tablename__ = "tenancy"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("payment_day BETWEEN 1 AND 28", name="payment_day"),
        Index("ix_tenancy_tenant", "tenant_id"),
        Index("ix_tenancy_premises", "premises_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tenancy_no: Mapped[str] = mapped_column(String(40), unique=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    premises_id: Mapped[int] = mapped_column(ForeignKey(Premises.id))
    title: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    bank_account_no: Mapped[str | None] = mapped_column(String(26))  # NRB, 26 digits
    persons: Mapped[int | None]
    payment_day: Mapped[int] = mapped_column(default=10)
    tenant: Mapped[Tenant] = relationship()
    premises: Mapped[Premises] = relationship()
