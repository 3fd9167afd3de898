"""What may be a leak or a fault among readings that count: jumps, twice nothing, and the building's own meter."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.meters.dial import Dial
from core.meters.ladder import State
from core.meters.models import COUNTING, Medium, Meter, MeterPoint, MeterReading
from core.registry.addresses import premises_line, street_line
from core.registry.models import Building, Premises
from core.registry.queries import premises_served_by

JUMP = 3  # times the device's own median a day
FEWEST = 4  # intervals before a jump can be told
LEAST_JUMP = Decimal("0.2")  # m³ a day: a drop more of a drop is nothing
RECENT = 190  # days: what is older was looked at
HISTORY = 800  # days that what is usual is told from
MAIN_PLACE = "główny"  # how the landlord calls the place of a building's main meter
LOST_SHARE = Decimal("0.10")  # of what the main meter counted
SHOWN = 200


class Anomaly(StrEnum):
    """What is odd."""

    JUMP = "jump"
    ZERO_TWICE = "zero_twice"
    LOST_IN_BUILDING = "lost_in_building"


@dataclass(frozen=True, slots=True)
class AnomalyLine:
    """One thing to look at. `amount` is m³ a day for a jump and m³ for water lost; `usual` what it is compared with."""

    kind: Anomaly
    meter_id: int
    meter_no: str
    medium: Medium
    place: str
    address: str
    until: date
    amount: Decimal
    usual: Decimal


def anomalies(session: Session, scope: EmployeeScope) -> list[AnomalyLine]:
    """The newest oddities in the employee's districts, the largest first of each kind: water lost, jumps, twice nothing."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    devices = _devices(session, scope)
    lines = [line for device in devices if (line := _of_device(device)) is not None]
    lines += _lost(devices)
    order = [Anomaly.LOST_IN_BUILDING, Anomaly.JUMP, Anomaly.ZERO_TWICE]
    lines.sort(key=lambda line: (order.index(line.kind), -(line.amount - line.usual), line.address))
    return lines[:SHOWN]


@dataclass(frozen=True, slots=True)
class _Device:
    meter: Meter
    point: MeterPoint
    building: Building
    address: str
    states: tuple[State, ...]  # that count, the installation's first

    @property
    def is_main(self) -> bool:
        return self.point.place.casefold() == MAIN_PLACE

    def used(self, since: date, until: date) -> Decimal | None:
        """m³ between two days on which the device was read; None where it was not."""
        by_day = {state.read_on: state.value for state in self.states}
        if since not in by_day or until not in by_day:
            return None
        return Dial(self.meter.digits, self.meter.decimals).wrapped(by_day[since], by_day[until])


def _devices(session: Session, scope: EmployeeScope) -> list[_Device]:
    served = (
        select(Meter, MeterPoint, Premises, Building)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(Meter.removed_on.is_(None), premises_served_by(scope, day=today()))
        .order_by(Meter.id)
    )
    of_meter: dict[int, list[State]] = defaultdict(list)
    read = (
        select(MeterReading.meter_id, MeterReading.read_on, MeterReading.value)
        .join(Meter, Meter.id == MeterReading.meter_id)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .where(
            MeterReading.status.in_(COUNTING),
            MeterReading.read_on >= today() - timedelta(days=HISTORY),
            Meter.removed_on.is_(None),
            premises_served_by(scope, day=today()),
        )
        .order_by(MeterReading.meter_id, MeterReading.read_on)
    )
    for meter_id, read_on, value in session.execute(read):
        of_meter[meter_id].append(State(read_on, value))
    return [
        _Device(
            meter,
            point,
            building,
            premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind),
            (State(meter.installed_on, meter.installed_value), *of_meter[meter.id]),
        )
        for meter, point, premises, building in session.execute(served)
    ]


def _of_device(device: _Device) -> AnomalyLine | None:
    dial = Dial(device.meter.digits, device.meter.decimals)
    rates = [
        (dial.wrapped(one.value, other.value) / (other.read_on - one.read_on).days, other.read_on)
        for one, other in pairwise(device.states)
        if other.read_on > one.read_on
    ]
    if not rates or (today() - rates[-1][1]).days > RECENT:
        return None
    last, until = rates[-1]
    if len(rates) >= 2 and last == 0 == rates[-2][0]:
        earlier = [rate for rate, _ in rates[:-2]]
        return _line(device, Anomaly.ZERO_TWICE, until, Decimal(0), median(earlier) if earlier else Decimal(0))
    usual = median([rate for rate, _ in rates[:-1]]) if len(rates) > FEWEST else None
    if usual is not None and last > max(JUMP * usual, LEAST_JUMP):
        return _line(device, Anomaly.JUMP, until, last, usual)
    return None


def _lost(devices: Sequence[_Device]) -> list[AnomalyLine]:
    """Buildings whose main meter counted more than all the others together, over its last span that all of them have."""
    by_building: dict[tuple[int, str], list[_Device]] = defaultdict(list)
    for device in devices:
        by_building[device.building.id, device.point.medium].append(device)
    found = []
    for group in by_building.values():
        mains, others = [one for one in group if one.is_main], [one for one in group if not one.is_main]
        if len(mains) == 1 and others and len(mains[0].states) >= 2:
            since, until = mains[0].states[-2].read_on, mains[0].states[-1].read_on
            counted, parts = mains[0].used(since, until), [one.used(since, until) for one in others]
            known = [part for part in parts if part is not None]
            if counted is not None and len(known) == len(parts) and counted - sum(known) > LOST_SHARE * counted:
                found.append(_line(mains[0], Anomaly.LOST_IN_BUILDING, until, counted, sum(known, Decimal(0))))
    return found


def _line(device: _Device, kind: Anomaly, until: date, amount: Decimal, usual: Decimal) -> AnomalyLine:
    address = device.address
    if kind is Anomaly.LOST_IN_BUILDING:
        address = street_line(device.building.street, device.building.building_no)
    step = Decimal("0.001")
    return AnomalyLine(
        kind=kind,
        meter_id=device.meter.id,
        meter_no=device.meter.meter_no,
        medium=Medium(device.point.medium),
        place=device.point.place,
        address=address,
        until=until,
        amount=amount.quantize(step),
        usual=usual.quantize(step),
    )
