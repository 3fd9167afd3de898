"""Who reports faults in the tests, who deals with them, and short ways to do either."""

import itertools
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role, TenantScope
from core.documents.pictures import CleanPicture
from core.faults.incidents import IncidentText, declare_incident
from core.faults.sending import FaultForm, send_report
from core.registry.models import Building, ServiceDistrict, Tenancy, Tenant
from tests.cast import (
    make_building,
    make_district,
    make_employee,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
    sign_in_tenant,
)

_keys = itertools.count(1)
DRAIN = {"what": "zlew", "rises": "nie", "neighbours": "nie wiem"}
GONE = IncidentText("Zatkany pion", "Pion jest zatkany. Nie używaj zlewów.", date(2026, 12, 1))


@dataclass
class Resident:
    """A tenant at home."""

    tenant: Tenant
    tenancy: Tenancy
    building: Building
    district: ServiceDistrict
    scope: TenantScope


def resident(
    session: Session, name: str = "Anna", *, code: str = "CENTRUM", building: Building | None = None, flat: str = "7"
) -> Resident:
    district, tenant = make_district(session, code=code), make_tenant(session, name)
    building = building or make_building(session, district=district)
    tenancy = make_tenancy(session, tenant, premises=make_premises(session, building=building, premises_no=flat))
    return Resident(tenant, tenancy, building, district, sign_in_tenant(session, tenant))


def office(session: Session, *districts: ServiceDistrict, role: Role = Role.CLERK) -> EmployeeScope:
    """An employee who is in the database, as colleagues are chosen from there."""
    employee = make_employee(session, role, districts=districts)
    return sign_in_employee(session, role, districts=districts, employee_id=employee.id)


def form(
    category: str = "water_drain",
    description: str = "Zlew w kuchni jest zatkany.",
    *,
    photos: tuple[CleanPicture, ...] = (),
    key: str | None = None,
    at_home: str = "",
) -> FaultForm:
    return FaultForm(category, description, key or f"key-{next(_keys)}", DRAIN, at_home, photos)


def report(session: Session, who: Resident, sent: FaultForm | None = None) -> int:
    return send_report(session, who.scope, tenancy_id=who.tenancy.id, form=sent or form()).report_id


def incident(session: Session, clerk: EmployeeScope, report_id: int, text: IncidentText = GONE) -> int:
    return declare_incident(session, clerk, report_id=report_id, text=text)
