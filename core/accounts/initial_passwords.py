"""The initial password (hasło pierwotne): first it signs in, later it only recovers. In clear it exists while mailed."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import AccountState, PortalAccount
from core.accounts.passwords import generate_password, hash_password
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows
from core.errors import InvalidInputError, NotFoundError
from core.outbox.sending import enqueue


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


def reissue_initial_password(session: Session, scope: EmployeeScope, *, account_id: int) -> None:
    """Mail a new initial password to the address on file; the old one is dead at once, the own one stays.

    The caller has checked that the account's tenant belongs to the employee's district. Raises NotFoundError, and
    InvalidInputError for an account without an e-mail address.
    """
    require_live(session, scope, Permission.REVIEW_REQUESTS)
    account = session.scalar(
        select(PortalAccount).where(PortalAccount.id == account_id, PortalAccount.state != AccountState.CLOSED)
    )
    if account is None:
        raise NotFoundError("Nie ma takiego konta.")
    if not account.email:
        raise InvalidInputError("To konto nie ma adresu e-mail. Najpierw uzupełnij adres.", field="email")
    account.initial_password_hash = None
    session.flush()
    send_initial_password(session, account, reason=f"reissue-{now():%Y%m%d%H%M%S%f}")
    record_by(session, scope, "initial_password_reissued", object_kind="portal_account", object_id=account.id)


def send_initial_password(session: Session, account: PortalAccount, *, reason: str) -> None:
    """Write the message with identifier and initial password; the password itself is made when it is sent."""
    enqueue(
        session,
        key=f"credentials-{account.id}-{reason}",
        template="credentials",
        recipient=account.email or "",
        parameters={"account_id": str(account.id), "login": account.login},
    )
