"""Which tenants and accounts an employee reaches: those with a tenancy in a building of own districts."""

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from core.access.models import ProxyGrant
from core.access.scopes import EmployeeScope
from core.accounts.models import AccountState, PortalAccount
from core.clock import today
from core.errors import NotFoundError
from core.registry.models import Tenancy, Tenant
from core.registry.queries import served_by


def tenants_of(scope: EmployeeScope) -> ColumnElement[bool]:
    """SQL condition over Tenant: has, or had, a tenancy in the employee's districts; without districts everybody."""
    if not scope.district_ids:
        return true()
    return exists().where(Tenancy.tenant_id == Tenant.id, served_by(scope, day=today()))


def served_tenant(session: Session, scope: EmployeeScope, *, tenant_id: int) -> Tenant:
    """The tenant within reach; raises NotFoundError."""
    tenant: Tenant | None = session.scalar(select(Tenant).where(Tenant.id == tenant_id, tenants_of(scope)))
    if tenant is None:
        raise NotFoundError("Nie ma takiego najemcy w Twoim rejonie.")
    return tenant


def own_account(session: Session, scope: EmployeeScope, *, account_id: int) -> PortalAccount:
    """The account within reach, as it stays until the transaction ends; raises NotFoundError, also for a closed one.

    One without a tenant is within reach of the offices that look after a tenancy it has, or had, access to.
    """
    account = session.scalar(
        select(PortalAccount)
        .outerjoin(Tenant, Tenant.id == PortalAccount.tenant_id)
        .where(PortalAccount.id == account_id, PortalAccount.state != AccountState.CLOSED)
        .where(or_(Tenant.id.is_not(None) & tenants_of(scope), _is_proxy_in_reach(scope)))
        .with_for_update(of=PortalAccount)
        .execution_options(populate_existing=True)
    )
    if account is None:
        raise NotFoundError("Nie ma takiego konta w Twoim rejonie.")
    return account


def _is_proxy_in_reach(scope: EmployeeScope) -> ColumnElement[bool]:
    served = select(Tenancy.id).where(served_by(scope, day=today()))
    granted = exists().where(ProxyGrant.account_id == PortalAccount.id, ProxyGrant.tenancy_id.in_(served))
    return PortalAccount.tenant_id.is_(None) & granted
