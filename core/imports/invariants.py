"""The invariants of ledger and readings (`python -m core check`): what must hold whatever was loaded, undone or interrupted."""

from decimal import Decimal

from sqlalchemy import case, exists, false, func, select
from sqlalchemy.orm import Session, aliased

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.imports.closed_periods import months_changed_since_closing
from core.imports.models import RepeatedEntry, RepeatedReading, RepeatedSuspension, SuspendedReading, SuspendedRow
from core.imports.posted import LEDGER
from core.imports.suspense.models import AssignedEntry, Decision, SuspendedAssignment, by_assignment, waiting
from core.ledger.differences import differences_that_moved, unaccepted_differences
from core.ledger.maintained import broken_figures
from core.ledger.models import LedgerEntry, in_force
from core.meters.models import MeterReading
from core.money import in_zloty, to_grosze


def broken_invariants(session: Session, scope: EmployeeScope) -> list[str]:
    """A sentence in Polish for each broken invariant; empty when all hold."""
    require_live(session, scope, Permission.IMPORT_FILES)
    return [
        *_batch_sums(session),
        *_reading_batches(session),
        *_homeless(session),
        *_twice_in_two_places(session),
        *_same_content_twice(session),
        *_unequal_reversals(session),
        *_unequal_assignments(session),
        *_unaccepted(session),
        *_changed_though_closed(session),
        *broken_figures(session),
    ]


def worth_knowing(session: Session, scope: EmployeeScope) -> list[str]:
    """A sentence for each thing that was accepted and is otherwise by now: no fault, and somebody should look."""
    require_live(session, scope, Permission.IMPORT_FILES)
    changed = [
        f"Okres {one.month}: od zamknięcia zmieniony za zgodą drugiej osoby (wpisy {one.rows_before} → {one.rows_now})."
        for one in months_changed_since_closing(session)
        if one.with_consent
    ]
    moved = [
        f"Partia {batch}, umowa {one.tenancy_no}: saldo na {one.balance_on:%d.%m.%Y} w pliku "
        f"{in_zloty(to_grosze(one.stated))}, zaakceptowano {_amount(one.computed)}, dziś wynosi {_amount(stands)}."
        for batch, one, stands in differences_that_moved(session)
    ]
    return [*changed, *moved]


def _amount(amount: Decimal | None) -> str:
    return "brak wpisów" if amount is None else in_zloty(to_grosze(amount))


def _unaccepted(session: Session) -> list[str]:
    """Balances that a committed batch states otherwise were accepted with it."""
    return [
        f"Partia {batch}: niepotwierdzone różnice sald ({number})." for batch, number in unaccepted_differences(session)
    ]


def _changed_though_closed(session: Session) -> list[str]:
    """A closed month holds what it held when it was closed, unless a second person consented to a change since."""
    return [
        f"Okres {one.month} jest zamknięty, a zmienił się bez zgody drugiej osoby: wpisy {one.rows_before} → {one.rows_now}."
        for one in months_changed_since_closing(session)
        if not one.with_consent
    ]


def _batch_sums(session: Session) -> list[str]:
    """Every committed batch: rows counted = rows that stand; accepted sums = sums that stand; nothing of undone ones."""
    money = LedgerEntry.debit.type
    entries = (
        select(
            LedgerEntry.batch_id,
            func.count().label("rows"),
            func.sum(LedgerEntry.debit, type_=money).label("debit"),
            func.sum(LedgerEntry.credit, type_=money).label("credit"),
        )
        .where(in_force(), ~by_assignment())
        .group_by(LedgerEntry.batch_id)
        .subquery()
    )
    found = session.execute(
        select(ImportBatch, entries.c.rows, entries.c.debit, entries.c.credit)
        .outerjoin(entries, entries.c.batch_id == ImportBatch.id)
        .where(ImportBatch.kind == LEDGER)
        .order_by(ImportBatch.id)
    ).all()
    suspended, repeated = _count(session, SuspendedRow), _repeated(session)
    broken = []
    for batch, rows, debit, credit in found:
        stands = (rows or 0, debit or 0, credit or 0, suspended.get(batch.id, 0), repeated.get(batch.id, 0))
        kept = batch.state == BatchState.COMMITTED
        counted = (
            (batch.accepted, batch.accepted_debit, batch.accepted_credit, batch.suspended, batch.repeated)
            if kept
            else (0, 0, 0, 0, 0)
        )
        if stands != counted:
            broken.append(f"Partia {batch.id} ({batch.state}): zapisano {counted}, w bazie jest {stands}.")
    return broken


def _reading_batches(session: Session) -> list[str]:
    """The same of batches of readings: rows counted = readings, suspended rows and repetitions that stand."""
    tables = [_count(session, model) for model in (MeterReading, SuspendedReading, RepeatedReading)]
    broken = []
    for batch in session.scalars(select(ImportBatch).where(ImportBatch.kind == "readings").order_by(ImportBatch.id)):
        stands = tuple(table.get(batch.id, 0) for table in tables)
        kept = batch.state == BatchState.COMMITTED
        counted = (batch.accepted, batch.suspended, batch.repeated) if kept else (0, 0, 0)
        if stands != counted:
            broken.append(f"Partia {batch.id} ({batch.state}): zapisano {counted}, w bazie jest {stands}.")
    return broken


