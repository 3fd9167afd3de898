"""Permission as a value: what a function of the core may touch, and whether the session behind it is still alive.

Only `core/accounts/sign_in.py` makes scopes. Streamlit's fragments, callbacks and deferred downloads run without the
entry script, so every public function that takes a scope calls `require_live` first: the check lives
here, not in the page.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from core.access.models import PortalSession, ProxyGrant, ProxyLevel, Realm
from core.clock import now, today
from core.errors import DomainError, NotPermittedError, SessionEndedError

IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=8)


class Role(StrEnum):
    """What an employee is; one person may be several."""

    CLERK = "clerk"
    HEAD = "head"
    ADMINISTRATOR = "administrator"  # of properties (MAN)
    ACCOUNTING = "accounting"
    CHIEF_ACCOUNTANT = "chief_accountant"  # answers for the books (art. 54 of the Public Finance Act), of all districts
    EDITOR = "editor"
    ANALYST = "analyst"
    ADMIN = "admin"  # of users and parameters; sees no tenant data


class Permission(StrEnum):
    """What a staff-facing function asks for."""

    SEE_DESK = "see_desk"
    IMPORT_FILES = "import_files"
    UNDO_IMPORTS = "undo_imports"
    CLOSE_PERIODS = "close_periods"
    SEE_LEDGER = "see_ledger"
    MANAGE_EMPLOYEES = "manage_employees"
    REVIEW_REQUESTS = "review_requests"
    RECEIVE_REQUESTS = "receive_requests"
    SEE_TENANTS = "see_tenants"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_MAIL = "manage_mail"
    SEE_AUDIT = "see_audit"
    MANAGE_TERMS = "manage_terms"
    MANAGE_READINGS = "manage_readings"
    EXPORT_READINGS = "export_readings"
    MANAGE_MACHINES = "manage_machines"
    WRITE_ANNOUNCEMENTS = "write_announcements"
    REVIEW_CONTACT_CHANGES = "review_contact_changes"
    SEND_LETTERS = "send_letters"
    MANAGE_FAULTS = "manage_faults"
    ANSWER_QUESTIONS = "answer_questions"
    SEE_FINANCE = "see_finance"  # arrears and turnover of districts; who owes only with SEE_TENANTS


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(
        {
            Permission.SEE_DESK,
            Permission.SEE_LEDGER,
            Permission.REVIEW_REQUESTS,
            Permission.RECEIVE_REQUESTS,
            Permission.SEE_TENANTS,
            Permission.MANAGE_ACCOUNTS,
            Permission.MANAGE_READINGS,
            Permission.REVIEW_CONTACT_CHANGES,
            Permission.SEND_LETTERS,
            Permission.MANAGE_FAULTS,
            Permission.ANSWER_QUESTIONS,
        }
    ),
    Role.HEAD: frozenset(
        {
            Permission.SEE_DESK,
            Permission.SEE_LEDGER,
            Permission.IMPORT_FILES,
            Permission.UNDO_IMPORTS,
            Permission.REVIEW_REQUESTS,
            Permission.RECEIVE_REQUESTS,
            Permission.SEE_TENANTS,
            Permission.MANAGE_ACCOUNTS,
            Permission.MANAGE_MAIL,
            Permission.MANAGE_READINGS,
            Permission.REVIEW_CONTACT_CHANGES,
            Permission.SEND_LETTERS,
            Permission.MANAGE_FAULTS,
            Permission.ANSWER_QUESTIONS,
            Permission.EXPORT_READINGS,
            Permission.SEE_FINANCE,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Permission.SEE_DESK, Permission.RECEIVE_REQUESTS, Permission.MANAGE_FAULTS}),
    Role.ACCOUNTING: frozenset(
        {
            Permission.SEE_DESK,
            Permission.SEE_LEDGER,
            Permission.IMPORT_FILES,
            Permission.UNDO_IMPORTS,
            Permission.SEE_TENANTS,
            Permission.EXPORT_READINGS,
            Permission.SEE_FINANCE,
        }
    ),
    Role.CHIEF_ACCOUNTANT: frozenset(
        {
            Permission.SEE_DESK,
            Permission.SEE_LEDGER,
            Permission.IMPORT_FILES,
            Permission.UNDO_IMPORTS,
            Permission.CLOSE_PERIODS,
            Permission.SEE_TENANTS,
            Permission.EXPORT_READINGS,
        }
    ),
    Role.EDITOR: frozenset({Permission.SEE_DESK, Permission.WRITE_ANNOUNCEMENTS, Permission.SEND_LETTERS}),
    Role.ANALYST: frozenset({Permission.SEE_DESK, Permission.EXPORT_READINGS, Permission.SEE_FINANCE}),
    Role.ADMIN: frozenset(
        {
            Permission.SEE_DESK,
            Permission.MANAGE_EMPLOYEES,
            Permission.MANAGE_MAIL,
            Permission.SEE_AUDIT,
            Permission.MANAGE_TERMS,
            Permission.MANAGE_MACHINES,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Proxy:
    """For whom somebody acts who is not the tenant: one tenancy, so far, so long. `tenant` is who granted it."""

    grant_id: int
    tenancy_id: int
    level: ProxyLevel
    valid_to: date = field(compare=False)
    tenant: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class TenantScope:
    """One signed-in tenant: everything read through it belongs to `tenant_id`.

    With `proxy` somebody else acts for that tenant: everything belongs to that one tenancy, and the doors that are not
    for proxies stay closed.
    """

    account_id: int
    tenant_id: int
    session_key: str  # SHA-256 of the session id
    name: str = field(default="", compare=False)
    seen_at: datetime | None = field(default=None, compare=False)  # last activity written
    restricted: bool = field(default=False, compare=False)  # stands before a gate; screens ask, `require_live` decides
    proxy: Proxy | None = None
    text_percent: int | None = field(default=None, compare=False)  # the size of type they chose; None: never

    def reaches(self, level: ProxyLevel | None) -> bool:
        """Whether a door or a screen of that level is open: all are to the tenant, None to nobody else."""
        return self.proxy is None or (level is not None and self.proxy.level.covers(level))

    @property
    def tenant_name(self) -> str:
        """Whose matters these are, whoever acts."""
        return self.proxy.tenant if self.proxy is not None else self.name

    @property
    def proxy_name(self) -> str | None:
        """Who acts in the tenant's place, as it is written beside what they do; None: the tenant."""
        return self.name[:120] if self.proxy is not None else None

    def owns(self, tenant_id: Any, tenancy_id: Any) -> ColumnElement[bool]:
        """SQL condition over columns with a tenant's and a tenancy's id: the row is of what this scope reaches."""
        own: ColumnElement[bool] = tenant_id == self.tenant_id
        return own if self.proxy is None else own & (tenancy_id == self.proxy.tenancy_id)


