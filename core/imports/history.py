"""What was handed in: searched, looked at again, its file fetched."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.batches.models import BatchState, ImportBatch
from core.documents.storage import kept_file
from core.errors import NotFoundError

NO_SUCH_BATCH = "Nie ma takiej partii."


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch in the history; sums of the rows it kept in the ledger, in PLN."""

    id: int
    kind: str
    file_name: str
    sha256: str
    state: BatchState
    received_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None
    employee_login: str
    rows: int
    accepted: int
    repeated: int
    suspended: int
    rejected: int
    accepted_debit: Decimal
    accepted_credit: Decimal
    warnings_accepted: bool
    refusal: str | None
    effect: str | None  # JSON: `BalanceEffect.to_json`


def batch_count(session: Session, scope: EmployeeScope, *, text: str = "") -> int:
    """How many batches the history has under a search."""
    require_live(session, scope, Permission.IMPORT_FILES)
    return session.scalar(select(func.count()).select_from(ImportBatch).where(_found_by(text))) or 0


def history(
    session: Session,
    scope: EmployeeScope,
    *,
    limit: int = 50,
    skip: int = 0,
    state: BatchState | None = None,
    text: str = "",
) -> list[BatchLine]:
    """Batches, of one state or of all, the newest first; `skip` leaves out that many of the newest.

    `text` is looked for in the file's name, the login of who handed it in, and the number of the batch.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    of_state = ImportBatch.state == state if state else true()
    rows = session.execute(
        select(*_COLUMNS).where(of_state, _found_by(text)).order_by(ImportBatch.id.desc()).limit(limit).offset(skip)
    ).mappings()
    return [BatchLine(**{**row, "state": BatchState(row["state"])}) for row in rows]


def batch_line(session: Session, scope: EmployeeScope, *, batch_id: int) -> BatchLine:
    """One batch. Raises NotFoundError."""
    require_live(session, scope, Permission.IMPORT_FILES)
    row = session.execute(select(*_COLUMNS).where(ImportBatch.id == batch_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(NO_SUCH_BATCH)
    return BatchLine(**{**row, "state": BatchState(row["state"])})


def source_file(session: Session, scope: EmployeeScope, *, batch_id: int) -> tuple[str, Path]:
    """Name and place of the file as it was handed in; the download is on record. Raises NotFoundError."""
    line = batch_line(session, scope, batch_id=batch_id)
    record_by(session, scope, "import_file_fetched", object_kind="import_batch", object_id=batch_id)
    return line.file_name, kept_file(line.sha256)


_COLUMNS = [getattr(ImportBatch, name) for name in BatchLine.__dataclass_fields__]


def _found_by(text: str) -> ColumnElement[bool]:
    wanted = text.strip()
    if not wanted:
        return true()
    named = ImportBatch.file_name.icontains(wanted, autoescape=True) | ImportBatch.employee_login.icontains(
        wanted, autoescape=True
    )
    return named | (ImportBatch.id == int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else named
