"""The ladder a reading climbs: one function for the tenant's form, the clerk's form, the file and the command.

A rung either refuses (a reading that cannot be), asks (one that can be and is odd), or flags and goes on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import median

from core.errors import InvalidInputError
from core.meters.dial import Dial
from core.meters.verification import is_expired
from core.money import in_units

ROLLOVER_FROM = Decimal("0.9")  # of the dial: below it a lower state is no turn over zero
# Consumption in m³ a day. Without a history: far more than a household uses (three people: 0.3), far less than a slip of
# a digit makes.
PLAUSIBLE_A_DAY = Decimal("1.5")
MIN_INTERVALS = 3  # that make a history of its own
BAND = 5  # spreads around the median; a spread is the median absolute deviation × 1.4826, as of a normal distribution
MAD_SCALE = Decimal("1.4826")
LEAST_SPREAD = Decimal("0.15")  # of the median: people who always use the same are not asked for a third more
LEAST_SPREAD_A_DAY = Decimal("0.01")  # m³: ten litres are nothing
UNREMARKABLE = Decimal("1.000")  # m³ since the last reading: too little to ask about, whatever the days


class Flag(StrEnum):
    """What is worth knowing of a reading that stands."""

    ROLLOVER = "rollover"
    HIGH = "high"
    LOW = "low"
    LOWER = "lower"  # than the last one, and no turn over zero
    EXPIRED = "expired"  # the verification had ended
    FOR_INFORMATION = "for_information"  # read outside of a window


NO_RISK = 9


class Doubt(StrEnum):
    """Why a reading is asked about."""

    HIGH = "high"
    LOW = "low"
    LOWER = "lower"


class Answer(StrEnum):
    """What can be answered."""

    GUESTS = "guests"
    FAULT = "fault"
    REFILLING = "refilling"
    AWAY = "away"
    OTHER = "other"
    REPLACED = "replaced"  # another device hangs there
    EARLIER_WRONG = "earlier_wrong"  # the reading before was the mistake


ANSWERS: dict[Doubt, tuple[Answer, ...]] = {
    Doubt.HIGH: (Answer.GUESTS, Answer.FAULT, Answer.REFILLING, Answer.EARLIER_WRONG, Answer.OTHER),
    Doubt.LOW: (Answer.AWAY, Answer.FAULT, Answer.EARLIER_WRONG, Answer.OTHER),
    Doubt.LOWER: (Answer.REPLACED, Answer.EARLIER_WRONG, Answer.OTHER),
}


class Refusal(StrEnum):
    """Why a reading cannot be."""

    DIAL = "dial"
    FUTURE = "future"
    BEFORE_INSTALLATION = "before_installation"
    AFTER_REMOVAL = "after_removal"
    BEFORE_LAST = "before_last"
    SECOND_THAT_DAY = "second_that_day"
    OVER_FINAL = "over_final"  # above the state the device was taken away with


class ReadingRefusedError(InvalidInputError):
    """The reading cannot be; `refusal` says why, `field` (value or read_on) where."""

    def __init__(self, refusal: Refusal, message: str, field: str) -> None:
        super().__init__(message, field=field)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class State:
    """What a device showed on a day, believed."""

    read_on: date
    value: Decimal  # m³


@dataclass(frozen=True, slots=True)
class Device:
    """What the ladder knows of a device; `states` are those that count, in order of days."""

    dial: Dial
    installed: State
    states: Sequence[State] = ()
    removed: State | None = None
    verified_until: date | None = None

    @property
    def last(self) -> State:
        """The newest state that counts, the installation's where there is no other."""
        return self.states[-1] if self.states else self.installed


