"""In which window a reading falls, if in any: outside of one it is taken for information."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.clock import today
from core.errors import DomainError
from core.meters.models import Meter, MeterPoint, MeterReading
from core.meters.window_models import ReadingWindow
from core.registry.lookup import who_serves
from core.registry.models import BuildingService, Premises
from core.registry.queries import premises_in_districts


def windows_of_building(session: Session, building_id: int) -> list[ReadingWindow]:
    """All windows that were not cancelled and mean a building, by itself, its district or the city, in order of days.

    A district's window means the buildings that it served on the day the window opens.
    """
    windows = session.scalars(
        select(ReadingWindow)
        .where(
            ReadingWindow.cancelled_at.is_(None),
            or_(ReadingWindow.building_id.is_(None), ReadingWindow.building_id == building_id),
        )
        .order_by(ReadingWindow.opens_on, ReadingWindow.id)
    ).all()
    served = session.execute(
        select(BuildingService.valid_from, BuildingService.district_id)
        .where(BuildingService.building_id == building_id)
        .order_by(BuildingService.valid_from)
    ).all()

    def means(window: ReadingWindow) -> bool:
        by_then = [district for since, district in served if since <= window.opens_on]
        return window.district_id is None or by_then[-1:] == [window.district_id]

    return [one for one in windows if means(one)]


class WindowOverError(DomainError):
    """The window in which the reading was handed in is over; only the office can change it now."""

    def __init__(self, ended_on: date) -> None:
        super().__init__(
            f"Okno odczytowe skończyło się {ended_on:%d.%m.%Y}. Jeśli odczyt jest błędny, zadzwoń do swojego rejonu."
        )


def may_be_changed_until(windows: Sequence[ReadingWindow], *, read_on: date) -> date | None:
    """The last day on which a tenant may change a reading of that day; None: no window limits it."""
    return max((last_day(one) for one in windows if one.opens_on <= read_on <= one.closes_on), default=None)


def require_open_window(session: Session, reading: MeterReading, meter: Meter) -> None:
    """Refuse a tenant's change of a reading whose window is over; raises WindowOverError."""
    until = may_be_changed_until(windows_of_meter(session, meter), read_on=reading.read_on)
    if until is not None and today() > until:
        raise WindowOverError(until)


def falls_into(windows: Sequence[ReadingWindow], *, read_on: date, handed_in: date | None = None) -> bool:
    """Whether a state of a day falls into one of the windows of its place; where there are none at all, always.

    `handed_in`: the day it comes in, which may be later than the window by its grace; None: that does not matter.
    """
    if not windows:
        return True
    return any(
        one.opens_on <= read_on <= one.closes_on and (handed_in is None or handed_in <= last_day(one))
        for one in windows
    )


def last_day(window: ReadingWindow) -> date:
    """The last day on which a state of the window may be handed in."""
    return window.closes_on + timedelta(days=window.grace_days)


def windows_of_meter(session: Session, meter: Meter) -> list[ReadingWindow]:
    """The windows that mean the place where a device hangs."""
    building_id = session.scalar(
        select(Premises.building_id)
        .join(MeterPoint, MeterPoint.premises_id == Premises.id)
        .where(MeterPoint.id == meter.point_id)
    )
    return windows_of_building(session, building_id) if building_id is not None else []


def premises_of_window(window: ReadingWindow) -> ColumnElement[bool]:
    """SQL condition over Premises: those that a window means."""
    if window.building_id is not None:
        return Premises.building_id == window.building_id
    if window.district_id is not None:
        return premises_in_districts((window.district_id,), day=window.opens_on)
    return true()


def concerns(session: Session, scope: EmployeeScope, window: ReadingWindow) -> bool:
    """Whether a window means any place in the employee's districts; one of the whole city does."""
    if not scope.district_ids or (window.district_id is None and window.building_id is None):
        return True
    if window.building_id is not None:
        served = who_serves(session, building_id=window.building_id, day=today())
        return served is not None and served[0].id in scope.district_ids
    return window.district_id in scope.district_ids
