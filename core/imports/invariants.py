"""The invariants of ledger and readings (`python -m core check`): what must hold whatever was loaded, undone or interrupted."""

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.imports.models import RepeatedEntry, RepeatedReading, RepeatedSuspension, SuspendedReading, SuspendedRow
from core.ledger.maintained import broken_figures
from core.ledger.models import LedgerEntry
from core.meters.models import MeterReading


def broken_invariants(session: Session, scope: EmployeeScope) -> list[str]:
    """A sentence in Polish for each broken invariant; empty when all hold."""
    require_live(session, scope, Permission.IMPORT_FILES)
    return [
        *_batch_sums(session),
        *_reading_batches(session),
        *_homeless(session),
        *_twice_in_two_places(session),
        *_same_content_twice(session),
        *broken_figures(session),
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
        .group_by(LedgerEntry.batch_id)
        .subquery()
    )
    found = session.execute(
        select(ImportBatch, entries.c.rows, entries.c.debit, entries.c.credit)
        .outerjoin(entries, entries.c.batch_id == ImportBatch.id)
        .where(ImportBatch.kind == "ledger")
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
        .where(ImportBatch.state != BatchState.COMMITTED)
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
    )
    return [f"Wiersze jednocześnie w kartotece i w poczekalni: {number}."] if number else []


def _same_content_twice(session: Session) -> list[str]:
    """The same content of a kind is committed at most once."""
    committed = func.sum(case(((ImportBatch.state == BatchState.COMMITTED) & (ImportBatch.rejected == 0), 1), else_=0))
    found = session.execute(
        select(ImportBatch.kind, ImportBatch.sha256)
        .group_by(ImportBatch.kind, ImportBatch.sha256)
        .having(committed > 1)
    ).all()
    return [f"Ten sam plik ({kind}, {sha256[:12]}…) wczytano więcej niż raz." for kind, sha256 in found]
