"""What waits for an employee among the readings, and a device with all that was read from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select, text, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.views import Purpose, note_views
from core.clock import today
from core.errors import InvalidInputError, NotFoundError
from core.meters.episodes import removal_of
from core.meters.ladder import Answer, Flag, State
from core.meters.models import Medium, Meter, MeterPoint, MeterReading, ReadingPhoto
from core.meters.queries import MeterCard, ReadingLine, card_of, flags_in, lines_of
from core.meters.reach import NO_SUCH_METER
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.registry.queries import premises_in_districts, premises_served_by, tenant_of_premises

PAGE = 25
FOUND = 20  # devices at most that a search shows
SHORTEST = 3  # signs to search by
_WAITING = text("meter_reading.status = 'to_clarify'")  # written out: a partial index is only found by its own words
_OF_WAITING = (
    MeterReading.id,
    MeterReading.read_on,
    MeterReading.value,
    MeterReading.flags,
    MeterReading.answer,
    MeterReading.comment,
    MeterReading.submitted_at,
)
EXPLAINED = (Answer.GUESTS, Answer.REFILLING, Answer.AWAY)  # a fault is looked at, a mistake mended
PLACE = 9  # columns that `_place` takes


@dataclass(frozen=True, slots=True)
class MeterPlace:
    """A device and where it hangs."""

    meter_id: int
    meter_no: str
    medium: Medium
    place: str
    address: str  # ul. Kwiatowa 12 m. 7
    tenant: str | None  # of today; None: the premises stand empty


@dataclass(frozen=True, slots=True)
class WaitingReading:
    """A reading to be looked at."""

    reading_id: int
    where: MeterPlace
    read_on: date
    value: Decimal  # m³
    flags: frozenset[Flag]
    answer: Answer | None
    comment: str | None
    submitted_at: datetime
    has_photo: bool


@dataclass(frozen=True, slots=True)
class MeterFile:
    """A device with its whole history, newest first; `card` is None once it was taken away."""

    where: MeterPlace
    card: MeterCard | None
    removed: State | None
    history: tuple[ReadingLine, ...]


def waiting_readings(session: Session, scope: EmployeeScope, *, page: int = 1) -> list[WaitingReading]:
    """A page of the readings to clarify in the employee's districts: the riskiest first, then the oldest."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    first = (max(page, 1) - 1) * PAGE
    rows = session.execute(_queue(scope.district_ids, today()), {"first": first})
    return [_waiting(_place(*row[:PLACE]), *row[PLACE:]) for row in rows]


def plain_waiting(session: Session, scope: EmployeeScope, *, at_most: int = 500) -> list[int]:
    """Readings to clarify that are only unusual and say why, the oldest first: they may be accepted in one go.

    Those below the last state, and those without an explanation, are looked at one by one.
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    # Each device's first only: whether the next one fits is known when it counts.
    first = func.min(MeterReading.id)
    rows = session.execute(
        select(first)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .where(
            _waits(scope),
            ~MeterReading.flags.contains(Flag.LOWER),
            MeterReading.answer.in_(EXPLAINED),
        )
        .group_by(MeterReading.meter_id)
        .order_by(first)
        .limit(at_most)
    )
    return [one for (one,) in rows]


def waiting_count(session: Session, scope: EmployeeScope) -> int:
    """How many readings wait in the employee's districts."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    counted = (
        select(func.count())
        .select_from(MeterReading)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
    )
    return session.scalar(counted.where(_waits(scope))) or 0


