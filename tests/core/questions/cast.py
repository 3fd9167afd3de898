"""Who asks and who answers in the tests, and short ways to do it."""

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role, TenantScope
from core.documents.attachments import Attachment
from core.questions.asking import ask_question
from core.questions.subjects import Subject
from core.registry.models import ServiceDistrict
from tests.cast import make_account, make_employee, sign_in_employee, sign_in_tenant
from tests.core.announcements.cast import Resident, resident

GENERAL = Subject()


def at_home(session: Session, name: str = "Anna", code: str = "CENTRUM") -> Resident:
    """A tenant with an account and an address for mail, signed in."""
    one = resident(session, name, code=code)
    account = make_account(session, one.tenant)
    account.email = f"{name.lower()}@example.com"
    one.scope = sign_in_tenant(session, one.tenant, account_id=account.id)
    return one


def clerk(session: Session, *districts: ServiceDistrict, role: Role = Role.CLERK) -> EmployeeScope:
    """An employee who answers questions in these districts, or in the whole city."""
    employee = make_employee(session, role, districts=districts)
    return sign_in_employee(session, role, districts=districts, employee_id=employee.id)


def ask(
    session: Session,
    scope: TenantScope,
    *,
    subject: Subject = GENERAL,
    title: str = "Klucz do suszarni",
    body: str = "Kogo poprosić o klucz?",
    attachment: Attachment | None = None,
) -> int:
    return ask_question(session, scope, subject=subject, title=title, body=body, attachment=attachment)
