"""Signing in and the making of scopes; nothing else in the program makes one.

A right password gives a ticket, the ticket gives a session id once, the session's key gives a scope on every call.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from core.access.models import PortalSession, ProxyGrant, ProxyLevel, Realm
from core.access.scopes import IDLE_LIMIT, EmployeeScope, Proxy, Role, TenantScope, grant_lives, lives_at
from core.access.sessions import act_by, end_session, key_of, live_session, start_session
from core.accounts.attempts import LONG_LOCK_AFTER, decide_attempt, normal_login, reserve_attempt, wrong_in_a_day
from core.accounts.gates import gates_before
from core.accounts.locking import LockReason, lock_account
from core.accounts.models import (
    AccountState,
    Employee,
    EmployeeDistrict,
    EmployeeRole,
    PortalAccount,
    SignInTicket,
)
from core.accounts.passwords import signing_in_hash, verify_password
from core.clock import now, today
from core.db import transaction
from core.errors import DomainError, SessionEndedError
from core.registry.models import Tenancy, Tenant

TICKET_LIFE = timedelta(seconds=30)
Subject = PortalAccount | Employee


class WrongCredentialsError(DomainError):
    """Identifier and password do not sign in, for whatever reason: unknown, wrong, locked and closed look alike."""

    def __init__(self) -> None:
        super().__init__("Nieprawidłowy identyfikator lub hasło. Sprawdź oba i wpisz jeszcze raz.")


class NoGrantError(DomainError):
    """The password is right, and there is nobody left for whom this proxy may act."""

    def __init__(self) -> None:
        super().__init__(
            "Twoje pełnomocnictwo wygasło albo zostało odwołane. Poproś najemcę albo jego Rejon Obsługi Najemców o nowe."
        )


def sign_in(realm: Realm, *, login: str, password: str, network: str = "", device: str = "") -> str:
    """Check identifier and password and return a one-time ticket for `redeem`, good for 30 seconds.

    The one use case with two transactions of its own: the attempt is on record before the password is looked at,
    and the slow hash runs while no transaction is open. Raises WrongCredentialsError,
    TooManyAttemptsError, or NoGrantError for a proxy whose last grant is over.
    """
    login = normal_login(login)
    with transaction() as session:
        attempt_id = reserve_attempt(session, realm=realm, login=login, network=network)
        subject = _subject_by_login(session, realm, login)
        subject_id, stored = (subject.id, signing_in_hash(subject)) if subject else (None, None)
    matches = verify_password(stored, password)
    ticket, for_nobody = None, False
    with transaction() as session:
        subject = _active_subject(session, realm, subject_id)
        # The hash is compared again: a password changed in between does not sign in.
        right = matches and subject is not None and signing_in_hash(subject) == stored
        decide_attempt(session, attempt_id=attempt_id, right=right)
        if right and isinstance(subject, PortalAccount) and subject.tenant_id is None:
            for_nobody = not grants_in_force(session, account_id=subject.id)
        if right and subject is not None and not for_nobody:
            ticket = issue_ticket(session, realm, subject.id, device=device, network=network)
        elif not right and subject is not None and wrong_in_a_day(session, realm=realm, login=login) >= LONG_LOCK_AFTER:
            lock_account(session, realm=realm, subject_id=subject.id, reason=LockReason.GUESSES)
    if for_nobody:
        raise NoGrantError
    if ticket is None:
        raise WrongCredentialsError
    return ticket


# One statement and built once: every sign-in runs it. Of two at a time one finds the ticket used.
_REDEEM = (
    update(SignInTicket)
    .where(
        SignInTicket.ticket_hash == bindparam("hash"),
        SignInTicket.realm == bindparam("of"),
        SignInTicket.redeemed_at.is_(None),
        SignInTicket.expires_at > bindparam("now"),
    )
    .values(redeemed_at=bindparam("now"))
    .returning(SignInTicket.subject_id, SignInTicket.device, SignInTicket.network, SignInTicket.provider_answer)
    .execution_options(synchronize_session=False)
)


def redeem(session: Session, *, realm: Realm, ticket: str) -> str:
    """Turn a ticket into a session, once; returns the raw session id for the cookie.

    Raises SessionEndedError for a ticket that is unknown, used, too old, of the other realm, or whose account
    no longer signs in.
    """
    row = session.execute(_REDEEM, {"hash": _hash(ticket), "of": realm, "now": now()}).one_or_none()
    if row is None:
        raise SessionEndedError
    subject = _active_subject(session, realm, row.subject_id)
    if subject is None:
        raise SessionEndedError
    raw_id = start_session(
        session,
        realm=realm,
        subject_id=row.subject_id,
        device=row.device,
        network=row.network,
        # The office's provider stands for the password and the second factor: no gate of ours comes after it.
        restricted=row.provider_answer is None and bool(gates_before(session, subject)),
        second_factor=row.provider_answer is not None,
    )
    if isinstance(subject, PortalAccount) and subject.tenant_id is None:
        for _, proxy in grants_in_force(session, account_id=subject.id)[:1]:
            act_by(session, key=key_of(raw_id), grant_id=proxy.grant_id)
    return raw_id


def recognise(session: Session, *, realm: Realm, key: str) -> PortalSession | None:
    """The live session with this key whose account is active, else None."""
    row = live_session(session, realm=realm, key=key)
    return row if row is not None and _active_subject(session, realm, row.subject_id) is not None else None


# Built once: every run of every page of the portal asks it.
_TENANT_BEHIND = (
    select(
        PortalAccount.id,
        Tenant.id,
        func.coalesce(Tenant.name, PortalAccount.person_name),
        PortalSession.seen_at,
        PortalSession.restricted,
        PortalSession.proxy_grant_id,
        PortalAccount.text_percent,
    )
    .join(PortalAccount, PortalAccount.id == PortalSession.subject_id)
    .outerjoin(Tenant, Tenant.id == PortalAccount.tenant_id)
    .where(
        PortalSession.key_hash == bindparam("key"),
        PortalSession.realm == Realm.TENANT,
        PortalAccount.state == AccountState.ACTIVE,
        *lives_at(bindparam("at"), bindparam("idle_since")),
    )
)


def tenant_scope(session: Session, key: str) -> TenantScope:
    """The scope of the tenant signed in under the session key; raises SessionEndedError when there is none.

    A proxy acts for whom they chose; when that grant is over, for themselves, and who is no tenant for the next one.
    """
    at = now()
    found = session.execute(_TENANT_BEHIND, {"key": key, "at": at, "idle_since": at - IDLE_LIMIT}).first()
    if found is None:
        raise SessionEndedError
    account_id, tenant_id, name, seen_at, restricted, grant_id, text_percent = found
    proxy = None
    if grant_id is not None or tenant_id is None:
        grants = grants_in_force(session, account_id=account_id)
        chosen = [one for one in grants if one[1].grant_id == grant_id] or (grants if tenant_id is None else [])
        tenant_id, proxy = chosen[0] if chosen else (tenant_id, None)
    if tenant_id is None:
        raise SessionEndedError
    return TenantScope(
        account_id=account_id,
        tenant_id=tenant_id,
        session_key=key,
        name=name,
        seen_at=seen_at,
        restricted=restricted,
        proxy=proxy,
        text_percent=text_percent,
    )


def grants_in_force(session: Session, *, account_id: int) -> list[tuple[int, Proxy]]:
    """For whom an account may act today: the tenant's id with what was granted, the oldest grant first."""
    rows = session.execute(
        select(ProxyGrant, Tenant.name)
        .join(Tenancy, (Tenancy.id == ProxyGrant.tenancy_id) & (Tenancy.tenant_id == ProxyGrant.tenant_id))
        .join(Tenant, Tenant.id == ProxyGrant.tenant_id)
        .where(*grant_lives(account_id, today()))
        .order_by(ProxyGrant.id)
    )
    return [
        (one.tenant_id, Proxy(one.id, one.tenancy_id, ProxyLevel(one.level), one.valid_to, tenant))
        for one, tenant in rows
    ]


