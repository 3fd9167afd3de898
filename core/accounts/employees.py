"""Employees of the dashboard, looked after by an administrator of users: made, given roles, blocked, closed."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.confirmations import mint_confirmation, use_confirmation
from core.access.models import Realm
from core.access.scopes import EmployeeScope, Permission, Role, require_live
from core.access.sessions import end_sessions
from core.accounts.creating import change_access, checked_name, create_employee
from core.accounts.locking import LockReason, lock_account, unlock_account
from core.accounts.models import AccountState, Employee, EmployeeRole
from core.accounts.passwords import generate_password, hash_password
from core.accounts.second_factor import clear_second_factor
from core.audit.events import record_by
from core.audit.models import Actor
from core.db import changed_rows
from core.errors import InvalidInputError, NotFoundError

SUBJECT_LONGEST = 255
UNKNOWN = "Nie ma takiego pracownika."


class EmployeeAction(StrEnum):
    """What is asked about before it is done to an employee's account; also the purpose of the confirmation."""

    BLOCK = "employee_block"
    CLOSE = "employee_close"
    RESET = "employee_reset"


class LastAdminError(InvalidInputError):
    """There would be nobody left to look after users."""

    def __init__(self) -> None:
        super().__init__("To ostatni administrator systemu. Najpierw nadaj tę rolę komuś innemu.", field="roles")


def add_employee(
    session: Session,
    scope: EmployeeScope,
    *,
    login: str,
    name: str,
    roles: Collection[Role],
    district_codes: Collection[str] = (),
    administrator: str | None = None,
) -> str:
    """Make an employee; returns the first password, to be handed over once and replaced at the first sign-in.

    Raises InvalidInputError and NotFoundError as `create_employee` does.
    """
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    password = generate_password(Realm.STAFF)
    made = create_employee(
        session,
        login=login,
        name=name,
        password=password,
        roles=roles,
        district_codes=district_codes,
        administrator=administrator,
    )
    made.must_change_password = True
    session.flush()
    _record(session, scope, "employee_added", made.id)
    return password


def set_access(
    session: Session,
    scope: EmployeeScope,
    *,
    employee_id: int,
    roles: Collection[Role],
    district_codes: Collection[str] = (),
    administrator: str | None = None,
) -> None:
    """Replace an employee's roles and reach; ends their sessions. Raises LastAdminError and as `change_access`."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    employee = _employee(session, employee_id)
    if Role.ADMIN not in roles:
        _keep_an_admin(session, employee_id)
    change_access(
        session, login=employee.login, roles=roles, district_codes=district_codes, administrator=administrator
    )
    _record(session, scope, "employee_access_changed", employee_id)


def rename_employee(session: Session, scope: EmployeeScope, *, employee_id: int, name: str) -> None:
    """Correct an employee's name. Raises InvalidInputError for an empty one, NotFoundError."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    name = checked_name(name)
    _change(session, employee_id, name=name)
    _record(session, scope, "employee_renamed", employee_id)


def set_provider_subject(session: Session, scope: EmployeeScope, *, employee_id: int, subject: str) -> None:
    """Say as whom the office's identity provider knows an employee; empty: they sign in with a password only.

    Raises InvalidInputError when the provider's name is somebody else's already, NotFoundError.
    """
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    subject = subject.strip()
    if len(subject) > SUBJECT_LONGEST or "\0" in subject:
        raise InvalidInputError(f"Skróć tekst do {SUBJECT_LONGEST} znaków.", field="subject")
    taken = select(Employee.id).where(Employee.oidc_subject == subject, Employee.id != employee_id)
    if subject and session.scalar(taken) is not None:
        raise InvalidInputError("Tak nazywa się już inny pracownik.", field="subject")
    _change(session, employee_id, oidc_subject=subject or None)
    _record(session, scope, "employee_provider_subject_changed", employee_id)


