"""What is owed: balance and overdue of one tenancy, of one tenant, of all, as of any day.

An entry exists from the day it was booked. As of a day, **balance** = Σ debit − Σ credit over the entries booked by
then; **overdue** = max(0, Σ debit that has come due − Σ credit) over the same entries: every payment counts, a debit
counts once its due date has come, and what was booked later was not known that day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, select, text, type_coerce
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.audit.tenant_view import Viewer, require_view
from core.clock import today
from core.db import GroszeType
from core.errors import NotFoundError
from core.ledger.due import has_come_due, implied_due_date
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy
from core.registry.queries import UNKNOWN_TENANCY, served_by

NOTHING = Decimal("0.00")
# Spelled out, because SQLite takes a partial index only where the condition carries no parameter.
IS_CREDIT = text("credit <> 0")


@dataclass(frozen=True, slots=True)
class TenancyBalance:
    """What one tenancy owes as of a day; amounts in PLN."""

    tenancy_id: int
    tenancy_no: str
    as_of: date
    balance: Decimal  # > 0 owed, < 0 overpaid
    net_due: Decimal  # Σ debit that has come due − Σ credit; below zero, payments cover charges still to come

    @property
    def overdue(self) -> Decimal:
        """The part of the balance whose due date has passed, never negative."""
        return max(self.net_due, NOTHING)


@dataclass(frozen=True, slots=True)
class TenantBalance:
    """All tenancies of one tenant, ordered by number, and their sums; amounts in PLN."""

    as_of: date
    tenancies: tuple[TenancyBalance, ...]

    @property
    def balance(self) -> Decimal:
        """Σ of the balances; one tenancy's overpayment lowers it."""
        return sum((each.balance for each in self.tenancies), NOTHING)

    @property
    def overdue(self) -> Decimal:
        """Σ of what is overdue; one tenancy's overpayment does not lower it, because it was not paid to the other."""
        return sum((each.overdue for each in self.tenancies), NOTHING)


@dataclass(frozen=True, slots=True)
class NextDue:
    """The nearest day on which something more has to be paid, and how much, in PLN."""

    due_on: date
    amount: Decimal


def tenant_balance(session: Session, scope: TenantScope, *, as_of: date | None = None) -> TenantBalance:
    """The balances of the tenant's own tenancies, also of those without entries."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    day = as_of or today()
    own = _own_balances(day) if scope.proxy is None else _own_balances(day).where(Tenancy.id == scope.proxy.tenancy_id)
    rows = session.execute(own, {"tenant": scope.tenant_id}).all()
    return TenantBalance(as_of=day, tenancies=tuple(_read(rows, day)))


def tenancy_balance(session: Session, scope: Viewer, *, tenancy_id: int, as_of: date | None = None) -> TenancyBalance:
    """The balance of one tenancy. Raises NotFoundError for one that is not theirs to see."""
    require_view(session, scope, tenancy_id=tenancy_id)
    day = as_of or today()
    return _only(session.execute(_balances(day).where(Tenancy.id == tenancy_id)).all(), day)


def balance_by_number(
    session: Session, scope: EmployeeScope, *, tenancy_no: str, as_of: date | None = None
) -> TenancyBalance:
    """The balance of a tenancy of the employee's districts. Raises NotFoundError."""
    require_live(session, scope, Permission.SEE_LEDGER)
    day = as_of or today()
    one = _balances(day).where(Tenancy.tenancy_no == tenancy_no, served_by(scope, day=today()))
    return _only(session.execute(one).all(), day)


def all_balances(session: Session, scope: EmployeeScope, *, as_of: date | None = None) -> list[TenancyBalance]:
    """The balances of every tenancy of the employee's districts, also without entries; ordered by number."""
    require_live(session, scope, Permission.SEE_LEDGER)
    day = as_of or today()
    return _read(session.execute(_balances(day).where(served_by(scope, day=today()))).all(), day)


def balances_of(session: Session, tenancies: Sequence[int], *, as_of: date) -> dict[int, TenancyBalance]:
    """The balances of some tenancies by id, at most 500 at once; the caller has asked who may know them."""
    rows = session.execute(_balances(as_of).where(Tenancy.id.in_(tenancies))).all()
    return {one.tenancy_id: one for one in _read(rows, as_of)}


def owing(*, as_of: date, least: Decimal) -> ColumnElement[bool]:
    """SQL condition over Tenancy: at least so much (PLN) is overdue as of a day."""
    due = case((has_come_due(as_of), LedgerEntry.debit), else_=type_coerce(NOTHING, GroszeType()))
    late = (
        select(LedgerEntry.tenancy_id)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(LedgerEntry.booked_on <= as_of)
        .group_by(LedgerEntry.tenancy_id)
        .having(type_coerce(func.sum(due - LedgerEntry.credit), GroszeType()) >= least)
    )
    return Tenancy.id.in_(late)


