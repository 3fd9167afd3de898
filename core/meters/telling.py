"""What tenants are told about their meters: a window opens, closes soon, a reading was rejected, a verification ends."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core.clock import now, today
from core.db import changed_rows
from core.meters.models import Medium, Meter, MeterPoint, MeterReading
from core.meters.verification import WARN_DAYS, warning_of
from core.meters.window_models import ReadingWindow
from core.meters.window_progress import is_read, meters_of_window
from core.meters.windows import last_day
from core.meters.words import MEDIUM_WORDS
from core.money import in_units
from core.notices.inbox import Telling, tell
from core.notices.models import NoticeKind
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy

CLOSES_SOON = timedelta(days=3)
REJECTION_SHOWN = timedelta(days=60)


def tell_of_windows(session: Session) -> int:
    """Tell once of each window that has opened, and once of each that closes within three days; how many were told.

    Each is one notice that lists the tenant's meters still missing; who has handed in all of them hears nothing.
    """
    day, told = today(), 0
    windows = session.scalars(
        select(ReadingWindow).where(
            ReadingWindow.cancelled_at.is_(None), ReadingWindow.opens_on <= day, ReadingWindow.closes_on >= day
        )
    ).all()
    for window in windows:
        opened = _claim(session, window, "announced_at")
        soon = window.closes_on - CLOSES_SOON <= day and _claim(session, window, "reminded_at")
        if opened:
            told += _tell_missing(session, window, NoticeKind.WINDOW_OPENS)
        elif soon:
            told += _tell_missing(session, window, NoticeKind.WINDOW_CLOSES)
    return told


def tell_of_verifications(session: Session) -> int:
    """Tell of each device whose verification ends in 90, 30 or 7 days, once each; how many were told."""
    day = today()
    rows = session.execute(
        _with_tenants(select(Tenancy.tenant_id, *_PLACE, Meter.id, Meter.verified_until)).where(
            Meter.removed_on.is_(None),
            Meter.verified_until >= day,
            Meter.verified_until <= day + timedelta(days=WARN_DAYS[0]),
        )
    ).all()
    told = 0
    for tenant_id, meter_no, medium, place, *where, meter_id, until in rows:
        facts = {"meter": _meter(meter_no, medium, place, *where), "until": f"{until:%d.%m.%Y}"}
        telling = Telling(tenant_id, f"meter/{meter_id}/{until}/{warning_of(until, day)}", facts)
        told += tell(session, kind=NoticeKind.VERIFICATION_ENDS, tellings=[telling], shown_until=until)
    return told


def tell_of_rejection(session: Session, reading: MeterReading) -> None:
    """Tell whoever rented the premises on the day of a reading that it was rejected, and why."""
    row = session.execute(
        _with_tenants(select(Tenancy.tenant_id, *_PLACE), day=reading.read_on).where(Meter.id == reading.meter_id)
    ).first()
    if row is None:
        return
    tenant_id, *where = row
    facts = {
        "meter": _meter(*where),
        "read_on": f"{reading.read_on:%d.%m.%Y}",
        "value": in_units(reading.value, "m³"),
        "reason": reading.reason or "",
    }
    shown_until = today() + REJECTION_SHOWN
    telling = Telling(tenant_id, f"reading/{reading.id}", facts)
    tell(session, kind=NoticeKind.READING_REJECTED, tellings=[telling], shown_until=shown_until)


_PLACE = (
    Meter.meter_no,
    MeterPoint.medium,
    MeterPoint.place,
    Building.street,
    Building.building_no,
    Premises.premises_no,
    Premises.kind,
)


def _claim(session: Session, window: ReadingWindow, column: str) -> bool:
    """Whether it is this process that tells: of two at once one is."""
    own = (ReadingWindow.id == window.id) & getattr(ReadingWindow, column).is_(None)
    return changed_rows(session, update(ReadingWindow).where(own).values({column: now()})) == 1


def _tell_missing(session: Session, window: ReadingWindow, kind: NoticeKind) -> int:
    day = today()
    rows = session.execute(
        meters_of_window(window, Tenancy.tenant_id, *_PLACE)
        .join(Tenancy, Tenancy.premises_id == Premises.id)
        .where(~is_read(window), Tenancy.valid_from <= day, or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= day))
        .order_by(Tenancy.tenant_id, Building.street, Premises.premises_no, MeterPoint.place)
    )
    facts = {"opens_on": f"{window.opens_on:%d.%m.%Y}", "closes_on": f"{window.closes_on:%d.%m.%Y}"}
    facts["reading_day"] = f"{window.reading_day:%d.%m.%Y}" if window.reading_day else ""
    tellings = [
        Telling(tenant_id, f"window/{window.id}", {**facts, "meters": "\n".join(meters)})
        for tenant_id, meters in _by_tenant(rows).items()
    ]
    return tell(session, kind=kind, tellings=tellings, shown_until=last_day(window))


def _by_tenant(rows: Iterable[Any]) -> dict[int, list[str]]:
    """The meters of each tenant in words, with their address where there are several."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for tenant_id, *where in rows:
        found[tenant_id].append(tuple(where))
    return {tenant_id: _in_words(meters) for tenant_id, meters in found.items()}


def _in_words(meters: list[tuple[Any, ...]]) -> list[str]:
    several = len({one[3:] for one in meters}) > 1
    return [_meter(*one) if several else _device(*one[:3]) for one in meters]


def _with_tenants(chosen: Any, *, day: Any = None) -> Any:
    on = day or today()
    return (
        chosen.select_from(Meter)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .join(Tenancy, Tenancy.premises_id == Premises.id)
        .where(Tenancy.valid_from <= on, or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= on))
        .order_by(Tenancy.valid_from.desc(), Meter.id)
    )


def _meter(meter_no: str, medium: str, place: str, street: str, building_no: str, premises_no: str, kind: str) -> str:
    address = premises_line(street, building_no, premises_no, kind=kind)
    return f"{_device(meter_no, medium, place)} ({address})"


def _device(meter_no: str, medium: str, place: str) -> str:
    return f"{MEDIUM_WORDS[Medium(medium)]}, {place}, nr {meter_no}"
