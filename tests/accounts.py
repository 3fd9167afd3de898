"""Real accounts for tests that sign in; passwords that follow the rules."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import Role
from core.accounts import passwords
from core.accounts.creating import create_employee, create_portal_account
from core.accounts.models import Employee, PortalAccount
from core.accounts.sign_in import redeem, sign_in
from core.db import transaction
from tests.cast import make_tenant

TENANT_PASSWORD = "Zielona7Brama"
EMPLOYEE_PASSWORD = "trzy kotki na dachu"


class CountingHasher:
    """Counts what costs time; everything else goes to the real one."""

    def __init__(self) -> None:
        self.real = passwords.hasher
        self.verified: list[str] = []

    def hash(self, password: str) -> str:
        return self.real.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        self.verified.append(stored)
        return self.real.verify(stored, password)


@contextmanager
def counted() -> Iterator[CountingHasher]:
    """Count verifications inside the block."""
    passwords.verify_password(None, "")  # the stand-in hash is made once a process, outside of the count
    with pytest.MonkeyPatch.context() as patch:
        counting = CountingHasher()
        patch.setattr(passwords, "hasher", counting)
        yield counting


def make_account(session: Session, *, login: str = "anna", name: str = "Anna Kowalska") -> PortalAccount:
    tenant = make_tenant(session, name)
    return create_portal_account(session, tenant_no=tenant.tenant_no, login=login, password=TENANT_PASSWORD)


def make_employee(session: Session, *roles: Role, login: str = "ewa") -> Employee:
    return create_employee(
        session, login=login, name="Ewa Urzędnik", password=EMPLOYEE_PASSWORD, roles=roles or (Role.CLERK,)
    )


def signed_in(realm: Realm = Realm.TENANT, *, login: str = "anna", password: str = TENANT_PASSWORD) -> str:
    """Sign in for real and return the raw session id."""
    ticket = sign_in(realm, login=login, password=password)
    with transaction() as session:
        return redeem(session, realm=realm, ticket=ticket)
