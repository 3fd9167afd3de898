"""A tenant's own password: set at the first sign-in, changed later, set anew by a recovery link."""

import hmac

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel, Realm
from core.access.scopes import TenantScope, require_live
from core.access.sessions import end_sessions
from core.accounts.attempts import decide_attempt, reserve_attempt
from core.accounts.gates import Gate, lift_when_passed, require_gate, subject_of
from core.accounts.locking import tell_tenant
from core.accounts.models import PortalAccount, UsedPassword
from core.accounts.passwords import check_new_password, hash_password, verify_password
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows, reading, transaction
from core.errors import InvalidInputError, SessionEndedError

REMEMBERED = 5


def set_first_password(scope: TenantScope, *, new: str, repeated: str) -> None:
    """Replace the initial password at the first sign-in. Opens its own transactions: the slow hashes run in none.

    Raises InvalidInputError naming the broken rule, GateClosedError where it is not this gate's turn.
    """
    with reading() as session:
        require_gate(session, scope, Gate.OWN_PASSWORD)
    hashed = prepare_password(scope.account_id, new=new, repeated=repeated)
    with transaction() as session:
        require_gate(session, scope, Gate.OWN_PASSWORD)
        write_password(session, account_id=scope.account_id, hashed=hashed)
        record_by(session, scope, "first_password_set", object_kind="portal_account", object_id=scope.account_id)
        lift_when_passed(session, scope)


def change_password(scope: TenantScope, *, current: str, new: str, repeated: str, network: str = "") -> None:
    """Change the own password, knowing the current one; all other sessions of the account end.

    Wrong current passwords count like wrong sign-ins. Raises InvalidInputError, TooManyAttemptsError.
    """
    stored = confirm_password(scope, current=current, network=network)
    hashed = prepare_password(scope.account_id, new=new, repeated=repeated)
    with transaction() as session:
        require_live(session, scope, proxy=ProxyLevel.SEE)
        write_password(session, account_id=scope.account_id, hashed=hashed, instead_of=stored)
        end_sessions(
            session,
            realm=Realm.TENANT,
            subject_id=scope.account_id,
            reason="password_changed",
            but=scope.session_key,
        )
        record_by(session, scope, "password_changed", object_kind="portal_account", object_id=scope.account_id)
        tell_password_changed(session, account_id=scope.account_id)


def confirm_password(scope: TenantScope, *, current: str, network: str = "") -> str | None:
    """Ask for the own password before something that matters; returns its hash. Opens its own transactions.

    A wrong one counts like a wrong sign-in. Raises InvalidInputError (field `current`), TooManyAttemptsError.
    """
    with transaction() as session:
        require_live(session, scope, proxy=ProxyLevel.SEE)
        account = _account(session, scope)
        stored, login = account.password_hash, account.login
        attempt_id = reserve_attempt(session, realm=Realm.TENANT, login=login, network=network)
    right = verify_password(stored, current)
    with transaction() as session:
        decide_attempt(session, attempt_id=attempt_id, right=right)
    if not right:
        raise InvalidInputError("Podane hasło się nie zgadza. Wpisz je jeszcze raz.", field="current")
    return stored


def prepare_password(account_id: int, *, new: str, repeated: str) -> str:
    """Check a new own password by all rules and return its hash; slow, hence outside of any transaction.

    Raises InvalidInputError: a rule of `check_new_password` is broken, the repetition differs, or it was used before.
    """
    with reading() as session:
        account = session.get(PortalAccount, account_id)
        if account is None:
            raise SessionEndedError
        login, initial = account.login, account.initial_password_hash
        used = session.scalars(
            select(UsedPassword.password_hash)
            .where(UsedPassword.account_id == account_id)
            .order_by(UsedPassword.id.desc())
            .limit(REMEMBERED)
        ).all()
    check_new_password(new, realm=Realm.TENANT, login=login)
    if not hmac.compare_digest(new.encode(), repeated.encode()):
        raise InvalidInputError("Hasła się różnią. Wpisz w obu polach to samo.", field="repeated")
    if initial and verify_password(initial, new):
        raise InvalidInputError("Nowe hasło musi być inne niż hasło pierwotne z wiadomości e-mail.", field="password")
    if any(verify_password(one, new) for one in used):
        raise InvalidInputError("To hasło było już używane. Wybierz inne niż pięć ostatnich.", field="password")
    return hash_password(new)


def write_password(session: Session, *, account_id: int, hashed: str, instead_of: str | None = None) -> None:
    """Store the hash of an own password. With `instead_of` only in the place of that one; else SessionEndedError."""
    condition = [PortalAccount.id == account_id]
    if instead_of is not None:
        condition.append(PortalAccount.password_hash == instead_of)
    at = now()
    changed = changed_rows(
        session, update(PortalAccount).where(*condition).values(password_hash=hashed, password_set_at=at)
    )
    if changed != 1:
        raise SessionEndedError
    session.add(UsedPassword(account_id=account_id, password_hash=hashed, set_at=at))
    session.flush()


def tell_password_changed(session: Session, *, account_id: int) -> None:
    """Mail the notice that the password was changed, to the address on file."""
    tell_tenant(session, account_id=account_id, template="password_changed")


def _account(session: Session, scope: TenantScope) -> PortalAccount:
    account = subject_of(session, scope)
    if not isinstance(account, PortalAccount):
        raise SessionEndedError
    return account