def mint_for(session: Session, scope: EmployeeScope, *, employee_id: int, action: EmployeeAction) -> str:
    """The token of a question to be answered: `block_employee`, `close_employee` and `reset_sign_in` take it once."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    _employee(session, employee_id)
    return mint_confirmation(session, scope, purpose=action, object_id=employee_id)


def block_employee(session: Session, scope: EmployeeScope, *, employee_id: int, token: str) -> None:
    """Lock an employee out at once. Raises LastAdminError, NotFoundError, and InvalidInputError when it is done already."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    _confirmed(session, scope, EmployeeAction.BLOCK, employee_id, token)
    _keep_an_admin(session, employee_id)
    blocked = lock_account(
        session,
        realm=Realm.STAFF,
        subject_id=employee_id,
        reason=LockReason.OFFICE,
        actor=_actor(scope),
        actor_id=scope.employee_id,
    )
    if not blocked:
        raise InvalidInputError("Ten pracownik jest już zablokowany.")


def unblock_employee(session: Session, scope: EmployeeScope, *, employee_id: int) -> None:
    """Let a blocked or locked employee in again."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    login = _employee(session, employee_id).login
    unlock_account(session, realm=Realm.STAFF, login=login, actor=_actor(scope), actor_id=scope.employee_id)


def close_employee(session: Session, scope: EmployeeScope, *, employee_id: int, token: str) -> None:
    """Close the account of somebody who left, for good: it never signs in again and its identifier stays taken.

    Raises LastAdminError, NotFoundError.
    """
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    _confirmed(session, scope, EmployeeAction.CLOSE, employee_id, token)
    _keep_an_admin(session, employee_id)
    _change(session, employee_id, state=AccountState.CLOSED, oidc_subject=None)
    clear_second_factor(session, employee_id=employee_id)
    end_sessions(session, realm=Realm.STAFF, subject_id=employee_id, reason="closed")
    _record(session, scope, "employee_closed", employee_id)


def reset_sign_in(session: Session, scope: EmployeeScope, *, employee_id: int, token: str) -> str:
    """Give an employee a new first password and forget their second factor; returns the password, to be shown once.

    Raises InvalidInputError for one's own account, NotFoundError.
    """
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    if employee_id == scope.employee_id:
        raise InvalidInputError("Własne hasło i telefon zmienisz na stronie Moje konto.")
    _confirmed(session, scope, EmployeeAction.RESET, employee_id, token)
    password = generate_password(Realm.STAFF)
    _change(session, employee_id, password_hash=hash_password(password), must_change_password=True)
    clear_second_factor(session, employee_id=employee_id)
    end_sessions(session, realm=Realm.STAFF, subject_id=employee_id, reason="reset")
    _record(session, scope, "employee_sign_in_reset", employee_id)
    return password


def _employee(session: Session, employee_id: int) -> Employee:
    employee = session.get(Employee, employee_id)
    if employee is None or employee.state == AccountState.CLOSED:
        raise NotFoundError(UNKNOWN)
    return employee


def _confirmed(session: Session, scope: EmployeeScope, action: EmployeeAction, employee_id: int, token: str) -> None:
    use_confirmation(session, scope, purpose=action, object_id=employee_id, token=token)
    _employee(session, employee_id)


def _change(session: Session, employee_id: int, **values: object) -> None:
    open_one = Employee.id == employee_id, Employee.state != AccountState.CLOSED
    if changed_rows(session, update(Employee).where(*open_one).values(**values)) != 1:
        raise NotFoundError(UNKNOWN)


def _keep_an_admin(session: Session, employee_id: int) -> None:
    """Refuse to take the last active administrator of users away. Rows are locked: two cannot remove each other."""
    admins = session.scalars(
        select(Employee.id)
        .join(EmployeeRole, EmployeeRole.employee_id == Employee.id)
        .where(EmployeeRole.role == Role.ADMIN, Employee.state == AccountState.ACTIVE)
        .order_by(Employee.id)
        .with_for_update(of=Employee)
    ).all()
    if admins == [employee_id]:
        raise LastAdminError


def _actor(scope: EmployeeScope) -> Actor:
    return Actor.CONSOLE if scope.session_key is None else Actor.STAFF


def _record(session: Session, scope: EmployeeScope, action: str, employee_id: int) -> None:
    record_by(session, scope, action, object_kind="employee", object_id=employee_id)
