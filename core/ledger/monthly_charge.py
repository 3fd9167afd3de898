"""The monthly charge as the schedule says it and as it was booked: the last two months compared, and what comes next."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from core.audit.tenant_view import Viewer, require_view
from core.charges.schedule import ChargeSchedule, ComponentChange, charge_schedule
from core.clock import today
from core.ledger.document_types import MONTHLY
from core.ledger.due import implied_due_date
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy

# The month a line is for; the text of a date begins with RRRR-MM on both databases.
_MONTH = func.coalesce(LedgerEntry.period, func.substr(cast(LedgerEntry.booked_on, String), 1, 7))


@dataclass(frozen=True, slots=True)
class MonthOfCharge:
    """One month; amounts in PLN."""

    month: date  # its first day
    scheduled: Decimal | None  # by the schedule of that day; None: the schedule does not reach it
    booked: Decimal | None  # Σ of the documents of the monthly charge for it; None: there is none

    @property
    def difference(self) -> Decimal:
        """What was booked above the schedule (below zero: under it), where both are known; else 0."""
        return Decimal("0.00") if self.scheduled is None or self.booked is None else self.booked - self.scheduled


@dataclass(frozen=True, slots=True)
class ChargeComparison:
    """Two months side by side: all components of both, those of the later one first in the landlord's order."""

    before: MonthOfCharge
    after: MonthOfCharge
    components: tuple[ComponentChange, ...]


@dataclass(frozen=True, slots=True)
class ComingCharge:
    """The charge that the schedule announces for a month."""

    month: date  # its first day
    due_on: date
    amount: Decimal  # PLN


def compare_months(
    session: Session, scope: Viewer, *, tenancy_id: int, as_of: date | None = None
) -> ChargeComparison | None:
    """The last month that was charged beside the one before; without a charge booked, the month of the day.

    None where the schedule knows neither. Raises NotFoundError for a tenancy that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=tenancy_id)
    day = as_of or today()
    booked = _booked(session, tenancy_id, day)
    month = max(booked, default=day.replace(day=1))
    eve = (month - timedelta(days=1)).replace(day=1)
    earlier = charge_schedule(session, scope, tenancy_id=tenancy_id, as_of=eve)
    later = charge_schedule(session, scope, tenancy_id=tenancy_id, as_of=month)
    before = {line.component: line for line in earlier.lines}
    after = {line.component: line for line in later.lines}
    if not before and not after:
        return None
    names = dict.fromkeys([*after, *before])
    return ChargeComparison(
        before=_month(earlier, booked),
        after=_month(later, booked),
        components=tuple(ComponentChange(name, before.get(name), after.get(name)) for name in names),
    )


def coming_charges(
    session: Session, scope: Viewer, *, tenancy_id: int, as_of: date | None = None, months: int = 2
) -> list[ComingCharge]:
    """What the schedule announces for the months after that of the day, as long as the tenancy stands.

    Raises NotFoundError for a tenancy that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=tenancy_id)
    tenancy = session.get_one(Tenancy, tenancy_id)
    month, coming = (as_of or today()).replace(day=1), []
    for _ in range(months):
        month = (month + timedelta(days=31)).replace(day=1)
        schedule = charge_schedule(session, scope, tenancy_id=tenancy_id, as_of=month)
        if schedule.lines and (tenancy.valid_to is None or tenancy.valid_to >= month):
            due_on = implied_due_date(payment_day=tenancy.payment_day, booked_on=month, period=f"{month:%Y-%m}")
            coming.append(ComingCharge(month, due_on, schedule.total))
    return coming


def _booked(session: Session, tenancy_id: int, day: date) -> dict[date, Decimal]:
    """What was booked of the monthly charge by a day for each month up to that of the day, by the month's first day."""
    rows = session.execute(
        select(_MONTH, func.sum(LedgerEntry.debit))
        .where(LedgerEntry.tenancy_id == tenancy_id, LedgerEntry.booked_on <= day)
        .where(LedgerEntry.document_type.in_(MONTHLY), _MONTH.between("", f"{day:%Y-%m}"))
        .group_by(_MONTH)
    )
    return {date.fromisoformat(f"{month}-01"): amount for month, amount in rows}


def _month(schedule: ChargeSchedule, booked: dict[date, Decimal]) -> MonthOfCharge:
    return MonthOfCharge(schedule.as_of, schedule.total if schedule.lines else None, booked.get(schedule.as_of))
