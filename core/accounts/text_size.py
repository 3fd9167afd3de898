"""The size of type a person reads the portal in; it goes with the account to every browser they sign in with."""

from enum import IntEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.accounts.models import PortalAccount


class TextSize(IntEnum):
    """Percent of the size that the browser is set to."""

    USUAL = 100
    LARGE = 125
    LARGEST = 150


def choose_text_size(session: Session, scope: TenantScope, *, size: TextSize) -> None:
    """Keep the size for the account of whoever is signed in, tenant or proxy."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    session.execute(update(PortalAccount).where(PortalAccount.id == scope.account_id).values(text_percent=int(size)))
