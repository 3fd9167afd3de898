"""Attempts to sign in: counted in the database before the password is looked at, so that parallel guesses gain nothing.

Five wrong ones close the identifier for 15 minutes, ten within 24 hours until recovery; a right one starts the count
anew. One network has a limit of its own in each realm, against one password tried on many identifiers; without a known
network (requests from the server itself) there is none, for it would be one for all. Identifiers that do not exist are
counted exactly like those that do.
"""

import hashlib
import ipaddress
import itertools
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, bindparam, func, select, update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.accounts.models import Outcome, SignInAttempt
from core.clock import now
from core.db import changed_rows
from core.errors import DomainError

SHORT_LOCK_AFTER = 5
SHORT_LOCK = timedelta(minutes=15)
LONG_LOCK_AFTER = 10
LONG_LOCK_WINDOW = timedelta(hours=24)
WRONG = (Outcome.RESERVED, Outcome.WRONG)
LONGEST_LOGIN = 60
NETWORK_LIMIT = 50  # wrong ones in SHORT_LOCK; an office or a library behind one address stays below it


_WAYS_OUT = {
    Realm.TENANT: (
        "Poczekaj i spróbuj ponownie albo odzyskaj dostęp hasłem pierwotnym z wiadomości e-mail.",
        "Odzyskaj dostęp hasłem pierwotnym z wiadomości e-mail albo zadzwoń do swojego Rejonu Obsługi Najemców.",
    ),
    Realm.STAFF: (
        "Poczekaj i spróbuj ponownie albo poproś administratora systemu o odblokowanie.",
        "Poproś administratora systemu o odblokowanie.",
    ),
}


class TooManyAttemptsError(DomainError):
    """No attempt is left for now, for the identifier or the network; the same text for accounts that do not exist."""


def _of_network() -> TooManyAttemptsError:
    return TooManyAttemptsError("Zbyt wiele nieudanych prób logowania z tej sieci. Spróbuj ponownie za 15 minut.")


def _of_identifier(realm: Realm, wrong: int) -> TooManyAttemptsError:
    wait, ask = _WAYS_OUT[realm]
    if wrong >= LONG_LOCK_AFTER:
        return TooManyAttemptsError(
            f"Dziesięć razy w ciągu doby podano nieprawidłowe hasło, dlatego logowanie jest zablokowane. {ask}"
        )
    return TooManyAttemptsError(
        f"Pięć razy podano nieprawidłowe hasło, dlatego logowanie jest wstrzymane na 15 minut. {wait}"
    )


