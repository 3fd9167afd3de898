"""What a clerk and a command do: hand in a file, look at what it would do, confirm it once, see what was loaded.

An import spans several short transactions on purpose: the arrival of a file and its refusal are remembered even where
the load itself is rolled back. They are opened here, so that the page and the command cannot differ.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, true, update
from sqlalchemy.orm import Session

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.db import rehearsal, transaction
from core.documents.storage import hash_file
from core.imports.load import BatchReport, RefusedError, keep_findings, load, receive, record_refusal
from core.imports.options import LoadOptions
from core.imports.undo import UndoReceipt, undo_batch

PURPOSE = "import_batch"  # of confirmations


def import_file(
    scope: EmployeeScope, *, kind: str, path: Path, file_name: str | None = None, options: LoadOptions | None = None
) -> BatchReport:
    """Load a file in one go, as the command does.

    Raises RefusedError with the report of a file that may not be loaded (its batch is kept as refused), AlreadyLoadedError
    for content that stands already, InvalidInputError for an unknown kind.
    """
    with transaction() as session:
        batch_id = receive(session, scope, kind=kind, path=path, file_name=file_name or path.name)
    return commit_batch(scope, batch_id=batch_id, options=options or LoadOptions())


def rehearse_file(
    scope: EmployeeScope, *, kind: str, path: Path, file_name: str | None = None, options: LoadOptions | None = None
) -> BatchReport:
    """What `import_file` would answer, with nothing left behind in the database.

    Raises the same errors as `import_file`.
    """
    with rehearsal() as session:
        batch_id = receive(session, scope, kind=kind, path=path, file_name=file_name or path.name, keep=False)
        return load(session, scope, batch_id=batch_id, options=options or LoadOptions(), source=path)


def hand_in(scope: EmployeeScope, *, kind: str, path: Path, file_name: str) -> int:
    """Receive an uploaded file; returns its batch, to be previewed. Raises as `import_file`.

    The same file handed in again by the same person goes on with the batch that waits already.
    """
    with transaction() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        waiting = session.scalar(
            select(func.max(ImportBatch.id)).where(
                ImportBatch.kind == kind,
                ImportBatch.sha256 == hash_file(path),
                ImportBatch.file_name == file_name,
                ImportBatch.employee_id.is_not_distinct_from(scope.employee_id),
                ImportBatch.state.in_((BatchState.RECEIVED, BatchState.CHECKED)),
            )
        )
        return waiting or receive(session, scope, kind=kind, path=path, file_name=file_name)


def preview_batch(scope: EmployeeScope, *, batch_id: int, options: LoadOptions) -> tuple[BatchReport, bool]:
    """Take a received batch through the whole load and roll back: the report, and whether it may be committed so.

    The batch becomes `checked` with its counts and findings, unless it cannot be read at all: then it is `refused`.
    """
    refusal: RefusedError | None = None
    with rehearsal() as session:
        try:
            report = load(session, scope, batch_id=batch_id, options=options)
        except RefusedError as refused:
            refusal, report = refused, refused.report
    with transaction() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        if refusal is not None and refusal.unusable:
            record_refusal(session, report=refusal.report, reason=refusal.message)
            return report, False
        session.execute(
            update(ImportBatch)
            .where(ImportBatch.id == batch_id, ImportBatch.state.in_((BatchState.RECEIVED, BatchState.CHECKED)))
            .values(state=BatchState.CHECKED, dialect=report.dialect.to_json() if report.dialect else "")
        )
        keep_findings(session, report)
    return report, refusal is None


def commit_batch(scope: EmployeeScope, *, batch_id: int, options: LoadOptions) -> BatchReport:
    """Load a received or checked batch for good. Raises as `load`; a refusal is remembered with the batch."""
    try:
        with transaction() as session:
            return load(session, scope, batch_id=batch_id, options=options)
    except RefusedError as refusal:
        with transaction() as session:
            record_refusal(session, report=refusal.report, reason=refusal.message)
        raise


def mint_token(scope: EmployeeScope, *, batch_id: int) -> str:
    """A one-time token for confirming one action on one batch, minted when the confirmation is shown.

    A later token for the same batch replaces it.
    """
    with transaction() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        return mint_confirmation(session, scope, purpose=PURPOSE, object_id=batch_id)


def confirm_batch(scope: EmployeeScope, *, batch_id: int, token: str, options: LoadOptions) -> BatchReport:
    """Commit a previewed batch with its token: a double click or a second tab loads once.

    Raises NotFoundError where the token is used up, replaced, or somebody else's; else as `commit_batch`. A refusal uses
    nothing up and leaves the batch as it was previewed.
    """
    with transaction() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        _use_token(session, scope, batch_id=batch_id, token=token)
        return load(session, scope, batch_id=batch_id, options=options)


def confirm_undo(scope: EmployeeScope, *, batch_id: int, token: str) -> UndoReceipt:
    """Take a batch back with the token minted when the confirmation was shown.

    Raises NotFoundError for a token that is used up or not theirs; else as `undo_batch`.
    """
    with transaction() as session:
        require_live(session, scope, Permission.UNDO_IMPORTS)
        _use_token(session, scope, batch_id=batch_id, token=token)
        return undo_batch(session, scope, batch_id=batch_id)


def _use_token(session: Session, scope: EmployeeScope, *, batch_id: int, token: str) -> None:
    use_confirmation(
        session,
        scope,
        purpose=PURPOSE,
        object_id=batch_id,
        token=token,
        refusal="To potwierdzenie zostało już użyte albo wygasło. Sprawdź historię importu.",
    )


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One batch in the history."""

    id: int
    kind: str
    file_name: str
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
    refusal: str | None


def batch_count(session: Session, scope: EmployeeScope) -> int:
    """How many batches the history has."""
    require_live(session, scope, Permission.IMPORT_FILES)
    return session.scalar(select(func.count()).select_from(ImportBatch)) or 0


def history(
    session: Session, scope: EmployeeScope, *, limit: int = 50, skip: int = 0, state: BatchState | None = None
) -> list[BatchLine]:
    """Batches, of one state or of all, the newest first; `skip` leaves out that many of the newest."""
    require_live(session, scope, Permission.IMPORT_FILES)
    columns = [getattr(ImportBatch, name) for name in BatchLine.__dataclass_fields__]
    of_state = ImportBatch.state == state if state else true()
    rows = session.execute(
        select(*columns).where(of_state).order_by(ImportBatch.id.desc()).limit(limit).offset(skip)
    ).mappings()
    return [BatchLine(**{**row, "state": BatchState(row["state"])}) for row in rows]
