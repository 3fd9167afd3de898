"""When a debit is due.

The day a document carries is taken as it is: it is part of the document. Where a charge carries none, it is due on the
tenancy's payment day (the term agreed in the lease, art. 669 § 1 of the Civil Code; the 10th unless the lease says
otherwise), moved to the next working day (art. 115 of the Civil Code, which counts Saturdays among days off):

* with a period, the payment day of that month, whenever it was booked: rent is due by the contract, not by a notice;
* without a period, the first payment day not before the booking: nobody can pay what was not charged yet;
* a negative debit (storno) without either counts at once, as a payment does: what was cancelled is never overdue.
"""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, case, extract, or_

from core.clock import is_working_day, next_working_day
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy


def implied_due_date(*, payment_day: int, booked_on: date, period: str | None, negative: bool = False) -> date:
    """The due date of a debit whose document carries none.

    `payment_day` 1–28, `period` `RRRR-MM`, `negative` for a storno.
    """
    if period is not None:
        year, month = period.split("-")
        return next_working_day(date(int(year), int(month), payment_day))
    if negative:
        return booked_on
    nominal = booked_on.replace(day=payment_day)
    return next_working_day(nominal if nominal >= booked_on else _next_month(nominal))


def has_come_due(day: date) -> ColumnElement[bool]:
    """SQL condition over LedgerEntry joined with Tenancy: the debit's due date is `day` or earlier.

    It says of every row either true or false, so it can be negated.
    """
    # A payment day has come due once a working day stands between it and `day`. Looking from the last working day
    # turns the calendar of holidays into comparisons of dates, which a database can do for ten million rows.
    worked = _last_working_day(day)
    this = worked.replace(day=1)
    before, after = _previous_month(this), _next_month(this)
    in_this = Tenancy.payment_day <= worked.day  # else the latest payment day that has come due was a month earlier
    month = case((in_this, f"{this:%Y-%m}"), else_=f"{before:%Y-%m}")
    start, end = case((in_this, this), else_=before), case((in_this, after), else_=this)
    in_time = extract("day", LedgerEntry.booked_on) <= Tenancy.payment_day
    booked = or_(LedgerEntry.booked_on < start, and_(LedgerEntry.booked_on < end, in_time))
    return case(
        (LedgerEntry.due_on.is_not(None), LedgerEntry.due_on <= day),
        (LedgerEntry.period.is_not(None), LedgerEntry.period <= month),
        else_=or_(LedgerEntry.debit < Decimal(0), booked),
    )


def _last_working_day(day: date) -> date:
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def _previous_month(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=day.day)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=day.day)
