"""One report with all that the office knows of it, and the colleagues it may be given to."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from core.access.scopes import GRANTS, EmployeeScope, Permission, Role, require_live
from core.accounts.models import AccountState, Employee, EmployeeDistrict, EmployeeRole
from core.audit.views import Purpose, note_views
from core.clock import today
from core.errors import NotFoundError
from core.faults.models import OPEN, FaultIncident, FaultMessage, FaultReport, FaultStep, StepKind
from core.faults.photos import photo_ids
from core.faults.queue import FaultLine, line_of
from core.faults.reach import NO_SUCH_REPORT, OFFICE, served_report
from core.registry.queries import services_on

_BY_DISTRICT = tuple(sorted(OFFICE))
# Who may be given a report because they stand for the building's administrator.
_BY_BUILDING = tuple(sorted(role for role in Role if Permission.MANAGE_FAULTS in GRANTS[role] and role not in OFFICE))


@dataclass(frozen=True, slots=True)
class Colleague:
    """An employee who may be given a report."""

    employee_id: int
    name: str


@dataclass(frozen=True, slots=True)
class StaffStep:
    """One step with who took it; `who` is None for the console, for the tenant the proxy, if there was one."""

    at: datetime
    kind: StepKind
    by_tenant: bool
    who: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """One message or internal note."""

    at: datetime
    by_tenant: bool
    internal: bool
    who: str | None
    body: str


@dataclass(frozen=True, slots=True)
class IncidentChoice:
    """An open incident of the report's building."""

    incident_id: int
    title: str


@dataclass(frozen=True, slots=True)
class FaultFile:
    """One report with all that belongs to it."""

    line: FaultLine
    building_id: int
    answers: tuple[tuple[str, str], ...]
    at_home: str | None
    photo_ids: tuple[int, ...]
    assigned_to: int | None
    colleagues: tuple[Colleague, ...]
    timeline: tuple[StaffStep, ...]  # oldest first
    messages: tuple[StaffMessage, ...]  # oldest first
    incident: IncidentChoice | None
    incidents: tuple[IncidentChoice, ...]  # open ones of the building it could be linked with
    reopened: int
    rating_comment: str | None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.line.status in OPEN


def fault_file(session: Session, scope: EmployeeScope, *, report_id: int) -> FaultFile:
    """One report within the employee's reach; the look is noted. Raises NotFoundError."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    report = served_report(session, scope, report_id, lock=False)
    note_views(session, scope, tenants=[report.tenant_id], purpose=Purpose.FAULT)
    line = line_of(session, scope, report_id)
    if line is None:
        raise NotFoundError(NO_SUCH_REPORT)
    steps = session.scalars(select(FaultStep).where(FaultStep.report_id == report_id).order_by(FaultStep.id)).all()
    messages = session.scalars(
        select(FaultMessage).where(FaultMessage.report_id == report_id).order_by(FaultMessage.id)
    ).all()
    employees = {one.employee_id for one in steps} | {one.employee_id for one in messages}
    names = _names(session, employees - {None})
    linked = session.get(FaultIncident, report.incident_id) if report.incident_id else None
    return FaultFile(
        line=line,
        building_id=report.building_id,
        answers=tuple((question, answer) for question, answer in json.loads(report.answers)),
        at_home=report.at_home,
        photo_ids=photo_ids(session, report_id),
        assigned_to=report.assigned_to,
        colleagues=colleagues_for(session, report.building_id),
        timeline=tuple(
            StaffStep(one.at, StepKind(one.kind), one.by_tenant, one.proxy or names.get(one.employee_id or 0), one.note)
            for one in steps
        ),
        messages=tuple(
            StaffMessage(one.at, one.by_tenant, one.internal, one.proxy or names.get(one.employee_id or 0), one.body)
            for one in messages
        ),
        incident=IncidentChoice(linked.id, linked.title) if linked else None,
        incidents=_open_incidents(session, report),
        reopened=report.reopened,
        rating_comment=report.rating_comment,
    )


def colleagues_for(session: Session, building_id: int) -> tuple[Colleague, ...]:
    """Employees who manage faults and look after the building, by name; the caller has asked who wants to know."""
    served = services_on(day=today())
    service = session.execute(
        select(served.c.district_id, served.c.administrator_id).where(served.c.building_id == building_id)
    ).one_or_none()
    district_id, administrator_id = service if service else (None, None)
    any_district = ~exists().where(EmployeeDistrict.employee_id == Employee.id)
    own_district = exists().where(
        EmployeeDistrict.employee_id == Employee.id, EmployeeDistrict.district_id == district_id
    )
    by_district = _has_role(_BY_DISTRICT) & or_(any_district, own_district)
    by_building = (
        ~_has_role(_BY_DISTRICT)
        & _has_role(_BY_BUILDING)
        & (Employee.property_administrator_id == administrator_id)
        & Employee.property_administrator_id.is_not(None)
    )
    rows = session.execute(
        select(Employee.id, Employee.name)
        .where(Employee.state != AccountState.CLOSED, or_(by_district, by_building))
        .order_by(Employee.name, Employee.id)
    )
    return tuple(Colleague(one, name) for one, name in rows)


def _has_role(roles: Collection[str]) -> ColumnElement[bool]:
    return exists().where(EmployeeRole.employee_id == Employee.id, EmployeeRole.role.in_(roles))


def _open_incidents(session: Session, report: FaultReport) -> tuple[IncidentChoice, ...]:
    rows = session.execute(
        select(FaultIncident.id, FaultIncident.title)
        .where(FaultIncident.building_id == report.building_id, FaultIncident.closed_at.is_(None))
        .order_by(FaultIncident.id.desc())
    )
    return tuple(IncidentChoice(one, title) for one, title in rows if one != report.incident_id)


def _names(session: Session, ids: Collection[int | None]) -> dict[int, str]:
    return dict(session.execute(select(Employee.id, Employee.name).where(Employee.id.in_(ids))).all())
