"""A request to close an account, of a household in the world of the access tests."""

from typing import Any

from sqlalchemy.orm import Session

from core.accounts.models import ClosingRequest, PortalAccount
from core.clock import now


def household_own_data(session: Session, account: PortalAccount, word: str) -> dict[str, Any]:
    """Arguments that lead to what one account has asked for."""
    closing = ClosingRequest(account_id=account.id, reason=f"Powód {word}", asked_at=now())
    session.add(closing)
    session.flush()
    return {
        "closing_id": closing.id,
        "reject_closing.answer": "Najpierw rozliczenie",
    }
