"""Closing months of the ledger and opening the latest one again; the months as they stand."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now, today
from core.db import changed_rows
from core.errors import InvalidInputError, NotFoundError
from core.imports.closed_periods import NOTHING, figures_by_month, last_day
from core.imports.locking import one_at_a_time
from core.imports.models import SuspendedRow
from core.imports.period_models import ClosedPeriod
from core.imports.suspense.models import waiting
from core.words import one_line

LONGEST_REASON = 500
SHORTEST_REASON = 10
_MONTH = re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of the ledger by the day of booking; money in złote. `closed_*`: of the closing that holds, or None."""

    month: str  # RRRR-MM
    rows: int
    debit: Decimal
    credit: Decimal
    closed_at: datetime | None = None
    closed_login: str | None = None
    rows_when_closed: int | None = None
    reopened_at: datetime | None = None  # the last time, where it is open again
    reopened_login: str | None = None
    reopen_reason: str | None = None

    @property
    def added_since(self) -> int:
        """Rows that came or went (below zero) after the closing, with a second person's consent."""
        return 0 if self.rows_when_closed is None else self.rows - self.rows_when_closed


def checked_reason(typed: object, *, longest: int = LONGEST_REASON) -> str:
    """A reason that somebody can read in a year. Raises InvalidInputError (field `reason`)."""
    reason = one_line(typed, longest=longest)
    if reason is None:
        raise InvalidInputError(f"Skróć powód do {longest} znaków.", field="reason")
    if len(reason) < SHORTEST_REASON:
        raise InvalidInputError(f"Podaj powód: co najmniej {SHORTEST_REASON} znaków.", field="reason")
    return reason


def ledger_months(session: Session, scope: EmployeeScope) -> list[MonthLine]:
    """Every month with entries or a closing, the newest first."""
    require_live(session, scope, Permission.IMPORT_FILES)
    figures = figures_by_month(session)
    closings: dict[str, ClosedPeriod] = {}
    for one in session.scalars(select(ClosedPeriod).order_by(ClosedPeriod.id)):
        closings[one.month] = one  # the last one says how it stands
    return [
        _line(month, figures.get(month, NOTHING), closings.get(month))
        for month in sorted(figures.keys() | closings.keys(), reverse=True)
    ]


def next_to_close(session: Session, scope: EmployeeScope) -> list[str]:
    """Months that may be closed now: the one after the latest closed; any past one with entries before the first closing."""
    require_live(session, scope, Permission.CLOSE_PERIODS)
    latest, current = _latest(session), f"{today():%Y-%m}"
    if latest is not None:
        after = _after(latest)
        return [after] if after < current else []
    return [month for month in sorted(figures_by_month(session)) if month < current]


def waiting_until(session: Session, scope: EmployeeScope, *, month: str) -> int:
    """How many rows in suspense are booked by the end of a month (RRRR-MM): once it is closed, nobody assigns them alone."""
    require_live(session, scope, Permission.CLOSE_PERIODS)
    rows = select(func.count()).select_from(SuspendedRow).where(SuspendedRow.booked_on <= last_day(month), waiting())
    return session.scalar(rows) or 0


def close_month(session: Session, scope: EmployeeScope, *, month: str) -> list[str]:
    """Close a past month (RRRR-MM); the first closing takes all months before it along. Returns the months closed.

    Raises InvalidInputError (field `month`) for the current or a future month, and for one out of order.
    """
    require_live(session, scope, Permission.CLOSE_PERIODS)
    one_at_a_time(session)
    if not _MONTH.fullmatch(month):
        raise InvalidInputError("Podaj miesiąc jak 2026-09.", field="month")
    if month >= f"{today():%Y-%m}":
        raise InvalidInputError("Bieżącego ani przyszłego miesiąca nie można zamknąć.", field="month")
    latest, figures = _latest(session), figures_by_month(session)
    if latest is not None and month != _after(latest):
        reason = f"Miesiące zamyka się po kolei: ostatni zamknięty to {latest}, następny {_after(latest)}."
        raise InvalidInputError(reason, field="month")
    months = [month] if latest is not None else _up_to(min(figures, default=month), month)
    for one in months:
        rows, debit, credit = figures.get(one, NOTHING)
        session.execute(
            insert(ClosedPeriod).values(
                month=one,
                closed_at=now(),
                closed_by=scope.employee_id,
                closed_login=scope.login,
                rows=rows,
                debit=debit,
                credit=credit,
            )
        )
        details: dict[str, str | int | bool | None] = {"rows": rows}
        record_by(session, scope, "period_closed", object_kind="closed_period", object_id=one, details=details)
    return months


def reopen_month(session: Session, scope: EmployeeScope, *, month: str, reason: str) -> None:
    """Open the latest closed month again, with a reason that stays.

    Raises InvalidInputError (field `reason`; field `month` where a later month is closed), NotFoundError for one not closed.
    """
    require_live(session, scope, Permission.CLOSE_PERIODS)
    one_at_a_time(session)
    said, latest = checked_reason(reason), _latest(session)
    if latest is not None and month < latest:
        raise InvalidInputError(f"Najpierw otwórz miesiąc {latest}: otwiera się od ostatniego.", field="month")
    opened = changed_rows(
        session,
        update(ClosedPeriod)
        .where(ClosedPeriod.month == month, ClosedPeriod.reopened_at.is_(None))
        .values(reopened_at=now(), reopened_by=scope.employee_id, reopened_login=scope.login, reopen_reason=said),
    )
    if opened != 1:
        raise NotFoundError("Ten miesiąc nie jest zamknięty.")
    record_by(session, scope, "period_reopened", object_kind="closed_period", object_id=month)


def _latest(session: Session) -> str | None:
    return session.scalar(select(func.max(ClosedPeriod.month)).where(ClosedPeriod.reopened_at.is_(None)))


def _after(month: str) -> str:
    return f"{last_day(month) + timedelta(days=1):%Y-%m}"


def _up_to(first: str, last: str) -> list[str]:
    """Months from the first (or the last, where it is earlier) to the last, with none left out."""
    months = [min(first, last)]
    while months[-1] < last:
        months.append(_after(months[-1]))
    return months


def _line(month: str, figures: tuple[int, Decimal, Decimal], closing: ClosedPeriod | None) -> MonthLine:
    if closing is None:
        return MonthLine(month, *figures)
    if closing.reopened_at is not None:
        return MonthLine(
            month,
            *figures,
            reopened_at=closing.reopened_at,
            reopened_login=closing.reopened_login,
            reopen_reason=closing.reopen_reason,
        )
    return MonthLine(
        month,
        *figures,
        closed_at=closing.closed_at,
        closed_login=closing.closed_login,
        rows_when_closed=closing.rows,
    )
