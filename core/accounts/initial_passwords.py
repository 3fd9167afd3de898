"""The initial password (hasło pierwotne): first it signs in, later it only recovers. In clear it exists while mailed."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import AccountState, PortalAccount
from core.accounts.passwords import generate_password, hash_password
from core.accounts.reach import own_account
from core.accounts.recovery import use_up_links
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows
from core.errors import InvalidInputError, NotFoundError
from core.outbox.sending import enqueue, undelivered


def new_initial_password(session: Session, *, account_id: int) -> str:
    """Make an initial password, keep its hash in the place of the one before, and return it to be mailed at once.

    Every attempt of delivery makes a new one, so nothing that waits holds a secret, and the last one mailed works.
    Raises NotFoundError for an account that is closed or not there.
    """
    password = generate_password(Realm.TENANT)
    changed = changed_rows(
        session,
        update(PortalAccount)
        .where(PortalAccount.id == account_id, PortalAccount.state != AccountState.CLOSED)
        .values(initial_password_hash=hash_password(password), initial_password_at=now()),
    )
    if changed != 1:
        raise NotFoundError("Nie ma już tego konta.")
    return password


def reissue_initial_password(session: Session, scope: EmployeeScope, *, account_id: int) -> bool:
    """Mail a new initial password to the address on file; the old one is dead at once, the own one stays.

    Links that the old one brought are dead too. False when a message with a new one waits to be sent already: then
    nothing is added. Raises NotFoundError for an account out of reach, InvalidInputError for one without an e-mail address.
    """
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    account = own_account(session, scope, account_id=account_id)
    if not account.email:
        raise InvalidInputError("To konto nie ma adresu e-mail. Najpierw uzupełnij adres.", field="email")
    account.initial_password_hash = None
    use_up_links(session, account_id=account.id)
    session.flush()
    if not _send(session, account):
        return False
    record_by(session, scope, "initial_password_reissued", object_kind="portal_account", object_id=account.id)
    return True


def _send(session: Session, account: PortalAccount) -> bool:
    first = account.password_hash is None
    prefix = f"credentials-{account.id}-"
    if undelivered(session, key_prefix=prefix):
        return False
    enqueue(
        session,
        key=f"{prefix}reissue-{now():%Y%m%d%H%M%S%f}",
        # Who has an own password already is not told of a first sign-in.
        template="credentials" if first else "new_initial_password",
        recipient=account.email or "",
        parameters={"account_id": str(account.id), "login": account.login},
    )
    return True


def send_initial_password(session: Session, account: PortalAccount, *, reason: str) -> None:
    """Write the message with identifier and initial password; the password itself is made when it is sent."""
    enqueue(
        session,
        key=f"credentials-{account.id}-{reason}",
        template="credentials",
        recipient=account.email or "",
        parameters={"account_id": str(account.id), "login": account.login},
    )