def risk_of(flags: Iterable[Flag]) -> int:
    """How soon the office looks at a reading that waits: a lower state before much, much before little."""
    order = (Flag.LOWER, Flag.HIGH, Flag.LOW)
    return min((order.index(flag) for flag in flags if flag in order), default=NO_RISK)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a reading that can be.

    `doubt` without an answer: it is asked about and nothing is kept. `to_clarify`: the office looks at it first.
    """

    consumption: Decimal | None  # m³ since the last state; None where it cannot be told
    days: int
    flags: tuple[Flag, ...] = ()
    doubt: Doubt | None = None
    to_clarify: bool = False
    repeats: bool = False  # the same reading stands already

    @property
    def a_day(self) -> Decimal | None:
        """m³ a day since the last state."""
        return None if self.consumption is None else self.consumption / max(self.days, 1)


def judge(
    device: Device, state: State, *, today: date, in_window: bool = True, answer: Answer | None = None
) -> Verdict:
    """Climb the ladder. Raises ReadingRefusedError for a reading that cannot be.

    An `answer` lets an odd reading through to the office; one that does not fit the doubt is asked again.
    """
    _refuse_impossible(device, state, today)
    last, flags = device.last, []
    if not in_window:
        flags.append(Flag.FOR_INFORMATION)
    if is_expired(device.verified_until, state.read_on):
        flags.append(Flag.EXPIRED)
    if device.states and state == last:
        return Verdict(Decimal("0.000"), 0, tuple(flags), repeats=True)
    days = (state.read_on - last.read_on).days
    consumption: Decimal | None = device.dial.wrapped(last.value, state.value)
    doubt = None
    if state.value < last.value and not _is_rollover(device, state):
        doubt, consumption = Doubt.LOWER, None
        flags.insert(0, Flag.LOWER)
    else:
        if state.value < last.value:
            flags.insert(0, Flag.ROLLOVER)
        if doubt := _odd(device, state):
            flags.append(Flag(doubt))
    answered = doubt is not None and answer in ANSWERS[doubt]
    return Verdict(consumption, days, tuple(flags), doubt=None if answered else doubt, to_clarify=answered)


def _refuse_impossible(device: Device, state: State, today: date) -> None:
    if not device.dial.fits(state.value):
        raise ReadingRefusedError(
            Refusal.DIAL,
            "Tarcza tego licznika nie pokaże takiego stanu. Najwięcej cyfr przed przecinkiem: "
            f"{device.dial.digits}, po przecinku: {device.dial.decimals}.",
            "value",
        )
    if state.read_on > today:
        raise ReadingRefusedError(Refusal.FUTURE, "Ten dzień jeszcze nie nadszedł. Podaj dzień odczytu.", "read_on")
    if state.read_on < device.installed.read_on:
        raise ReadingRefusedError(
            Refusal.BEFORE_INSTALLATION,
            f"Ten licznik zamontowano {device.installed.read_on:%d.%m.%Y}. Podaj ten dzień albo późniejszy.",
            "read_on",
        )
    _refuse_beyond_removal(device, state)
    if not device.states:
        return
    last = device.last
    if state.read_on < last.read_on:
        raise ReadingRefusedError(
            Refusal.BEFORE_LAST,
            f"Ostatni odczyt jest z {last.read_on:%d.%m.%Y}. Podaj dzień późniejszy; jeśli tamten odczyt jest błędny, "
            "popraw go w historii albo napisz do nas.",
            "read_on",
        )
    if state.read_on == last.read_on and state.value != last.value:
        raise ReadingRefusedError(
            Refusal.SECOND_THAT_DAY,
            f"Na {last.read_on:%d.%m.%Y} jest już inny odczyt. Jeśli jest błędny, popraw go w historii.",
            "read_on",
        )


def _refuse_beyond_removal(device: Device, state: State) -> None:
    final = device.removed
    if final is None:
        return
    if state.read_on > final.read_on:
        raise ReadingRefusedError(
            Refusal.AFTER_REMOVAL,
            f"Ten licznik zdemontowano {final.read_on:%d.%m.%Y}. Podaj odczyt nowego licznika.",
            "read_on",
        )
    if not follows(replace(device, states=[*device.states, state]), final):
        raise ReadingRefusedError(
            Refusal.OVER_FINAL,
            f"Ten licznik zdemontowano {final.read_on:%d.%m.%Y} ze stanem {in_units(final.value, 'm³')}, "
            "niższym niż ten odczyt. Sprawdź stan i dzień.",
            "value",
        )


def follows(device: Device, state: State) -> bool:
    """Whether a state does not go backwards from the device's last one, but over zero."""
    return state.value >= device.last.value or _is_rollover(device, state)


def _is_rollover(device: Device, state: State) -> bool:
    """Whether a lower state turned over zero: the last one stood high, and what ran through is plausible."""
    last = device.last
    if last.value < ROLLOVER_FROM * device.dial.capacity:
        return False
    consumption = device.dial.wrapped(last.value, state.value)
    return consumption <= max(_most_a_day(device) * max((state.read_on - last.read_on).days, 1), UNREMARKABLE)


def _odd(device: Device, state: State) -> Doubt | None:
    last = device.last
    consumption = device.dial.wrapped(last.value, state.value)
    days = max((state.read_on - last.read_on).days, 1)
    if consumption > UNREMARKABLE and consumption > _most_a_day(device) * days:
        return Doubt.HIGH
    # Nothing at all is a valid answer (an empty flat), and a few days tell nothing.
    expected = _least_a_day(device) * days
    return Doubt.LOW if consumption and expected > UNREMARKABLE and consumption < expected else None


def _most_a_day(device: Device) -> Decimal:
    rates = _rates(device)
    if len(rates) < MIN_INTERVALS:
        return PLAUSIBLE_A_DAY
    return median(rates) + BAND * _spread(rates)


def _least_a_day(device: Device) -> Decimal:
    rates = _rates(device)
    return median(rates) - BAND * _spread(rates) if len(rates) >= MIN_INTERVALS else Decimal(0)


def _spread(rates: Sequence[Decimal]) -> Decimal:
    middle = median(rates)
    deviation = median(abs(rate - middle) for rate in rates)
    return max(MAD_SCALE * deviation, LEAST_SPREAD * middle, LEAST_SPREAD_A_DAY)


def _rates(device: Device) -> list[Decimal]:
    """m³ a day between the states that count, without those of one day."""
    return [
        device.dial.wrapped(one.value, other.value) / (other.read_on - one.read_on).days
        for one, other in pairwise([device.installed, *device.states])
        if other.read_on > one.read_on
    ]
