"""What a tenancy pays a month: the lines in force on a day, and what changed or will change when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core.audit.tenant_view import Viewer, require_view
from core.charges.models import Charge
from core.clock import today
from core.money import GROSZ
from core.registry.models import Tenancy

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One component: quantity × rate = net, with VAT where there is a rate; amounts in PLN a month."""

    component: str
    unit: str
    quantity: Decimal  # three places
    rate: Decimal  # PLN a unit, four places; net where there is a VAT rate
    vat_percent: int | None
    valid_from: date
    valid_to: date | None  # the last day it holds, as far as is known; None: until further notice

    @property
    def net(self) -> Decimal:
        """quantity × rate, to the grosz."""
        return _to_grosz(self.quantity * self.rate)

    @property
    def vat(self) -> Decimal:
        """The tax on top, to the grosz (Act on Tax on Goods and Services, art. 106e par. 11)."""
        return _to_grosz(self.net * (self.vat_percent or 0) / 100)

    @property
    def amount(self) -> Decimal:
        """What is charged."""
        return self.net + self.vat

    def holds_on(self, day: date) -> bool:
        """Whether it is charged on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """A component before and after a day; None: not charged."""

    component: str
    before: ChargeLine | None
    after: ChargeLine | None


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """What changes in the monthly charge on a day; totals in PLN."""

    day: date  # the first day of the new charge
    components: tuple[ComponentChange, ...]
    total_before: Decimal
    total_after: Decimal


@dataclass(frozen=True, slots=True)
class ChargeSchedule:
    """The monthly charge of one tenancy as of a day."""

    as_of: date
    lines: tuple[ChargeLine, ...]  # in force, in the order of the landlord's file
    total: Decimal  # PLN a month
    announced: tuple[ScheduleChange, ...]  # after the day, the next one first
    past: tuple[ScheduleChange, ...]  # up to the day, the latest first; the first charge ever is no change

    @property
    def water_rate(self) -> Decimal | None:
        """What a m³ costs, in PLN with tax; None where nothing is charged by m³."""
        rates = [line.rate * (100 + (line.vat_percent or 0)) / 100 for line in self.lines if line.unit == "m³"]
        return sum(rates, Decimal(0)) if rates else None


def charge_schedule(session: Session, scope: Viewer, *, tenancy_id: int, as_of: date | None = None) -> ChargeSchedule:
    """The schedule of one tenancy; today by default. Raises NotFoundError for one that is not theirs to see."""
    require_view(session, scope, tenancy_id=tenancy_id)
    rows = session.scalars(select(Charge).where(Charge.tenancy_id == tenancy_id).order_by(Charge.id))
    return schedule_of(rows, as_of=as_of or today())


def schedules_of(session: Session, tenancies: Sequence[int], *, as_of: date) -> dict[int, ChargeSchedule]:
    """The schedules of some tenancies by id, at most 500 at once; the caller has asked who may know them."""
    rows = session.scalars(select(Charge).where(Charge.tenancy_id.in_(tenancies)).order_by(Charge.id))
    by_tenancy: dict[int, list[Charge]] = {one: [] for one in tenancies}
    for row in rows:
        by_tenancy[row.tenancy_id].append(row)
    return {tenancy: schedule_of(charges, as_of=as_of) for tenancy, charges in by_tenancy.items()}


def changing(*, after: date) -> ColumnElement[bool]:
    """SQL condition over Tenancy: a line of its charges begins or ends after a day."""
    later = or_(Charge.valid_from > after, Charge.valid_to >= after)
    return Tenancy.id.in_(select(Charge.tenancy_id).where(later))


def schedule_of(rows: Iterable[Charge], *, as_of: date) -> ChargeSchedule:
    """The schedule that the rows of one tenancy make, whatever their order in time."""
    lines = _until_the_next(rows)
    starts = {line.valid_from for line in lines}
    days = sorted(starts | {line.valid_to + timedelta(days=1) for line in lines if line.valid_to})
    changes = [change for day in days[1:] if (change := _change(lines, day)).components]
    in_force = tuple(line for line in lines if line.holds_on(as_of))
    return ChargeSchedule(
        as_of=as_of,
        lines=in_force,
        total=_total(in_force),
        announced=tuple(change for change in changes if change.day > as_of),
        past=tuple(change for change in reversed(changes) if change.day <= as_of),
    )


def _until_the_next(rows: Iterable[Charge]) -> list[ChargeLine]:
    """Each line with the last day it really holds: its own, or the day before the next one of its component."""
    by_component: dict[str, list[Charge]] = {}
    for row in rows:
        by_component.setdefault(row.component, []).append(row)
    lines = []
    for rows_of in by_component.values():
        ordered = sorted(rows_of, key=lambda row: row.valid_from)
        eves: list[date | None] = [row.valid_from - timedelta(days=1) for row in ordered[1:]]
        for row, eve in zip(ordered, [*eves, None], strict=True):
            ends = [day for day in (row.valid_to, eve) if day is not None]
            lines.append(_line(row, min(ends, default=None)))
    return lines


def _line(row: Charge, last: date | None) -> ChargeLine:
    return ChargeLine(row.component, row.unit, row.quantity, row.rate, row.vat_percent, row.valid_from, last)


def _change(lines: list[ChargeLine], day: date) -> ScheduleChange:
    eve = day - timedelta(days=1)
    before = {line.component: line for line in lines if line.holds_on(eve)}
    after = {line.component: line for line in lines if line.holds_on(day)}
    components = tuple(
        ComponentChange(name, before.get(name), after.get(name))
        for name in dict.fromkeys([*before, *after])
        if _content(before.get(name)) != _content(after.get(name))
    )
    return ScheduleChange(day, components, _total(before.values()), _total(after.values()))


def _content(line: ChargeLine | None) -> tuple[object, ...] | None:
    """What makes two lines differ to who pays them: not their days."""
    return None if line is None else (line.unit, line.quantity, line.rate, line.vat_percent)


def _total(lines: Iterable[ChargeLine]) -> Decimal:
    return sum((line.amount for line in lines), NOTHING)


def _to_grosz(amount: Decimal) -> Decimal:
    return amount.quantize(GROSZ, ROUND_HALF_UP)
