"""What a clerk and a command do: hand in a file, look at what it would do, confirm it once, see what was loaded.

An import spans several short transactions on purpose: the arrival of a file and its refusal are remembered even where
the load itself is rolled back. They are opened here, so that the page and the command cannot differ.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.db import reading, rehearsal, transaction
from core.documents.storage import hash_file, keep_file, kept_file
from core.errors import NotFoundError
from core.imports.findings import Cause
from core.imports.load import keep_findings, load, receive, record_refusal
from core.imports.options import LoadOptions
from core.imports.profiles import remember_profile, with_profile
from core.imports.report import BatchReport, RefusedError

PURPOSE = "import_batch"  # of confirmations
USED = "Od pokazania tego pliku minęła godzina albo sprawdził go potem ktoś inny. Nic nie wczytano."
DECIDED: dict[str, str] = {
    BatchState.COMMITTED: "Ta partia jest już wczytana.",
    BatchState.UNDONE: "Ta partia była wczytana i została wycofana.",
    BatchState.REFUSED: "Ten plik odrzucono.",
}
LOST = "Pliku tej partii nie ma już w magazynie. Prześlij go jeszcze raz albo odrzuć partię."


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
        if waiting is None:
            return receive(session, scope, kind=kind, path=path, file_name=file_name)
        keep_file(path, hash_file(path))  # as before, unless it has been lost meanwhile
        return waiting


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """What a file would do, and the token that lets the employee who saw it load exactly that, once.

    `options`: as it was read, with what is remembered of its source. `readable` is False for a file that is refused at once.
    """

    report: BatchReport
    options: LoadOptions
    token: str
    readable: bool


def preview_batch(scope: EmployeeScope, *, batch_id: int, options: LoadOptions) -> CheckedBatch:
    """Take a received batch through the whole load and roll back.

    The batch becomes `checked` with its findings, unless it cannot be read at all: then it is `refused`. One in which only
    columns are missing waits, because they may be there under other names. Raises as `load`.
    """
    with reading() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        _require_waiting(session, batch_id)
        options = replace(with_profile(session, scope, batch_id=batch_id, options=options), effect=True)
    refusal: RefusedError | None = None
    with rehearsal() as session:
        try:
            report = load(session, scope, batch_id=batch_id, options=options)
        except RefusedError as refused:
            refusal, report = refused, refused.report
    with transaction() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        if refusal is not None and refusal.unusable:
            if not report.findings.has(Cause.MISSING_COLUMN):
                record_refusal(session, report=report, reason=refusal.message)
            return CheckedBatch(report, options, token="", readable=False)
        values = {
            "state": BatchState.CHECKED,
            "dialect": report.dialect.to_json() if report.dialect else "",
            "preview_digest": report.digest,
        }
        session.execute(
            update(ImportBatch)
            .where(ImportBatch.id == batch_id, ImportBatch.state.in_((BatchState.RECEIVED, BatchState.CHECKED)))
            .values(values)
        )
        keep_findings(session, report)
        token = mint_confirmation(session, scope, purpose=PURPOSE, object_id=batch_id)
    return CheckedBatch(report, options, token, readable=True)


def _require_waiting(session: Session, batch_id: int) -> None:
    """Refuse what has been decided meanwhile, and what is not in the store any more, with words that lead on."""
    found = session.execute(
        select(ImportBatch.sha256, ImportBatch.state).where(ImportBatch.id == batch_id)
    ).one_or_none()
    if found is None:
        return  # the load says that there is no such batch
    if found.state in DECIDED:
        raise NotFoundError(f"{DECIDED[found.state]} Szczegóły są w historii importu.")
    try:
        kept_file(found.sha256)
    except NotFoundError:
        raise NotFoundError(LOST) from None


def commit_batch(scope: EmployeeScope, *, batch_id: int, options: LoadOptions) -> BatchReport:
    """Load a received or checked batch for good. Raises as `load`; a refusal is remembered with the batch."""
    try:
        with transaction() as session:
            return load(session, scope, batch_id=batch_id, options=options)
    except RefusedError as refusal:
        with transaction() as session:
            record_refusal(session, report=refusal.report, reason=refusal.message)
        raise


def confirm_batch(scope: EmployeeScope, *, batch_id: int, token: str, options: LoadOptions) -> BatchReport:
    """Commit a previewed batch with its token: a double click or a second tab loads once, and only what was previewed.

    How it was read is remembered for the next file of its source. Raises NotFoundError where the token is used up, replaced,
    or somebody else's, PreviewOutdatedError where something else has landed meanwhile; else as `commit_batch`. A refusal
    uses nothing up and leaves the batch as it was previewed.
    """
    with transaction() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        use_confirmation(session, scope, purpose=PURPOSE, object_id=batch_id, token=token, refusal=USED)
        seen = session.scalar(select(ImportBatch.preview_digest).where(ImportBatch.id == batch_id))
        report = load(
            session, scope, batch_id=batch_id, options=replace(options, effect=True, expect_digest=seen or "none")
        )
        remember_profile(session, scope, batch_id=batch_id, options=options)
        return report
