"""How old is what is overdue: payments go to what was due first, and what they leave open is counted by its age."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

FIRST_DAYS = (0, 31, 91, 181, 361)  # of each bucket, in days since the due day; the last one has no end


class AgeBuckets(NamedTuple):
    """What is overdue by the days since it was due, in grosze; none is negative."""

    days_0_30: int = 0
    days_31_90: int = 0
    days_91_180: int = 0
    days_181_360: int = 0
    over_360: int = 0

    @property
    def total(self) -> int:
        """What is overdue in all, as `core.ledger.balances` counts it."""
        return sum(self)


def age_labels() -> tuple[str, ...]:
    """The names of the buckets: `0–30`, `31–90`, …, `ponad 360`; days."""
    return (*(f"{first}–{after - 1}" for first, after in pairwise(FIRST_DAYS)), f"ponad {FIRST_DAYS[-1] - 1}")


def uncovered(dues: Sequence[tuple[date, int]], paid: int, day: date) -> list[int]:
    """What payments leave open of each due as of a day, in grosze, in the order of `dues`.

    `dues` are due dates and debits in grosze, `paid` is Σ credit in grosze, both of one tenancy and booked by `day`.
    What falls due after `day` is not asked for. Payments cover the oldest due date first, of one date what stands first
    in `dues`. A negative debit (storno) that has come due is a payment; payments taken back by more than was paid are
    debt of no age, which stands on the newest due. The sum is max(0, Σ debit that has come due − `paid`), except where
    nothing has come due to stand on.
    """
    come_due = sorted((due_on, place) for place, (due_on, grosze) in enumerate(dues) if grosze > 0 and due_on <= day)
    left = paid - sum(grosze for due_on, grosze in dues if grosze < 0 and due_on <= day)
    rest = [0] * len(dues)
    for _, place in come_due:
        covered = min(max(left, 0), dues[place][1])
        rest[place] = dues[place][1] - covered
        left -= covered
    if left < 0 and come_due:
        rest[come_due[-1][1]] -= left
    return rest


def age_buckets(dues: Sequence[tuple[date, int]], paid: int, day: date) -> AgeBuckets:
    """What is overdue as of a day by its age; arguments as of `uncovered`.

    The buckets sum to max(0, Σ debit that has come due − `paid`): debt that stands on no due is of no age and counts
    among the youngest.
    """
    sums = [0] * len(FIRST_DAYS)
    for (due_on, _), rest in zip(dues, uncovered(dues, paid, day), strict=True):
        if rest:
            sums[_bucket((day - due_on).days)] += rest
    overdue = max(0, sum(grosze for due_on, grosze in dues if due_on <= day) - paid)
    sums[0] += overdue - sum(sums)
    return AgeBuckets(*sums)


def _bucket(age: int) -> int:
    return max(place for place, first in enumerate(FIRST_DAYS) if first <= age)
