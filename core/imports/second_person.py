"""Two people for one change of a closed month: one asks with a reason, another confirms exactly what was seen.

The consent and what it is given to stand in one transaction: a confirmed request was carried out, and nothing but the
very file with the very figures can be loaded or taken back by it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.batches.models import BatchState, ImportBatch
from core.clock import now
from core.db import changed_rows, rehearsal, transaction
from core.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError
from core.imports.closed_periods import ClosedMonth, ClosedPeriodUndoError, closed_rows_of, undo_figures
from core.imports.closing import checked_reason
from core.imports.load import load
from core.imports.locking import one_at_a_time
from core.imports.options import LoadOptions
from core.imports.period_models import PeriodAction, PeriodRequest, RequestState
from core.imports.report import BatchReport, SecondPersonNeededError
from core.imports.undo import UndoReceipt, undo_batch

PURPOSE = "period_request"  # of confirmations
CHANGED = (
    "Od czasu prośby zmieniło się to, co ta partia robi w zamkniętym okresie. Nic nie zapisano: "
    "odrzuć prośbę i poproś o nową."
)


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request with its batch, as both people see it; money in złote."""

    id: int
    batch_id: int
    file_name: str
    action: PeriodAction
    months: tuple[ClosedMonth, ...]
    figures: dict[str, str]  # counts and sums of the whole file, of a load
    sha256: str
    reason: str
    asked_at: datetime
    asked_by: int
    asked_login: str
    state: RequestState
    decided_at: datetime | None
    decided_login: str | None
    answer: str | None


def ask_load(scope: EmployeeScope, *, batch_id: int, options: LoadOptions, reason: str) -> int:
    """Ask a second person to load one's own batch with these options; takes the place of what was asked before.

    The file is rehearsed once more: what is asked for is what it does now. Returns the request. Raises InvalidInputError
    (field `reason`, and where no row needs a second person), NotPermittedError for a colleague's batch and at the console,
    else as `load`.
    """
    report = None
    with rehearsal() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        said = checked_reason(reason)
        batch = session.get(ImportBatch, batch_id)
        if batch is not None and batch.employee_id not in (None, scope.employee_id):
            raise NotPermittedError("O zgodę prosi ten, kto przekazał plik.")
        try:
            load(session, scope, batch_id=batch_id, options=options)
        except SecondPersonNeededError as needed:
            report = needed.report
    if report is None:
        raise InvalidInputError("Ten plik nie ma wierszy w zamkniętym okresie: można go wczytać od razu.")
    with transaction() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        return _ask(session, scope, batch_id, PeriodAction.LOAD, report.figures(), said, options)


def ask_undo(session: Session, scope: EmployeeScope, *, batch_id: int, reason: str) -> int:
    """Ask a second person to take back a batch with entries in closed months. Returns the request.

    Raises InvalidInputError (field `reason`, and where no second person is needed), NotFoundError for a batch that is not
    committed, NotPermittedError at the console.
    """
    require_live(session, scope, Permission.UNDO_IMPORTS)
    said = checked_reason(reason)
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.state != BatchState.COMMITTED:
        raise NotFoundError("Nie ma takiej wczytanej partii.")
    months = closed_rows_of(session, batch_id)
    if not months:
        raise InvalidInputError("Ta partia nie ma wpisów w zamkniętym okresie: można ją wycofać na stronie Import.")
    return _ask(session, scope, batch_id, PeriodAction.UNDO, undo_figures(months), said, LoadOptions())


def mint_decision(session: Session, scope: EmployeeScope, *, request_id: int) -> str:
    """A one-time token to confirm one request, minted when it is shown to the second person."""
    require_live(session, scope, Permission.CLOSE_PERIODS)
    return mint_confirmation(session, scope, purpose=PURPOSE, object_id=request_id)


def confirm_request(scope: EmployeeScope, *, request_id: int, token: str) -> BatchReport | UndoReceipt:
    """Consent as the second person, and load or take back the batch in the same transaction.

    Raises NotFoundError for a request that does not wait and for a used token, NotPermittedError for who has asked,
    DomainError where file or figures are no longer what was seen; then nothing has happened and the request waits on.
    """
    with transaction() as session:
        require_live(session, scope, Permission.CLOSE_PERIODS)
        one_at_a_time(session)
        use_confirmation(session, scope, purpose=PURPOSE, object_id=request_id, token=token)
        request = _waiting(session, request_id)
        if scope.employee_id is None or scope.employee_id == request.asked_by:
            raise NotPermittedError("Potwierdzić musi inna osoba niż ta, która prosi.")
        _decide(session, scope, request, RequestState.CONFIRMED)
        try:
            if request.action == PeriodAction.UNDO:
                return undo_batch(session, scope, batch_id=request.batch_id)
            return load(session, scope, batch_id=request.batch_id, options=_options(request))
        except (SecondPersonNeededError, ClosedPeriodUndoError):
            raise DomainError(CHANGED) from None


