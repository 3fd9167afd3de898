"""A device as the ladder sees it, and what ran through a point over all its devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.meters.dial import Dial
from core.meters.ladder import Device, State
from core.meters.models import COUNTING, Meter, MeterReading


@dataclass(frozen=True, slots=True)
class Consumption:
    """What ran through a device from one state that counts to the next."""

    meter_id: int
    since: State
    until: State
    consumption: Decimal  # m³, never below zero

    @property
    def days(self) -> int:
        """Days between the two."""
        return (self.until.read_on - self.since.read_on).days


def device_of(session: Session, meter: Meter) -> Device:
    """The device with the states that count, as they stand now."""
    rows = session.execute(
        select(MeterReading.read_on, MeterReading.value)
        .where(MeterReading.meter_id == meter.id, MeterReading.status.in_(COUNTING))
        .order_by(MeterReading.read_on)
    )
    return device(meter, [State(read_on, value) for read_on, value in rows])


def device(meter: Meter, states: Sequence[State]) -> Device:
    """The device with these states, which are in order of days."""
    return Device(
        dial=Dial(meter.digits, meter.decimals),
        installed=State(meter.installed_on, meter.installed_value),
        states=tuple(states),
        removed=next(iter(removal_of(meter)), None),
        verified_until=meter.verified_until,
    )


def removal_of(meter: Meter) -> list[State]:
    """The state a device was taken away with, if it was."""
    if meter.removed_on is None or meter.removed_value is None:
        return []
    return [State(meter.removed_on, meter.removed_value)]


def consumptions(meter: Meter, counting: Sequence[State]) -> list[Consumption]:
    """What ran through between the installation, each state that counts and the removal, in order of days.

    A lower state is a turn over zero: the ladder and the review let no other one count.
    """
    states = [State(meter.installed_on, meter.installed_value), *counting]
    states += [last for last in removal_of(meter) if last != states[-1]]
    dial = Dial(meter.digits, meter.decimals)
    return [Consumption(meter.id, one, other, dial.wrapped(one.value, other.value)) for one, other in pairwise(states)]
