"""The one way a report changes its status: a conditional update, so that of two at once one is told; and its timeline."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, TenantScope
from core.audit.events import record_by
from core.clock import now, today
from core.db import changed_rows
from core.errors import DomainError, InvalidInputError
from core.faults.models import CLOSED, OPEN, FaultReport, FaultStatus, FaultStep, StepKind
from core.faults.words import STATUS_WORDS
from core.notices.inbox import Telling, tell
from core.notices.models import NoticeKind
from core.words import one_line

LONGEST_NOTE = 500
TOLD_FOR = timedelta(days=60)
# Where a report may come from. A pair that is not here is a mistake or a second click.
WAYS: dict[FaultStatus, tuple[FaultStatus, ...]] = {
    FaultStatus.IN_PROGRESS: (FaultStatus.ACCEPTED,),
    FaultStatus.DONE: OPEN,
    FaultStatus.REJECTED: OPEN,
    FaultStatus.ACCEPTED: CLOSED,  # reopened
}
STEPS = {
    FaultStatus.IN_PROGRESS: StepKind.IN_PROGRESS,
    FaultStatus.DONE: StepKind.DONE,
    FaultStatus.REJECTED: StepKind.REJECTED,
    FaultStatus.ACCEPTED: StepKind.REOPENED,
}


class FaultMovedError(DomainError):
    """The report is not where this step begins: somebody else was faster, or it was done already."""

    def __init__(self) -> None:
        super().__init__("Ktoś już zmienił to zgłoszenie. Sprawdź, co się z nim dzieje.")


def move(
    session: Session,
    scope: TenantScope | EmployeeScope,
    *,
    report_id: int,
    to: FaultStatus,
    note: str | None = None,
    **values: Any,
) -> int:
    """Take a report to its next status with further column values, a step and an audit event; returns the step's id.

    Raises FaultMovedError when the report is in no status that leads there.
    """
    values["closed_at"] = now() if to in CLOSED else None
    there = (FaultReport.id == report_id) & FaultReport.status.in_(WAYS[to])
    if changed_rows(session, update(FaultReport).where(there).values(status=to, **values)) != 1:
        raise FaultMovedError
    record_by(session, scope, f"fault_{STEPS[to]}", object_kind="fault_report", object_id=report_id)
    return add_step(session, scope, report_id=report_id, kind=STEPS[to], note=note)


def add_step(
    session: Session, scope: TenantScope | EmployeeScope, *, report_id: int, kind: StepKind, note: str | None = None
) -> int:
    """Write a step into a report's timeline; returns its id."""
    employee_id = scope.employee_id if isinstance(scope, EmployeeScope) else None
    step = FaultStep(
        report_id=report_id,
        at=now(),
        kind=kind,
        by_tenant=isinstance(scope, TenantScope),
        employee_id=employee_id,
        proxy=scope.proxy_name if isinstance(scope, TenantScope) else None,
        note=note or None,
    )
    session.add(step)
    session.flush()
    return step.id


def tell_of_status(session: Session, report: FaultReport, *, step_id: int, to: FaultStatus, note: str | None) -> None:
    """Tell the tenant where their report is now."""
    said = f"{STATUS_WORDS[to]}. {note}" if note else f"{STATUS_WORDS[to]}."
    tell_tenant(session, report, key=step_key(step_id), what=said)


def tell_tenant(session: Session, report: FaultReport, *, key: str, what: str) -> None:
    """Put news of a report into its tenant's inbox."""
    facts = {"number": report.number, "report_id": str(report.id), "what": what}
    telling = Telling(report.tenant_id, key, facts)
    tell(session, kind=NoticeKind.FAULT_CHANGED, tellings=[telling], shown_until=today() + TOLD_FOR)


def step_key(step_id: int) -> str:
    """The key of a notice about a step."""
    return f"step/{step_id}"


def message_key(message_id: int) -> str:
    """The key of a notice about a message."""
    return f"message/{message_id}"


def checked_note(typed: str, *, field: str, missing: str | None = None, longest: int = LONGEST_NOTE) -> str:
    """A note as it is kept. Raises InvalidInputError for one that is too long, or empty where `missing` is said then."""
    said = one_line(typed, longest=longest)
    if said is None:
        raise InvalidInputError(f"Skróć tekst do {longest} znaków.", field=field)
    if not said and missing is not None:
        raise InvalidInputError(missing, field=field)
    return said
