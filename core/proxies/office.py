"""The office grants access for a tenant who cannot (on paper they signed), sees who has it, and takes it back."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.access.models import ProxyEnd, ProxyGrant
from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.proxy_ends import end_grant, tell_tenant_of
from core.audit.events import record_by
from core.clock import today
from core.errors import NotFoundError
from core.proxies.grants import GrantForm, GrantLine, grant_lines, one_grant, write_grant
from core.registry.models import Tenancy
from core.registry.queries import UNKNOWN_TENANCY, served_by


def grant_by_office(session: Session, scope: EmployeeScope, *, form: GrantForm) -> int:
    """Invite somebody in a tenant's name; the tenant is told by mail. Its id.

    Raises NotFoundError for a tenancy out of reach, and as `given.invite_proxy`.
    """
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    tenant_id = session.scalar(
        select(Tenancy.tenant_id).where(Tenancy.id == form.tenancy_id, served_by(scope, day=today()))
    )
    if tenant_id is None:
        raise NotFoundError(UNKNOWN_TENANCY)
    grant_id = write_grant(session, form, tenant_id=tenant_id, employee_id=scope.employee_id or 0)
    tell_tenant_of(session, session.get_one(ProxyGrant, grant_id), "proxy_granted_by_office")
    record_by(
        session, scope, "proxy_invited", object_kind="proxy_grant", object_id=grant_id,
        details={"level": form.level, "until": str(form.valid_to)},
    )  # fmt: skip
    return grant_id


def proxies_of_tenant(session: Session, scope: EmployeeScope, *, tenant_id: int) -> list[GrantLine]:
    """What was granted for tenancies of a tenant in the employee's districts."""
    require_live(session, scope, Permission.SEE_TENANTS)
    return grant_lines(session, (ProxyGrant.tenant_id == tenant_id) & _served(scope))


def revoke_by_office(session: Session, scope: EmployeeScope, *, grant_id: int) -> None:
    """Take a grant or an invitation back. Raises NotFoundError for one out of reach, GrantEndedError."""
    require_live(session, scope, Permission.MANAGE_ACCOUNTS)
    grant = one_grant(session, ProxyGrant.id == grant_id, _served(scope))
    end_grant(session, grant, ProxyEnd.OFFICE)
    record_by(session, scope, "proxy_revoked", object_kind="proxy_grant", object_id=grant_id)


def _served(scope: EmployeeScope) -> ColumnElement[bool]:
    return ProxyGrant.tenancy_id.in_(select(Tenancy.id).where(served_by(scope, day=today())))
