"""What taking a batch back would do, told before it happens: the undo itself in a rehearsal, and a token for exactly that."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.batches.models import ImportBatch
from core.db import rehearsal, transaction
from core.imports.models import RepeatedEntry
from core.imports.posted import posted_by
from core.imports.reversals import committed_at, seen_tenancies
from core.imports.undo import UndoReceipt, undo_batch
from core.imports.undo_refused import UndoRefusedError
from core.ledger.models import LedgerEntry, in_force
from core.registry.models import Tenancy

PURPOSE = "undo_batch"  # of confirmations
SHOWN = 50
USED = (
    "To potwierdzenie zostało już użyte, wygasło albo od jego pokazania coś się zmieniło. Nic nie wycofano. "
    "Sprawdź historię i spróbuj jeszcze raz."
)


@dataclass(frozen=True, slots=True)
class UndoLine:
    """One line of the ledger that an undo meets; amounts in PLN. `also_in`: another batch that brought it, which keeps it."""

    line_no: int
    tenancy_no: str
    document_type: str
    document_no: str
    booked_on: date
    debit: Decimal
    credit: Decimal
    also_in: int | None = None


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """The three lists: what goes (removed, or reversed where tenants have been in the portal since), what stays, and why not.

    Of lines the first 50 of each list; the counts are of all. With `refusal` nothing can be taken back, and `token` is empty.
    """

    receipt: UndoReceipt
    refusal: str | None
    removed: tuple[UndoLine, ...]
    reversed: tuple[UndoLine, ...]
    kept: tuple[UndoLine, ...]
    token: str


def plan_undo(scope: EmployeeScope, *, batch_id: int) -> UndoPlan:
    """Take a batch back in a rehearsal and say what it did. Raises NotFoundError for a batch that is not committed."""
    refusal, receipt = None, UndoReceipt(batch_id, 0, 0)
    with rehearsal() as session:
        require_live(session, scope, Permission.UNDO_IMPORTS)
        brought = exists().where(RepeatedEntry.entry_id == LedgerEntry.id, RepeatedEntry.batch_id != batch_id)
        own = (
            posted_by(session.scalar(select(ImportBatch.kind).where(ImportBatch.id == batch_id)), batch_id) & in_force()
        )
        seen = LedgerEntry.tenancy_id.in_(seen_tenancies(own, committed_at(batch_id)))
        removed = _lines(session, batch_id, own & ~brought & ~seen)
        reversed_ = _lines(session, batch_id, own & ~brought & seen)
        kept = _lines(session, batch_id, own & brought)
        try:
            receipt = undo_batch(session, scope, batch_id=batch_id)
        except UndoRefusedError as refused:
            refusal = refused.message
    if refusal is not None:
        return UndoPlan(receipt, refusal, removed, reversed_, kept, token="")
    with transaction() as session:
        require_live(session, scope, Permission.UNDO_IMPORTS)
        token = mint_confirmation(session, scope, purpose=PURPOSE, object_id=_told(receipt))
    return UndoPlan(receipt, None, removed, reversed_, kept, token)


def confirm_undo(scope: EmployeeScope, *, batch_id: int, token: str) -> UndoReceipt:
    """Take a batch back exactly as `plan_undo` said it would be, once.

    Raises ConfirmationUsedError for a token that is used up or not theirs, and where the undo would be another one by now;
    else as `undo_batch`.
    """
    with transaction() as session:
        require_live(session, scope, Permission.UNDO_IMPORTS)
        done = undo_batch(session, scope, batch_id=batch_id)
        use_confirmation(session, scope, purpose=PURPOSE, object_id=_told(done), token=token, refusal=USED)
        record_by(
            session, scope, "import_undone", object_kind="import_batch", object_id=batch_id,
            details={"removed": done.removed, "reversed": done.reversed},
        )  # fmt: skip
        return done


def _told(receipt: UndoReceipt) -> str:
    return f"{receipt.batch_id}/{receipt.removed}/{receipt.kept}/{receipt.reversed}"


def _lines(session: Session, batch_id: int, condition: ColumnElement[bool]) -> tuple[UndoLine, ...]:
    other = (
        select(func.min(RepeatedEntry.batch_id))
        .where(RepeatedEntry.entry_id == LedgerEntry.id, RepeatedEntry.batch_id != batch_id)
        .correlate(LedgerEntry)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            LedgerEntry.line_no,
            Tenancy.tenancy_no,
            LedgerEntry.document_type,
            LedgerEntry.document_no,
            LedgerEntry.booked_on,
            LedgerEntry.debit,
            LedgerEntry.credit,
            other,
        )
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(condition)
        .order_by(LedgerEntry.line_no)
        .limit(SHOWN)
    )
    return tuple(UndoLine(*row) for row in rows)
