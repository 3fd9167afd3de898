"""What an employee makes of a reading: accept, reject or correct it. What counts never goes backwards."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now
from core.errors import DomainError, InvalidInputError
from core.meters.changing import OPEN_TO_OFFICE, ReadingMovedError, change_reading
from core.meters.ladder import State
from core.meters.models import MeterReading, ReadingStatus, Source
from core.meters.order import flags_between_neighbours, require_order
from core.meters.reach import served_reading
from core.meters.telling import tell_of_rejection

LONGEST_REASON = 300


def accept_reading(session: Session, scope: EmployeeScope, *, reading_id: int) -> None:
    """Let a reading count that waited to be clarified. Raises NotFoundError, ReadingMovedError, OutOfOrderError."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    reading, meter = served_reading(session, scope, reading_id)
    if reading.status != ReadingStatus.TO_CLARIFY:
        raise ReadingMovedError
    flags = flags_between_neighbours(session, meter, State(reading.read_on, reading.value))
    change_reading(
        session,
        reading,
        ReadingStatus.ACCEPTED,
        of=(ReadingStatus.TO_CLARIFY,),
        flags=" ".join(flags),
        decided_at=now(),
        decided_by=scope.employee_id,
    )
    _record(session, scope, "reading_accepted", reading)


def accept_plain(session: Session, scope: EmployeeScope, *, reading_ids: Collection[int]) -> list[int]:
    """Let all of these count that fit between their neighbours by now and are not below the last one; returns which did.

    What does not fit, was decided meanwhile or is not the employee's stays as it is.
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    taken = []
    for reading_id in sorted(set(reading_ids)):
        try:
            with session.begin_nested():
                accept_reading(session, scope, reading_id=reading_id)
        except DomainError:
            continue
        taken.append(reading_id)
    return taken


def reject_reading(session: Session, scope: EmployeeScope, *, reading_id: int, reason: str) -> None:
    """Let a reading count no longer; the tenant reads the reason.

    Raises NotFoundError, ReadingMovedError, InvalidInputError (field `reason`), and OutOfOrderError where a later state
    turned over zero from this one.
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    told = _reason(reason)
    reading, meter = served_reading(session, scope, reading_id)
    change_reading(
        session,
        reading,
        ReadingStatus.REJECTED,
        of=OPEN_TO_OFFICE,
        reason=told,
        decided_at=now(),
        decided_by=scope.employee_id,
    )
    require_order(session, meter)
    tell_of_rejection(session, reading)
    _record(session, scope, "reading_rejected", reading)


def correct_reading(session: Session, scope: EmployeeScope, *, reading_id: int, value: Decimal, reason: str) -> int:
    """Put another state in the place of a reading, on the same day; returns the new one.

    Raises NotFoundError, ReadingMovedError, ReadingRefusedError, OutOfOrderError, InvalidInputError (field `reason`).
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    told = _reason(reason)
    reading, meter = served_reading(session, scope, reading_id)
    if value == reading.value:
        raise InvalidInputError("To jest ten sam stan. Podaj inny.", field="value")
    change_reading(
        session,
        reading,
        ReadingStatus.CORRECTED,
        of=OPEN_TO_OFFICE,
        reason=told,
        decided_at=now(),
        decided_by=scope.employee_id,
    )
    flags = flags_between_neighbours(session, meter, State(reading.read_on, value))
    new = MeterReading(
        meter_id=meter.id,
        read_on=reading.read_on,
        value=value,
        source=Source.OFFICE,
        status=ReadingStatus.ACCEPTED,
        flags=" ".join(flags),
        reason=told,
        submitted_at=now(),
        employee_id=scope.employee_id,
        supersedes_id=reading.id,
    )
    session.add(new)
    session.flush()
    _record(session, scope, "reading_corrected", reading)
    return new.id


def _reason(reason: str) -> str:
    told = reason.strip()
    if not told:
        raise InvalidInputError("Napisz, dlaczego. Najemca zobaczy ten powód.", field="reason")
    if len(told) > LONGEST_REASON:
        raise InvalidInputError(f"Skróć powód do {LONGEST_REASON} znaków.", field="reason")
    return told


def _record(session: Session, scope: EmployeeScope, action: str, reading: MeterReading) -> None:
    record_by(session, scope, action, object_kind="meter_reading", object_id=reading.id)
