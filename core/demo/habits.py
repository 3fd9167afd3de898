"""How tenants pay: when, counted from the due day, and how much of what they owe. Amounts are grosze."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

# rng, owed just before paying (negative: overpaid), this month's charge → what is paid; 0 is no payment
Amount = Callable[[Random, int, int], int]
TEN_ZLOTE = 1000
FIFTY_ZLOTE = 5000


@dataclass(frozen=True, slots=True)
class Habit:
    """A way of paying; `share` is of a thousand tenancies, `opening` how many charges were owed at the beginning."""

    share: int
    days: tuple[int, int]
    amount: Amount
    opening: tuple[float, float] = (0.0, 0.0)


def _all_owed(rng: Random, owed: int, charge: int) -> int:
    return max(owed, 0)


def _rounded_up(rng: Random, owed: int, charge: int) -> int:
    if owed < -charge // 2:
        return max(charge - FIFTY_ZLOTE, TEN_ZLOTE) // TEN_ZLOTE * TEN_ZLOTE
    return -(-charge // FIFTY_ZLOTE) * FIFTY_ZLOTE


def _part(rng: Random, owed: int, charge: int) -> int:
    if owed > 3 * charge and rng.random() < 0.6:
        return owed - charge // 2
    return int(charge * rng.uniform(0.55, 1.0)) // TEN_ZLOTE * TEN_ZLOTE


def _now_and_then(rng: Random, owed: int, charge: int) -> int:
    chance = 0.9 if owed > 7 * charge else 0.6
    if rng.random() > chance:
        return 0
    return charge if owed < 6 * charge else 2 * charge


def _old_amount(rng: Random, owed: int, charge: int) -> int:
    if owed > charge * 7 // 4:
        return owed
    return charge * 93 // 100 // TEN_ZLOTE * TEN_ZLOTE


HABITS = {
    "punctual": Habit(560, (-6, 0), _all_owed),
    "month_end": Habit(120, (12, 20), _all_owed),
    "late": Habit(110, (3, 26), _all_owed),
    "rounding_up": Habit(75, (-8, 0), _rounded_up, (-0.4, 0.0)),
    "standing_order": Habit(45, (-2, -2), _old_amount, (0.0, 0.5)),
    "partial": Habit(50, (-3, 14), _part, (0.0, 2.0)),
    "in_arrears": Habit(40, (0, 24), _now_and_then, (3.0, 7.0)),
}


def choose(rng: Random) -> str:
    """A habit's name, drawn by the shares."""
    return rng.choices(list(HABITS), [habit.share for habit in HABITS.values()])[0]
