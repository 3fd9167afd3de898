"""Sessions in the database: started, seen, ended. A browser holds a random id, the database its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import PortalSession, Realm
from core.access.scopes import ABSOLUTE_LIMIT, IDLE_LIMIT, lives_at
from core.clock import now
from core.db import changed_rows

# Activity is written at most this often: a session ends 14½ to 15 minutes after the last activity, never later,
# and a page that only reads does not write on every run.
SEEN_EVERY = timedelta(seconds=30)
_AGAIN = "Zaloguj się ponownie."
_END_WORDS = {
    "signed_out": f"Wylogowano. {_AGAIN}",
    "password_changed": "Wylogowano, ponieważ zmieniono hasło. Zaloguj się nowym hasłem.",
    "recovered": "Wylogowano, ponieważ odzyskano dostęp i ustawiono nowe hasło. Zaloguj się nowym hasłem.",
    "reset": "Wylogowano, ponieważ administrator systemu wydał nowe hasło na start. Zaloguj się tym hasłem.",
    "proxy_ended": "Wylogowano, ponieważ pełnomocnictwo zostało odwołane. "
    "Jeśli to pomyłka, skontaktuj się z osobą, która Cię upoważniła.",
    "proxy_given_up": "Wylogowano: nie masz już żadnego pełnomocnictwa.",
    "access_changed": f"Wylogowano, ponieważ zmieniły się uprawnienia. {_AGAIN}",
    "ended_elsewhere": f"Tę sesję zakończono na innym urządzeniu. {_AGAIN}",
}
# Where signing in again would not help.
_BARRED_WORDS = {
    "locked": "Wylogowano, ponieważ konto zostało zablokowane.",
    "closed": "Wylogowano, ponieważ konto zostało zamknięte.",
}
_WAYS_OUT: dict[tuple[str, str], str] = {
    (Realm.TENANT, "locked"): "Odzyskaj dostęp albo zadzwoń do swojego Rejonu Obsługi Najemców.",
    (Realm.TENANT, "closed"): "Jeśli to pomyłka, zadzwoń do swojego Rejonu Obsługi Najemców.",
    (Realm.STAFF, "locked"): "Poproś administratora systemu o odblokowanie.",
    (Realm.STAFF, "closed"): "Jeśli to pomyłka, zwróć się do administratora systemu.",
}


def key_of(raw_id: str) -> str:
    """The key under which the database knows the id in a cookie: SHA-256, hexadecimal."""
    return hashlib.sha256(raw_id.encode()).hexdigest()


def start_session(
    session: Session,
    *,
    realm: Realm,
    subject_id: int,
    device: str,
    network: str,
    restricted: bool = False,
    second_factor: bool = False,
) -> str:
    """Start a session of the subject and return its raw id (256 random bits), which is kept nowhere here.

    A restricted one may only pass the gates until `lift_restriction`; `second_factor` says that one was given already.
    """
    raw_id = secrets.token_urlsafe(32)
    at = now()
    session.add(
        PortalSession(
            key_hash=key_of(raw_id),
            realm=realm,
            subject_id=subject_id,
            started_at=at,
            seen_at=at,
            expires_at=at + ABSOLUTE_LIMIT,
            restricted=restricted,
            second_factor_at=at if second_factor else None,
            device=device[:200],
            network=network[:45],
        )
    )
    session.flush()
    return raw_id


def live_session(session: Session, *, realm: Realm, key: str) -> PortalSession | None:
    """The session with this key when it is live in this realm, else None."""
    at = now()
    own = PortalSession.key_hash == key, PortalSession.realm == realm
    return session.scalar(select(PortalSession).where(*own, *lives_at(at, at - IDLE_LIMIT)))


def knows_session(session: Session, *, realm: Realm, key: str) -> bool:
    """Whether there is or was a session with this key in this realm."""
    known = select(PortalSession.id).where(PortalSession.key_hash == key, PortalSession.realm == realm)
    return session.scalar(known) is not None


def why_ended(session: Session, *, key: str) -> str | None:
    """Why the session with this key is over and what to do next, in Polish; None for one that lives or never was."""
    at = now()
    row = session.scalar(select(PortalSession).where(PortalSession.key_hash == key))
    if row is None:
        return None
    if row.ended_at is not None:
        reason = row.end_reason or ""
        if reason in _BARRED_WORDS:
            return f"{_BARRED_WORDS[reason]} {_WAYS_OUT[row.realm, reason]}"
        return _END_WORDS.get(reason, f"Sesja została zakończona. {_AGAIN}")
    if row.expires_at <= at:
        return f"Wylogowano po 8 godzinach od zalogowania. {_AGAIN}"
    if row.seen_at <= at - IDLE_LIMIT:
        return f"Wylogowano po 15 minutach bezczynności. {_AGAIN}"
    return None


def activity_due(seen_at: datetime) -> bool:
    """Whether the last written activity is old enough for a new one to be written."""
    return now() - seen_at >= SEEN_EVERY


def note_activity(session: Session, *, key: str) -> bool:
    """Write that the session is in use now; False when it has meanwhile ended, which no activity undoes."""
    at = now()
    changed = changed_rows(
        session,
        update(PortalSession).where(PortalSession.key_hash == key, *lives_at(at, at - IDLE_LIMIT)).values(seen_at=at),
    )
    return changed == 1


def end_session(session: Session, *, key: str, reason: str) -> bool:
    """End one session at once and for good; False when it had ended already."""
    changed = changed_rows(
        session,
        update(PortalSession)
        .where(PortalSession.key_hash == key, PortalSession.ended_at.is_(None))
        .values(ended_at=now(), end_reason=reason),
    )
    return changed == 1


def end_sessions(session: Session, *, realm: Realm, subject_id: int, reason: str, but: str | None = None) -> int:
    """End every session of a subject (password, lock, roles changed) but the one with the key `but`; how many ended."""
    return changed_rows(
        session,
        update(PortalSession)
        .where(
            PortalSession.realm == realm,
            PortalSession.subject_id == subject_id,
            PortalSession.ended_at.is_(None),
            PortalSession.key_hash != (but or ""),
        )
        .values(ended_at=now(), end_reason=reason),
    )


def act_by(session: Session, *, key: str, grant_id: int | None) -> None:
    """From now on this session acts by a grant, which the caller has looked at, or with None for its own account."""
    session.execute(update(PortalSession).where(PortalSession.key_hash == key).values(proxy_grant_id=grant_id))


def lift_restriction(session: Session, *, key: str) -> None:
    """The gates are passed: this session may do all from now on."""
    session.execute(update(PortalSession).where(PortalSession.key_hash == key).values(restricted=False))


def restrict_all(session: Session, *, realm: Realm) -> int:
    """Put every session that is not over before the gates again (new terms); returns how many."""
    return changed_rows(
        session,
        update(PortalSession)
        .where(PortalSession.realm == realm, PortalSession.ended_at.is_(None))
        .values(restricted=True),
    )
