"""Who works with the dashboard, for an administrator of users: the list, what may be given, names for the audit log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, Role, require_live
from core.accounts.models import AccountState, Employee, EmployeeDistrict, EmployeeRole
from core.registry.models import PropertyAdministrator, ServiceDistrict


@dataclass(frozen=True, slots=True)
class EmployeeLine:
    """One employee in the list."""

    employee_id: int
    login: str
    name: str
    roles: tuple[Role, ...]
    districts: tuple[str, ...]  # codes; none: the whole city
    administrator: str | None  # whom they stand for
    state: AccountState
    second_factor: bool
    first_password: bool  # handed over and not replaced yet
    provider_subject: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """What an employee may be given: codes of service districts and names of property administrators."""

    districts: tuple[str, ...]
    administrators: tuple[str, ...]


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
    rows = session.execute(
        select(Employee, PropertyAdministrator.name)
        .outerjoin(PropertyAdministrator, PropertyAdministrator.id == Employee.property_administrator_id)
        .where(Employee.state != AccountState.CLOSED)
        .order_by(Employee.name, Employee.id)
    )
    return [
        EmployeeLine(
            employee_id=row.id,
            login=row.login,
            name=row.name,
            roles=tuple(sorted(roles.get(row.id, []))),
            districts=tuple(sorted(districts.get(row.id, []))),
            administrator=administrator,
            state=AccountState(row.state),
            second_factor=row.totp_confirmed_at is not None,
            first_password=row.must_change_password,
            provider_subject=row.oidc_subject,
            created_at=row.created_at,
        )
        for row, administrator in rows
    ]


def reach_to_give(session: Session, scope: EmployeeScope) -> Reach:
    """The districts and property administrators there are."""
    require_live(session, scope, Permission.MANAGE_EMPLOYEES)
    districts = session.scalars(select(ServiceDistrict.code).order_by(ServiceDistrict.code))
    administrators = session.scalars(select(PropertyAdministrator.name).order_by(PropertyAdministrator.name))
    return Reach(tuple(districts), tuple(administrators))


def employee_logins(session: Session, scope: EmployeeScope) -> dict[int, str]:
    """Identifiers of all employees there ever were, by id: the audit log knows ids only."""
    require_live(session, scope, Permission.SEE_AUDIT)
    rows = session.execute(select(Employee.id, Employee.login)).all()
    return {row.id: row.login for row in rows}
