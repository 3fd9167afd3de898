"""The office's queue: requests by what is most urgent, and one request with all there is to it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import Employee
from core.activation.deadline import Urgency, days_paused, days_used, urgency
from core.activation.models import ActivationRequest, ActivationStep, ActivationTenancy, RequestState
from core.activation.reach import own_request, within_reach
from core.activation.reasons import RejectReason
from core.audit.views import Purpose, note_views
from core.clock import today
from core.registry.addresses import premises_line
from core.registry.models import ServiceDistrict, Tenancy, Tenant

PAGE = 20
RUNNING = frozenset({RequestState.FILED, RequestState.IN_REVIEW})  # the clock runs
TO_DO = RUNNING | {RequestState.CORRECTION}
_SEARCHED = (
    ActivationRequest.number,
    ActivationRequest.name,
    ActivationRequest.street,
    ActivationRequest.building_no,
    ActivationRequest.premises_no,
    ActivationRequest.email,
)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue is asked for; `text` is looked for in number, name, address and e-mail."""

    states: Collection[RequestState] = TO_DO
    district_id: int | None = None  # None: all within reach
    text: str = ""


TO_BE_DONE = QueueFilter()


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the fourteen days of a filed request stand today, or stood when they were stopped."""

    deadline_on: date
    used: int  # days
    left: int  # days until the deadline, below zero after it
    urgency: Urgency
    is_paused: bool


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One request in the queue."""

    request_id: int
    number: str
    name: str
    address: str
    state: RequestState
    district: str | None
    submitted_at: datetime
    administrator_received_on: date | None
    filed_on: date | None
    reviewer: str | None
    clock: Clock | None  # None before filing and after the decision


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step of a request and who took it; None: the applicant or the program."""

    at: datetime
    state: RequestState
    employee: str | None


@dataclass(frozen=True, slots=True)
class RequestDetails:
    """One request with all that the office knows of it."""

    line: QueueLine
    kind: str
    email: str
    phone: str | None
    tenant_no: str | None  # as the applicant wrote it
    tenancy_no: str | None
    district_id: int | None
    filed_by: str | None
    message: str | None
    reject_reason: RejectReason | None
    decided_at: datetime | None
    title_checked_on: date | None
    matched_tenant: str | None  # number and name
    matched_tenancies: tuple[str, ...]  # numbers
    history: tuple[HistoryLine, ...]  # the oldest first


def request_queue(
    session: Session,
    scope: EmployeeScope,
    *,
    wanted: QueueFilter = TO_BE_DONE,
    limit: int = PAGE,
    skip: int = 0,
) -> list[QueueLine]:
    """Requests with the fewest days left first; then those on which the clock stands, those that wait for their paper, and
    the decided ones, the newest first."""
    require_live(session, scope, Permission.RECEIVE_REQUESTS)
    rank = case(
        (ActivationRequest.state.in_(RUNNING), 0),
        (ActivationRequest.state == RequestState.CORRECTION, 1),
        (ActivationRequest.state == RequestState.SUBMITTED, 2),
        else_=3,
    )
    urgent = case((ActivationRequest.state.in_(TO_DO), ActivationRequest.deadline_on))
    rows = session.scalars(
        select(ActivationRequest)
        .where(_within(session, scope, wanted))
        .order_by(rank, urgent, case((rank == 3, -ActivationRequest.id), else_=ActivationRequest.id))
        .limit(limit)
        .offset(skip)
    ).all()
    return _lines(session, rows)


def queue_size(session: Session, scope: EmployeeScope, *, wanted: QueueFilter = TO_BE_DONE) -> int:
    """How many requests of the filter there are on all pages."""
    require_live(session, scope, Permission.RECEIVE_REQUESTS)
    within = _within(session, scope, wanted)
    return session.scalar(select(func.count()).select_from(ActivationRequest).where(within)) or 0


def counts_by_state(session: Session, scope: EmployeeScope) -> dict[RequestState, int]:
    """How many requests within reach there are of each state."""
    require_live(session, scope, Permission.RECEIVE_REQUESTS)
    rows = session.execute(
        select(ActivationRequest.state, func.count())
        .where(within_reach(session, scope))
        .group_by(ActivationRequest.state)
    )
    counted = {RequestState(state): number for state, number in rows}
    return {state: counted.get(state, 0) for state in RequestState}


def request_details(session: Session, scope: EmployeeScope, *, request_id: int) -> RequestDetails:
    """One request with its history; the look at a known tenant's is noted. Raises NotFoundError."""
    require_live(session, scope, Permission.RECEIVE_REQUESTS)
    request = own_request(session, scope, request_id)
    note_views(session, scope, tenants=[request.tenant_id], purpose=Purpose.REQUEST)
    tenant = session.get(Tenant, request.tenant_id) if request.tenant_id else None
    matched = session.scalars(
        select(Tenancy.tenancy_no)
        .join(ActivationTenancy, ActivationTenancy.tenancy_id == Tenancy.id)
        .where(ActivationTenancy.request_id == request_id)
        .order_by(Tenancy.tenancy_no)
    )
    return RequestDetails(
        line=_lines(session, [request])[0],
        kind=request.kind,
        email=request.email,
        phone=request.phone,
        tenant_no=request.tenant_no,
        tenancy_no=request.tenancy_no,
        district_id=request.district_id,
        filed_by=_names(session, [request.filed_by]).get(request.filed_by or 0),
        message=request.message,
        reject_reason=RejectReason(request.reject_code) if request.reject_code else None,
        decided_at=request.decided_at,
        title_checked_on=request.title_checked_on,
        matched_tenant=f"{tenant.tenant_no} {tenant.name}" if tenant else None,
        matched_tenancies=tuple(matched),
        history=_history(session, request_id),
    )


