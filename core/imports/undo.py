"""Takes a batch back: afterwards the database is what it would be had the batch never come, all others staying.

Rows that another batch brought too are kept and become that batch's, lines that tenants have seen are reversed; records of
the registry become what they were.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.clock import now
from core.db import changed_rows
from core.errors import NotFoundError
from core.imports.closed_periods import require_undo_confirmed
from core.imports.locking import one_at_a_time
from core.imports.posted import LEDGER, SUSPENSE
from core.imports.suspense.posting import undo_suspense
from core.imports.undo_ledger import undo_ledger
from core.imports.undo_readings import undo_readings
from core.imports.undo_registry import undo_registry


@dataclass(frozen=True, slots=True)
class UndoReceipt:
    """What an undo did: rows or records removed, kept because another batch brought them too, and lines that tenants may
    have seen and whose reversal was posted."""

    batch_id: int
    removed: int
    kept: int
    reversed: int = 0


def undo_batch(session: Session, scope: EmployeeScope, *, batch_id: int) -> UndoReceipt:
    """Take a committed batch back, in the caller's transaction.

    Raises NotFoundError for a batch that is not committed, UndoRefusedError where something was built on it or
    rows of it stand in a closed month and no second person has confirmed its undo.
    """
    require_live(session, scope, Permission.UNDO_IMPORTS)
    one_at_a_time(session)
    changed = changed_rows(
        session,
        update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.state == BatchState.COMMITTED)
        .values(state=BatchState.UNDONE, undone_at=now()),
    )
    if changed != 1:
        raise NotFoundError("Tej partii nie można wycofać: nie ma jej albo nie jest wczytana.")
    require_undo_confirmed(session, batch_id)
    kind = session.scalar(select(ImportBatch.kind).where(ImportBatch.id == batch_id))
    undos: dict[str | None, Callable[[Session, int], tuple[int, ...]]] = {
        LEDGER: undo_ledger,
        "readings": undo_readings,
        SUSPENSE: lambda session, batch_id: undo_suspense(session, scope, batch_id=batch_id),
    }
    return UndoReceipt(batch_id, *undos.get(kind, undo_registry)(session, batch_id))
