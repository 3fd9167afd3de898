"""A proxy who passes the first sign-in and acts."""

from sqlalchemy import select, update

from core.access.models import PortalSession, Realm
from core.access.sessions import key_of
from core.accounts.models import PortalAccount
from core.accounts.own_passwords import write_password
from core.accounts.passwords import hash_password
from core.db import transaction
from tests.accounts import TENANT_PASSWORD, signed_in


def own_password(login: str) -> str:
    """Give the account a password of its own, sign in with it, and return the session's key."""
    with transaction() as session:
        account_id = session.scalars(select(PortalAccount.id).where(PortalAccount.login == login)).one()
        write_password(session, account_id=account_id, hashed=hash_password(TENANT_PASSWORD))
    key = key_of(signed_in(Realm.TENANT, login=login))
    with transaction() as session:
        session.execute(update(PortalSession).where(PortalSession.key_hash == key).values(restricted=False))
    return key
