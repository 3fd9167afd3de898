"""What the office does with a report: gives it to somebody, moves it on, sets another deadline, writes to the tenant."""

from datetime import date, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now, today
from core.db import changed_rows
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.faults.following import checked_message
from core.faults.models import OPEN, FaultMessage, FaultReport, FaultStatus, StepKind
from core.faults.reach import served_report
from core.faults.report_file import colleagues_for
from core.faults.steps import (
    FaultMovedError,
    add_step,
    checked_note,
    message_key,
    move,
    step_key,
    tell_of_status,
    tell_tenant,
)

FARTHEST = timedelta(days=366)  # ahead, for a deadline
CLOSED_TO_MESSAGES = "To zgłoszenie jest zamknięte. Najemca może je otworzyć ponownie; zostaw notatkę wewnętrzną."


def assign_report(
    session: Session, scope: EmployeeScope, *, report_id: int, employee_id: int | None, instead_of: int | None
) -> None:
    """Give an open report to a colleague or, with None, to nobody; `instead_of`: who has it on the screen.

    Raises NotFoundError for a report or a colleague that do not go together, FaultMovedError when somebody else has given it
    away meanwhile or it is closed.
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    report = served_report(session, scope, report_id)
    names = {one.employee_id: one.name for one in colleagues_for(session, report.building_id)}
    if employee_id is not None and employee_id not in names:
        raise NotFoundError("Ta osoba nie obsługuje zgłoszeń w tym budynku.")
    before = FaultReport.assigned_to.is_(None) if instead_of is None else FaultReport.assigned_to == instead_of
    there = (FaultReport.id == report_id) & FaultReport.status.in_(OPEN) & before
    if changed_rows(session, update(FaultReport).where(there).values(assigned_to=employee_id)) != 1:
        raise FaultMovedError
    note = names[employee_id] if employee_id is not None else "nikt"
    add_step(session, scope, report_id=report_id, kind=StepKind.ASSIGNED, note=note)
    record_by(
        session, scope, "fault_assigned", object_kind="fault_report", object_id=report_id,
        details={"employee": employee_id},
    )  # fmt: skip


def change_status(session: Session, scope: EmployeeScope, *, report_id: int, to: FaultStatus, note: str = "") -> None:
    """Move a report on (in progress, done, rejected) with a note that its tenant reads, and tell them.

    Raises NotFoundError, InvalidInputError (field `note`) for a rejection without a reason, FaultMovedError.
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    report = served_report(session, scope, report_id)
    if to is FaultStatus.ACCEPTED:
        raise InvalidInputError("Zgłoszenie otwiera ponownie najemca.", field="status")
    missing = "Podaj powód odrzucenia. Przeczyta go najemca." if to is FaultStatus.REJECTED else None
    said = checked_note(note, field="note", missing=missing)
    step_id = move(session, scope, report_id=report_id, to=to, note=said)
    tell_of_status(session, report, step_id=step_id, to=to, note=said)


def change_deadline(session: Session, scope: EmployeeScope, *, report_id: int, due_on: date, reason: str) -> None:
    """Set another deadline of an open report with a reason that its tenant reads, and tell them.

    Raises NotFoundError, InvalidInputError (fields `due_on`, `reason`), FaultMovedError for a closed one.
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    report = served_report(session, scope, report_id)
    said = checked_note(reason, field="reason", missing="Podaj powód zmiany terminu. Przeczyta go najemca.")
    if not today() <= due_on <= today() + FARTHEST:
        raise InvalidInputError("Nowy termin musi być od dziś do roku naprzód.", field="due_on")
    if due_on == report.due_on:
        raise InvalidInputError("To jest już termin tego zgłoszenia.", field="due_on")
    there = (FaultReport.id == report_id) & FaultReport.status.in_(OPEN)
    if changed_rows(session, update(FaultReport).where(there).values(due_on=due_on)) != 1:
        raise FaultMovedError
    note = f"nowy termin: {due_on:%d.%m.%Y}. {said}"
    step_id = add_step(session, scope, report_id=report_id, kind=StepKind.DUE_CHANGED, note=note)
    record_by(session, scope, "fault_deadline_changed", object_kind="fault_report", object_id=report_id)
    tell_tenant(session, report, key=step_key(step_id), what=f"{note[:1].upper()}{note[1:]}")


def write_to_tenant(session: Session, scope: EmployeeScope, *, report_id: int, body: str) -> int:
    """Write to the tenant about an open report and tell them; returns the message's id.

    Raises NotFoundError, InvalidInputError (field `body`), DomainError for a closed one.
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    report = served_report(session, scope, report_id)
    said = checked_message(body)
    if report.status not in OPEN:
        raise DomainError(CLOSED_TO_MESSAGES)
    message_id = _write(session, scope, report_id, said, internal=False)
    tell_tenant(session, report, key=message_key(message_id), what="Rejon napisał do Ciebie wiadomość.")
    record_by(session, scope, "fault_message_written", object_kind="fault_report", object_id=report_id)
    return message_id


def add_note(session: Session, scope: EmployeeScope, *, report_id: int, body: str) -> int:
    """Leave an internal note that no tenant ever sees, also on a closed report; returns its id.

    Raises NotFoundError, InvalidInputError (field `body`).
    """
    require_live(session, scope, Permission.MANAGE_FAULTS)
    served_report(session, scope, report_id)
    said = checked_message(body)
    record_by(session, scope, "fault_note_added", object_kind="fault_report", object_id=report_id)
    return _write(session, scope, report_id, said, internal=True)


def _write(session: Session, scope: EmployeeScope, report_id: int, body: str, *, internal: bool) -> int:
    message = FaultMessage(
        report_id=report_id, at=now(), by_tenant=False, employee_id=scope.employee_id, internal=internal, body=body
    )
    session.add(message)
    session.flush()
    return message.id
