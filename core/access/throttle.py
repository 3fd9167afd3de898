"""Limits on what anybody may use: so many times in a while, per person, address or network."""

import hashlib
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.models import ThrottleEvent
from core.clock import now
from core.errors import DomainError


class TooManyUsesError(DomainError):
    """The limit is reached for now."""

    def __init__(self) -> None:
        super().__init__("Zbyt wiele prób w krótkim czasie. Odczekaj chwilę i spróbuj ponownie.")


def take_use(session: Session, *, purpose: str, key: str, limit: int, window: timedelta) -> None:
    """Count one use by `key` for a purpose; raises TooManyUsesError when `limit` in `window` are used up.

    An empty key (a network that is not known) is not limited: it would be one for all.
    """
    if not key:
        return
    hashed = hashlib.sha256(f"{purpose}:{key}".encode()).hexdigest()
    if session.get_bind().dialect.name == "postgresql":
        # The count and the insert need a lock; SQLite has one writer anyway.
        number = int.from_bytes(bytes.fromhex(hashed)[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))
    used = session.scalar(
        select(func.count())
        .select_from(ThrottleEvent)
        .where(
            ThrottleEvent.purpose == purpose,
            ThrottleEvent.key_hash == hashed,
            ThrottleEvent.at > now() - window,
        )
    )
    if (used or 0) >= limit:
        raise TooManyUsesError
    session.add(ThrottleEvent(purpose=purpose, key_hash=hashed, at=now()))
    session.flush()
