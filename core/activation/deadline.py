"""The clock of an application: 14 days from its filing in RON, and how they are counted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.activation.models import RequestState
from core.clock import local, next_working_day

DAYS = 14
CALM_THROUGH, SOON_THROUGH = 7, 11  # days used


class Urgency(StrEnum):
    """How much of the time is used up."""

    CALM = "calm"  # up to 7 days
    SOON = "soon"  # 8 to 11
    URGENT = "urgent"  # 12 and more, still in time
    OVERDUE = "overdue"


def deadline_for(filed_on: date, *, paused: int = 0) -> date:
    """The last day to decide an application that was filed in RON on that day.

    The day of filing is not counted, and a deadline that would end on a Saturday, a Sunday or a public holiday ends on the
    next working day (art. 57 § 1 and § 4 KPA; art. 111 § 2 and art. 115 KC). Days paused are added before that.
    """
    return next_working_day(filed_on + timedelta(days=DAYS + paused))


def days_paused(steps: Sequence[tuple[datetime, str]], *, through: date) -> int:
    """For how many days the clock stood, from the history of a request: instants and states, in order.

    The clock stands from the day a correction was asked for to the day of the next step: asked on Monday and resumed on
    Thursday are three days, resumed on the same day none. A correction that is still awaited counts through that day.
    """
    ends = [local(at).date() for at, _ in steps[1:]] + [through]
    return sum(
        (end - local(at).date()).days
        for (at, state), end in zip(steps, ends, strict=False)
        if state == RequestState.CORRECTION
    )


def days_used(filed_on: date, *, on: date, paused: int = 0) -> int:
    """How many days of the fourteen are used up on that day, without those on which the clock stood."""
    return max(0, (on - filed_on).days - paused)


def urgency(*, used: int, deadline_on: date, on: date) -> Urgency:
    """Overdue is what the day after the deadline begins with, however many days were used to get there."""
    if on > deadline_on:
        return Urgency.OVERDUE
    if used <= CALM_THROUGH:
        return Urgency.CALM
    return Urgency.SOON if used <= SOON_THROUGH else Urgency.URGENT
