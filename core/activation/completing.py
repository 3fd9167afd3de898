"""A request is complete when the tenant has set a password of their own, whichever way led there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import PortalAccount
from core.activation.models import ActivationRequest, RequestState
from core.activation.steps import RequestMovedError, move
from core.audit.models import Actor


def complete_requests(session: Session, *, account_id: int | None = None) -> int:
    """Complete the requests whose account has an own password, of one account or of all; returns how many.

    The screens that set passwords call it at once. The housekeeping calls it for all, which makes up for a process that
    ended in between; so the two need no common transaction.
    """
    waiting = (
        select(ActivationRequest.id)
        .join(PortalAccount, PortalAccount.id == ActivationRequest.account_id)
        .where(
            ActivationRequest.state.in_((RequestState.APPROVED, RequestState.CREDENTIALS_SENT)),
            PortalAccount.password_hash.is_not(None),
        )
        .order_by(ActivationRequest.id)
    )
    if account_id is not None:
        waiting = waiting.where(PortalAccount.id == account_id)
    return sum(_complete(session, request_id) for request_id in session.scalars(waiting).all())


def _complete(session: Session, request_id: int) -> bool:
    try:
        move(session, request_id=request_id, to=RequestState.COMPLETED, by=Actor.TENANT)
    except RequestMovedError:
        return False
    return True
