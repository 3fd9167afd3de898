"""The office's queue of fault reports: what is late first, filtered, by pages; and the figures for the desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import Employee
from core.clock import today
from core.faults.models import OPEN, FaultMessage, FaultReport, FaultStatus
from core.faults.reach import within_reach
from core.registry.addresses import premises_line
from core.registry.models import (
    Building,
    Premises,
    PropertyAdministrator,
    ServiceDistrict,
    Tenancy,
    Tenant,
)
from core.registry.queries import services_on
from core.words import one_line

PAGE = 40
MOST_WORDS, LONGEST_TEXT = 6, 100  # of what is searched for
EXPORTED_AT_MOST = 20_000
_SEARCHED = (
    FaultReport.number,
    Tenant.name,
    Tenant.tenant_no,
    Building.street,
    Building.building_no,
    FaultReport.description,
)


class Assigned(StrEnum):
    """Whose reports are asked for."""

    ANYBODY = "anybody"
    ME = "me"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class FaultFilter:
    """What of the queue is asked for; `text` is looked for in number, tenant, street and description."""

    statuses: Collection[FaultStatus] = OPEN
    assigned: Assigned = Assigned.ANYBODY
    district_id: int | None = None
    administrator_id: int | None = None
    incident_id: int | None = None
    unanswered: bool = False  # only open ones whose tenant wrote last
    text: str = ""


OPEN_ONES = FaultFilter()


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One report in the queue."""

    report_id: int
    number: str
    category: str  # code of a leaf
    status: FaultStatus
    due_on: date
    is_late: bool
    created_at: datetime
    closed_at: datetime | None
    tenant: str
    tenant_no: str
    address: str
    district: str | None
    administrator: str | None
    assigned_to: str | None
    incident_id: int | None
    description: str
    rating: int | None
    unanswered: bool  # it is open, and its tenant wrote last


@dataclass(frozen=True, slots=True)
class FaultChoices:
    """What the queue may be filtered by: districts and administrators of the buildings within reach, id and name."""

    districts: tuple[tuple[int, str], ...]
    administrators: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class FaultFigures:
    """What waits: reports nobody has taken up, and open ones after their deadline."""

    waiting: int
    overdue: int


def fault_queue(
    session: Session, scope: EmployeeScope, *, wanted: FaultFilter = OPEN_ONES, page: int = 1
) -> list[FaultLine]:
    """A page (from 1) of the queue: open reports by their deadline, the latest first, then closed ones from the newest."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    skip = max(page - 1, 0) * PAGE
    return _lines(session, scope, wanted, limit=PAGE, skip=skip)


def all_in_queue(session: Session, scope: EmployeeScope, *, wanted: FaultFilter = OPEN_ONES) -> list[FaultLine]:
    """All pages of the queue at once, for a file; at most 20 000 reports."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    return _lines(session, scope, wanted, limit=EXPORTED_AT_MOST, skip=0)


def fault_count(session: Session, scope: EmployeeScope, *, wanted: FaultFilter = OPEN_ONES) -> int:
    """How many reports of the filter there are on all pages."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    counted = _joined(select(func.count()).select_from(FaultReport), services_on(day=today()), scope, wanted)
    return session.scalar(counted) or 0


def fault_figures(session: Session, scope: EmployeeScope) -> FaultFigures:
    """What waits within the employee's reach."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    late = case((FaultReport.due_on < today(), 1), else_=0)
    new = case((FaultReport.status == FaultStatus.ACCEPTED, 1), else_=0)
    waiting, overdue = session.execute(
        select(func.sum(new), func.sum(late)).where(
            FaultReport.status.in_(OPEN), within_reach(scope, FaultReport.building_id)
        )
    ).one()
    return FaultFigures(int(waiting or 0), int(overdue or 0))


def fault_choices(session: Session, scope: EmployeeScope) -> FaultChoices:
    """Districts and administrators of the buildings the employee looks after, by name."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    served = services_on(day=today())
    within = within_reach(scope, served.c.building_id)
    districts = session.execute(
        select(ServiceDistrict.id, ServiceDistrict.name)
        .where(ServiceDistrict.id.in_(select(served.c.district_id).where(within)))
        .order_by(ServiceDistrict.name)
    )
    administrators = session.execute(
        select(PropertyAdministrator.id, PropertyAdministrator.name)
        .where(PropertyAdministrator.id.in_(select(served.c.administrator_id).where(within)))
        .order_by(PropertyAdministrator.name)
    )
    return FaultChoices(
        tuple((one, name) for one, name in districts), tuple((one, name) for one, name in administrators)
    )


def line_of(session: Session, scope: EmployeeScope, report_id: int) -> FaultLine | None:
    """One report as it stands in the queue; None: it is beyond the employee's reach."""
    served = services_on(day=today())
    row = session.execute(
        _joined(_columns(), served, scope, FaultFilter(statuses=tuple(FaultStatus))).where(FaultReport.id == report_id)
    ).one_or_none()
    return _line(row) if row else None


