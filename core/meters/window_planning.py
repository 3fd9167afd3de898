"""Windows are planned, repeat by their rule, and can be called off; tenants who were told hear of it on the page."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now, today
from core.db import changed_rows
from core.errors import InvalidInputError, NotFoundError, NotPermittedError
from core.meters.window_models import ReadingWindow
from core.meters.windows import concerns
from core.registry.lookup import who_serves
from core.registry.models import Building, ServiceDistrict

LONGEST = 92  # days of a window
LONGEST_GRACE = 60
AHEAD = timedelta(days=62)  # so early the next window of a series is made
EVERY_MONTHS = (1, 2, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """What a window is to be. `district_id` and `building_id`: None and None mean the whole city."""

    opens_on: date
    closes_on: date
    reading_day: date | None = None
    grace_days: int = 0
    every_months: int | None = None
    district_id: int | None = None
    building_id: int | None = None


def plan_window(session: Session, scope: EmployeeScope, *, plan: WindowPlan) -> int:
    """Make a window, the first of a series where it repeats; returns it.

    Raises NotPermittedError for a place outside the employee's districts, NotFoundError for a place that is not there,
    InvalidInputError (fields `opens_on`, `closes_on`, `reading_day`, `grace_days`, `every_months`).
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    _check_place(session, scope, plan)
    _check_days(plan)
    _refuse_overlap(session, plan)
    window = ReadingWindow(
        district_id=plan.district_id,
        building_id=plan.building_id,
        opens_on=plan.opens_on,
        closes_on=plan.closes_on,
        reading_day=plan.reading_day,
        grace_days=plan.grace_days,
        every_months=plan.every_months,
        created_at=now(),
        created_by=scope.employee_id,
    )
    session.add(window)
    session.flush()
    window.series_id = window.id if plan.every_months else None
    session.flush()
    record_by(session, scope, "reading_window_planned", object_kind="reading_window", object_id=window.id)
    return window.id


def cancel_window(session: Session, scope: EmployeeScope, *, window_id: int) -> None:
    """Call off a window that is not over, and with it all that would follow in its series.

    Readings handed in within it stay. Raises NotFoundError for a window outside the employee's districts, or one that is
    over or was called off before.
    """
    require_live(session, scope, Permission.MANAGE_READINGS)
    window = session.get(ReadingWindow, window_id)
    if window is None or not _reaches(session, scope, window):
        raise NotFoundError("Nie ma takiego okna odczytowego.")
    same = ReadingWindow.id == window.id
    if window.series_id is not None:
        same |= (ReadingWindow.series_id == window.series_id) & (ReadingWindow.nth > window.nth)
    open_still = ReadingWindow.cancelled_at.is_(None) & (ReadingWindow.closes_on >= today())
    if changed_rows(session, update(ReadingWindow).where(same, open_still).values(cancelled_at=now())) == 0:
        raise NotFoundError("Tego okna nie można już odwołać: skończyło się albo odwołano je wcześniej.")
    record_by(session, scope, "reading_window_cancelled", object_kind="reading_window", object_id=window.id)


def extend_series(session: Session) -> int:
    """Make the windows of each series that come up in the next two months; returns how many were made."""
    newest = (
        select(ReadingWindow.series_id, func.max(ReadingWindow.nth).label("nth"))
        .where(ReadingWindow.series_id.is_not(None))
        .group_by(ReadingWindow.series_id)
        .subquery()
    )
    last = session.scalars(
        select(ReadingWindow)
        .join(newest, (newest.c.series_id == ReadingWindow.series_id) & (newest.c.nth == ReadingWindow.nth))
        .where(ReadingWindow.cancelled_at.is_(None))
    ).all()
    rows = []
    for one in last:
        first = session.get_one(ReadingWindow, one.series_id)
        for nth in range(one.nth + 1, one.nth + 1 + AHEAD.days):
            if months_later(first.opens_on, nth * (first.every_months or 1)) > today() + AHEAD:
                break
            rows.append(_occurrence(first, nth))
    if rows:
        session.execute(insert(ReadingWindow), rows)
    return len(rows)


