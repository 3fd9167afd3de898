"""An employee's password: the first one replaced at the first sign-in, changed later by themselves."""

import hmac

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.models import Realm
from core.access.scopes import EmployeeScope, require_live
from core.access.sessions import end_sessions
from core.accounts.attempts import decide_attempt, reserve_attempt
from core.accounts.gates import Gate, lift_when_passed, require_gate, subject_of
from core.accounts.models import Employee
from core.accounts.passwords import check_new_password, hash_password, verify_password
from core.audit.events import record_by
from core.db import changed_rows, transaction
from core.errors import InvalidInputError, SessionEndedError


def replace_first_password(scope: EmployeeScope, *, new: str, repeated: str) -> None:
    """Replace the password an administrator handed over. Opens its own transactions: slow hashes run in none.

    Raises InvalidInputError naming the broken rule, GateClosedError where it is not this gate's turn.
    """
    with transaction() as session:
        require_gate(session, scope, Gate.OWN_PASSWORD)
        login, stored = _stored(subject_of(session, scope))
    hashed = _prepare(login, stored, new=new, repeated=repeated)
    with transaction() as session:
        require_gate(session, scope, Gate.OWN_PASSWORD)
        _replace(session, scope, stored, hashed)
        record_by(session, scope, "first_password_set", object_kind="employee", object_id=scope.employee_id or 0)
        lift_when_passed(session, scope)


def change_employee_password(scope: EmployeeScope, *, current: str, new: str, repeated: str, network: str = "") -> None:
    """Change one's password, knowing the current one; all other sessions end.

    Wrong current passwords count like wrong sign-ins. Raises InvalidInputError, TooManyAttemptsError.
    """
    with transaction() as session:
        require_live(session, scope)
        login, stored = _stored(subject_of(session, scope))
        attempt_id = reserve_attempt(session, realm=Realm.STAFF, login=login, network=network)
    right = verify_password(stored, current)
    with transaction() as session:
        decide_attempt(session, attempt_id=attempt_id, right=right)
    if not right:
        raise InvalidInputError("Podane hasło się nie zgadza. Wpisz je jeszcze raz.", field="current")
    hashed = _prepare(login, stored, new=new, repeated=repeated)
    with transaction() as session:
        require_live(session, scope)
        _replace(session, scope, stored, hashed)
        subject_id = scope.employee_id or 0
        end_sessions(
            session, realm=Realm.STAFF, subject_id=subject_id, reason="password_changed", but=scope.session_key
        )
        record_by(session, scope, "password_changed", object_kind="employee", object_id=subject_id)


def _stored(subject: object) -> tuple[str, str]:
    if not isinstance(subject, Employee):
        raise SessionEndedError
    return subject.login, subject.password_hash


def _prepare(login: str, stored: str, *, new: str, repeated: str) -> str:
    check_new_password(new, realm=Realm.STAFF, login=login)
    if not hmac.compare_digest(new.encode(), repeated.encode()):
        raise InvalidInputError("Hasła się różnią. Wpisz w obu polach to samo.", field="repeated")
    if verify_password(stored, new):
        raise InvalidInputError("Nowe hasło musi być inne niż obecne.", field="password")
    return hash_password(new)


def _replace(session: Session, scope: EmployeeScope, stored: str, hashed: str) -> None:
    changed = changed_rows(
        session,
        update(Employee)
        .where(Employee.id == scope.employee_id, Employee.password_hash == stored)
        .values(password_hash=hashed, must_change_password=False),
    )
    if changed != 1:
        raise SessionEndedError
