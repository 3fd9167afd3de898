"""Who has looked at a tenant's data: one line an employee, purpose and day, which the tenant reads as role, purpose, day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.access.scopes import EmployeeScope, Role, TenantScope, require_live
from core.clock import now, today
from core.db import Base, BigId
from core.registry.models import Tenant

SHOWN = 500
NOBODY = 0  # in place of an employee: the operator at the server's console


class Purpose(StrEnum):
    """What an employee opened."""

    TENANT = "tenant"  # the tenant at a glance
    TENANT_VIEW = "tenant_view"  # what the tenant sees in the portal, read only
    REQUEST = "request"
    READINGS = "readings"
    LETTER = "letter"
    CONTACT_CHANGE = "contact_change"
    FAULT = "fault"
    QUESTION = "question"


PURPOSE_WORDS = {
    Purpose.TENANT: "karta najemcy: umowy, saldo, konto",
    Purpose.TENANT_VIEW: "widok najemcy: to, co widzisz w portalu, tylko do odczytu",
    Purpose.REQUEST: "wniosek o konto",
    Purpose.READINGS: "odczyty wodomierzy",
    Purpose.LETTER: "pisma",
    Purpose.CONTACT_CHANGE: "zmiana danych kontaktowych",
    Purpose.QUESTION: "pytanie do rejonu",
    Purpose.FAULT: "zgłoszenie awarii albo usterki",
}
ROLE_WORDS = {
    Role.CLERK: "obsługa najemców",
    Role.HEAD: "kierownik rejonu",
    Role.ADMINISTRATOR: "administrator nieruchomości",
    Role.ACCOUNTING: "księgowość",
    Role.CHIEF_ACCOUNTANT: "główny księgowy",
    Role.EDITOR: "redakcja",
    Role.ANALYST: "analityk",
    Role.ADMIN: "administrator systemu",
}


class DataView(Base):
    """An employee opened a tenant's data for a purpose, once or often on that day."""

    __tablename__ = "data_view"
    __table_args__ = (
        UniqueConstraint("tenant_id", "day", "employee_id", "purpose"),
        Index("ix_data_view_day", "day"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey(Tenant.id))
    employee_id: Mapped[int]  # no foreign key, because accounts stand above
    roles: Mapped[str] = mapped_column(String(100))  # those of that moment, with blanks
    purpose: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    first_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class OwnView:
    """One look at the tenant's data; `roles` empty: the operator of the server."""

    day: date
    purpose: Purpose
    roles: tuple[Role, ...]


def note_views(session: Session, scope: EmployeeScope, *, tenants: Iterable[int | None], purpose: Purpose) -> None:
    """Note that the employee opened data of these tenants (None: of nobody known); the caller has asked who they are.

    It writes only for the first look of a day; the session has to be one that may write.
    """
    employee = scope.employee_id or NOBODY
    wanted = {tenant for tenant in tenants if tenant is not None}
    noted = select(DataView.tenant_id).where(
        DataView.tenant_id.in_(wanted),
        DataView.day == today(),
        DataView.employee_id == employee,
        DataView.purpose == purpose,
    )
    for tenant in sorted(wanted - {*session.scalars(noted)}):
        row = {
            "tenant_id": tenant,
            "employee_id": employee,
            "roles": " ".join(sorted(scope.roles)) if scope.employee_id else "",
            "purpose": purpose,
            "day": today(),
            "first_at": now(),
        }
        try:
            with session.begin_nested():
                session.execute(insert(DataView), [row])
        except IntegrityError:
            continue  # the same employee has just opened it in another window


def own_views(session: Session, scope: TenantScope, *, days: int = 365) -> list[OwnView]:
    """Who has looked at the tenant's data in so many days, the newest first, at most `SHOWN`."""
    require_live(session, scope)
    rows = session.scalars(
        select(DataView)
        .where(DataView.tenant_id == scope.tenant_id, DataView.day > today() - timedelta(days=days))
        .order_by(DataView.day.desc(), DataView.id.desc())
        .limit(SHOWN)
    )
    return [OwnView(one.day, Purpose(one.purpose), tuple(Role(role) for role in one.roles.split())) for one in rows]