def next_due(session: Session, scope: Viewer, *, current: TenancyBalance) -> NextDue | None:
    """What has to be paid next on top of what is overdue; None when nothing booked is left to fall due.

    `current` is what `tenant_balance` or `tenancy_balance` gave. Payments go to what was due first, so a charge already
    covered by an overpayment is passed over, and one covered in part asks for the rest. Raises NotFoundError for a tenancy
    that is not theirs to see.
    """
    require_view(session, scope, tenancy_id=current.tenancy_id)
    return nearest_due(session, current=current)


def nearest_due(session: Session, *, current: TenancyBalance) -> NextDue | None:
    """`next_due` of a balance that the caller was given for who looks."""
    to_come = _charges_to_come(session, current)
    net = current.net_due
    for due_on in sorted(to_come):
        before, net = net, net + to_come[due_on]
        amount = max(net, NOTHING) - max(before, NOTHING)
        if amount > 0:
            return NextDue(due_on=due_on, amount=amount)
    return None


def payments_booked_through(session: Session, *, as_of: date | None = None) -> date | None:
    """The day of the latest payment booked in the whole ledger by `as_of`; None in a ledger without payments.

    It tells how fresh the balances are and nothing about anybody, hence no scope.
    """
    latest = select(LedgerEntry.booked_on).where(LedgerEntry.booked_on <= (as_of or today()))
    return session.scalar(latest.where(IS_CREDIT).order_by(LedgerEntry.booked_on.desc()).limit(1))


@lru_cache(maxsize=64)
def _own_balances(day: date) -> Select[int, str, Any, Any]:
    """The balances of one tenant (`tenant`); built once a day, because building costs more than the answer."""
    return _balances(day).where(Tenancy.tenant_id == bindparam("tenant"))


def _balances(day: date) -> Select[int, str, Any, Any]:
    """One row a tenancy: id, number, balance, net due. Sums run in the database, on integers."""
    nothing = type_coerce(NOTHING, GroszeType())
    due = case((has_come_due(day), LedgerEntry.debit), else_=nothing)
    return (
        select(
            Tenancy.id,
            Tenancy.tenancy_no,
            type_coerce(func.coalesce(func.sum(LedgerEntry.debit - LedgerEntry.credit), NOTHING), GroszeType()),
            type_coerce(func.coalesce(func.sum(due - LedgerEntry.credit), NOTHING), GroszeType()),
        )
        .outerjoin(LedgerEntry, and_(LedgerEntry.tenancy_id == Tenancy.id, LedgerEntry.booked_on <= day))
        .group_by(Tenancy.id, Tenancy.tenancy_no)
    )


def _read(rows: Sequence[Row[int, str, Any, Any]], day: date) -> list[TenancyBalance]:
    # Sorted here: each database orders text by its own collation.
    return sorted(
        (
            TenancyBalance(tenancy_id=key, tenancy_no=number, as_of=day, balance=balance, net_due=net_due)
            for key, number, balance, net_due in rows
        ),
        key=lambda each: each.tenancy_no,
    )


def _only(rows: Sequence[Row[int, str, Any, Any]], day: date) -> TenancyBalance:
    if not rows:
        raise NotFoundError(UNKNOWN_TENANCY)
    return _read(rows, day)[0]


def _charges_to_come(session: Session, current: TenancyBalance) -> dict[date, Decimal]:
    """Σ of booked debits that have not come due yet, by due date; a handful of rows."""
    rows = session.execute(_not_due_yet(current.as_of), {"tenancy": current.tenancy_id})
    sums: dict[date, Decimal] = {}
    for due_on, period, booked_on, payment_day, negative, amount in rows:
        day = due_on or implied_due_date(
            payment_day=payment_day, booked_on=booked_on, period=period, negative=bool(negative)
        )
        sums[day] = sums.get(day, NOTHING) + amount
    return sums


@lru_cache(maxsize=64)
def _not_due_yet(day: date) -> Select[*tuple[Any, ...]]:
    """Debits of one tenancy (`tenancy`) that are booked and not due yet, summed by kind."""
    kind = (
        LedgerEntry.due_on,
        LedgerEntry.period,
        LedgerEntry.booked_on,
        Tenancy.payment_day,
        LedgerEntry.debit < NOTHING,
    )
    return (
        select(*kind, func.sum(LedgerEntry.debit))
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(Tenancy.id == bindparam("tenancy"))
        .where(LedgerEntry.booked_on <= day, LedgerEntry.debit != NOTHING, ~has_come_due(day))
        .group_by(*kind)
    )