def _occurrence(first: ReadingWindow, nth: int) -> dict[str, object]:
    months = nth * (first.every_months or 0)
    return {
        "district_id": first.district_id,
        "building_id": first.building_id,
        "opens_on": months_later(first.opens_on, months),
        "closes_on": months_later(first.closes_on, months),
        "reading_day": months_later(first.reading_day, months) if first.reading_day else None,
        "grace_days": first.grace_days,
        "every_months": first.every_months,
        "series_id": first.id,
        "nth": nth,
        "created_at": now(),
        "created_by": first.created_by,
    }


def months_later(day: date, months: int) -> date:
    """The same day of a later month; the last one of a month stays the last (31 January → 28 February → 31 March)."""
    at = day.year * 12 + day.month - 1 + months
    year, month = at // 12, at % 12 + 1
    is_last = day.day == monthrange(day.year, day.month)[1]
    length = monthrange(year, month)[1]
    return date(year, month, length if is_last else min(day.day, length))


def _check_place(session: Session, scope: EmployeeScope, plan: WindowPlan) -> None:
    if plan.building_id is not None:
        building = session.get(Building, plan.building_id)
        served = who_serves(session, building_id=plan.building_id, day=today()) if building else None
        if building is None or (scope.district_ids and (not served or served[0].id not in scope.district_ids)):
            raise NotFoundError("Nie ma takiego budynku w Twoim rejonie.")
    elif plan.district_id is not None:
        own = not scope.district_ids or plan.district_id in scope.district_ids
        if not own or session.get(ServiceDistrict, plan.district_id) is None:
            raise NotFoundError("Nie ma takiego rejonu wśród Twoich rejonów.")
    elif scope.district_ids:
        raise NotPermittedError(
            "Okno dla całego miasta zakłada osoba, która obsługuje wszystkie rejony. Wybierz rejon."
        )


def _reaches(session: Session, scope: EmployeeScope, window: ReadingWindow) -> bool:
    city = window.district_id is None and window.building_id is None
    return concerns(session, scope, window) and not (city and scope.district_ids)


def _check_days(plan: WindowPlan) -> None:
    if plan.opens_on < today():
        raise InvalidInputError("Okno może otworzyć się dziś albo później.", field="opens_on")
    if plan.closes_on < plan.opens_on:
        raise InvalidInputError("Koniec okna jest wcześniejszy niż początek. Popraw daty.", field="closes_on")
    if (plan.closes_on - plan.opens_on).days >= LONGEST:
        raise InvalidInputError(f"Okno może trwać najwyżej {LONGEST} dni.", field="closes_on")
    if plan.reading_day is not None and not plan.opens_on <= plan.reading_day <= plan.closes_on:
        raise InvalidInputError("Dzień odczytu musi wypadać w oknie.", field="reading_day")
    if not 0 <= plan.grace_days <= LONGEST_GRACE:
        raise InvalidInputError(f"Dodatkowe dni: od 0 do {LONGEST_GRACE}.", field="grace_days")
    if plan.every_months is not None:
        if plan.every_months not in EVERY_MONTHS:
            raise InvalidInputError("Okno może powtarzać się co 1, 2, 3, 6 albo 12 miesięcy.", field="every_months")
        if months_later(plan.opens_on, plan.every_months) <= plan.closes_on + timedelta(days=plan.grace_days):
            raise InvalidInputError("Następne okno otworzyłoby się, zanim to się skończy.", field="every_months")


def _refuse_overlap(session: Session, plan: WindowPlan) -> None:
    found = session.scalar(
        select(ReadingWindow)
        .where(
            ReadingWindow.cancelled_at.is_(None),
            ReadingWindow.district_id.is_not_distinct_from(plan.district_id),
            ReadingWindow.building_id.is_not_distinct_from(plan.building_id),
            ReadingWindow.opens_on <= plan.closes_on,
            ReadingWindow.closes_on >= plan.opens_on,
        )
        .limit(1)
    )
    if found is not None:
        raise InvalidInputError(
            f"W tym miejscu jest już okno od {found.opens_on:%d.%m.%Y} do {found.closes_on:%d.%m.%Y}.", field="opens_on"
        )
