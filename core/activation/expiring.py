"""Requests whose paper never came."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.activation.models import ActivationRequest, RequestState
from core.activation.steps import RequestMovedError, move
from core.audit.models import Actor
from core.clock import now
from core.outbox.sending import enqueue

PAPER_WITHIN = timedelta(days=60)


def expire_requests(session: Session) -> int:
    """Let requests expire that were sent more than 60 days ago and whose paper is neither in RON nor with the property
    administrator; the applicants are told. Returns how many; the second time none."""
    waiting = session.execute(
        select(ActivationRequest.id, ActivationRequest.number, ActivationRequest.name, ActivationRequest.email)
        .where(
            ActivationRequest.state == RequestState.SUBMITTED,
            ActivationRequest.submitted_at < now() - PAPER_WITHIN,
            ActivationRequest.administrator_received_on.is_(None),
        )
        .order_by(ActivationRequest.id)
    ).all()
    return sum(_expire(session, *one) for one in waiting)


def _expire(session: Session, request_id: int, number: str, name: str, email: str) -> bool:
    try:
        move(session, request_id=request_id, to=RequestState.EXPIRED, by=Actor.SYSTEM)
    except RequestMovedError:
        return False  # filed or withdrawn while we were at it
    enqueue(
        session,
        key=f"request-{request_id}-expired",
        template="expired",
        recipient=email,
        parameters={"number": number, "name": name},
    )
    return True
