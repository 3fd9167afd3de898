"""The one way a request changes its state: a conditional update, so that of two clerks at once one is told."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.activation.models import ActivationRequest, ActivationStep, RequestState
from core.audit.events import record, record_by
from core.audit.models import Actor
from core.clock import now
from core.db import changed_rows
from core.errors import DomainError

OPEN = frozenset({RequestState.SUBMITTED, RequestState.FILED, RequestState.IN_REVIEW, RequestState.CORRECTION})
# Where a request may come from. A pair that is not here is a mistake or a second click.
WAYS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.FILED: frozenset({RequestState.SUBMITTED}),
    RequestState.IN_REVIEW: frozenset({RequestState.FILED, RequestState.CORRECTION}),
    RequestState.CORRECTION: frozenset({RequestState.FILED, RequestState.IN_REVIEW}),
    RequestState.APPROVED: frozenset({RequestState.IN_REVIEW}),
    RequestState.CREDENTIALS_SENT: frozenset({RequestState.APPROVED}),
    RequestState.COMPLETED: frozenset({RequestState.APPROVED, RequestState.CREDENTIALS_SENT}),
    RequestState.REJECTED: frozenset({RequestState.FILED, RequestState.IN_REVIEW, RequestState.CORRECTION}),
    RequestState.EXPIRED: frozenset({RequestState.SUBMITTED}),
    RequestState.WITHDRAWN: OPEN,
    RequestState.SUPERSEDED: OPEN,
}


class RequestMovedError(DomainError):
    """The request is not where this step begins: somebody else was faster, or it was done already."""

    def __init__(self) -> None:
        super().__init__("Ktoś już zmienił stan tego wniosku. Sprawdź, co się z nim dzieje.")


def move(session: Session, *, request_id: int, to: RequestState, by: EmployeeScope | Actor, **values: Any) -> None:
    """Take a request to its next state with further column values, a step for its history and an audit event.

    `by` is the employee's scope, or who else did it (the applicant: PUBLIC, the program: SYSTEM). Raises RequestMovedError
    when the request is in no state that leads there.
    """
    moved = changed_rows(
        session,
        update(ActivationRequest)
        .where(ActivationRequest.id == request_id, ActivationRequest.state.in_(WAYS[to]))
        .values(state=to, **values),
    )
    if moved != 1:
        raise RequestMovedError
    employee_id = by.employee_id if isinstance(by, EmployeeScope) else None
    session.add(ActivationStep(request_id=request_id, at=now(), state=to, employee_id=employee_id))
    action = f"request_{to}"
    if isinstance(by, EmployeeScope):
        record_by(session, by, action, object_kind="activation_request", object_id=request_id)
    else:
        record(session, actor=by, action=action, object_kind="activation_request", object_id=request_id)
