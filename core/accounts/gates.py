"""What stands between a signed-in tenant or employee and everything else. Sessions carry it as `restricted`."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import PortalSession, ProxyLevel
from core.access.scopes import EmployeeScope, GateClosedError, TenantScope, require_live
from core.access.sessions import lift_restriction
from core.accounts.models import Employee, PortalAccount, TermsAcceptance, TermsVersion
from core.errors import SessionEndedError
from core.settings import settings


class Gate(StrEnum):
    """What has to be done first."""

    TERMS = "terms"  # the version in force has to be accepted
    OWN_PASSWORD = "own_password"  # noqa: S105 (a name); the initial one has to be replaced
    SECOND_FACTOR = "second_factor"  # an employee's authenticator app: to be set up, or its code to be given


def gates_before(
    session: Session, subject: PortalAccount | Employee, *, second_factor_given: bool = False
) -> list[Gate]:
    """The gates before somebody who signs in now, in the order to pass them."""
    if isinstance(subject, PortalAccount):
        terms = [Gate.TERMS] if _has_new_terms(session, subject.id) else []
        return terms if subject.password_hash else [*terms, Gate.OWN_PASSWORD]
    password = [Gate.OWN_PASSWORD] if subject.must_change_password else []
    factor = [Gate.SECOND_FACTOR] if needs_second_factor(subject) and not second_factor_given else []
    # Who has an app proves it before anything else; who has none sets it up at the end.
    return [*factor, *password] if subject.totp_confirmed_at else [*password, *factor]


def open_gates(session: Session, scope: TenantScope | EmployeeScope) -> list[Gate]:
    """The gates that this session still has to pass; none when it may do all."""
    require_live(session, scope, at_gate=True, proxy=ProxyLevel.SEE)
    row = session.scalar(select(PortalSession).where(PortalSession.key_hash == scope.session_key))
    if row is None or not row.restricted:
        return []
    return gates_before(session, subject_of(session, scope), second_factor_given=row.second_factor_at is not None)


def require_gate(session: Session, scope: TenantScope | EmployeeScope, gate: Gate) -> None:
    """Refuse unless it is this gate's turn; raises GateClosedError."""
    if open_gates(session, scope)[:1] != [gate]:
        raise GateClosedError


def lift_when_passed(session: Session, scope: TenantScope | EmployeeScope) -> None:
    """After a gate: let the session do all when it was the last one."""
    session.flush()
    if scope.session_key and not open_gates(session, scope):
        lift_restriction(session, key=scope.session_key)


def needs_second_factor(employee: Employee) -> bool:
    """Whether an employee signs in with a code too: who has set it up, and in production everybody."""
    return employee.totp_confirmed_at is not None or settings().production


def subject_of(session: Session, scope: TenantScope | EmployeeScope) -> PortalAccount | Employee:
    """The account or the employee behind a scope; raises SessionEndedError when it is gone."""
    subject: PortalAccount | Employee | None = (
        session.get(PortalAccount, scope.account_id)
        if isinstance(scope, TenantScope)
        else session.get(Employee, scope.employee_id)
    )
    if subject is None:
        raise SessionEndedError
    return subject


def _has_new_terms(session: Session, account_id: int) -> bool:
    newest = session.scalar(select(TermsVersion.id).order_by(TermsVersion.id.desc()).limit(1))
    if newest is None:
        return False
    accepted = select(TermsAcceptance.id).where(
        TermsAcceptance.account_id == account_id, TermsAcceptance.terms_version_id == newest
    )
    return session.scalar(accepted) is None
