"""Accounts made by hand: from the console, by the demo city, by tests."""

import re
import secrets
from collections.abc import Collection

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import Role
from core.access.sessions import end_sessions
from core.accounts.attempts import normal_login
from core.accounts.models import AccountState, Employee, EmployeeDistrict, EmployeeRole, PortalAccount
from core.accounts.own_passwords import write_password
from core.accounts.passwords import check_new_password, hash_password
from core.clock import now
from core.errors import InvalidInputError, NotFoundError
from core.registry.models import PropertyAdministrator, ServiceDistrict, Tenant

EMAIL = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
LOGIN_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else: no i l o 0 1
LOGIN_LENGTH = 8
LOGIN_LONGEST = 40
NAME_LONGEST = 120


def create_portal_account(
    session: Session, *, tenant_no: str, login: str | None = None, password: str, email: str | None = None
) -> PortalAccount:
    """Give a tenant an account with an own password; without `login` a random identifier is made.

    Raises NotFoundError for an unknown tenant number and InvalidInputError for a refused login, password or e-mail address,
    or when the tenant has an account already.
    """
    if email is not None and not re.fullmatch(EMAIL, email):
        raise InvalidInputError("Adres e-mail wygląda jak anna@przyklad.pl.", field="email")
    tenant_id = session.scalar(select(Tenant.id).where(Tenant.tenant_no == tenant_no))
    if tenant_id is None:
        raise NotFoundError(f"Nie ma najemcy o numerze {tenant_no}.")
    if login is not None:
        login = _free_login(session, Realm.TENANT, login)
    check_new_password(password, realm=Realm.TENANT, login=login or "")
    account = open_account(session, tenant_id=tenant_id, email=email, login=login)
    write_password(session, account_id=account.id, hashed=hash_password(password))
    session.refresh(account)
    return account


def open_account(session: Session, *, tenant_id: int, email: str | None, login: str | None = None) -> PortalAccount:
    """Open an account that has no password yet, under a random identifier unless one is given.

    Raises InvalidInputError when the tenant has an account that is not closed.
    """
    has_one = select(Tenant.tenant_no).where(
        Tenant.id == tenant_id,
        exists().where(PortalAccount.tenant_id == Tenant.id, PortalAccount.state != AccountState.CLOSED),
    )
    if (tenant_no := session.scalar(has_one)) is not None:
        raise InvalidInputError(f"Najemca {tenant_no} ma już konto.", field="tenant")
    account = PortalAccount(
        tenant_id=tenant_id,
        login=login or _random_login(session),
        email=email,
        state=AccountState.ACTIVE,
        created_at=now(),
    )
    session.add(account)
    session.flush()
    return account


def open_proxy_account(session: Session, *, name: str, email: str) -> PortalAccount:
    """Open an account for a proxy who is not a tenant; it has no password yet and reaches only what was granted to it."""
    account = PortalAccount(
        tenant_id=None,
        person_name=name,
        login=_random_login(session),
        email=email,
        state=AccountState.ACTIVE,
        created_at=now(),
    )
    session.add(account)
    session.flush()
    return account


def create_employee(
    session: Session,
    *,
    login: str,
    name: str,
    password: str,
    roles: Collection[Role],
    district_codes: Collection[str] = (),
    administrator: str | None = None,
) -> Employee:
    """Make a user of the staff dashboard; without districts the employee works for all of them.

    `administrator` names the property administrator whom an employee with that role stands for. Raises InvalidInputError
    for a refused login, name, password or set of roles, NotFoundError for an unknown district code or administrator.
    """
    login = _free_login(session, Realm.STAFF, login)
    name = checked_name(name)
    check_new_password(password, realm=Realm.STAFF, login=login)
    employee = Employee(
        login=login,
        name=name,
        password_hash=hash_password(password),
        state=AccountState.ACTIVE,
        created_at=now(),
    )
    session.add(employee)
    session.flush()
    _write_access(session, employee.id, roles, district_codes, administrator)
    return employee


def checked_name(name: str) -> str:
    """A name as it is stored: one line, not empty, not longer than its column. Raises InvalidInputError."""
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > NAME_LONGEST:
        raise InvalidInputError(f"Podaj imię i nazwisko pracownika, najwyżej {NAME_LONGEST} znaków.", field="name")
    return name


def change_access(
    session: Session,
    *,
    login: str,
    roles: Collection[Role],
    district_codes: Collection[str] = (),
    administrator: str | None = None,
) -> None:
    """Replace an employee's roles, districts and property administrator, and end the sessions opened under the old ones.

    Raises NotFoundError for an unknown employee, district code or administrator, InvalidInputError for a refused set of
    roles.
    """
    employee_id = session.scalar(select(Employee.id).where(Employee.login == normal_login(login)))
    if employee_id is None:
        raise NotFoundError(f"Nie ma pracownika o identyfikatorze {login}.")
    session.execute(delete(EmployeeRole).where(EmployeeRole.employee_id == employee_id))
    session.execute(delete(EmployeeDistrict).where(EmployeeDistrict.employee_id == employee_id))
    _write_access(session, employee_id, roles, district_codes, administrator)
    end_sessions(session, realm=Realm.STAFF, subject_id=employee_id, reason="access_changed")


def _write_access(
    session: Session,
    employee_id: int,
    roles: Collection[Role],
    district_codes: Collection[str],
    administrator: str | None,
) -> None:
    if not roles:
        raise InvalidInputError("Podaj co najmniej jedną rolę.", field="roles")
    codes = set(district_codes)
    known = dict(
        session.execute(select(ServiceDistrict.code, ServiceDistrict.id).where(ServiceDistrict.code.in_(codes))).all()
    )
    if unknown := sorted(codes - known.keys()):
        raise NotFoundError(f"Nie ma rejonu o kodzie {unknown[0]}.")
    session.add_all(EmployeeRole(employee_id=employee_id, role=role) for role in sorted(set(roles)))
    session.add_all(EmployeeDistrict(employee_id=employee_id, district_id=known[code]) for code in sorted(codes))
    stands_for = _administrator_id(session, roles, administrator)
    session.execute(update(Employee).where(Employee.id == employee_id).values(property_administrator_id=stands_for))
    session.flush()


def _administrator_id(session: Session, roles: Collection[Role], name: str | None) -> int | None:
    if name is None:
        return None
    if Role.ADMINISTRATOR not in roles:
        raise InvalidInputError(
            "Tylko ktoś z rolą administratora nieruchomości może go zastępować.", field="administrator"
        )
    found = session.scalar(select(PropertyAdministrator.id).where(PropertyAdministrator.name == name))
    if found is None:
        raise NotFoundError(f"Nie ma administratora nieruchomości: {name}.")
    return found


def _random_login(session: Session) -> str:
    while True:
        login = "".join(secrets.choice(LOGIN_ALPHABET) for _ in range(LOGIN_LENGTH))
        if session.scalar(select(PortalAccount.id).where(PortalAccount.login == login)) is None:
            return login


def _free_login(session: Session, realm: Realm, login: str) -> str:
    login = normal_login(login)
    if not login or len(login) > LOGIN_LONGEST or not login.isascii() or len(login.split()) != 1:
        raise InvalidInputError(
            f"Identyfikator to od 1 do {LOGIN_LONGEST} liter, cyfr lub znaków, bez spacji i polskich liter.",
            field="login",
        )
    model = PortalAccount if realm is Realm.TENANT else Employee
    if session.scalar(select(model.id).where(model.login == login)) is not None:
        raise InvalidInputError(f"Identyfikator {login} jest już zajęty.", field="login")
    return login
