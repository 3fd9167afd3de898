"""The second factor of employees: codes of an authenticator app (TOTP, RFC 6238), each good once, and recovery codes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.access.models import PortalSession
from core.access.scopes import EmployeeScope, require_live
from core.access.throttle import take_use
from core.accounts.creating import LOGIN_ALPHABET
from core.accounts.gates import Gate, lift_when_passed, open_gates, require_gate, subject_of
from core.accounts.models import Employee, EmployeeRecoveryCode
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows, transaction
from core.errors import InvalidInputError, SessionEndedError

ISSUER = "IOK – panel pracownika"
STEP = 30  # seconds
DRIFT = 1  # steps a phone's clock may be off
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
# A right password would start the count of wrong ones anew, so codes are counted by themselves.
TRIES = ((5, timedelta(minutes=15)), (20, timedelta(hours=24)))


class WrongCodeError(InvalidInputError):
    """The code is not the present one, or was used already."""

    def __init__(self) -> None:
        super().__init__(
            "Kod jest nieprawidłowy albo był już użyty. Poczekaj na następny kod w aplikacji.", field="code"
        )


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: the secret to type, or the URI for its QR code."""

    secret: str
    uri: str


def begin_enrolment(session: Session, scope: EmployeeScope) -> Enrolment:
    """Offer a secret for the app; it counts only once a code of it was given to `confirm_enrolment`.

    The same secret is offered until then. Raises InvalidInputError when a second factor is set up already.
    """
    employee = _unenrolled(session, scope)
    if employee.totp_secret is None:
        employee.totp_secret = pyotp.random_base32()
        session.flush()
    uri = pyotp.TOTP(employee.totp_secret).provisioning_uri(name=employee.login, issuer_name=ISSUER)
    return Enrolment(employee.totp_secret, uri)


def confirm_enrolment(scope: EmployeeScope, *, code: str) -> list[str]:
    """Set up the second factor with a first right code; returns the recovery codes, to be shown once.

    Opens its own transactions: a wrong code stays counted. Raises WrongCodeError, TooManyUsesError, InvalidInputError.
    """
    _count_try(scope)
    with transaction() as session:
        employee = _unenrolled(session, scope)
        _use_code(session, employee, code)
        employee.totp_confirmed_at = now()
        codes = _new_recovery_codes(session, employee.id)
        record_by(session, scope, "second_factor_set_up", object_kind="employee", object_id=employee.id)
        _pass(session, scope)
    return codes


def give_code(scope: EmployeeScope, *, code: str) -> None:
    """Pass the gate of the second factor with a code of the app or a recovery code.

    Opens its own transactions: a wrong code stays counted. Raises WrongCodeError, TooManyUsesError, GateClosedError.
    """
    _count_try(scope)
    with transaction() as session:
        require_gate(session, scope, Gate.SECOND_FACTOR)
        employee = _employee(session, scope)
        if employee.totp_confirmed_at is None:
            raise WrongCodeError
        if not _use_recovery_code(session, employee.id, code):
            _use_code(session, employee, code)
        else:
            record_by(session, scope, "recovery_code_used", object_kind="employee", object_id=employee.id)
        _pass(session, scope)


def renew_recovery_codes(scope: EmployeeScope, *, code: str) -> list[str]:
    """New recovery codes in the place of the old, for who gives a code of the app; to be shown once.

    Opens its own transactions: a wrong code stays counted. Raises WrongCodeError, TooManyUsesError.
    """
    _count_try(scope)
    with transaction() as session:
        require_live(session, scope)
        employee = _employee(session, scope)
        if employee.totp_confirmed_at is None:
            raise WrongCodeError
        _use_code(session, employee, code)
        codes = _new_recovery_codes(session, employee.id)
        record_by(session, scope, "recovery_codes_renewed", object_kind="employee", object_id=employee.id)
    return codes


