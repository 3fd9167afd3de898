"""One import or undo at a time: what one finds standing must not go while it looks."""

from sqlalchemy import text
from sqlalchemy.orm import Session

ADVISORY_LOCK = 470_100


def one_at_a_time(session: Session) -> None:
    """Wait for whoever imports or undoes now, to the end of the transaction; SQLite's single writer does it by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
