"""One-time tokens of destructive actions: minted when the question is shown, used by the answer.

A double click, a second tab and a page left open do a thing once or not at all.
"""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.access.models import ConfirmationToken
from core.access.scopes import EmployeeScope
from core.clock import now
from core.db import changed_rows
from core.errors import NotFoundError

# A question left open longer than this is asked again.
TOKEN_LIFE = timedelta(hours=1)


class ConfirmationUsedError(NotFoundError):
    """The confirmation was used, replaced by a later one, is too old, or somebody else's."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "To potwierdzenie zostało już użyte albo wygasło. Sprawdź, czy to już zrobione.")


def mint_confirmation(session: Session, scope: EmployeeScope, *, purpose: str, object_id: int | str) -> str:
    """A token for one action on one object; a later one for the same replaces it. The caller asks who may."""
    token = secrets.token_urlsafe(24)
    same = ConfirmationToken.purpose == purpose, ConfirmationToken.object_id == str(object_id)
    session.execute(delete(ConfirmationToken).where(*same))
    session.add(
        ConfirmationToken(
            token_hash=_hash(token),
            purpose=purpose,
            object_id=str(object_id),
            employee_id=scope.employee_id,
            minted_at=now(),
        )
    )
    session.flush()
    return token


def use_confirmation(
    session: Session, scope: EmployeeScope, *, purpose: str, object_id: int | str, token: str, refusal: str = ""
) -> None:
    """Use a token up; raises ConfirmationUsedError (with the sentence `refusal`, where given)."""
    used = changed_rows(
        session,
        delete(ConfirmationToken).where(
            ConfirmationToken.token_hash == _hash(token),
            ConfirmationToken.purpose == purpose,
            ConfirmationToken.object_id == str(object_id),
            ConfirmationToken.employee_id.is_not_distinct_from(scope.employee_id),
            ConfirmationToken.minted_at > now() - TOKEN_LIFE,
        ),
    )
    if used != 1:
        raise ConfirmationUsedError(refusal)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
