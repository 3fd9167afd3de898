"""Which reports and incidents somebody reaches: a tenant own ones, the office those of its districts, an administrator those of
the buildings they look after."""

from typing import Any

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role, TenantScope
from core.clock import today
from core.errors import NotFoundError
from core.faults.models import FaultIncident, FaultReport
from core.registry.models import Premises, Tenancy
from core.registry.queries import UNKNOWN_TENANCY, services_on

NO_SUCH_REPORT = "Nie ma takiego zgłoszenia."
NO_SUCH_INCIDENT = "Nie ma takiej awarii."
OFFICE = frozenset({Role.CLERK, Role.HEAD})  # who works by districts; an administrator without such a role by buildings


def within_reach(scope: EmployeeScope, building_id: Any) -> ColumnElement[bool]:
    """SQL condition over a column with a building's id: the employee looks after that building today."""
    if scope.session_key is None or scope.roles & OFFICE:
        if not scope.district_ids:
            return true()
        served = services_on(day=today())
        return _in(
            building_id, select(served.c.building_id).where(served.c.district_id.in_(sorted(scope.district_ids)))
        )
    if scope.administrator_id is None:
        return false()
    served = services_on(day=today())
    return _in(building_id, select(served.c.building_id).where(served.c.administrator_id == scope.administrator_id))


def own_building(session: Session, scope: TenantScope, tenancy_id: int) -> int:
    """The building of a tenancy that is the tenant's and stands today. Raises NotFoundError."""
    day = today()
    building_id = session.scalar(
        select(Premises.building_id)
        .join(Tenancy, Tenancy.premises_id == Premises.id)
        .where(
            Tenancy.id == tenancy_id,
            scope.owns(Tenancy.tenant_id, Tenancy.id),
            Tenancy.valid_from <= day,
            (Tenancy.valid_to.is_(None)) | (Tenancy.valid_to >= day),
        )
    )
    if building_id is None:
        raise NotFoundError(UNKNOWN_TENANCY)
    return building_id


def own_report(session: Session, scope: TenantScope, report_id: int, *, lock: bool = True) -> FaultReport:
    """The tenant's report; with `lock` it stays as it is until the transaction ends. Raises NotFoundError."""
    return _found(session, report_id, scope.owns(FaultReport.tenant_id, FaultReport.tenancy_id), lock=lock)


def served_report(session: Session, scope: EmployeeScope, report_id: int, *, lock: bool = True) -> FaultReport:
    """A report within the employee's reach; with `lock` as `own_report`. Raises NotFoundError."""
    return _found(session, report_id, within_reach(scope, FaultReport.building_id), lock=lock)


def served_incident(session: Session, scope: EmployeeScope, incident_id: int) -> FaultIncident:
    """An incident within the employee's reach, as it stays until the transaction ends. Raises NotFoundError."""
    found = session.scalar(
        select(FaultIncident)
        .where(FaultIncident.id == incident_id, within_reach(scope, FaultIncident.building_id))
        .with_for_update(of=FaultIncident)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError(NO_SUCH_INCIDENT)
    return found


def _found(session: Session, report_id: int, condition: ColumnElement[bool], *, lock: bool) -> FaultReport:
    wanted = select(FaultReport).where(FaultReport.id == report_id, condition)
    if lock:
        wanted = wanted.with_for_update(of=FaultReport)
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError(NO_SUCH_REPORT)
    return found


def _in(column: Any, buildings: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.in_(buildings)
    return condition