def recovery_codes_left(session: Session, scope: EmployeeScope) -> int:
    """How many recovery codes were not used yet."""
    require_live(session, scope)
    unused = EmployeeRecoveryCode.employee_id == scope.employee_id, EmployeeRecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(EmployeeRecoveryCode).where(*unused)) or 0


def factor_is_set_up(session: Session, scope: EmployeeScope) -> bool:
    """Whether the employee has an app whose code is asked for, or has to set one up."""
    require_live(session, scope, at_gate=True)
    return _employee(session, scope).totp_confirmed_at is not None


def clear_second_factor(session: Session, *, employee_id: int) -> None:
    """Forget an employee's app and codes: they set up a new one at their next sign-in. The caller asks who may."""
    session.execute(
        update(Employee)
        .where(Employee.id == employee_id)
        .values(totp_secret=None, totp_confirmed_at=None, totp_last_step=None)
    )
    session.execute(delete(EmployeeRecoveryCode).where(EmployeeRecoveryCode.employee_id == employee_id))


def _count_try(scope: EmployeeScope) -> None:
    with transaction() as session:
        require_live(session, scope, at_gate=True)
        for limit, window in TRIES:
            purpose = f"second_factor_{limit}"
            take_use(session, purpose=purpose, key=str(scope.employee_id), limit=limit, window=window)


def _use_code(session: Session, employee: Employee, code: str) -> None:
    """Take the code's time step, once: of two requests with one code the second is refused."""
    totp, at = pyotp.TOTP(employee.totp_secret or pyotp.random_base32()), now()
    typed = "".join(code.split())
    present = int(at.timestamp()) // STEP
    steps = [step for step in range(present - DRIFT, present + DRIFT + 1) if totp.generate_otp(step) == typed]
    for step in steps:
        taken = changed_rows(
            session,
            update(Employee)
            .where(
                Employee.id == employee.id,
                Employee.totp_secret == employee.totp_secret,
                (Employee.totp_last_step.is_(None)) | (Employee.totp_last_step < step),
            )
            .values(totp_last_step=step),
        )
        if taken == 1:
            return
    raise WrongCodeError


def _use_recovery_code(session: Session, employee_id: int, code: str) -> bool:
    used = changed_rows(
        session,
        update(EmployeeRecoveryCode)
        .where(
            EmployeeRecoveryCode.employee_id == employee_id,
            EmployeeRecoveryCode.code_hash == _hash(employee_id, code),
            EmployeeRecoveryCode.used_at.is_(None),
        )
        .values(used_at=now()),
    )
    return used == 1


def _new_recovery_codes(session: Session, employee_id: int) -> list[str]:
    session.execute(delete(EmployeeRecoveryCode).where(EmployeeRecoveryCode.employee_id == employee_id))
    codes = ["".join(secrets.choice(LOGIN_ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(EmployeeRecoveryCode(employee_id=employee_id, code_hash=_hash(employee_id, one)) for one in codes)
    return codes


def _hash(employee_id: int, code: str) -> str:
    # Random of 49 bits and limited tries: a plain hash keeps it well enough.
    return hashlib.sha256(f"{employee_id}:{''.join(code.split()).replace('-', '').lower()}".encode()).hexdigest()


def _pass(session: Session, scope: EmployeeScope) -> None:
    session.execute(
        update(PortalSession).where(PortalSession.key_hash == scope.session_key).values(second_factor_at=now())
    )
    lift_when_passed(session, scope)


def _unenrolled(session: Session, scope: EmployeeScope) -> Employee:
    require_live(session, scope, at_gate=True)
    if open_gates(session, scope) not in ([], [Gate.SECOND_FACTOR]):
        require_gate(session, scope, Gate.SECOND_FACTOR)
    employee = _employee(session, scope)
    if employee.totp_confirmed_at is not None:
        raise InvalidInputError("Drugi składnik logowania jest już ustawiony.")
    return employee


def _employee(session: Session, scope: EmployeeScope) -> Employee:
    employee = subject_of(session, scope)
    if not isinstance(employee, Employee):
        raise SessionEndedError
    return employee