def find_meters(session: Session, scope: EmployeeScope, *, text: str) -> list[MeterPlace]:
    """Devices by a part of their number, or by the whole number of a tenant or a tenancy; those that hang there first.

    Raises InvalidInputError (field `text`) for less than three signs.
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    asked = text.strip().replace("\0", "")[:60]
    if len(asked) < SHORTEST:
        raise InvalidInputError("Wpisz co najmniej trzy znaki numeru.", field="text")
    of_tenant = select(Tenancy.premises_id).join(Tenant, Tenant.id == Tenancy.tenant_id)
    of_tenant = of_tenant.where(or_(Tenancy.tenancy_no == asked, Tenant.tenant_no == asked))
    fits = or_(Meter.meter_no.icontains(asked, autoescape=True), Premises.id.in_(of_tenant))
    rows = session.execute(
        _places()
        .where(fits, premises_served_by(scope, day=today()))
        .order_by(Meter.removed_on.is_not(None), Meter.meter_no)
        .limit(FOUND)
    )
    return [_place(*row) for row in rows]


def meter_file(session: Session, scope: EmployeeScope, *, meter_id: int) -> MeterFile:
    """A device of the employee's districts; the look at its tenant's readings is noted. Raises NotFoundError."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    found = session.execute(
        _places(Meter).where(Meter.id == meter_id, premises_served_by(scope, day=today()))
    ).one_or_none()
    if found is None:
        raise NotFoundError(NO_SUCH_METER)
    place, meter = found[:PLACE], found[PLACE]
    note_views(session, scope, tenants=_tenants_at(session, meter.point_id), purpose=Purpose.READINGS)
    readings = session.scalars(
        select(MeterReading).where(MeterReading.meter_id == meter.id).order_by(MeterReading.read_on, MeterReading.id)
    ).all()
    return MeterFile(
        where=_place(*place),
        card=card_of(meter, readings) if meter.removed_on is None else None,
        removed=next(iter(removal_of(meter)), None),
        history=tuple(reversed(lines_of(session, meter, readings))),
    )


def _tenants_at(session: Session, point_id: int) -> Sequence[int]:
    day = today()
    return session.scalars(
        select(Tenancy.tenant_id)
        .join(MeterPoint, MeterPoint.premises_id == Tenancy.premises_id)
        .where(MeterPoint.id == point_id, Tenancy.valid_from <= day)
        .where(or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= day))
    ).all()


@lru_cache(maxsize=64)
def _queue(district_ids: frozenset[int], day: date) -> Select[Any]:
    """The page of the queue from row `first` on; put together once, which takes longer than the query."""
    served = premises_in_districts(district_ids, day=day) if district_ids else true()
    return (
        _places(*_OF_WAITING, exists().where(ReadingPhoto.reading_id == MeterReading.id))
        .join(MeterReading, MeterReading.meter_id == Meter.id)
        .where(_WAITING, served)
        .order_by(MeterReading.risk, MeterReading.submitted_at, MeterReading.id)
        .offset(bindparam("first"))
        .limit(PAGE)
    )


def _waits(scope: EmployeeScope) -> ColumnElement[bool]:
    return and_(_WAITING, premises_served_by(scope, day=today()))


def _places(*more: Any) -> Select[Any]:
    """What `_place` takes, and `more` behind it; the tenant of today by a look-up of its own, for there may be none."""
    columns: list[Any] = [
        Meter.id,
        Meter.meter_no,
        MeterPoint.medium,
        MeterPoint.place,
        Building.street,
        Building.building_no,
        Premises.premises_no,
        Premises.kind,
        tenant_of_premises(day=today()).label("tenant"),
        *more,
    ]
    chosen: Select[Any] = (
        select(*columns)
        .select_from(Meter)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .join(Building, Building.id == Premises.building_id)
    )
    return chosen


def _waiting(
    where: MeterPlace,
    reading_id: int,
    read_on: date,
    value: Decimal,
    flags: str,
    answer: str | None,
    comment: str | None,
    submitted_at: datetime,
    has_photo: bool,
) -> WaitingReading:
    return WaitingReading(
        reading_id=reading_id,
        where=where,
        read_on=read_on,
        value=value,
        flags=flags_in(flags),
        answer=Answer(answer) if answer else None,
        comment=comment,
        submitted_at=submitted_at,
        has_photo=has_photo,
    )


def _place(
    meter_id: int,
    meter_no: str,
    medium: str,
    place: str,
    street: str,
    building_no: str,
    premises_no: str,
    kind: str,
    tenant: str | None,
) -> MeterPlace:
    address = premises_line(street, building_no, premises_no, kind=kind)
    return MeterPlace(meter_id, meter_no, Medium(medium), place, address, tenant)
