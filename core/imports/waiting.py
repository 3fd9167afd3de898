"""Files that wait for a decision: left by the folder that is watched, or handed in and looked at but not loaded.

Whoever may import takes one up again, whoever handed it in: the token is minted for who looks at it then. Or turns it down
for good, with a reason that stays in the history.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.batches.models import BatchState, ImportBatch
from core.db import changed_rows
from core.errors import NotFoundError
from core.imports.closing import checked_reason
from core.imports.period_models import PeriodAction, PeriodRequest, RequestState

WAITING = (BatchState.RECEIVED, BatchState.CHECKED)
LONGEST_REFUSAL = 400  # of what is typed: who it was stands before it in the same column


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """One file that waits. `employee_id`: who handed it in, None at the console; `loaded_as`: the batch that has brought
    the same content meanwhile; `asked`: a second person is asked to load it."""

    id: int
    kind: str
    file_name: str
    state: BatchState
    received_at: datetime
    employee_id: int | None
    employee_login: str
    loaded_as: int | None
    asked: bool


def waiting_count(session: Session, scope: EmployeeScope, *, without: Collection[int] = ()) -> int:
    """How many files wait, without those that are in somebody's hands already."""
    require_live(session, scope, Permission.IMPORT_FILES)
    return session.scalar(select(func.count()).select_from(ImportBatch).where(*_waiting(without))) or 0


def waiting_batches(
    session: Session, scope: EmployeeScope, *, without: Collection[int] = (), limit: int = 20, skip: int = 0
) -> list[WaitingBatch]:
    """Files that wait, the newest first, without those that are in somebody's hands already."""
    require_live(session, scope, Permission.IMPORT_FILES)
    other = aliased(ImportBatch)
    same_content = (
        (other.kind == ImportBatch.kind)
        & (other.sha256 == ImportBatch.sha256)
        & (other.state == BatchState.COMMITTED)
        & (other.rejected == 0)
    )
    asked = exists().where(
        PeriodRequest.batch_id == ImportBatch.id,
        PeriodRequest.action == PeriodAction.LOAD,
        PeriodRequest.state == RequestState.WAITING,
    )
    rows = session.execute(
        select(
            ImportBatch.id,
            ImportBatch.kind,
            ImportBatch.file_name,
            ImportBatch.state,
            ImportBatch.received_at,
            ImportBatch.employee_id,
            ImportBatch.employee_login,
            select(func.max(other.id)).where(same_content).correlate(ImportBatch).scalar_subquery().label("loaded_as"),
            asked.label("asked"),
        )
        .where(*_waiting(without))
        .order_by(ImportBatch.id.desc())
        .limit(limit)
        .offset(skip)
    ).mappings()
    return [WaitingBatch(**{**row, "state": BatchState(row["state"])}) for row in rows]


def refuse_batch(session: Session, scope: EmployeeScope, *, batch_id: int, reason: str) -> None:
    """Turn down a file that waits; the reason and who gave it stay with the batch.

    Raises InvalidInputError (field `reason`), NotFoundError for a batch that does not wait.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    said = checked_reason(reason, longest=LONGEST_REFUSAL)
    refused = changed_rows(
        session,
        update(ImportBatch)
        .where(ImportBatch.id == batch_id, *_waiting(()))
        .values(state=BatchState.REFUSED, refusal=f"{scope.login}: {said}"),
    )
    if refused != 1:
        raise NotFoundError("Ta partia nie czeka już na decyzję. Jej stan jest w historii importu.")
    record_by(session, scope, "import_refused", object_kind="import_batch", object_id=batch_id)


def _waiting(without: Collection[int]) -> list[ColumnElement[bool]]:
    return [ImportBatch.state.in_(WAITING), ImportBatch.id.not_in(without)]
