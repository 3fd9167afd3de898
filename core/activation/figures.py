"""Requests at a glance, for the desk: what waits, what is late, what was decided in time."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.activation.models import ActivationRequest, RequestState
from core.activation.queue import RUNNING, TO_DO
from core.activation.reach import in_own_districts
from core.clock import local, now, today

DECIDED = frozenset(
    {RequestState.APPROVED, RequestState.CREDENTIALS_SENT, RequestState.COMPLETED, RequestState.REJECTED}
)
REMEMBERED = timedelta(days=30)  # decisions that the desk looks back on


@dataclass(frozen=True, slots=True)
class RequestFigures:
    """Requests at a glance, of the employee's districts."""

    waiting: int  # filed and not decided, those on which the clock stands with them
    overdue: int
    decided: int  # in the last thirty days
    kept: int  # of these, in time


def request_figures(session: Session, scope: EmployeeScope) -> RequestFigures:
    """What waits, what is late, and how many decisions of the last thirty days kept their deadline.

    A decision keeps it when its day in Poland is not after the deadline.
    """
    require_live(session, scope, Permission.REVIEW_REQUESTS)
    late = and_(ActivationRequest.state.in_(RUNNING), ActivationRequest.deadline_on < today())
    waiting, overdue = session.execute(
        select(func.count(), func.count(case((late, 1)))).where(
            ActivationRequest.state.in_(TO_DO), in_own_districts(scope)
        )
    ).one()
    decisions = session.execute(
        select(ActivationRequest.decided_at, ActivationRequest.deadline_on).where(
            ActivationRequest.state.in_(DECIDED),
            ActivationRequest.decided_at >= now() - REMEMBERED,
            ActivationRequest.deadline_on.is_not(None),
            in_own_districts(scope),
        )
    ).all()
    kept = sum(
        local(decided_at).date() <= deadline_on
        for decided_at, deadline_on in decisions
        if decided_at is not None and deadline_on is not None
    )
    return RequestFigures(waiting=waiting, overdue=overdue, decided=len(decisions), kept=kept)
