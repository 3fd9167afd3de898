"""The ledger through time, for charts: the balance day by day, charges and payments by month, charges by component."""

from datetime import date
from decimal import Decimal

import pandas as pd
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from core.audit.tenant_view import Viewer, require_view
from core.ledger.balances import NOTHING
from core.ledger.document_types import DOCUMENT_TYPES, NOT_CHARGED
from core.ledger.entries import running
from core.ledger.models import LedgerEntry


def balance_history(session: Session, scope: Viewer, *, tenancy_id: int, since: date, until: date) -> pd.DataFrame:
    """The balance at the end of each day on which something was booked, oldest first.

    Columns: `day` (datetime64), `balance` (Decimal, PLN, > 0 owed). The first row is the balance at the end of `since`,
    the last one that of `until`, so a line through them spans the period; a ledger that begins later begins with its
    first booking. Without entries the frame is empty. Raises NotFoundError for a tenancy that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=tenancy_id)
    line = running(tenancy_id).c
    newest_of_day = func.row_number().over(partition_by=line.booked_on, order_by=line.id.desc()).label("place")
    days = select(line.booked_on, line.balance_after, newest_of_day).where(line.booked_on <= until).subquery().c
    rows = session.execute(
        select(days.booked_on, days.balance_after).where(days.place == 1).order_by(days.booked_on)
    ).all()
    points = {max(day, since): balance for day, balance in rows}  # all before the period fold into its first day
    if points:
        points[until] = points[max(points)]
    return pd.DataFrame(
        {
            "day": pd.to_datetime(list(points.keys())),
            "balance": pd.Series(list(points.values()), dtype=object),
        }
    )


def last_months(*, since: date, until: date, months: int = 24) -> date:
    """Where a chart that ends on `until` should begin: `since`, or the first day that keeps it within so many months."""
    place = until.year * 12 + until.month - months
    return max(since, date(place // 12, place % 12 + 1, 1))


def monthly_totals(session: Session, scope: Viewer, *, tenancy_id: int, since: date, until: date) -> pd.DataFrame:
    """Charges and payments of each month from that of `since` to that of `until`, by the day of booking.

    Columns: `month` (datetime64, its first day), `charged` and `paid` (Decimal, PLN); a month without entries is a row
    of zeros. Raises NotFoundError for a tenancy that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=tenancy_id)
    # The text of a date begins with RRRR-MM on both databases.
    month = func.substr(cast(LedgerEntry.booked_on, String), 1, 7)
    rows = session.execute(
        select(month, func.sum(LedgerEntry.debit), func.sum(LedgerEntry.credit))
        .where(LedgerEntry.tenancy_id == tenancy_id)
        .where(LedgerEntry.booked_on >= since.replace(day=1), LedgerEntry.booked_on <= until)
        .group_by(month)
    )
    found = {key: (charged, paid) for key, charged, paid in rows}
    months = pd.date_range(since.replace(day=1), until.replace(day=1), freq="MS")
    totals = [found.get(f"{start:%Y-%m}", (NOTHING, NOTHING)) for start in months]
    return pd.DataFrame(
        {
            "month": months,
            "charged": pd.Series([charged for charged, _ in totals], dtype=object),
            "paid": pd.Series([paid for _, paid in totals], dtype=object),
        }
    )


def charges_by_component(session: Session, scope: Viewer, *, tenancy_id: int, since: date, until: date) -> pd.DataFrame:
    """What was charged for what, booked from `since` to `until`; the most first, what came to nothing left out.

    Columns: `component` (text; the name of the document's type where a line has no component), `charged` (Decimal, PLN;
    below zero: more was taken back than charged). An opening balance, transfers and refunds are no charges. Raises
    NotFoundError for a tenancy that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=tenancy_id)
    rows = session.execute(
        select(LedgerEntry.component, LedgerEntry.document_type, func.sum(LedgerEntry.debit))
        .where(LedgerEntry.tenancy_id == tenancy_id, LedgerEntry.booked_on.between(since, until))
        .where(LedgerEntry.document_type.not_in(NOT_CHARGED), LedgerEntry.debit != NOTHING)
        .group_by(LedgerEntry.component, LedgerEntry.document_type)
    )
    sums: dict[str, Decimal] = {}
    for component, document_type, charged in rows:
        name = component or DOCUMENT_TYPES.get(document_type, document_type)
        sums[name] = sums.get(name, NOTHING) + charged
    found = sorted(((name, charged) for name, charged in sums.items() if charged), key=lambda one: (-one[1], one[0]))
    return pd.DataFrame(
        {
            "component": pd.Series([name for name, _ in found], dtype=object),
            "charged": pd.Series([charged for _, charged in found], dtype=object),
        }
    )
