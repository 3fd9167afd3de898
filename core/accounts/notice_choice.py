"""Which notices a tenant wants by mail too; the inbox on the home page has all of them in any case."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope, require_live
from core.accounts.models import PortalAccount
from core.audit.events import record_by
from core.notices.models import Topic


def topics_by_mail(session: Session, scope: TenantScope) -> frozenset[Topic]:
    """What the tenant has by mail; everything until they say otherwise."""
    require_live(session, scope)
    muted = session.scalar(select(PortalAccount.muted_topics).where(PortalAccount.id == scope.account_id))
    return frozenset(Topic) - muted_in(muted or "")


def has_daily_digest(session: Session, scope: TenantScope) -> bool:
    """Whether the tenant has notices in one message a day instead of one by one."""
    require_live(session, scope)
    return bool(session.scalar(select(PortalAccount.daily_digest).where(PortalAccount.id == scope.account_id)))


def choose_topics_by_mail(
    session: Session, scope: TenantScope, *, wanted: Collection[Topic], daily: bool = False
) -> None:
    """Keep the choice of topics, each at once or all of a day in one message; what waits to be sent is sent by it."""
    require_live(session, scope)
    muted = " ".join(topic for topic in Topic if topic not in wanted)
    values = {"muted_topics": muted, "daily_digest": daily}
    session.execute(update(PortalAccount).where(PortalAccount.id == scope.account_id).values(values))
    record_by(
        session, scope, "notices_chosen", object_kind="portal_account", object_id=scope.account_id,
        details={"by_mail": " ".join(topic for topic in Topic if topic in wanted), "daily": daily},
    )  # fmt: skip


def muted_in(kept: str) -> frozenset[Topic]:
    """The topics of the column; one that a later version has dropped is passed over."""
    return frozenset(topic for topic in Topic if topic in kept.split())