def _lines(session: Session, scope: EmployeeScope, wanted: FaultFilter, *, limit: int, skip: int) -> list[FaultLine]:
    is_open = FaultReport.status.in_(OPEN)
    rows = session.execute(
        _joined(_columns(), services_on(day=today()), scope, wanted)
        .order_by(
            case((is_open, 0), else_=1),
            case((is_open, FaultReport.due_on)),
            case((is_open, FaultReport.id), else_=-FaultReport.id),
        )
        .limit(limit)
        .offset(skip)
    )
    return [_line(row) for row in rows]


def _columns() -> Select[FaultReport, Tenant, Building, str, str, str, str, str, bool]:
    return select(
        FaultReport,
        Tenant,
        Building,
        Premises.premises_no,
        Premises.kind,
        ServiceDistrict.name,
        PropertyAdministrator.name,
        Employee.name,
        _wrote_last(),
    ).select_from(FaultReport)


def _wrote_last() -> ColumnElement[bool]:
    """SQL over FaultReport: whether its tenant wrote the last message that is no note; NULL where there is none."""
    return (
        select(FaultMessage.by_tenant)
        .where(FaultMessage.report_id == FaultReport.id, FaultMessage.internal.is_(False))
        .order_by(FaultMessage.id.desc())
        .limit(1)
        .correlate(FaultReport)
        .scalar_subquery()
    )


def _joined(statement: Select[*tuple[object, ...]], served: Subquery, scope: EmployeeScope, wanted: FaultFilter):  # type: ignore[no-untyped-def]
    return (
        statement.join(Tenant, Tenant.id == FaultReport.tenant_id)
        .join(Tenancy, Tenancy.id == FaultReport.tenancy_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == FaultReport.building_id)
        .outerjoin(served, served.c.building_id == FaultReport.building_id)
        .outerjoin(ServiceDistrict, ServiceDistrict.id == served.c.district_id)
        .outerjoin(PropertyAdministrator, PropertyAdministrator.id == served.c.administrator_id)
        .outerjoin(Employee, Employee.id == FaultReport.assigned_to)
        .where(within_reach(scope, FaultReport.building_id), _wanted(scope, wanted, served))
    )


def _wanted(scope: EmployeeScope, wanted: FaultFilter, served: Subquery) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [FaultReport.status.in_(tuple(wanted.statuses))]
    if wanted.assigned is Assigned.ME:
        conditions.append(FaultReport.assigned_to == scope.employee_id)
    elif wanted.assigned is Assigned.NOBODY:
        conditions.append(FaultReport.assigned_to.is_(None))
    if wanted.district_id is not None:
        conditions.append(served.c.district_id == wanted.district_id)
    if wanted.administrator_id is not None:
        conditions.append(served.c.administrator_id == wanted.administrator_id)
    if wanted.incident_id is not None:
        conditions.append(FaultReport.incident_id == wanted.incident_id)
    if wanted.unanswered:
        conditions += [FaultReport.status.in_(OPEN), _wrote_last().is_(True)]
    conditions += [_has_word(word) for word in (one_line(wanted.text, longest=LONGEST_TEXT) or "").split()[:MOST_WORDS]]
    return and_(*conditions)


def _has_word(word: str) -> ColumnElement[bool]:
    # Neither database folds the case of Polish letters here, so the usual ways to write a word are asked for.
    spellings = sorted({word, word.lower(), word.upper(), word.capitalize()})
    return or_(*(column.icontains(one, autoescape=True) for column in _SEARCHED for one in spellings))


def _line(row: Row[FaultReport, Tenant, Building, str, str, str, str, str, bool]) -> FaultLine:
    report, tenant, building, premises_no, kind, district, administrator, assigned_to, wrote_last = row
    return FaultLine(
        report_id=report.id,
        number=report.number,
        category=report.category,
        status=FaultStatus(report.status),
        due_on=report.due_on,
        is_late=report.status in OPEN and report.due_on < today(),
        created_at=report.created_at,
        closed_at=report.closed_at,
        tenant=tenant.name,
        tenant_no=tenant.tenant_no,
        address=premises_line(building.street, building.building_no, premises_no, kind=kind),
        district=district,
        administrator=administrator,
        assigned_to=assigned_to,
        incident_id=report.incident_id,
        description=report.description,
        rating=report.rating,
        unanswered=report.status in OPEN and bool(wrote_last),
    )
