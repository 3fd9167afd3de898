"""For whom a signed-in person acts: themselves, or a tenant who granted it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import ProxyEnd, ProxyGrant, ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.access.sessions import act_by
from core.accounts.models import PortalAccount
from core.accounts.proxy_ends import end_grant, tell_tenant_of
from core.accounts.sign_in import grants_in_force
from core.audit.events import record_by
from core.errors import NotFoundError
from core.proxies.grants import NO_SUCH_GRANT, grant_lines, one_grant


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """Somebody for whom one may act today."""

    grant_id: int
    tenant: str
    address: str
    level: ProxyLevel
    valid_to: date


@dataclass(frozen=True, slots=True)
class Standings:
    """All for whom an account may act; `own`: also for itself, because it is a tenant's."""

    own: bool
    held: tuple[HeldGrant, ...]


def standings(session: Session, scope: TenantScope) -> Standings:
    """For whom the signed-in account may act today."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    grants = {by.grant_id: by for _, by in grants_in_force(session, account_id=scope.account_id)}
    if not grants:
        return Standings(own=True, held=())
    own = select(PortalAccount.tenant_id).where(PortalAccount.id == scope.account_id)
    lines = {one.grant_id: one for one in grant_lines(session, ProxyGrant.id.in_(grants))}
    return Standings(
        own=session.scalar(own) is not None,
        held=tuple(
            HeldGrant(number, by.tenant, lines[number].address, by.level, by.valid_to) for number, by in grants.items()
        ),
    )


def act_for(session: Session, scope: TenantScope, *, grant_id: int | None) -> None:
    """From now on act by a grant, or with None for oneself. Raises NotFoundError for a grant that is not in force."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    held = {by.grant_id for _, by in grants_in_force(session, account_id=scope.account_id)}
    if grant_id is not None and grant_id not in held:
        raise NotFoundError(NO_SUCH_GRANT)
    act_by(session, key=scope.session_key, grant_id=grant_id)


def give_up(session: Session, scope: TenantScope, *, grant_id: int) -> None:
    """End a grant that one holds; the tenant is told. Raises NotFoundError, GrantEndedError."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    grant = one_grant(session, ProxyGrant.id == grant_id, ProxyGrant.account_id == scope.account_id)
    end_grant(session, grant, ProxyEnd.GIVEN_UP)
    tell_tenant_of(session, grant, "proxy_given_up")
    record_by(session, scope, "proxy_given_up", object_kind="proxy_grant", object_id=grant_id)
