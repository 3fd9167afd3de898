"""Incidents of buildings: declared from a report, told to who reports the same, closed together with all that hang on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select, true, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now, today
from core.db import changed_rows
from core.errors import DomainError, InvalidFormError, NotFoundError
from core.faults.categories import LEAVES, branch_of
from core.faults.models import OPEN, FaultIncident, FaultReport, FaultStatus, StepKind
from core.faults.reach import NO_SUCH_INCIDENT, served_incident, served_report, within_reach
from core.faults.steps import FaultMovedError, add_step, checked_note, move, tell_of_status
from core.registry.addresses import street_line
from core.registry.models import Building
from core.words import one_line, several_lines

LONGEST_TITLE, LONGEST_BODY = 120, 2000
FARTHEST = timedelta(days=366)  # ahead, for its expected end
SHOWN = 100


@dataclass(frozen=True, slots=True)
class IncidentText:
    """What tenants read of an incident. `expected_on`: when it should be over, where that is known."""

    title: str
    body: str
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident with how many it concerns."""

    incident_id: int
    building_id: int
    building: str
    branch: str
    title: str
    body: str
    expected_on: date | None
    opened_at: datetime
    closed_at: datetime | None
    closing_note: str | None
    people: int  # tenants who reported it or joined it
    open_reports: int


def building_incidents(
    session: Session, scope: EmployeeScope, *, building_id: int | None = None, text: str = ""
) -> list[IncidentLine]:
    """Incidents within the employee's reach, of all buildings or one: open ones first, then from the newest.

    `text` is looked for in the street and the building's number.
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    people = (
        select(
            FaultReport.incident_id,
            func.count(FaultReport.tenant_id.distinct()).label("people"),
            func.sum(case((FaultReport.status.in_(OPEN), 1), else_=0)).label("open"),
        )
        .where(FaultReport.incident_id.is_not(None))
        .group_by(FaultReport.incident_id)
        .subquery()
    )
    rows = session.execute(
        select(FaultIncident, Building, people.c.people, people.c.open)
        .join(Building, Building.id == FaultIncident.building_id)
        .outerjoin(people, people.c.incident_id == FaultIncident.id)
        .where(
            within_reach(scope, FaultIncident.building_id),
            FaultIncident.building_id == building_id if building_id is not None else true(),
            *(_at_address(word) for word in (one_line(text, longest=100) or "").split()[:6]),
        )
        .order_by(FaultIncident.closed_at.is_not(None), FaultIncident.id.desc())
        .limit(SHOWN)
    )
    return [_line(one, building, people, still_open) for one, building, people, still_open in rows]


def declare_incident(session: Session, scope: EmployeeScope, *, report_id: int, text: IncidentText) -> int:
    """Make an incident of the building out of an open report, which is its first; returns its id.

    Raises NotFoundError, FaultMovedError for a closed report or one that hangs on an open incident already,
    InvalidFormError (fields `title`, `body`, `expected_on`).
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    text = _checked(text)
    report = served_report(session, scope, report_id)
    incident = FaultIncident(
        building_id=report.building_id,
        branch=branch_of(report.category) if report.category in LEAVES else report.category[:20],
        title=text.title,
        body=text.body,
        expected_on=text.expected_on,
        opened_at=now(),
        opened_by=scope.employee_id,
    )
    session.add(incident)
    session.flush()
    _link(session, scope, report, incident)
    record_by(session, scope, "incident_declared", object_kind="fault_incident", object_id=incident.id)
    return incident.id


def change_incident(session: Session, scope: EmployeeScope, *, incident_id: int, text: IncidentText) -> None:
    """Change what tenants read of an open incident. Raises as `declare_incident`, NotFoundError."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    text = _checked(text)
    served_incident(session, scope, incident_id)
    still_open = (FaultIncident.id == incident_id) & FaultIncident.closed_at.is_(None)
    values = {"title": text.title, "body": text.body, "expected_on": text.expected_on}
    if changed_rows(session, update(FaultIncident).where(still_open).values(values)) != 1:
        raise DomainError("Ta awaria jest już zamknięta.")
    record_by(session, scope, "incident_changed", object_kind="fault_incident", object_id=incident_id)


def link_report(session: Session, scope: EmployeeScope, *, report_id: int, incident_id: int) -> None:
    """Hang an open report on an open incident of its building.

    Raises NotFoundError for an incident elsewhere, FaultMovedError for a report that is closed or hangs on an open one.
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    # First the incident, then the report: in the order in which closing it holds them.
    incident = served_incident(session, scope, incident_id)
    report = served_report(session, scope, report_id)
    if incident.building_id != report.building_id:
        raise NotFoundError(NO_SUCH_INCIDENT)
    if incident.closed_at is not None:
        raise DomainError("Ta awaria jest już zamknięta.")
    _link(session, scope, report, incident)


