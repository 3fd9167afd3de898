"""A file with own data and a request to close an account, of a household in the world of the access tests."""

from typing import Any

from sqlalchemy.orm import Session

from core.accounts.models import ClosingRequest, PortalAccount
from core.clock import now
from core.documents.storage import keep_bytes
from core.own_data.models import DataExport, ExportState


def household_own_data(session: Session, account: PortalAccount, word: str) -> dict[str, Any]:
    """Arguments that lead to what one account has asked for."""
    export = DataExport(
        tenant_id=account.tenant_id,
        account_id=account.id,
        state=ExportState.READY,
        asked_at=now(),
        ready_at=now(),
        sha256=keep_bytes(f"ZIP {word}".encode()),
    )
    closing = ClosingRequest(account_id=account.id, reason=f"Powód {word}", asked_at=now())
    session.add_all([export, closing])
    session.flush()
    return {
        "own_export_file.export_id": export.id,
        "closing_id": closing.id,
        "reject_closing.answer": "Najpierw rozliczenie",
    }
