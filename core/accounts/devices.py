"""Where somebody is signed in: their live sessions, in words, and the way to end them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session
from ua_parser import parse

from core.access.models import PortalSession, ProxyLevel, Realm
from core.access.scopes import IDLE_LIMIT, EmployeeScope, TenantScope, lives_at, require_live
from core.access.sessions import end_sessions
from core.accounts.attempts import login_key
from core.accounts.gates import subject_of
from core.accounts.models import Outcome, SignInAttempt
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows
from core.errors import NotFoundError

HISTORY = timedelta(days=90)
HISTORY_LINES = 50


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """One live session. `here` is the one that asks."""

    session_id: int
    device: str
    started_at: datetime
    seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class SignInLine:
    """One attempt to sign in under one's identifier."""

    at: datetime
    right: bool


def signed_in_devices(session: Session, scope: TenantScope | EmployeeScope) -> list[SignedInDevice]:
    """The live sessions of whoever asks, the present one first."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    at = now()
    rows = session.scalars(
        select(PortalSession)
        .where(*_own(scope), *lives_at(at, at - IDLE_LIMIT))
        .order_by(PortalSession.started_at.desc())
    )
    found = [
        SignedInDevice(row.id, device_name(row.device), row.started_at, row.seen_at, row.key_hash == scope.session_key)
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.here)


def end_device(session: Session, scope: TenantScope | EmployeeScope, *, session_id: int) -> None:
    """End one of one's own sessions; raises NotFoundError when it is over or somebody else's."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    ended = changed_rows(
        session,
        update(PortalSession)
        .where(PortalSession.id == session_id, *_own(scope), PortalSession.ended_at.is_(None))
        .values(ended_at=now(), end_reason="ended_elsewhere"),
    )
    if ended != 1:
        raise NotFoundError("Ta sesja już się zakończyła.")
    record_by(session, scope, "session_ended", object_kind="portal_session", object_id=session_id)


def end_other_devices(session: Session, scope: TenantScope | EmployeeScope) -> int:
    """End all of one's sessions but this one; how many ended."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    subject_id = scope.account_id if isinstance(scope, TenantScope) else scope.employee_id
    ended = end_sessions(
        session, realm=_realm(scope), subject_id=subject_id or 0, reason="ended_elsewhere", but=scope.session_key
    )
    record_by(session, scope, "other_sessions_ended", object_kind="portal_session", object_id=subject_id or 0)
    return ended


def sign_in_history(session: Session, scope: TenantScope | EmployeeScope) -> list[SignInLine]:
    """The last attempts under one's identifier within 90 days, the newest first."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    rows = session.scalars(
        select(SignInAttempt)
        .where(
            SignInAttempt.realm == _realm(scope),
            SignInAttempt.login_hash == login_key(_realm(scope), subject_of(session, scope).login),
            SignInAttempt.at > now() - HISTORY,
            SignInAttempt.outcome != Outcome.CLEARED,
        )
        .order_by(SignInAttempt.at.desc(), SignInAttempt.id.desc())
        .limit(HISTORY_LINES)
    )
    return [SignInLine(row.at, row.outcome == Outcome.RIGHT) for row in rows]


def device_name(agent: str) -> str:
    """`Chrome, Android`: what a browser says of itself, in words a person knows."""
    told = parse(agent)
    names = [told.user_agent.family if told.user_agent else "", told.os.family if told.os else ""]
    return ", ".join(name.replace("Mobile", "").strip() for name in names if name) or "Nieznane urządzenie"


def _realm(scope: TenantScope | EmployeeScope) -> Realm:
    return Realm.TENANT if isinstance(scope, TenantScope) else Realm.STAFF


def _own(scope: TenantScope | EmployeeScope) -> tuple[ColumnElement[bool], ...]:
    subject_id = scope.account_id if isinstance(scope, TenantScope) else scope.employee_id
    return PortalSession.realm == _realm(scope), PortalSession.subject_id == subject_id
