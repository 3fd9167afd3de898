"""A tenant grants access to a tenancy, sees who has it, and takes it back."""

from sqlalchemy.orm import Session

from core.access.models import ProxyEnd, ProxyGrant
from core.access.scopes import TenantScope, require_live
from core.accounts.own_passwords import confirm_password
from core.accounts.proxy_ends import end_grant
from core.audit.events import record_by
from core.db import reading, transaction
from core.proxies.grants import GrantForm, GrantLine, grant_lines, one_grant, write_grant
from core.registry.queries import require_own_tenancy


def invite_proxy(scope: TenantScope, *, form: GrantForm, current: str, network: str = "") -> None:
    """Invite somebody, knowing the account's password. Opens its own transactions.

    Raises NotFoundError for another's tenancy, InvalidFormError (fields `name`, `email`, `valid_to`), InvalidInputError
    (fields `current`, `email`), TooManyAttemptsError, DomainError when too many stand or were sent.
    """
    with reading() as session:
        require_live(session, scope)
        require_own_tenancy(session, scope, tenancy_id=form.tenancy_id)
    confirm_password(scope, current=current, network=network)
    with transaction() as session:
        require_live(session, scope)
        require_own_tenancy(session, scope, tenancy_id=form.tenancy_id)
        grant_id = write_grant(session, form, tenant_id=scope.tenant_id, employee_id=None)
        record_by(
            session, scope, "proxy_invited", object_kind="proxy_grant", object_id=grant_id,
            details={"level": form.level, "until": str(form.valid_to)},
        )  # fmt: skip


def given_proxies(session: Session, scope: TenantScope) -> list[GrantLine]:
    """All that the tenant has, or had, granted; also by the office for them."""
    require_live(session, scope)
    return grant_lines(session, ProxyGrant.tenant_id == scope.tenant_id)


def revoke_proxy(session: Session, scope: TenantScope, *, grant_id: int) -> None:
    """Take a grant or an invitation back; it opens nothing any more. Raises NotFoundError, GrantEndedError."""
    require_live(session, scope)
    grant = one_grant(session, ProxyGrant.id == grant_id, ProxyGrant.tenant_id == scope.tenant_id)
    end_grant(session, grant, ProxyEnd.REVOKED)
    record_by(session, scope, "proxy_revoked", object_kind="proxy_grant", object_id=grant_id)
