"""A device is taken away and another one takes its place, on one day and in one transaction."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now, today
from core.errors import DomainError, InvalidInputError
from core.meters.dial import Dial
from core.meters.episodes import device_of
from core.meters.ladder import Answer, Flag, State, judge
from core.meters.models import STANDING, Meter, MeterReading, ReadingStatus, Source
from core.meters.reach import served_meter
from core.meters.verification import verified_until

LONGEST_NUMBER = 40


class MeterGoneError(DomainError):
    """The device was taken away before."""

    def __init__(self, removed_on: date) -> None:
        super().__init__(f"Ten licznik zdemontowano już {removed_on:%d.%m.%Y}.")


@dataclass(frozen=True, slots=True)
class NewMeter:
    """The device that takes the place; `initial_value` in m³."""

    meter_no: str
    digits: int
    decimals: int
    initial_value: Decimal
    mark: str = ""
    remote: bool = False


def replace_meter(
    session: Session, scope: EmployeeScope, *, meter_id: int, replaced_on: date, final_value: Decimal, new: NewMeter
) -> int:
    """Note the last state of a device and hang another one on its point, on the same day; returns the new one.

    Raises NotFoundError, MeterGoneError, ReadingRefusedError (fields `value`, `read_on`) for a last state that cannot be,
    InvalidInputError (fields `meter_no`, `initial_value`, `mark`, `read_on`).
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    old = served_meter(session, scope, meter_id)
    if old.removed_on is not None:
        raise MeterGoneError(old.removed_on)
    dial, until = _check_new(session, new)
    _check_final(session, old, State(replaced_on, final_value))
    _keep_final(session, scope, old, State(replaced_on, final_value))
    old.removed_on, old.removed_value = replaced_on, final_value
    made = Meter(
        meter_no=new.meter_no.strip(),
        point_id=old.point_id,
        digits=dial.digits,
        decimals=dial.decimals,
        installed_on=replaced_on,
        installed_value=new.initial_value,
        mark=new.mark.strip().upper() or None,
        verified_until=until,
        remote=new.remote,
    )
    session.add(made)
    session.flush()
    record_by(session, scope, "meter_replaced", object_kind="meter", object_id=old.id, details={"replaced_by": made.id})
    return made.id


def _check_new(session: Session, new: NewMeter) -> tuple[Dial, date | None]:
    number = new.meter_no.strip()
    if not number or len(number) > LONGEST_NUMBER:
        raise InvalidInputError(f"Podaj numer nowego licznika, najwyżej {LONGEST_NUMBER} znaków.", field="meter_no")
    if session.scalar(select(Meter.id).where(Meter.meter_no == number)) is not None:
        raise InvalidInputError(f"Licznik o numerze {number} już jest w ewidencji. Sprawdź numer.", field="meter_no")
    dial = Dial(new.digits, new.decimals)
    if not dial.fits(new.initial_value):
        raise InvalidInputError(
            "Tarcza nowego licznika nie pokaże takiego stanu. Sprawdź stan i liczbę cyfr.", field="initial_value"
        )
    until = verified_until(new.mark) if new.mark.strip() else None
    if new.mark.strip() and until is None:
        raise InvalidInputError("Cecha ma postać M i dwie cyfry roku, na przykład M26.", field="mark")
    return dial, until


def _check_final(session: Session, old: Meter, state: State) -> None:
    verdict = judge(device_of(session, old), state, today=today(), answer=Answer.OTHER)
    if Flag.LOWER in verdict.flags:
        last = device_of(session, old).last
        raise InvalidInputError(
            f"Stan końcowy jest niższy niż ostatni odczyt z {last.read_on:%d.%m.%Y}. Sprawdź go albo popraw tamten odczyt.",
            field="value",
        )
    later = select(MeterReading.read_on).where(
        MeterReading.meter_id == old.id, MeterReading.status.in_(STANDING), MeterReading.read_on > state.read_on
    )
    if (day := session.scalar(later.order_by(MeterReading.read_on.desc()).limit(1))) is not None:
        raise InvalidInputError(
            f"Po tym dniu jest jeszcze odczyt z {day:%d.%m.%Y}. Najpierw go odrzuć albo podaj późniejszy dzień wymiany.",
            field="read_on",
        )


def _keep_final(session: Session, scope: EmployeeScope, old: Meter, state: State) -> None:
    """The last state as a reading of its own, unless the same one stands already."""
    standing = session.scalar(
        select(MeterReading).where(
            MeterReading.meter_id == old.id,
            MeterReading.read_on == state.read_on,
            MeterReading.status.in_(STANDING),
        )
    )
    if standing is not None:
        if standing.value != state.value:
            raise InvalidInputError("Na ten dzień jest już inny odczyt. Najpierw go popraw.", field="value")
        return
    session.add(
        MeterReading(
            meter_id=old.id,
            read_on=state.read_on,
            value=state.value,
            source=Source.REPLACEMENT,
            status=ReadingStatus.ACCEPTED,
            submitted_at=now(),
            employee_id=scope.employee_id,
        )
    )
    session.flush()