def unlink_report(session: Session, scope: EmployeeScope, *, report_id: int) -> None:
    """Take an open report off its incident. Raises NotFoundError, FaultMovedError when it hangs on none."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    served_report(session, scope, report_id)
    linked = (FaultReport.id == report_id) & FaultReport.status.in_(OPEN) & FaultReport.incident_id.is_not(None)
    if changed_rows(session, update(FaultReport).where(linked).values(incident_id=None)) != 1:
        raise FaultMovedError
    add_step(session, scope, report_id=report_id, kind=StepKind.UNLINKED)
    record_by(session, scope, "fault_unlinked", object_kind="fault_report", object_id=report_id)


def close_incident(session: Session, scope: EmployeeScope, *, incident_id: int, note: str) -> int:
    """Close an incident: all open reports that hang on it are done with this note, and their tenants told; how many.

    Raises NotFoundError, InvalidInputError (field `note`), DomainError when it is closed already.
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    said = checked_note(note, field="note", missing="Napisz, co zrobiono. Przeczytają to wszyscy najemcy.")
    served_incident(session, scope, incident_id)
    still_open = (FaultIncident.id == incident_id) & FaultIncident.closed_at.is_(None)
    values = {"closed_at": now(), "closed_by": scope.employee_id, "closing_note": said}
    if changed_rows(session, update(FaultIncident).where(still_open).values(values)) != 1:
        raise DomainError("Ta awaria jest już zamknięta.")
    hanging = (FaultReport.incident_id == incident_id) & FaultReport.status.in_(OPEN)
    # Held in one order, so that two who close at once do not wait for each other.
    reports = session.scalars(select(FaultReport).where(hanging).order_by(FaultReport.id).with_for_update()).all()
    for report in reports:
        step_id = move(session, scope, report_id=report.id, to=FaultStatus.DONE, note=said)
        tell_of_status(session, report, step_id=step_id, to=FaultStatus.DONE, note=said)
    record_by(
        session, scope, "incident_closed", object_kind="fault_incident", object_id=incident_id,
        details={"reports": len(reports)},
    )  # fmt: skip
    return len(reports)


def _link(session: Session, scope: EmployeeScope, report: FaultReport, incident: FaultIncident) -> None:
    over = select(FaultIncident.id).where(FaultIncident.closed_at.is_not(None))
    free = or_(FaultReport.incident_id.is_(None), FaultReport.incident_id.in_(over))
    there = (FaultReport.id == report.id) & FaultReport.status.in_(OPEN) & free
    statement = update(FaultReport).where(there).values(incident_id=incident.id)
    if changed_rows(session, statement.execution_options(synchronize_session="fetch")) != 1:
        raise FaultMovedError
    add_step(session, scope, report_id=report.id, kind=StepKind.LINKED, note=incident.title)
    record_by(
        session, scope, "fault_linked", object_kind="fault_report", object_id=report.id,
        details={"incident": incident.id},
    )  # fmt: skip


def _checked(text: IncidentText) -> IncidentText:
    errors: list[tuple[str, str]] = []
    title = one_line(text.title, longest=LONGEST_TITLE)
    body = several_lines(text.body, longest=LONGEST_BODY)
    for field, value, longest in (("title", title, LONGEST_TITLE), ("body", body, LONGEST_BODY)):
        if value is None:
            errors.append((field, f"Skróć tekst do {longest} znaków."))
        elif not value:
            errors.append((field, "Wpisz, co przeczytają najemcy."))
    if text.expected_on is not None and not today() <= text.expected_on <= today() + FARTHEST:
        errors.append(("expected_on", "Koniec awarii musi być od dziś do roku naprzód."))
    if errors:
        raise InvalidFormError(errors)
    return IncidentText(title or "", body or "", text.expected_on)


def _at_address(word: str) -> ColumnElement[bool]:
    spellings: Sequence[str] = sorted({word, word.lower(), word.upper(), word.capitalize()})
    columns = (Building.street, Building.building_no)
    return or_(*(column.icontains(one, autoescape=True) for column in columns for one in spellings))


def _line(one: FaultIncident, building: Building, people: int | None, still_open: int | None) -> IncidentLine:
    return IncidentLine(
        incident_id=one.id,
        building_id=one.building_id,
        building=street_line(building.street, building.building_no),
        branch=one.branch,
        title=one.title,
        body=one.body,
        expected_on=one.expected_on,
        opened_at=one.opened_at,
        closed_at=one.closed_at,
        closing_note=one.closing_note,
        people=int(people or 0),
        open_reports=int(still_open or 0),
    )
