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

from sqlalchemy import ColumnElement, case, or_

from core.clock import is_working_day, next_working_day
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy

PAYMENT_DAYS = range(1, 29)  # every month has them


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


def last_payment_day(payment_day: int, day: date) -> date:
    """The latest payment day, before it is moved to a working day, that has come due by `day`."""
    # A payment day has come due once a working day stands between it and `day`; this turns the calendar of
    # holidays into one comparison of dates, which a database can do for ten million rows.
    while not is_working_day(day):
        day -= timedelta(days=1)
    if payment_day <= day.day:
        return day.replace(day=payment_day)
    return (day.replace(day=1) - timedelta(days=1)).replace(day=payment_day)


def has_come_due(day: date) -> ColumnElement[bool]:
    """SQL condition over LedgerEntry joined with Tenancy: the debit's due date is `day` or earlier."""
    last = {payment_day: last_payment_day(payment_day, day) for payment_day in PAYMENT_DAYS}
    last_day = case(last, value=Tenancy.payment_day)
    last_month = case({key: f"{value:%Y-%m}" for key, value in last.items()}, value=Tenancy.payment_day)
    # Every branch says what it does with NULL, so that the condition can be negated.
    return case(
        (LedgerEntry.due_on.is_not(None), LedgerEntry.due_on <= day),
        (LedgerEntry.period.is_not(None), LedgerEntry.period <= last_month),
        else_=or_(LedgerEntry.debit < Decimal(0), LedgerEntry.booked_on <= last_day),
    )


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=day.day)
