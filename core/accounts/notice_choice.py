"""Whether a tenant wants notices by mail too; the inbox on the home page has them in any case."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope, require_live
from core.accounts.models import PortalAccount
from core.audit.events import record_by


def wants_notices_by_mail(session: Session, scope: TenantScope) -> bool:
    """What the tenant chose; by mail until they say otherwise."""
    require_live(session, scope)
    own = PortalAccount.id == scope.account_id
    return session.scalar(select(PortalAccount.notices_by_mail).where(own)) is not False


def choose_notices_by_mail(session: Session, scope: TenantScope, *, wanted: bool) -> None:
    """Keep the choice; what waits to be sent is sent by it."""
    require_live(session, scope)
    session.execute(update(PortalAccount).where(PortalAccount.id == scope.account_id).values(notices_by_mail=wanted))
    record_by(
        session, scope, "notices_chosen", object_kind="portal_account", object_id=scope.account_id,
        details={"by_mail": wanted},
    )  # fmt: skip
