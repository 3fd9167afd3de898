"""How old is what is overdue: payments go to what was due first, and what they leave open is counted by its age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.orm import Session

from core.audit.tenant_view import Viewer, require_view
from core.clock import today
from core.ledger.due import implied_due_date
from core.ledger.models import LedgerEntry
from core.money import from_grosze
from core.registry.models import Tenancy

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


@dataclass(frozen=True, slots=True)
class TenancyAgeing:
    """What one tenancy has overdue as of a day, by age; amounts in PLN in the order of `age_labels`."""

    as_of: date
    amounts: tuple[Decimal, ...]
    oldest: date | None  # the due date of the oldest debit that is not wholly paid; None: nothing overdue has one

    @property
    def overdue(self) -> Decimal:
        """Σ of the buckets, as `core.ledger.balances` counts it."""
        return sum(self.amounts, Decimal("0.00"))


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


def tenancy_ageing(session: Session, scope: Viewer, *, tenancy_id: int, as_of: date | None = None) -> TenancyAgeing:
    """What is overdue of one tenancy, by age. Raises NotFoundError for one that is not theirs to see."""
    require_view(session, scope, tenancy_id=tenancy_id)
    day = as_of or today()
    dues, paid = _dues(session, tenancy_id, day)
    pairs = [(due_on, grosze) for _, due_on, grosze in dues]
    left = uncovered(pairs, paid, day)
    return TenancyAgeing(
        as_of=day,
        amounts=tuple(from_grosze(grosze) for grosze in age_buckets(pairs, paid, day)),
        oldest=min((due_on for (due_on, _), rest in zip(pairs, left, strict=True) if rest), default=None),
    )


def open_entries(session: Session, *, tenancy_id: int, day: date) -> dict[int, int]:
    """What payments leave open of each debit that has come due, in grosze, by the entry's id.

    The caller has asked who may know it.
    """
    dues, paid = _dues(session, tenancy_id, day)
    left = uncovered([(due_on, grosze) for _, due_on, grosze in dues], paid, day)
    return {entry_id: rest for (entry_id, _, _), rest in zip(dues, left, strict=True) if rest}


def _dues(session: Session, tenancy_id: int, day: date) -> tuple[list[tuple[int, date, int]], int]:
    """Debits booked by a day (id, due date, grosze) in the order of the ledger, and Σ credit in grosze."""
    rows = session.execute(
        select(
            LedgerEntry.id,
            LedgerEntry.due_on,
            LedgerEntry.booked_on,
            LedgerEntry.period,
            Tenancy.payment_day,
            type_coerce(LedgerEntry.debit, BigInteger),
            type_coerce(LedgerEntry.credit, BigInteger),
        )
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(LedgerEntry.tenancy_id == tenancy_id, LedgerEntry.booked_on <= day)
        .order_by(LedgerEntry.booked_on, LedgerEntry.id)
    )
    dues, paid = [], 0
    for entry_id, due_on, booked_on, period, payment_day, debit, credit in rows:
        paid += credit
        if debit:
            due = due_on or implied_due_date(
                payment_day=payment_day, booked_on=booked_on, period=period, negative=debit < 0
            )
            dues.append((entry_id, due, debit))
    return dues, paid


def _bucket(age: int) -> int:
    return max(place for place, first in enumerate(FIRST_DAYS) if first <= age)
