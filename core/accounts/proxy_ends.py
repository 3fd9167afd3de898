"""The end of a proxy's grant: at once, told by mail, and whoever has nobody left to act for is signed out."""

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from core.access.models import ProxyEnd, ProxyGrant, Realm
from core.access.sessions import end_sessions
from core.accounts.models import AccountState, PortalAccount
from core.accounts.sign_in import grants_in_force
from core.clock import now
from core.db import changed_rows
from core.errors import DomainError
from core.outbox.sending import enqueue
from core.registry.models import Tenant


class GrantEndedError(DomainError):
    """It ended already."""

    def __init__(self) -> None:
        super().__init__("To pełnomocnictwo jest już zakończone.")


def end_grant(session: Session, grant: ProxyGrant, reason: ProxyEnd) -> None:
    """End a grant at once; who has nobody left to act for is signed out. Raises GrantEndedError."""
    values = {"ended_at": now(), "end_reason": reason, "token_hash": None}
    still = (ProxyGrant.id == grant.id) & ProxyGrant.ended_at.is_(None)
    if changed_rows(session, update(ProxyGrant).where(still).values(values)) != 1:
        raise GrantEndedError
    account = session.get(PortalAccount, grant.account_id) if grant.account_id else None
    if account is None:
        return
    if account.tenant_id is None and not grants_in_force(session, account_id=account.id):
        why = "proxy_given_up" if reason is ProxyEnd.GIVEN_UP else "proxy_ended"
        end_sessions(session, realm=Realm.TENANT, subject_id=account.id, reason=why)
    if account.email and reason is not ProxyEnd.GIVEN_UP:
        key = f"proxy-ended-{grant.id}"
        enqueue(session, key=key, template="proxy_ended", recipient=account.email, parameters={"login": account.login})


def tell_tenant_of(session: Session, grant: ProxyGrant, template: str) -> None:
    """Mail the tenant, where an account has an address, that a grant was made, accepted or given up."""
    account = session.scalars(
        select(PortalAccount).where(
            PortalAccount.tenant_id == grant.tenant_id, PortalAccount.state != AccountState.CLOSED
        )
    ).first()
    if account is not None and account.email:
        person = grant.person_name
        if (taken := _account_name(session, grant)) not in (None, person):
            person = f"{person} (konto: {taken})"
        enqueue(
            session,
            key=f"{template}-{grant.id}",
            template=template,
            recipient=account.email,
            parameters={"person": person},
        )


def _account_name(session: Session, grant: ProxyGrant) -> str | None:
    """Whose account a grant went to."""
    return session.scalar(
        select(func.coalesce(Tenant.name, PortalAccount.person_name))
        .select_from(ProxyGrant)
        .join(PortalAccount, PortalAccount.id == ProxyGrant.account_id)
        .outerjoin(Tenant, Tenant.id == PortalAccount.tenant_id)
        .where(ProxyGrant.id == grant.id)
    )


def end_grants_of(session: Session, account: PortalAccount) -> None:
    """End what was granted from a tenant's account, and what it holds: the account is about to be closed."""
    of_account = or_(ProxyGrant.tenant_id == account.tenant_id, ProxyGrant.account_id == account.id)
    for grant in session.scalars(select(ProxyGrant).where(of_account, ProxyGrant.ended_at.is_(None))):
        end_grant(session, grant, ProxyEnd.OFFICE)
        if grant.account_id == account.id:
            tell_tenant_of(session, grant, "proxy_given_up")