def refuse_request(session: Session, scope: EmployeeScope, *, request_id: int, answer: str) -> None:
    """Say no, with a reason. Raises InvalidInputError (field `reason`), NotFoundError for one that does not wait."""
    require_live(session, scope, Permission.CLOSE_PERIODS)
    said = checked_reason(answer)
    _decide(session, scope, _waiting(session, request_id), RequestState.REFUSED, said)


def period_requests(session: Session, scope: EmployeeScope, *, waiting: bool, limit: int = 50) -> list[RequestLine]:
    """Requests that wait and can still be carried out, or all others; the newest first."""
    require_live(session, scope, Permission.IMPORT_FILES)
    before = (BatchState.RECEIVED, BatchState.CHECKED)
    to_load = (PeriodRequest.action == PeriodAction.LOAD) & ImportBatch.state.in_(before)
    to_undo = (PeriodRequest.action == PeriodAction.UNDO) & (ImportBatch.state == BatchState.COMMITTED)
    is_waiting = (PeriodRequest.state == RequestState.WAITING) & (to_load | to_undo)
    rows = session.execute(
        select(PeriodRequest, ImportBatch.file_name)
        .join(ImportBatch, ImportBatch.id == PeriodRequest.batch_id)
        .where(is_waiting if waiting else ~is_waiting)
        .order_by(PeriodRequest.id.desc())
        .limit(limit)
    )
    return [_line(request, file_name) for request, file_name in rows]


def _ask(
    session: Session,
    scope: EmployeeScope,
    batch_id: int,
    action: PeriodAction,
    figures: str,
    reason: str,
    options: LoadOptions,
) -> int:
    if scope.employee_id is None:
        raise NotPermittedError("O zgodę prosi pracownik w panelu, nie konsola serwera.")
    session.execute(
        update(PeriodRequest)
        .where(PeriodRequest.batch_id == batch_id, PeriodRequest.state == RequestState.WAITING)
        .values(state=RequestState.REPLACED, decided_at=now())
    )
    request_id = session.execute(
        insert(PeriodRequest)
        .values(
            batch_id=batch_id,
            action=action,
            content_hash=session.scalar(select(ImportBatch.sha256).where(ImportBatch.id == batch_id)),
            figures=figures,
            options=_as_json(options),
            reason=reason,
            asked_at=now(),
            asked_by=scope.employee_id,
            asked_login=scope.login,
            state=RequestState.WAITING,
        )
        .returning(PeriodRequest.id)
    ).scalar_one()
    details: dict[str, str | int | bool | None] = {"batch": batch_id}
    record_by(
        session, scope, f"period_{action}_asked", object_kind="period_request", object_id=request_id, details=details
    )
    return int(request_id)


def _waiting(session: Session, request_id: int) -> PeriodRequest:
    request = session.get(PeriodRequest, request_id)
    if request is None or request.state != RequestState.WAITING:
        raise NotFoundError("Tej prośby już nie ma: została rozpatrzona albo zastąpiona nowszą.")
    return request


def _decide(
    session: Session, scope: EmployeeScope, request: PeriodRequest, state: RequestState, answer: str | None = None
) -> None:
    decided = changed_rows(
        session,
        update(PeriodRequest)
        .where(PeriodRequest.id == request.id, PeriodRequest.state == RequestState.WAITING)
        .values(state=state, decided_at=now(), decided_by=scope.employee_id, decided_login=scope.login, answer=answer),
    )
    if decided != 1:
        raise NotFoundError("Tę prośbę rozpatrzono już w innym oknie.")
    record_by(
        session,
        scope,
        f"period_{request.action}_{state}",
        object_kind="period_request",
        object_id=request.id,
        details={"batch": request.batch_id},
    )


def _as_json(options: LoadOptions) -> str:
    kept = LoadOptions.__dataclass_fields__.keys() - {"progress", "remarks", "expect_digest"}
    told = {name: getattr(options, name) for name in sorted(kept)} | {"columns": dict(options.columns)}
    return json.dumps({name: str(one) if isinstance(one, Decimal) else one for name, one in told.items()})


def _options(request: PeriodRequest) -> LoadOptions:
    told = json.loads(request.options)
    sums = {name: Decimal(told[name]) for name in ("expect_debit", "expect_credit") if told[name] is not None}
    return LoadOptions(**{**told, **sums})


def _line(request: PeriodRequest, file_name: str) -> RequestLine:
    told = json.loads(request.figures)
    months = tuple(ClosedMonth(**one) for one in told.pop("months"))
    told.pop("findings", None)
    return RequestLine(
        id=request.id,
        batch_id=request.batch_id,
        file_name=file_name,
        action=PeriodAction(request.action),
        months=months,
        figures=told,
        sha256=request.content_hash,
        reason=request.reason,
        asked_at=request.asked_at,
        asked_by=request.asked_by,
        asked_login=request.asked_login,
        state=RequestState(request.state),
        decided_at=request.decided_at,
        decided_login=request.decided_login,
        answer=request.answer,
    )
