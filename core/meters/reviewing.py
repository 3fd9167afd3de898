"""What an employee makes of a reading: accept, reject or correct it. What counts never goes backwards."""

from dataclasses import replace
from decimal import Decimal

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now, today
from core.errors import InvalidInputError
from core.meters.changing import ReadingMovedError, change_reading
from core.meters.episodes import device_of
from core.meters.ladder import Answer, Flag, State, judge
from core.meters.models import Meter, MeterReading, ReadingStatus, Source
from core.meters.reach import served_reading
from core.money import in_units

LONGEST_REASON = 300


class OutOfOrderError(InvalidInputError):
    """The state does not fit between its neighbours: something else has to be mended first."""

    def __init__(self, neighbour: State, *, later: bool) -> None:
        which = "następny" if later else "poprzedni"
        super().__init__(
            f"Ten stan nie pasuje do sąsiednich: {which} odczyt, z {neighbour.read_on:%d.%m.%Y}, to "
            f"{in_units(neighbour.value, 'm³')}. Najpierw popraw tamten odczyt albo wpisz wymianę licznika.",
            field="value",
        )


def accept_reading(session: Session, scope: EmployeeScope, *, reading_id: int) -> None:
    """Let a reading count that waited to be clarified. Raises NotFoundError, ReadingMovedError, OutOfOrderError."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    reading, meter = served_reading(session, scope, reading_id)
    if reading.status != ReadingStatus.TO_CLARIFY:
        raise ReadingMovedError
    flags = _flags_between_neighbours(session, meter, State(reading.read_on, reading.value))
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


def reject_reading(session: Session, scope: EmployeeScope, *, reading_id: int, reason: str) -> None:
    """Let a reading count no longer; the tenant reads the reason.

    Raises NotFoundError, ReadingMovedError, InvalidInputError (field `reason`).
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    told = _reason(reason)
    reading, _ = served_reading(session, scope, reading_id)
    change_reading(
        session, reading, ReadingStatus.REJECTED, reason=told, decided_at=now(), decided_by=scope.employee_id
    )
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
        session, reading, ReadingStatus.CORRECTED, reason=told, decided_at=now(), decided_by=scope.employee_id
    )
    flags = _flags_between_neighbours(session, meter, State(reading.read_on, value))
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


def _flags_between_neighbours(session: Session, meter: Meter, state: State) -> tuple[Flag, ...]:
    """The flags of a state that is to count, wherever in time; raises OutOfOrderError and ReadingRefusedError."""
    whole = device_of(session, meter)
    before = replace(whole, states=[one for one in whole.states if one.read_on < state.read_on])
    verdict = judge(before, state, today=today(), answer=Answer.OTHER)
    if Flag.LOWER in verdict.flags:
        raise OutOfOrderError(before.last, later=False)
    after = [one for one in whole.states if one.read_on > state.read_on]
    if meter.removed_on is not None and meter.removed_value is not None:
        after.append(State(meter.removed_on, meter.removed_value))
    if after:
        with_it = replace(before, states=[*before.states, state])
        if Flag.LOWER in judge(with_it, after[0], today=after[0].read_on, answer=Answer.OTHER).flags:
            raise OutOfOrderError(after[0], later=True)
    return verdict.flags


def _reason(reason: str) -> str:
    told = reason.strip()
    if not told:
        raise InvalidInputError("Napisz, dlaczego. Najemca zobaczy ten powód.", field="reason")
    if len(told) > LONGEST_REASON:
        raise InvalidInputError(f"Skróć powód do {LONGEST_REASON} znaków.", field="reason")
    return told


def _record(session: Session, scope: EmployeeScope, action: str, reading: MeterReading) -> None:
    record_by(session, scope, action, object_kind="meter_reading", object_id=reading.id)
