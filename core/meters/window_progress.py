"""How far the reading of a window has come: shares by building and district, and the meters still missing."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.errors import NotFoundError
from core.meters.models import STANDING, Medium, Meter, MeterPoint, MeterReading
from core.meters.window_models import ReadingWindow
from core.meters.windows import concerns, last_day, premises_of_window
from core.registry.addresses import premises_line, street_line
from core.registry.models import Building, Premises, ServiceDistrict
from core.registry.queries import districts_on, premises_served_by, tenant_of_premises

NO_SUCH_WINDOW = "Nie ma takiego okna odczytowego."


class WindowState(StrEnum):
    """Where a window stands today."""

    AHEAD = "ahead"
    OPEN = "open"
    GRACE = "grace"  # over, states of it may still be handed in
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class WindowView:
    """A window; `place` is a district's name, an address, or None for the whole city."""

    window_id: int
    place: str | None
    opens_on: date
    closes_on: date
    last_day: date
    reading_day: date | None
    every_months: int | None
    state: WindowState
    can_be_cancelled: bool  # by this employee: not over, and not of the whole city where they serve a part of it


@dataclass(frozen=True, slots=True)
class BuildingProgress:
    """Meters that people read in one building, and how many of them have a reading in the window."""

    district: str
    address: str
    meters: int
    read: int


@dataclass(frozen=True, slots=True)
class MissingMeter:
    """A meter without a reading in the window."""

    meter_no: str
    medium: Medium
    place: str
    address: str
    tenant: str | None
    district: str


def reading_windows(session: Session, scope: EmployeeScope) -> list[WindowView]:
    """The windows that mean anything in the employee's districts, the newest first."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    windows = session.scalars(select(ReadingWindow).order_by(ReadingWindow.opens_on.desc(), ReadingWindow.id.desc()))
    return [_view(session, scope, one) for one in windows if concerns(session, scope, one)]


def window_progress(session: Session, scope: EmployeeScope, *, window_id: int) -> list[BuildingProgress]:
    """Each building of the window in the employee's districts, by district and address. Raises NotFoundError."""
    window = _window(session, scope, window_id)
    read, building = is_read(window), (Building.id, Building.street, Building.building_no)
    rows = session.execute(
        _meters(scope, window, *building, func.count(), func.sum(case((read, 1), else_=0))).group_by(*building)
    ).all()
    districts = districts_on(session, day=window.opens_on)
    lines = [
        BuildingProgress(districts.get(building_id, (0, ""))[1], street_line(street, building_no), meters, int(have))
        for building_id, street, building_no, meters, have in rows
    ]
    return sorted(lines, key=lambda line: (line.district, line.address))


def missing_meters(
    session: Session, scope: EmployeeScope, *, window_id: int, at_most: int | None = None
) -> list[MissingMeter]:
    """The meters of the window without a reading in it, as one walks: by district, address, place; `at_most`: the first.

    Raises NotFoundError.
    """
    window = _window(session, scope, window_id)
    where = (Building.id, Building.street, Building.building_no, Premises.premises_no, Premises.kind)
    rows = session.execute(
        _meters(
            scope, window, Meter.meter_no, MeterPoint.medium, MeterPoint.place, tenant_of_premises(day=today()), *where
        )
        .where(~is_read(window))
        .order_by(Building.street, Building.building_no, Premises.premises_no, MeterPoint.place)
        .limit(at_most)
    ).all()
    districts = districts_on(session, day=window.opens_on)
    found = [
        MissingMeter(
            meter_no,
            Medium(medium),
            place,
            premises_line(street, building_no, premises_no, kind=kind),
            tenant,
            districts.get(building_id, (0, ""))[1],
        )
        for meter_no, medium, place, tenant, building_id, street, building_no, premises_no, kind in rows
    ]
    return sorted(found, key=lambda one: (one.district, one.address, one.place, one.meter_no))


def meters_of_window(window: ReadingWindow, *chosen: Any) -> Select[Any]:
    """SELECT over the devices that people read in a window: hanging through it, not remote."""
    return (
        select(*chosen)
        .select_from(Meter)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(
            premises_of_window(window),
            Meter.remote.is_(False),
            Meter.installed_on <= window.closes_on,
            or_(Meter.removed_on.is_(None), Meter.removed_on > window.closes_on),
        )
    )


def is_read(window: ReadingWindow) -> ColumnElement[bool]:
    """SQL condition over Meter: it has a reading in the window, whether it waits to be clarified or counts."""
    return exists().where(
        MeterReading.meter_id == Meter.id,
        MeterReading.read_on >= window.opens_on,
        MeterReading.read_on <= window.closes_on,
        MeterReading.status.in_(STANDING),
    )


def _meters(scope: EmployeeScope, window: ReadingWindow, *chosen: Any) -> Select[Any]:
    return meters_of_window(window, *chosen).where(premises_served_by(scope, day=today()))


def _window(session: Session, scope: EmployeeScope, window_id: int) -> ReadingWindow:
    require_live(session, scope, Permission.MANAGE_READINGS)
    window = session.get(ReadingWindow, window_id)
    if window is None or not concerns(session, scope, window):
        raise NotFoundError(NO_SUCH_WINDOW)
    return window


def _view(session: Session, scope: EmployeeScope, window: ReadingWindow) -> WindowView:
    place = None
    if window.building_id is not None:
        building = session.get_one(Building, window.building_id)
        place = street_line(building.street, building.building_no)
    elif window.district_id is not None:
        place = session.get_one(ServiceDistrict, window.district_id).name
    return WindowView(
        window_id=window.id,
        place=place,
        opens_on=window.opens_on,
        closes_on=window.closes_on,
        last_day=last_day(window),
        reading_day=window.reading_day,
        every_months=window.every_months,
        state=_state(window),
        can_be_cancelled=_state(window) in (WindowState.AHEAD, WindowState.OPEN)
        and (place is not None or not scope.district_ids),
    )


def _state(window: ReadingWindow) -> WindowState:
    day = today()
    if window.cancelled_at is not None:
        return WindowState.CANCELLED
    if day < window.opens_on:
        return WindowState.AHEAD
    if day <= window.closes_on:
        return WindowState.OPEN
    return WindowState.GRACE if day <= last_day(window) else WindowState.OVER
