"""Consumption by month: spread over the days between states, and only of months that states cover from end to end."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import Permission
from core.audit.tenant_view import Viewer, require_view
from core.clock import today
from core.errors import NotFoundError
from core.meters.episodes import Consumption, consumptions
from core.meters.ladder import State
from core.meters.models import COUNTING, Medium, Meter, MeterPoint, MeterReading
from core.registry.models import Premises, Tenancy
from core.registry.queries import UNKNOWN_TENANCY

MONTHS = 12
FEWEST_NEIGHBOURS = 5  # points of other premises: fewer would show somebody's own consumption
MEDIAN_STEP = Decimal("0.5")  # m³; the median of few is somebody's exact figure, a rounded one is nobody's
_LITRE = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class MonthOfWater:
    """One month, in m³; None where states do not cover it, or where too few neighbours have one."""

    month: date  # its first day
    used: Decimal | None
    year_before: Decimal | None
    building: Decimal | None  # median of the other premises' points


def by_month(spans: Iterable[Consumption]) -> dict[date, Decimal]:
    """Consumption of each whole month that the spans cover without a gap, rounded to the litre."""
    used: dict[date, Fraction] = defaultdict(Fraction)
    covered: dict[date, int] = defaultdict(int)
    for span in spans:
        if span.days:
            a_day = Fraction(span.consumption) / span.days
            for month, days in _days_by_month(span.since.read_on, span.until.read_on):
                used[month] += a_day * days
                covered[month] += days
    return {
        month: _litres(amount)
        for month, amount in sorted(used.items())
        if covered[month] == (_next(month) - month).days
    }


def months_of_water(session: Session, scope: Viewer, *, tenancy_id: int, point_id: int) -> list[MonthOfWater]:
    """The last twelve whole months of a point of a tenancy's premises, within the tenant's time there, oldest first.

    Raises NotFoundError for a tenancy, or a point, that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=tenancy_id, permission=Permission.MANAGE_READINGS)
    tenancy = session.get_one(Tenancy, tenancy_id)
    point = session.get(MeterPoint, point_id)
    if point is None or point.premises_id != tenancy.premises_id:
        raise NotFoundError(UNKNOWN_TENANCY)
    own = {
        month: amount
        for month, amount in by_month(_spans(session, [point_id])[point_id]).items()
        if tenancy.valid_from <= month and (tenancy.valid_to is None or _next(month) <= tenancy.valid_to)
    }
    building = _building(session, point)
    return [
        MonthOfWater(month, own.get(month), own.get(_back(month, MONTHS)), building.get(month))
        for month in _last_months()
    ]


def _building(session: Session, point: MeterPoint) -> dict[date, Decimal]:
    """Median of the other premises of the building, of the same water, by month."""
    building = select(Premises.building_id).where(Premises.id == point.premises_id).scalar_subquery()
    others = session.scalars(
        select(MeterPoint.id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .where(
            Premises.building_id == building,
            MeterPoint.premises_id != point.premises_id,
            MeterPoint.medium == Medium(point.medium),
        )
    ).all()
    amounts: dict[date, list[Decimal]] = defaultdict(list)
    for spans in _spans(session, others, since=_back(_last_months()[0], 6)).values():
        for month, amount in by_month(spans).items():
            amounts[month].append(amount)
    return {month: _rounded(some) for month, some in amounts.items() if len(some) >= FEWEST_NEIGHBOURS}


def _spans(session: Session, point_ids: Sequence[int], *, since: date | None = None) -> dict[int, list[Consumption]]:
    """What ran through each point, over all its devices; `since`: states before that day are left aside."""
    meters = session.scalars(select(Meter).where(Meter.point_id.in_(point_ids)).order_by(Meter.installed_on)).all()
    readings = select(MeterReading.meter_id, MeterReading.read_on, MeterReading.value).where(
        MeterReading.meter_id.in_([one.id for one in meters]), MeterReading.status.in_(COUNTING)
    )
    if since is not None:
        readings = readings.where(MeterReading.read_on >= since)
    states: dict[int, list[State]] = defaultdict(list)
    for meter_id, read_on, value in session.execute(readings.order_by(MeterReading.read_on)):
        states[meter_id].append(State(read_on, value))
    spans: dict[int, list[Consumption]] = {point_id: [] for point_id in point_ids}
    for meter in meters:
        found = consumptions(meter, states[meter.id])
        # Without the older states the first span would reach back to the installation and flatten what lies between.
        spans[meter.point_id] += found if since is None or meter.installed_on >= since else found[1:]
    return spans


def _days_by_month(since: date, until: date) -> Iterable[tuple[date, int]]:
    """Months that the days after `since` up to `until` fall into, with how many days; the state of a morning ends a day."""
    day = since
    while day < until:
        ends = min(_next(day.replace(day=1)), until)
        yield day.replace(day=1), (ends - day).days
        day = ends


def _last_months() -> list[date]:
    this = today().replace(day=1)
    return [_back(this, ago) for ago in range(MONTHS, 0, -1)]


def _back(month: date, months: int) -> date:
    at = month.year * 12 + month.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _litres(amount: Fraction) -> Decimal:
    return (Decimal(amount.numerator) / amount.denominator).quantize(_LITRE, ROUND_HALF_UP)


def _rounded(amounts: list[Decimal]) -> Decimal:
    return (median(amounts) / MEDIAN_STEP).quantize(Decimal(1), ROUND_HALF_UP) * MEDIAN_STEP
