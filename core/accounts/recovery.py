"""Getting back in: identifier and initial password bring a one-time link to the address on file.

The answers are the same whether the account exists or not, and the same work is done for both.
"""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.sessions import end_sessions
from core.access.throttle import take_use
from core.accounts.attempts import clear_attempts, login_key, normal_login
from core.accounts.locking import LockReason
from core.accounts.models import AccountState, PortalAccount, RecoveryLink
from core.accounts.own_passwords import prepare_password, tell_password_changed, write_password
from core.accounts.passwords import verify_password
from core.audit.events import record
from core.audit.models import Actor
from core.clock import now
from core.db import changed_rows, reading, transaction
from core.errors import DomainError
from core.outbox.sending import enqueue

LINK_LIFE = timedelta(minutes=15)
TRIES = 5  # per identifier in TRIES_WINDOW
NETWORK_TRIES = 20
TRIES_WINDOW = timedelta(hours=1)


class LinkDeadError(DomainError):
    """The link was used, is too old, or never was one."""

    def __init__(self) -> None:
        super().__init__("Ten odnośnik już nie działa: był użyty albo minęło 15 minut. Poproś o nowy.")


def ask_for_recovery(*, login: str, initial_password: str, network: str = "") -> None:
    """Send a one-time link when identifier and initial password belong together; says nothing about it either way.

    Opens its own transactions: the try is on record before the slow hash runs in none. Raises TooManyUsesError.
    """
    login = normal_login(login)
    with transaction() as session:
        take_use(session, purpose="recovery_network", key=network, limit=NETWORK_TRIES, window=TRIES_WINDOW)
        key = login_key(Realm.TENANT, login)
        take_use(session, purpose="recovery", key=key, limit=TRIES, window=TRIES_WINDOW)
        account = session.scalar(
            select(PortalAccount).where(PortalAccount.login == login, PortalAccount.state != AccountState.CLOSED)
        )
        account_id, stored = (account.id, account.initial_password_hash) if account else (None, None)
    matches = verify_password(stored, initial_password)
    with transaction() as session:
        account = session.get(PortalAccount, account_id) if matches else None
        if account is None or account.initial_password_hash != stored or not account.recovery_email(now()):
            return
        record(
            session,
            actor=Actor.PUBLIC,
            action="recovery_asked",
            object_kind="portal_account",
            object_id=account.id,
        )
        enqueue(
            session,
            key=f"recovery-{account.id}-{now():%Y%m%d%H%M%S%f}",
            template="recovery_link",
            recipient=account.recovery_email(now()) or "",
            parameters={"account_id": str(account.id), "login": account.login},
        )


def new_recovery_link(session: Session, *, account_id: int) -> str:
    """Make the one-time token of a link, at the moment it is mailed; links made before are dead."""
    at = now()
    use_up_links(session, account_id=account_id)
    token = secrets.token_urlsafe(32)
    session.add(RecoveryLink(token_hash=_hash(token), account_id=account_id, made_at=at, expires_at=at + LINK_LIFE))
    session.flush()
    return token


def link_login(session: Session, *, token: str) -> str:
    """The identifier of the account a live link belongs to, for its screen; raises LinkDeadError."""
    link = _live_link(session, token)
    account = session.get(PortalAccount, link.account_id)
    if account is None or account.state == AccountState.CLOSED:
        raise LinkDeadError
    return account.login


def recover(*, token: str, new: str, repeated: str) -> None:
    """Set a new own password by a link: unlocks the account, ends all its sessions, mails a notice.

    Raises LinkDeadError, and InvalidInputError for a password that breaks a rule; the link then still lives.
    """
    with reading() as session:
        link_login(session, token=token)
        account_id = _live_link(session, token).account_id
    hashed = prepare_password(account_id, new=new, repeated=repeated)
    with transaction() as session:
        used = changed_rows(
            session,
            update(RecoveryLink)
            .where(
                RecoveryLink.token_hash == _hash(token),
                RecoveryLink.used_at.is_(None),
                RecoveryLink.expires_at > now(),
            )
            .values(used_at=now()),
        )
        if used != 1:
            raise LinkDeadError
        use_up_links(session, account_id=account_id)
        write_password(session, account_id=account_id, hashed=hashed)
        _open_again(session, account_id)


def use_up_links(session: Session, *, account_id: int) -> None:
    """Make every link of an account that still lives a dead one."""
    session.execute(
        update(RecoveryLink)
        .where(RecoveryLink.account_id == account_id, RecoveryLink.used_at.is_(None))
        .values(used_at=now())
    )


def _open_again(session: Session, account_id: int) -> None:
    session.execute(
        update(PortalAccount)
        .where(
            PortalAccount.id == account_id,
            PortalAccount.state == AccountState.LOCKED,
            # What the office locked, the office opens.
            func.coalesce(PortalAccount.lock_reason, "") != LockReason.OFFICE,
        )
        .values(state=AccountState.ACTIVE, locked_at=None, lock_reason=None)
    )
    account = session.get(PortalAccount, account_id, populate_existing=True)
    if account is None or account.state != AccountState.ACTIVE:
        raise LinkDeadError
    clear_attempts(session, realm=Realm.TENANT, login=account.login)
    end_sessions(session, realm=Realm.TENANT, subject_id=account_id, reason="recovered")
    record(session, actor=Actor.PUBLIC, action="access_recovered", object_kind="portal_account", object_id=account_id)
    tell_password_changed(session, account_id=account_id)


def _live_link(session: Session, token: str) -> RecoveryLink:
    link = session.scalar(
        select(RecoveryLink).where(
            RecoveryLink.token_hash == _hash(token),
            RecoveryLink.used_at.is_(None),
            RecoveryLink.expires_at > now(),
        )
    )
    if link is None:
        raise LinkDeadError
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
