"""Employees of the dashboard, looked after by an administrator of users: made, blocked, given roles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import EmployeeScope, Permission, Role, require_live
from core.access.sessions import end_sessions
from core.accounts.creating import change_access, create_employee
from core.accounts.locking import LockReason, lock_account, unlock_account
from core.accounts.models import AccountState, Employee, EmployeeDistrict, EmployeeRole
from core.accounts.passwords import generate_password, hash_password
from core.accounts.second_factor import clear_second_factor
from core.audit.events import record_by
from core.audit.models import Actor
from core.errors import InvalidInputError, NotFoundError
from core.registry.models import ServiceDistrict


@dataclass(frozen=True, slots=True)
class EmployeeLine:
    """One employee in the list."""

    employee_id: int
    login: str
    name: str
    roles: tuple[Role, ...]
    districts: tuple[str, ...]  # codes; none: the whole city
    state: AccountState
    second_factor: bool
    created_at: datetime


class LastAdminError(InvalidInputError):
    """There would be nobody left to look after users."""

    def __init__(self) -> None:
        super().__init__("To ostatni administrator użytkowników. Najpierw nadaj tę rolę komuś innemu.", field="roles")


def employees(session: Session, scope: EmployeeScope) -> list[EmployeeLine]:
    """All employees that are not closed, by name."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    roles: dict[int, list[Role]] = {}
    for employee_id, role in session.execute(select(EmployeeRole.employee_id, EmployeeRole.role)):
        roles.setdefault(employee_id, []).append(Role(role))
    districts: dict[int, list[str]] = {}
    pairs = select(EmployeeDistrict.employee_id, ServiceDistrict.code).join(
        ServiceDistrict, ServiceDistrict.id == EmployeeDistrict.district_id
    )
    for employee_id, code in session.execute(pairs):
        districts.setdefault(employee_id, []).append(code)
    rows = session.scalars(
        select(Employee).where(Employee.state != AccountState.CLOSED).order_by(Employee.name, Employee.id)
    )
    return [
        EmployeeLine(
            row.id,
            row.login,
            row.name,
            tuple(sorted(roles.get(row.id, []))),
            tuple(sorted(districts.get(row.id, []))),
            AccountState(row.state),
            row.totp_confirmed_at is not None,
            row.created_at,
        )
        for row in rows
    ]


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


def block_employee(session: Session, scope: EmployeeScope, *, employee_id: int) -> None:
    """Lock an employee out at once. Raises LastAdminError, NotFoundError, and InvalidInputError when it is done already."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    _employee(session, employee_id)
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


def reset_sign_in(session: Session, scope: EmployeeScope, *, employee_id: int) -> str:
    """Give an employee a new first password and forget their second factor; returns the password, to be shown once."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    _employee(session, employee_id)
    password = generate_password(Realm.STAFF)
    session.execute(
        update(Employee)
        .where(Employee.id == employee_id)
        .values(password_hash=hash_password(password), must_change_password=True)
    )
    clear_second_factor(session, employee_id=employee_id)
    end_sessions(session, realm=Realm.STAFF, subject_id=employee_id, reason="reset")
    _record(session, scope, "employee_sign_in_reset", employee_id)
    return password


def _employee(session: Session, employee_id: int) -> Employee:
    employee = session.get(Employee, employee_id)
    if employee is None or employee.state == AccountState.CLOSED:
        raise NotFoundError("Nie ma takiego pracownika.")
    return employee


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
