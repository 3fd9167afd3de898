"""Whose a thread is: its tenant's, and that of the offices that look after the tenant."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, TenantScope
from core.accounts.reach import tenants_of
from core.errors import NotFoundError
from core.questions.models import QuestionThread
from core.registry.models import Tenant
from core.registry.queries import owns_or_general

NO_SUCH_QUESTION = "Nie ma takiego pytania."
NO_SUCH_ATTACHMENT = "Nie ma takiego załącznika."


def require_own_thread(session: Session, scope: TenantScope, thread_id: int) -> QuestionThread:
    """The tenant's thread. Raises NotFoundError."""
    own = owns_or_general(scope, QuestionThread.tenant_id, QuestionThread.tenancy_id)
    wanted = select(QuestionThread).where(QuestionThread.id == thread_id, own)
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError(NO_SUCH_QUESTION)
    return found


def require_served_thread(session: Session, scope: EmployeeScope, thread_id: int) -> tuple[QuestionThread, Tenant]:
    """A thread of a tenant in the employee's districts, with the tenant. Raises NotFoundError."""
    served = (
        select(QuestionThread, Tenant)
        .join(Tenant, Tenant.id == QuestionThread.tenant_id)
        .where(QuestionThread.id == thread_id, tenants_of(scope))
    )
    found = session.execute(served.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFoundError(NO_SUCH_QUESTION)
    return found[0], found[1]