@dataclass(frozen=True, slots=True)
class EmployeeScope:
    """One signed-in employee with roles and service districts.

    `session_key` is None for the operator at the server's console, who may do all.
    """

    employee_id: int | None
    login: str
    roles: frozenset[Role]
    district_ids: frozenset[int]  # empty: all districts
    session_key: str | None
    name: str = field(default="", compare=False)
    seen_at: datetime | None = field(default=None, compare=False)  # last activity written
    restricted: bool = field(default=False, compare=False)  # stands before a gate; screens ask, `require_live` decides
    administrator_id: int | None = None  # the property administrator they stand for, with the role of one

    def may(self, permission: Permission) -> bool:
        """Whether any of the roles grants the permission; the console operator may do all."""
        return self.session_key is None or any(permission in GRANTS[role] for role in self.roles)


def lives_at(at: Any, idle_since: Any) -> tuple[ColumnElement[bool], ...]:
    """SQL condition over PortalSession: neither ended, nor idle too long, nor too old."""
    return PortalSession.ended_at.is_(None), PortalSession.expires_at > at, PortalSession.seen_at > idle_since


# Built once: it runs before every read of a page, and building a statement costs more than this one's answer.
_LIVE = select(PortalSession.restricted).where(
    PortalSession.key_hash == bindparam("key"),
    PortalSession.realm == bindparam("realm"),
    PortalSession.subject_id == bindparam("subject"),
    *lives_at(bindparam("at"), bindparam("idle_since")),
)


def grant_lives(account_id: Any, day: Any) -> tuple[ColumnElement[bool], ...]:
    """SQL condition over ProxyGrant: the account may act by it on that day."""
    return ProxyGrant.account_id == account_id, ProxyGrant.ended_at.is_(None), ProxyGrant.valid_to >= day


# Asked on every call of a proxy, after their session.
_GRANT = select(ProxyGrant.level).where(
    ProxyGrant.id == bindparam("grant"),
    ProxyGrant.tenant_id == bindparam("tenant"),
    ProxyGrant.tenancy_id == bindparam("tenancy"),
    *grant_lives(bindparam("account"), bindparam("day")),
)


class GateClosedError(DomainError):
    """The person is signed in, and something comes first: the terms, a password of their own, a second factor."""

    def __init__(self) -> None:
        super().__init__("Najpierw dokończ logowanie: zaakceptuj regulamin i ustaw własne hasło.")


def require_live(
    session: Session,
    scope: TenantScope | EmployeeScope,
    permission: Permission | None = None,
    *,
    at_gate: bool = False,
    proxy: ProxyLevel | None = None,
) -> None:
    """Refuse unless the session behind the scope still stands in the database and the permission is granted.

    `at_gate` is for the few functions that pass a gate; all others refuse a session that stands before one. `proxy` opens
    a function to proxies from that level on; all others refuse them.
    Raises SessionEndedError, NotPermittedError or GateClosedError.
    """
    if isinstance(scope, EmployeeScope):
        if permission is not None and not scope.may(permission):
            raise NotPermittedError("Nie masz uprawnień do tej czynności. Zwróć się do administratora systemu.")
        if scope.session_key is None:
            return
    realm = Realm.TENANT if isinstance(scope, TenantScope) else Realm.STAFF
    subject = scope.account_id if isinstance(scope, TenantScope) else scope.employee_id
    asked = {
        "key": scope.session_key,
        "realm": realm,
        "subject": subject,
        "at": now(),
        "idle_since": now() - IDLE_LIMIT,
    }
    live = session.execute(_LIVE, asked).first()
    if live is None:
        raise SessionEndedError
    if live.restricted and not at_gate:
        raise GateClosedError
    if isinstance(scope, TenantScope) and scope.proxy is not None:
        _require_grant(session, scope, scope.proxy, proxy)


def _require_grant(session: Session, scope: TenantScope, by: Proxy, needed: ProxyLevel | None) -> None:
    asked = {
        "grant": by.grant_id,
        "tenant": scope.tenant_id,
        "tenancy": by.tenancy_id,
        "account": scope.account_id,
        "day": today(),
    }
    level = session.scalar(_GRANT, asked)
    if level is None:
        raise NotPermittedError("To pełnomocnictwo wygasło albo zostało odwołane. Odśwież stronę.")
    if needed is None or not ProxyLevel(level).covers(needed):
        raise NotPermittedError("Twoje pełnomocnictwo tego nie obejmuje. Poproś najemcę o szerszy zakres.")
