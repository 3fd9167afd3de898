"""Widok najemcy: what shows a tenancy to its tenant shows it to an employee too, once it is on record that they look.

There is one function for both: it asks `require_view` and then reads, so what the employee sees is what the tenant sees.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, TenantScope, require_live
from core.audit.events import record_by
from core.audit.views import NOBODY, DataView, Purpose, note_views
from core.clock import today
from core.errors import DomainError, NotFoundError
from core.registry.models import Tenancy
from core.registry.queries import UNKNOWN_TENANCY, require_own_tenancy, served_by

# Who looks at a tenancy: its tenant or a proxy, or an employee who may do nothing here but look.
Viewer = TenantScope | EmployeeScope


class ViewNotOpenError(DomainError):
    """The employee has not opened this tenant's view today, so nothing of it is read: no look goes unrecorded."""

    def __init__(self) -> None:
        super().__init__("Ten Widok najemcy nie jest dziś otwarty. Otwórz go ponownie: każde otwarcie jest zapisywane.")


def require_view(
    session: Session, scope: Viewer, *, tenancy_id: int, permission: Permission = Permission.SEE_LEDGER
) -> None:
    """Refuse a dead session and a tenancy that is neither the tenant's own nor one whose view the employee has opened.

    Of employees it asks SEE_TENANTS and `permission`, their districts and the record of today. Raises SessionEndedError,
    NotPermittedError, NotFoundError for another's tenancy or one of another district, ViewNotOpenError.
    """
    if isinstance(scope, TenantScope):
        require_own_tenancy(session, scope, tenancy_id=tenancy_id)
        return
    require_live(session, scope, Permission.SEE_TENANTS)
    require_live(session, scope, permission)
    served = select(Tenancy.tenant_id).where(Tenancy.id == tenancy_id, served_by(scope, day=today()))
    tenant_id = session.scalar(served)
    if tenant_id is None:
        raise NotFoundError(UNKNOWN_TENANCY)
    require_open_view(session, scope, tenant_id=tenant_id)


def record_view(session: Session, scope: EmployeeScope, *, tenant_id: int) -> None:
    """Open a tenant's view: the tenant reads of it once a day, the audit log has it every time.

    The caller has asked whether the employee may.
    """
    note_views(session, scope, tenants=[tenant_id], purpose=Purpose.TENANT_VIEW)
    record_by(session, scope, "tenant_view_opened", object_kind="tenant", object_id=tenant_id)


def require_open_view(session: Session, scope: EmployeeScope, *, tenant_id: int) -> None:
    """Refuse an employee who has not opened this tenant's view today (ViewNotOpenError)."""
    noted = select(DataView.id).where(
        DataView.tenant_id == tenant_id,
        DataView.day == today(),
        DataView.employee_id == (scope.employee_id or NOBODY),
        DataView.purpose == Purpose.TENANT_VIEW,
    )
    if session.scalar(noted) is None:
        raise ViewNotOpenError