def network_of(address: str | None) -> str:
    """The network an address counts for: an IPv4 address itself, the /64 of an IPv6 one, empty when unknown."""
    try:
        parsed = ipaddress.ip_address(address or "")
        # A dual-stack server sees every IPv4 client inside one IPv6 network.
        parsed = (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def reserve_attempt(session: Session, *, realm: Realm, login: str, network: str) -> int:
    """Take one attempt, which counts as wrong until it is decided; returns its id.

    The caller commits before verifying the password. Raises TooManyAttemptsError when none is left.
    """
    login_hash = login_key(realm, login)
    _one_at_a_time(session, network=f"network:{realm}:{network}", login=f"login:{login_hash}")
    if _wrong_of_network(session, realm, network) >= NETWORK_LIMIT:
        raise _of_network()
    wrong = _wrong_times(session, realm, login_hash)
    if _closed_until(wrong) is not None:
        raise _of_identifier(realm, len(wrong))
    attempt = SignInAttempt(realm=realm, login_hash=login_hash, network=network, at=now(), outcome=Outcome.RESERVED)
    session.add(attempt)
    session.flush()
    return attempt.id


def decide_attempt(session: Session, *, attempt_id: int, right: bool) -> None:
    """Write what came of a reserved attempt; deciding it twice is a bug."""
    decided = changed_rows(
        session,
        update(SignInAttempt)
        .where(SignInAttempt.id == attempt_id, SignInAttempt.outcome == Outcome.RESERVED)
        .values(outcome=Outcome.RIGHT if right else Outcome.WRONG),
    )
    if decided != 1:
        raise RuntimeError(f"attempt {attempt_id} was decided already")


def note_right_attempt(session: Session, *, realm: Realm, login: str, network: str) -> None:
    """Keep that somebody signed in without a password of ours, for their history."""
    attempt = SignInAttempt(
        realm=realm, login_hash=login_key(realm, login), network=network[:45], at=now(), outcome=Outcome.RIGHT
    )
    session.add(attempt)
    session.flush()


def clear_attempts(session: Session, *, realm: Realm, login: str) -> None:
    """Start the count of an identifier anew: somebody who may has unlocked it. The attempts stay on record."""
    cleared = SignInAttempt(
        realm=realm, login_hash=login_key(realm, login), network="", at=now(), outcome=Outcome.CLEARED
    )
    session.add(cleared)
    session.flush()


def wrong_in_a_day(session: Session, *, realm: Realm, login: str) -> int:
    """Wrong attempts on an identifier within 24 hours and since the last right one, at most LONG_LOCK_AFTER."""
    return len(_wrong_times(session, realm, login_key(realm, login)))


def closed_until(session: Session, *, realm: Realm, login: str) -> datetime | None:
    """Until when wrong attempts keep an identifier from being tried; None when it may be. An account's lock is another."""
    return _closed_until(_wrong_times(session, realm, login_key(realm, login)))


def normal_login(login: str) -> str:
    """An identifier as it is stored: no white space around it, lower-case."""
    # No login is longer than its column, and none holds a NUL, which PostgreSQL would refuse as a text.
    return login[:LONGEST_LOGIN].replace("\0", "").strip().lower()


def login_key(realm: Realm, login: str) -> str:
    """What an identifier is counted under."""
    return hashlib.sha256(f"{realm}:{login}".encode()).hexdigest()


# One round trip for both, and built once. The list is worked off in its order: always network before identifier, so
# that two reservations never wait for each other.
_LOCKS = select(
    func.pg_advisory_xact_lock(bindparam("network", type_=BigInteger)),
    func.pg_advisory_xact_lock(bindparam("login", type_=BigInteger)),
)


def _one_at_a_time(session: Session, **keys: str) -> None:
    # SQLite has one writer anyway (BEGIN IMMEDIATE). On PostgreSQL the count and the insert need a lock.
    if session.get_bind().dialect.name != "postgresql":
        return
    session.execute(_LOCKS, {name: _lock_number(key) for name, key in keys.items()})


def _lock_number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)


# Built once, for every sign-in asks both.
_WRONG_OF_NETWORK = (
    select(func.count())
    .select_from(SignInAttempt)
    .where(
        SignInAttempt.realm == bindparam("realm"),
        SignInAttempt.network == bindparam("network"),
        SignInAttempt.at > bindparam("since"),
        SignInAttempt.outcome.in_(WRONG),
    )
)
# No more than the highest count that matters, however often somebody signs in.
_LAST_ATTEMPTS = (
    select(SignInAttempt.at, SignInAttempt.outcome)
    .where(
        SignInAttempt.realm == bindparam("realm"),
        SignInAttempt.login_hash == bindparam("login_hash"),
        SignInAttempt.at > bindparam("since"),
    )
    .order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
    .limit(LONG_LOCK_AFTER)
)


def _wrong_of_network(session: Session, realm: Realm, network: str) -> int:
    if not network:
        return 0
    asked = {"realm": realm, "network": network, "since": now() - SHORT_LOCK}
    return session.scalar(_WRONG_OF_NETWORK, asked) or 0


def _wrong_times(session: Session, realm: Realm, login_hash: str) -> list[datetime]:
    """When the wrong attempts since the last right one were, the newest first, at most LONG_LOCK_AFTER."""
    asked = {"realm": realm, "login_hash": login_hash, "since": now() - LONG_LOCK_WINDOW}
    last_first = session.execute(_LAST_ATTEMPTS, asked)
    return [at for at, _ in itertools.takewhile(lambda attempt: attempt[1] in WRONG, last_first)]


def _closed_until(wrong: list[datetime]) -> datetime | None:
    """Until when these wrong attempts, the newest first, close an identifier; None when it is open."""
    if len(wrong) >= LONG_LOCK_AFTER:
        return wrong[LONG_LOCK_AFTER - 1] + LONG_LOCK_WINDOW
    if len(wrong) == SHORT_LOCK_AFTER and now() - wrong[0] < SHORT_LOCK:
        return wrong[0] + SHORT_LOCK
    return None