def own_districts(session: Session, scope: EmployeeScope) -> list[tuple[int, str]]:
    """The districts the employee works for, all of them for the whole city: id and name."""
    require_live(session, scope, Permission.RECEIVE_REQUESTS)
    own = ServiceDistrict.id.in_(scope.district_ids) if scope.district_ids else true()
    return _districts(session, own)


def all_districts(session: Session, scope: EmployeeScope) -> list[tuple[int, str]]:
    """All districts, to hand a request over to: id and name."""
    require_live(session, scope, Permission.REVIEW_REQUESTS)
    return _districts(session, true())


def _within(session: Session, scope: EmployeeScope, wanted: QueueFilter) -> ColumnElement[bool]:
    conditions = [within_reach(session, scope), ActivationRequest.state.in_(wanted.states)]
    if wanted.district_id is not None:
        conditions.append(ActivationRequest.district_id == wanted.district_id)
    conditions += [_has_word(word) for word in wanted.text.split()[:8]]
    return and_(*conditions)


def _has_word(word: str) -> ColumnElement[bool]:
    # Neither database folds the case of Polish letters here, so the usual ways to write a word are asked for.
    spellings = {word, word.lower(), word.upper(), word.capitalize()}
    return or_(*(column.icontains(one, autoescape=True) for column in _SEARCHED for one in sorted(spellings)))


def _lines(session: Session, requests: Sequence[ActivationRequest]) -> list[QueueLine]:
    names = _names(session, [one.reviewer_id for one in requests])
    districts = dict(_districts(session, ServiceDistrict.id.in_({one.district_id for one in requests} - {None})))
    steps = _steps(session, [one.id for one in requests if one.state in TO_DO])
    return [
        QueueLine(
            request_id=one.id,
            number=one.number,
            name=one.name,
            address=_address(one),
            state=RequestState(one.state),
            district=districts.get(one.district_id or 0),
            submitted_at=one.submitted_at,
            administrator_received_on=one.administrator_received_on,
            filed_on=one.filed_on,
            reviewer=names.get(one.reviewer_id or 0),
            clock=_clock(one, steps[one.id]),
        )
        for one in requests
    ]


def _address(request: ActivationRequest) -> str:
    kind = "użytkowy" if request.kind == "company" else "mieszkalny"
    return premises_line(request.street, request.building_no, request.premises_no or "", kind=kind)


def _clock(request: ActivationRequest, steps: list[tuple[datetime, str]]) -> Clock | None:
    if request.state not in TO_DO or request.filed_on is None or request.deadline_on is None:
        return None
    day = request.paused_on or today()
    used = days_used(request.filed_on, on=day, paused=days_paused(steps, through=day))
    return Clock(
        deadline_on=request.deadline_on,
        used=used,
        left=(request.deadline_on - day).days,
        urgency=urgency(used=used, deadline_on=request.deadline_on, on=day),
        is_paused=request.paused_on is not None,
    )


def _steps(session: Session, request_ids: Sequence[int]) -> dict[int, list[tuple[datetime, str]]]:
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    rows = session.execute(
        select(ActivationStep.request_id, ActivationStep.at, ActivationStep.state)
        .where(ActivationStep.request_id.in_(request_ids))
        .order_by(ActivationStep.id)
    )
    for request_id, at, state in rows:
        found[request_id].append((at, state))
    return found


def _history(session: Session, request_id: int) -> tuple[HistoryLine, ...]:
    rows = session.execute(
        select(ActivationStep.at, ActivationStep.state, Employee.name)
        .outerjoin(Employee, Employee.id == ActivationStep.employee_id)
        .where(ActivationStep.request_id == request_id)
        .order_by(ActivationStep.id)
    )
    return tuple(HistoryLine(at=at, state=RequestState(state), employee=name) for at, state, name in rows)


def _names(session: Session, employee_ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {one for one in employee_ids if one is not None}
    rows: Any = session.execute(select(Employee.id, Employee.name).where(Employee.id.in_(wanted)))
    return dict(rows.all())


def _districts(session: Session, which: ColumnElement[bool]) -> list[tuple[int, str]]:
    rows = session.execute(select(ServiceDistrict.id, ServiceDistrict.name).where(which).order_by(ServiceDistrict.name))
    return [(id_, name) for id_, name in rows]
