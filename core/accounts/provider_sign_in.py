"""Signing employees in through the office's identity provider (OpenID Connect).

The provider only says who somebody is. Which employee that is, and whether they still work here, the database says, and
what begins is a session like any other: its row, and nothing of the provider's, says who is signed in from then on.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.access.models import Realm
from core.accounts.attempts import note_right_attempt
from core.accounts.models import AccountState, Employee, SignInTicket
from core.accounts.sign_in import issue_ticket
from core.audit.events import record
from core.audit.models import Actor
from core.clock import now
from core.db import transaction
from core.errors import DomainError

ANSWER_LIFE = timedelta(minutes=2)
DRIFT = timedelta(minutes=2)  # the provider's clock may be off by that


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the provider said, its signature checked already: who, in which answer (issuer and nonce), and when."""

    subject: str
    answer: str
    issued_at: datetime


class NotAnEmployeeError(DomainError):
    """The provider knows this person, we do not; blocked and closed ones look the same."""

    def __init__(self) -> None:
        super().__init__("To konto nie ma dostępu do panelu. Zwróć się do administratora systemu.")


class AnswerUsedError(DomainError):
    """The answer signed somebody in already, or is too old."""

    def __init__(self) -> None:
        super().__init__("Logowanie przez dostawcę tożsamości wygasło. Zacznij je jeszcze raz.")


def sign_in_by_provider(answer: ProviderAnswer, *, network: str = "", device: str = "") -> str:
    """A one-time ticket for `redeem`, as a right password gives; counts as a second factor too.

    An answer works once and only while it is new. Nobody is made an employee by it. Opens its own transaction.
    Raises NotAnEmployeeError, AnswerUsedError.
    """
    hashed = hashlib.sha256(answer.answer.encode()).hexdigest()
    if not answer.answer or not -DRIFT <= now() - answer.issued_at <= ANSWER_LIFE + DRIFT:
        raise AnswerUsedError
    try:
        with transaction() as session:
            if session.scalar(select(SignInTicket.id).where(SignInTicket.provider_answer == hashed)) is not None:
                raise AnswerUsedError
            known = Employee.oidc_subject == answer.subject, Employee.state == AccountState.ACTIVE
            employee = session.scalar(select(Employee).where(*known)) if answer.subject else None
            if employee is None:
                raise NotAnEmployeeError
            note_right_attempt(session, realm=Realm.STAFF, login=employee.login, network=network)
            record(
                session,
                actor=Actor.STAFF,
                actor_id=employee.id,
                action="signed_in_by_provider",
                object_kind="employee",
                object_id=employee.id,
            )
            return issue_ticket(
                session, Realm.STAFF, employee.id, device=device, network=network, provider_answer=hashed
            )
    except IntegrityError as twice:  # of two at a time the database takes one
        if "provider_answer" not in str(twice.orig):
            raise
        raise AnswerUsedError from None