def employee_scope(session: Session, key: str) -> EmployeeScope:
    """The scope of the employee signed in under the session key, roles and districts as they stand now.

    Raises SessionEndedError when there is none.
    """
    row = live_session(session, realm=Realm.STAFF, key=key)
    employee = session.get(Employee, row.subject_id) if row else None
    if row is None or employee is None or employee.state != AccountState.ACTIVE:
        raise SessionEndedError
    roles = session.scalars(select(EmployeeRole.role).where(EmployeeRole.employee_id == employee.id))
    districts = session.scalars(select(EmployeeDistrict.district_id).where(EmployeeDistrict.employee_id == employee.id))
    return EmployeeScope(
        employee_id=employee.id,
        login=employee.login,
        roles=frozenset(Role(role) for role in roles),
        district_ids=frozenset(districts),
        session_key=key,
        name=employee.name,
        seen_at=row.seen_at,
        restricted=row.restricted,
        administrator_id=employee.property_administrator_id,
    )


def operator_scope() -> EmployeeScope:
    """The scope of whoever sits at the server's console: `python -m core …` may do all."""
    return EmployeeScope(
        employee_id=None,
        login="konsola",
        roles=frozenset(Role),
        district_ids=frozenset(),
        session_key=None,
        name="Konsola serwera",
    )


def sign_out(session: Session, *, key: str) -> None:
    """End the session at once, in every tab and for every copy of its cookie. Doing it twice is no error."""
    end_session(session, key=key, reason="signed_out")


_MODELS: dict[Realm, type[Subject]] = {Realm.TENANT: PortalAccount, Realm.STAFF: Employee}
# Built once: every sign-in asks the first and, twice, the second.
_BY_LOGIN: dict[Realm, Select[Any]] = {
    realm: select(model).where(model.login == bindparam("login")) for realm, model in _MODELS.items()
}
_ACTIVE: dict[Realm, Select[Any]] = {
    realm: select(model).where(model.id == bindparam("id"), model.state == AccountState.ACTIVE)
    for realm, model in _MODELS.items()
}


def _subject_by_login(session: Session, realm: Realm, login: str) -> Subject | None:
    found: Subject | None = session.scalar(_BY_LOGIN[realm], {"login": login})
    return found


def _active_subject(session: Session, realm: Realm, subject_id: int | None) -> Subject | None:
    if subject_id is None:
        return None
    found: Subject | None = session.scalar(_ACTIVE[realm], {"id": subject_id})
    return found


def issue_ticket(
    session: Session,
    realm: Realm,
    subject_id: int,
    *,
    device: str,
    network: str,
    provider_answer: str | None = None,
) -> str:
    """A ticket for `redeem`: only for who proved, just now, to be the subject."""
    ticket = secrets.token_urlsafe(32)
    session.add(
        SignInTicket(
            ticket_hash=_hash(ticket),
            realm=realm,
            subject_id=subject_id,
            expires_at=now() + TICKET_LIFE,
            device=device[:200],
            network=network[:45],
            provider_answer=provider_answer,
        )
    )
    return ticket


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
