"""A reading comes in: from the tenant, or from an employee who has the tenant on the phone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.audit.events import record_by
from core.clock import now, today
from core.documents.pictures import CleanPicture
from core.errors import DomainError, InvalidInputError
from core.meters.changing import change_reading
from core.meters.episodes import device_of
from core.meters.ladder import Answer, Flag, ReadingRefusedError, Refusal, State, Verdict, judge, risk_of
from core.meters.models import STANDING, Meter, MeterReading, ReadingStatus, Source
from core.meters.order import require_order
from core.meters.photos import attach_photo
from core.meters.reach import own_meter, own_reading, served_meter
from core.meters.windows import falls_into, require_open_window, windows_of_meter

LONGEST_COMMENT = 300


class OddReadingError(DomainError):
    """The reading can be and is odd; `verdict.doubt` says how. Nothing is kept until it is answered."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("Ten odczyt wygląda nietypowo. Sprawdź licznik i powiedz nam, dlaczego.")
        self.verdict = verdict


class RemoteMeterError(DomainError):
    """The device is read from afar; nobody hands in its readings."""

    def __init__(self) -> None:
        super().__init__("Ten licznik odczytujemy zdalnie. Nie trzeba podawać jego stanu.")


@dataclass(frozen=True, slots=True)
class SubmittedReading:
    """The receipt. `repeated`: the same reading stood already, and nothing was added."""

    reading_id: int
    status: ReadingStatus
    verdict: Verdict | None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _From:
    """Whose reading it is, and what they said about it."""

    source: Source
    account_id: int | None = None
    employee_id: int | None = None
    answer: Answer | None = None
    comment: str = ""
    supersedes_id: int | None = None
    photo: CleanPicture | None = None


def submit_reading(
    session: Session,
    scope: TenantScope,
    *,
    meter_id: int,
    value: Decimal,
    read_on: date,
    answer: Answer | None = None,
    comment: str = "",
    photo: CleanPicture | None = None,
) -> SubmittedReading:
    """Hand in what a device of one's own premises shows, in m³; the same again is the same reading.

    Raises NotFoundError for a device elsewhere, RemoteMeterError, ReadingRefusedError (fields `value`, `read_on`) for what
    cannot be, OddReadingError for what has to be answered first, InvalidInputError (fields `read_on`, `comment`).
    """
    require_live(session, scope, proxy=ProxyLevel.READINGS)
    meter, tenancy = own_meter(session, scope, meter_id)
    if meter.remote:
        raise RemoteMeterError
    if read_on < tenancy.valid_from:
        raise InvalidInputError(
            f"Twoja umowa trwa od {tenancy.valid_from:%d.%m.%Y}. Podaj ten dzień albo późniejszy.", field="read_on"
        )
    told = _From(Source.TENANT, scope.account_id, None, answer, comment, photo=photo)
    return _take(session, meter, State(read_on, value), told)


def enter_reading(
    session: Session,
    scope: EmployeeScope,
    *,
    meter_id: int,
    value: Decimal,
    read_on: date,
    answer: Answer | None = None,
    comment: str = "",
) -> SubmittedReading:
    """Enter a reading for a tenant; what is odd and answered counts at once, for the employee has decided.

    A state below the last one is the exception: it waits until that one is mended. Raises as `submit_reading`.
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    meter = served_meter(session, scope, meter_id)
    return _take(session, meter, State(read_on, value), _From(Source.OFFICE, None, scope.employee_id, answer, comment))


def withdraw_reading(session: Session, scope: TenantScope, *, reading_id: int) -> None:
    """Take back a reading that one handed in oneself and that is not settled; it stays in the history.

    Raises NotFoundError, ReadingMovedError, WindowOverError, and OutOfOrderError where a later state turned over zero
    from this one.
    """
    require_live(session, scope, proxy=ProxyLevel.READINGS)
    reading, meter = own_reading(session, scope, reading_id)
    require_open_window(session, reading, meter)
    change_reading(session, reading, ReadingStatus.WITHDRAWN)
    require_order(session, meter)
    record_by(session, scope, "reading_withdrawn", object_kind="meter_reading", object_id=reading.id)


def correct_own_reading(
    session: Session,
    scope: TenantScope,
    *,
    reading_id: int,
    value: Decimal,
    answer: Answer | None = None,
    comment: str = "",
    photo: CleanPicture | None = None,
) -> SubmittedReading:
    """Put another state in the place of one that one handed in oneself, on the same day.

    Raises as `submit_reading`, and WindowOverError.
    """
    require_live(session, scope, proxy=ProxyLevel.READINGS)
    reading, meter = own_reading(session, scope, reading_id)
    require_open_window(session, reading, meter)
    if value == reading.value:
        return SubmittedReading(reading.id, ReadingStatus(reading.status), None, repeated=True)
    change_reading(session, reading, ReadingStatus.CORRECTED)
    told = _From(Source.TENANT, scope.account_id, None, answer, comment, supersedes_id=reading.id, photo=photo)
    return _take(session, meter, State(reading.read_on, value), told)


def _take(session: Session, meter: Meter, state: State, told: _From) -> SubmittedReading:
    if len(told.comment) > LONGEST_COMMENT:
        raise InvalidInputError(f"Skróć opis do {LONGEST_COMMENT} znaków.", field="comment")
    if standing := _standing(session, meter, state):
        if told.photo is not None and standing.account_id is not None and standing.account_id == told.account_id:
            attach_photo(session, standing.id, told.photo)
        return SubmittedReading(standing.id, ReadingStatus(standing.status), None, repeated=True)
    handed_in = today() if told.source is Source.TENANT else None
    in_window = falls_into(windows_of_meter(session, meter), read_on=state.read_on, handed_in=handed_in)
    verdict = judge(device_of(session, meter), state, today=today(), in_window=in_window, answer=told.answer)
    if verdict.doubt is not None:
        raise OddReadingError(verdict)
    waits = verdict.to_clarify and (told.source is Source.TENANT or Flag.LOWER in verdict.flags)
    status = ReadingStatus.TO_CLARIFY if waits else ReadingStatus.ACCEPTED
    reading = MeterReading(
        meter_id=meter.id,
        read_on=state.read_on,
        value=state.value,
        source=told.source,
        status=status,
        flags=" ".join(verdict.flags),
        risk=risk_of(verdict.flags),
        answer=told.answer if verdict.to_clarify else None,
        comment=told.comment.strip() or None,
        submitted_at=now(),
        account_id=told.account_id,
        employee_id=told.employee_id,
        supersedes_id=told.supersedes_id,
    )
    session.add(reading)
    session.flush()
    if told.photo is not None:
        attach_photo(session, reading.id, told.photo)
    return SubmittedReading(reading.id, status, verdict)


def _standing(session: Session, meter: Meter, state: State) -> MeterReading | None:
    """The same reading, if it stands already; another one of that day is refused."""
    standing = session.scalar(
        select(MeterReading).where(
            MeterReading.meter_id == meter.id,
            MeterReading.read_on == state.read_on,
            MeterReading.status.in_(STANDING),
        )
    )
    if standing is not None and standing.value != state.value:
        raise ReadingRefusedError(
            Refusal.SECOND_THAT_DAY,
            f"Na {state.read_on:%d.%m.%Y} jest już inny odczyt. Jeśli jest błędny, popraw go w historii.",
            "read_on",
        )
    return standing
