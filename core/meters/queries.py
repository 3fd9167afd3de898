"""Meters as their tenant sees them: the devices of a tenancy's premises, how long they may bill, and their readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import Permission
from core.audit.tenant_view import Viewer, require_view
from core.clock import today
from core.meters.changing import OPEN
from core.meters.episodes import consumptions
from core.meters.ladder import Answer, Flag, State
from core.meters.models import COUNTING, Medium, Meter, MeterPoint, MeterReading, ReadingPhoto, ReadingStatus, Source
from core.meters.verification import days_left, warning_of
from core.meters.windows import may_be_changed_until, windows_of_meter
from core.registry.models import Tenancy


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One reading in the history. `consumption` and `days` are since the state before; None where it does not count."""

    reading_id: int
    meter_no: str
    read_on: date
    value: Decimal  # m³
    status: ReadingStatus
    source: Source
    flags: frozenset[Flag]
    answer: Answer | None
    comment: str | None
    reason: str | None
    consumption: Decimal | None
    days: int | None
    can_be_changed: bool  # by the tenant: their own, not settled, and its window not over
    has_photo: bool


@dataclass(frozen=True, slots=True)
class MeterCard:
    """A device that hangs there today."""

    meter_id: int
    meter_no: str
    digits: int
    decimals: int
    installed_on: date
    remote: bool
    mark: str | None
    verified_until: date | None
    days_left: int | None  # of its verification, below zero when it has ended
    warning: int | None  # 90, 30 or 7 days before the end; 0 once it has ended
    last: State  # the newest state that counts, the installation's where there is no other


@dataclass(frozen=True, slots=True)
class PointView:
    """A place of measurement: its device of today and the readings of the tenancy's time, newest first."""

    point_id: int
    medium: Medium
    place: str
    meter: MeterCard | None
    history: tuple[ReadingLine, ...]


def meters_of_tenancy(session: Session, scope: Viewer, *, tenancy_id: int) -> list[PointView]:
    """The points of a tenancy's premises, cold before hot, by place; a former tenant's readings are not shown.

    Raises NotFoundError for a tenancy that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=tenancy_id, permission=Permission.MANAGE_READINGS)
    tenancy = session.get_one(Tenancy, tenancy_id)
    points = session.scalars(select(MeterPoint).where(MeterPoint.premises_id == tenancy.premises_id)).all()
    ordered = sorted(points, key=lambda point: (point.medium, point.place.casefold(), point.id))
    return [view for point in ordered if (view := _view(session, point, tenancy)) is not None]


def _view(session: Session, point: MeterPoint, tenancy: Tenancy) -> PointView | None:
    """None for a point whose devices were all gone before the tenancy began."""
    ends = tenancy.valid_to or date.max
    meters = [
        meter
        for meter in session.scalars(select(Meter).where(Meter.point_id == point.id).order_by(Meter.installed_on))
        if meter.installed_on <= ends and (meter.removed_on is None or meter.removed_on >= tenancy.valid_from)
    ]
    if not meters:
        return None
    lines: list[ReadingLine] = []
    current = None
    for meter in meters:
        readings = session.scalars(
            select(MeterReading)
            .where(MeterReading.meter_id == meter.id)
            .order_by(MeterReading.read_on, MeterReading.id)
        ).all()
        lines += [one for one in lines_of(session, meter, readings) if tenancy.valid_from <= one.read_on <= ends]
        if meter.removed_on is None and ends >= today():
            current = card_of(meter, readings)
    lines.sort(key=lambda line: (line.read_on, line.reading_id), reverse=True)
    return PointView(point.id, Medium(point.medium), point.place, current, tuple(lines))


def lines_of(session: Session, meter: Meter, readings: Sequence[MeterReading]) -> list[ReadingLine]:
    """The readings of a device, given in order of days, with what ran through since the state before each."""
    photos = set(
        session.scalars(
            select(ReadingPhoto.reading_id)
            .join(MeterReading, MeterReading.id == ReadingPhoto.reading_id)
            .where(MeterReading.meter_id == meter.id)
        )
    )
    windows = windows_of_meter(session, meter) if any(one.source == Source.TENANT for one in readings) else []
    counting = [State(one.read_on, one.value) for one in readings if one.status in COUNTING]
    used = {one.until: one for one in consumptions(meter, counting)}
    lines = []
    for one in readings:
        counts = one.status in COUNTING
        span = used.get(State(one.read_on, one.value)) if counts else None
        lines.append(
            ReadingLine(
                reading_id=one.id,
                meter_no=meter.meter_no,
                read_on=one.read_on,
                value=one.value,
                status=ReadingStatus(one.status),
                source=Source(one.source),
                flags=flags_in(one.flags),
                answer=Answer(one.answer) if one.answer else None,
                comment=one.comment,
                reason=one.reason,
                consumption=span.consumption if span else None,
                days=span.days if span else None,
                can_be_changed=one.source == Source.TENANT
                and one.status in OPEN
                and today() <= (may_be_changed_until(windows, read_on=one.read_on) or date.max),
                has_photo=one.id in photos,
            )
        )
    return lines


def flags_in(words: str) -> frozenset[Flag]:
    """The flags of a reading as they are stored."""
    return frozenset(Flag(word) for word in words.split())


def card_of(meter: Meter, readings: Sequence[MeterReading]) -> MeterCard:
    """A device that hangs there, with its readings in order of days."""
    counting = [State(one.read_on, one.value) for one in readings if one.status in COUNTING]
    day = today()
    return MeterCard(
        meter_id=meter.id,
        meter_no=meter.meter_no,
        digits=meter.digits,
        decimals=meter.decimals,
        installed_on=meter.installed_on,
        remote=meter.remote,
        mark=meter.mark,
        verified_until=meter.verified_until,
        days_left=days_left(meter.verified_until, day),
        warning=warning_of(meter.verified_until, day),
        last=counting[-1] if counting else State(meter.installed_on, meter.installed_value),
    )
