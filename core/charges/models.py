"""The charge schedule's one table."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.money import Quantity, Rate
from core.registry.models import Tenancy


class Charge(Base):
    """One component of a tenancy's monthly charge (składnik naliczenia), from a day on.

    It holds until `valid_to` or until the day before the next line of the same component, whichever comes first: the
    landlord's system announces a new rate without closing the old line.
    """

    __tablename__ = "charge"
    __table_args__ = (
        UniqueConstraint("tenancy_id", "component", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("vat_percent IS NULL OR vat_percent BETWEEN 0 AND 99", name="vat_percent"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    tenancy_id: Mapped[int] = mapped_column(ForeignKey(Tenancy.id))
    component: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(20))  # as the landlord writes it: m², os., m³, lokal
    quantity: Mapped[Quantity]  # of the unit
    rate: Mapped[Rate]  # PLN a unit and month; below zero: a discount. Net where there is a VAT rate
    vat_percent: Mapped[int | None]  # None: exempt, or none of the tenant's business
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # the last day
