"""Balances that files stated and the ledger does not make: kept by batch, and looked at again later."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.ledger.models import BalanceDifference, LedgerEntry
from core.registry.models import Tenancy

AT_ONCE = 500  # tenancies a query: databases limit the number of parameters


@dataclass(frozen=True, slots=True)
class Difference:
    """One stated balance that the ledger does not make; money in złote, `computed` None where there are no entries."""

    line_no: int
    tenancy_no: str
    source: str  # saldo or BO
    balance_on: date
    stated: Decimal
    computed: Decimal | None

    @property
    def difference(self) -> Decimal:
        """Stated less computed."""
        return self.stated - (self.computed or Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class BatchDifferences:
    """A batch with differences, how many, and whether somebody has accepted them."""

    batch_id: int
    file_name: str
    state: BatchState
    received_at: datetime
    employee_login: str
    number: int
    accepted: bool


def sums_until(session: Session, wanted: Iterable[tuple[int, date]]) -> dict[tuple[int, date], Decimal]:
    """Balance of a tenancy at the end of a day, for each (tenancy, day) with entries by then; a query a day and 500."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for tenancy_id, day in wanted:
        by_day[day].append(tenancy_id)
    balance = func.sum(LedgerEntry.debit - LedgerEntry.credit, type_=LedgerEntry.debit.type)
    found: dict[tuple[int, date], Decimal] = {}
    for day, tenancies in by_day.items():
        for start in range(0, len(tenancies), AT_ONCE):
            some = tenancies[start : start + AT_ONCE]
            query = select(LedgerEntry.tenancy_id, balance).where(
                LedgerEntry.tenancy_id.in_(some), LedgerEntry.booked_on <= day
            )
            for tenancy_id, amount in session.execute(query.group_by(LedgerEntry.tenancy_id)):
                found[tenancy_id, day] = amount
    return found


def keep_differences(session: Session, *, batch_id: int, differences: Collection[Difference]) -> None:
    """Keep what a check of the batch found, in place of what an earlier one did."""
    session.execute(delete(BalanceDifference).where(BalanceDifference.batch_id == batch_id))
    rows = [
        {
            "batch_id": batch_id,
            "line_no": one.line_no,
            "tenancy_no": one.tenancy_no,
            "source": one.source,
            "balance_on": one.balance_on,
            "stated": one.stated,
            "computed": one.computed,
        }
        for one in differences
    ]
    if rows:
        session.execute(insert(BalanceDifference), rows)


def differences_of(
    session: Session, scope: EmployeeScope, *, batch_id: int, limit: int | None = None
) -> list[Difference]:
    """The differences of a batch, the largest first."""
    require_live(session, scope, Permission.IMPORT_FILES)
    columns = [getattr(BalanceDifference, name) for name in Difference.__dataclass_fields__]
    apart = func.abs(BalanceDifference.stated - func.coalesce(BalanceDifference.computed, Decimal(0)))
    query = select(*columns).where(BalanceDifference.batch_id == batch_id).order_by(apart.desc(), BalanceDifference.id)
    return [Difference(*row) for row in session.execute(query.limit(limit))]


def batches_with_differences(session: Session, scope: EmployeeScope, *, limit: int = 50) -> list[BatchDifferences]:
    """Batches whose last check found differences, the newest first."""
    require_live(session, scope, Permission.IMPORT_FILES)
    number = (
        select(BalanceDifference.batch_id, func.count().label("number")).group_by(BalanceDifference.batch_id).subquery()
    )
    rows = session.execute(
        select(ImportBatch, number.c.number)
        .join(number, number.c.batch_id == ImportBatch.id)
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    )
    return [
        BatchDifferences(
            batch_id=batch.id,
            file_name=batch.file_name,
            state=BatchState(batch.state),
            received_at=batch.received_at,
            employee_login=batch.employee_login,
            number=count,
            accepted=batch.state == BatchState.COMMITTED and batch.warnings_accepted,
        )
        for batch, count in rows
    ]


def differences_that_moved(session: Session) -> Sequence[tuple[int, Difference, Decimal | None]]:
    """Accepted differences for which the ledger now makes a third balance, neither the one stated nor the one accepted:
    batch, difference, balance now. The caller has asked who may know.
    """
    found = session.execute(
        select(BalanceDifference, Tenancy.id)
        .join(ImportBatch, ImportBatch.id == BalanceDifference.batch_id)
        .outerjoin(Tenancy, Tenancy.tenancy_no == BalanceDifference.tenancy_no)
        .where(ImportBatch.state == BatchState.COMMITTED)
        .order_by(BalanceDifference.id)
    ).all()
    now = sums_until(session, {(tenancy_id, one.balance_on) for one, tenancy_id in found if tenancy_id is not None})
    moved = []
    for one, tenancy_id in found:
        stands = now.get((tenancy_id, one.balance_on))
        if stands not in (one.stated, one.computed):
            kept = Difference(one.line_no, one.tenancy_no, one.source, one.balance_on, one.stated, one.computed)
            moved.append((one.batch_id, kept, stands))
    return moved


def unaccepted_differences(session: Session) -> list[tuple[int, int]]:
    """Committed batches with differences that nobody accepted, with their number: there must be none."""
    rows = session.execute(
        select(BalanceDifference.batch_id, func.count())
        .join(ImportBatch, ImportBatch.id == BalanceDifference.batch_id)
        .where(ImportBatch.state == BatchState.COMMITTED, ~ImportBatch.warnings_accepted)
        .group_by(BalanceDifference.batch_id)
        .order_by(BalanceDifference.batch_id)
    )
    return [(batch_id, number) for batch_id, number in rows]
