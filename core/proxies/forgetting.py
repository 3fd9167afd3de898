"""What is kept of proxies no longer than it is of use: accounts that reach nobody, and who was once invited."""

from datetime import timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from core.access.models import ProxyGrant
from core.accounts.models import AccountState, PortalAccount, UsedPassword
from core.clock import now, today
from core.db import changed_rows

ACCOUNT_KEPT = timedelta(days=90)  # after the end of the last grant, so that a new one finds it
PERSON_KEPT = timedelta(days=730)  # as the audit log
FORGOTTEN = "usunięto"


def close_idle_proxy_accounts(session: Session) -> int:
    """Close accounts without a tenant that nobody has granted anything for a while; how many."""
    recent = exists().where(
        ProxyGrant.account_id == PortalAccount.id,
        ProxyGrant.valid_to >= today() - ACCOUNT_KEPT,
        ProxyGrant.ended_at.is_(None) | (ProxyGrant.ended_at > now() - ACCOUNT_KEPT),
    )
    idle = session.scalars(
        select(PortalAccount.id).where(
            PortalAccount.tenant_id.is_(None), PortalAccount.state != AccountState.CLOSED, ~recent
        )
    ).all()
    for account_id in idle:
        session.query(UsedPassword).filter_by(account_id=account_id).delete()
    values = {
        "state": AccountState.CLOSED,
        "email": None,
        "person_name": FORGOTTEN,
        "password_hash": None,
        "initial_password_hash": None,
    }
    session.execute(update(PortalAccount).where(PortalAccount.id.in_(idle)).values(values))
    return len(idle)


def forget_invited(session: Session) -> int:
    """Take the names and addresses out of grants that ended, or ran out, long ago; how many."""
    over = (ProxyGrant.valid_to < today() - PERSON_KEPT) | (ProxyGrant.ended_at < now() - PERSON_KEPT)
    kept = over & (ProxyGrant.person_name != FORGOTTEN)
    return changed_rows(session, update(ProxyGrant).where(kept).values(person_name=FORGOTTEN, email=""))