_Counted = SuspendedRow | RepeatedEntry | RepeatedSuspension | MeterReading | SuspendedReading | RepeatedReading


def _count(session: Session, model: type[_Counted]) -> dict[int | None, int]:
    return dict(session.execute(select(model.batch_id, func.count()).group_by(model.batch_id)).all())


def _repeated(session: Session) -> dict[int | None, int]:
    both = _count(session, RepeatedEntry)
    for batch, number in _count(session, RepeatedSuspension).items():
        both[batch] = both.get(batch, 0) + number
    return both


def _homeless(session: Session) -> list[str]:
    """Entries without a committed batch behind them."""
    number = session.scalar(
        select(func.count())
        .select_from(LedgerEntry)
        .join(ImportBatch, ImportBatch.id == LedgerEntry.batch_id)
        .where(ImportBatch.state != BatchState.COMMITTED, in_force())
    )
    return [f"Wpisy kartoteki bez wczytanej partii: {number}."] if number else []


def _twice_in_two_places(session: Session) -> list[str]:
    """A row stands in the ledger or waits in suspense, never both."""
    number = session.scalar(
        select(func.count())
        .select_from(LedgerEntry)
        .join(
            SuspendedRow,
            (SuspendedRow.document_no == LedgerEntry.document_no)
            & (SuspendedRow.content_key == LedgerEntry.content_key)
            & (SuspendedRow.position == LedgerEntry.position),
        )
        .where(waiting())
    )
    return [f"Wiersze jednocześnie w kartotece i w poczekalni: {number}."] if number else []


def _unequal_reversals(session: Session) -> list[str]:
    """A line taken back and its reversal: both there, of one batch, and together nothing.

    The batch is undone, or the line came of a decision about suspense that was taken back.
    """
    line, reversal = aliased(LedgerEntry), aliased(LedgerEntry)
    pairs = (
        select(func.count())
        .select_from(reversal)
        .outerjoin(line, line.id == reversal.reverses_id)
        .join(ImportBatch, ImportBatch.id == reversal.batch_id)
        .where(reversal.reverses_id.is_not(None))
    )
    fits = (
        (line.debit + reversal.debit == 0)
        & (line.credit + reversal.credit == 0)
        & (line.batch_id == reversal.batch_id)
        & (line.tenancy_id == reversal.tenancy_id)
        & ((ImportBatch.state == BatchState.UNDONE) | exists().where(AssignedEntry.entry_id == line.id))
    )
    wrong = session.scalar(pairs.where(~func.coalesce(fits, false()))) or 0
    alone = session.scalar(
        select(func.count()).where(
            ~in_force(),
            LedgerEntry.reverses_id.is_(None),
            ~exists().where(reversal.reverses_id == LedgerEntry.id),
        )
    )
    number = wrong + (alone or 0)
    return [f"Storna, które nie znoszą swoich wpisów: {number}."] if number else []


def _unequal_assignments(session: Session) -> list[str]:
    """What stands assigned makes its row, to the grosz and on its side; what was taken back makes nothing."""
    money = LedgerEntry.debit.type
    posted = (
        select(
            AssignedEntry.assignment_id,
            func.sum(LedgerEntry.debit, type_=money).label("debit"),
            func.sum(LedgerEntry.credit, type_=money).label("credit"),
            func.count().filter(LedgerEntry.batch_id != SuspendedRow.batch_id).label("elsewhere"),
        )
        .join(LedgerEntry, LedgerEntry.id == AssignedEntry.entry_id)
        .join(SuspendedAssignment, SuspendedAssignment.id == AssignedEntry.assignment_id)
        .join(SuspendedRow, SuspendedRow.id == SuspendedAssignment.row_id)
        .where(in_force())
        .group_by(AssignedEntry.assignment_id)
        .subquery()
    )
    fits = (
        (SuspendedAssignment.taken_back_at.is_(None))
        & (posted.c.debit == SuspendedRow.debit)
        & (posted.c.credit == SuspendedRow.credit)
        & (posted.c.elsewhere == 0)
    )
    nothing = posted.c.assignment_id.is_(None) & (
        SuspendedAssignment.taken_back_at.is_not(None) | (SuspendedAssignment.decision == Decision.SENT_BACK)
    )
    number = session.scalar(
        select(func.count())
        .select_from(SuspendedAssignment)
        .join(SuspendedRow, SuspendedRow.id == SuspendedAssignment.row_id)
        .outerjoin(posted, posted.c.assignment_id == SuspendedAssignment.id)
        .where(~func.coalesce(fits | nothing, false()))
    )
    return [f"Przypisania z poczekalni, które nie równają się swoim wierszom: {number}."] if number else []


def _same_content_twice(session: Session) -> list[str]:
    """The same content of a kind is committed at most once."""
    committed = func.sum(case(((ImportBatch.state == BatchState.COMMITTED) & (ImportBatch.rejected == 0), 1), else_=0))
    found = session.execute(
        select(ImportBatch.kind, ImportBatch.sha256)
        .group_by(ImportBatch.kind, ImportBatch.sha256)
        .having(committed > 1)
    ).all()
    return [f"Ten sam plik ({kind}, {sha256[:12]}…) wczytano więcej niż raz." for kind, sha256 in found]
