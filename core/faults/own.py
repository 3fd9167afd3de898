"""A tenant's own reports: the list, one of them with its timeline, and what is known of the building already."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.clock import today
from core.faults.categories import LEAVES, branch_of
from core.faults.following import may_reopen, reopen_until
from core.faults.models import (
    OPEN,
    FaultIncident,
    FaultMessage,
    FaultReport,
    FaultStatus,
    FaultStep,
    StepKind,
)
from core.faults.photos import photo_ids
from core.faults.reach import own_building, own_report
from core.faults.steps import message_key, step_key
from core.notices.inbox import put_away
from core.notices.models import NoticeKind
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy

SHOWN = 100
OFFICE_ONLY = (StepKind.ASSIGNED,)


@dataclass(frozen=True, slots=True)
class OwnFault:
    """One report in its tenant's list."""

    report_id: int
    number: str
    category: str  # code of a leaf
    address: str
    status: FaultStatus
    created_at: datetime
    due_on: date
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the office still works on it."""
        return self.status in OPEN

    @property
    def is_late(self) -> bool:
        """Whether its deadline is over and it is still open."""
        return self.is_open and self.due_on < today()


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One step. The tenant is told a role and no name."""

    at: datetime
    kind: StepKind
    by_tenant: bool
    proxy: str | None  # who did it in the tenant's place
    note: str | None


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message between the tenant and the office."""

    at: datetime
    by_tenant: bool
    proxy: str | None
    body: str


@dataclass(frozen=True, slots=True)
class KnownIncident:
    """An incident of a building as its tenants see it."""

    incident_id: int
    title: str
    body: str
    expected_on: date | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class OwnFaultFile:
    """One report with all its tenant may see."""

    head: OwnFault
    answers: tuple[tuple[str, str], ...]
    description: str
    at_home: str | None
    photo_ids: tuple[int, ...]
    timeline: tuple[TimelineLine, ...]  # oldest first
    messages: tuple[MessageLine, ...]  # oldest first
    incident: KnownIncident | None
    reopen_until: date | None  # may be opened again until then
    rating: int | None
    may_rate: bool


def own_faults(session: Session, scope: TenantScope) -> list[OwnFault]:
    """The tenant's reports: open ones first, then from the newest."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    rows = session.execute(_own(scope).order_by(FaultReport.closed_at.is_not(None), FaultReport.id.desc()).limit(SHOWN))
    return [_line(row) for row in rows]


def open_fault(session: Session, scope: TenantScope, *, report_id: int) -> OwnFaultFile:
    """One own report; the notices that led to it are put away. Raises NotFoundError."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    report = own_report(session, scope, report_id)
    head = _line(session.execute(_own(scope).where(FaultReport.id == report_id)).one())
    steps = session.scalars(
        select(FaultStep)
        .where(FaultStep.report_id == report_id, FaultStep.kind.not_in(OFFICE_ONLY))
        .order_by(FaultStep.id)
    ).all()
    messages = session.scalars(
        select(FaultMessage)
        .where(FaultMessage.report_id == report_id, FaultMessage.internal.is_(False))
        .order_by(FaultMessage.id)
    ).all()
    keys = [*(step_key(one.id) for one in steps), *(message_key(one.id) for one in messages)]
    if scope.proxy is None:  # what a proxy has read is still news to the tenant
        put_away(session, tenant_id=scope.tenant_id, kind=NoticeKind.FAULT_CHANGED, keys=keys)
    incident = session.get(FaultIncident, report.incident_id) if report.incident_id else None
    return OwnFaultFile(
        head=head,
        answers=tuple((question, answer) for question, answer in json.loads(report.answers)),
        description=report.description,
        at_home=report.at_home,
        photo_ids=photo_ids(session, report_id),
        timeline=tuple(TimelineLine(one.at, StepKind(one.kind), one.by_tenant, one.proxy, one.note) for one in steps),
        messages=tuple(MessageLine(one.at, one.by_tenant, one.proxy, one.body) for one in messages),
        incident=_known(incident) if incident else None,
        reopen_until=reopen_until(report) if may_reopen(report) else None,
        rating=report.rating,
        may_rate=report.status == FaultStatus.DONE and report.rating is None,
    )


def known_incidents(session: Session, scope: TenantScope, *, tenancy_id: int, category: str) -> list[KnownIncident]:
    """Open incidents of the tenancy's building that fit a category (a leaf), newest first. Raises NotFoundError."""
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    building_id = own_building(session, scope, tenancy_id)
    if category not in LEAVES:
        return []
    found = session.scalars(
        select(FaultIncident)
        .where(
            FaultIncident.building_id == building_id,
            FaultIncident.closed_at.is_(None),
            FaultIncident.branch == branch_of(category),
        )
        .order_by(FaultIncident.id.desc())
    )
    return _all_known(found.all())


def _all_known(incidents: Sequence[FaultIncident]) -> list[KnownIncident]:
    return [_known(one) for one in incidents]


def _known(one: FaultIncident) -> KnownIncident:
    return KnownIncident(one.id, one.title, one.body, one.expected_on, one.opened_at)


def _own(scope: TenantScope) -> Select[FaultReport, Building, str, str]:
    return (
        select(FaultReport, Building, Premises.premises_no, Premises.kind)
        .join(Tenancy, Tenancy.id == FaultReport.tenancy_id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == FaultReport.building_id)
        .where(scope.owns(FaultReport.tenant_id, FaultReport.tenancy_id))
    )


def _line(row: Row[FaultReport, Building, str, str]) -> OwnFault:
    report, building, premises_no, kind = row
    return OwnFault(
        report_id=report.id,
        number=report.number,
        category=report.category,
        address=premises_line(building.street, building.building_no, premises_no, kind=kind),
        status=FaultStatus(report.status),
        created_at=report.created_at,
        due_on=report.due_on,
        closed_at=report.closed_at,
    )
