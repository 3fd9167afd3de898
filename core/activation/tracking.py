"""An applicant follows an application by its number and the e-mail address it was sent from.

A number that is not there, another's address and a word that is neither get one and the same answer after the same look
into the database.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.throttle import take_use
from core.activation.expiring import PAPER_WITHIN
from core.activation.models import ActivationRequest, ActivationStep, RequestState
from core.activation.printing import document_name, request_document, request_office, where_to_go
from core.activation.reasons import REJECT_WORDS, RejectReason
from core.activation.steps import OPEN, RequestMovedError, move
from core.audit.models import Actor
from core.clock import local
from core.db import reading, transaction
from core.errors import DomainError, InvalidFormError, NotFoundError
from core.outbox.sending import enqueue
from core.words import one_line

LOOKS, LOOKS_WINDOW = 30, timedelta(minutes=10)  # per network; guessing numbers takes longer than it is worth
NUMBER_LOOKS, NUMBER_WINDOW = 20, timedelta(minutes=10)  # per number, for who guesses from many networks
WRITTEN = re.compile(r"(?:[I1L][O0]K)?[\s/._–-]*([0-9]{4})[\s/._–-]*([0-9]{6})(?:[\s/–-]*[0-9A-Z])?")
SHORT = re.compile(r"(?:[I1L][O0]K)?[\s/._–-]*([0-9]{4})[\s/._–-]+([0-9]{1,5})")
NO_NUMBER = "-"  # is no application's


class UnknownRequestError(DomainError):
    """Number and e-mail address do not belong together, whichever of them is to blame."""

    def __init__(self) -> None:
        super().__init__(
            "Nie ma wniosku o tym numerze i adresie e-mail. Przepisz oba z wiadomości, do której był dołączony wniosek."
        )


class RequestOverError(DomainError):
    """The application is decided or ended: there is nothing to withdraw any more."""

    def __init__(self) -> None:
        super().__init__("Ten wniosek jest już zakończony. Nie można go wycofać.")


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """Where an application stands, for its applicant. Days are Polish days."""

    number: str
    state: RequestState
    submitted_at: datetime
    since: datetime  # of the state
    paper_until: date  # the last day to hand the paper in
    where: str  # the RON, in one line
    hours: str | None
    administrator_received_on: date | None
    filed_on: date | None
    deadline_on: date | None
    reject_reason: str | None  # in words
    message: str | None  # of the office to the applicant
    document_key: str | None  # for `application_copy`; None when the PDF is of no use any more

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether the applicant may still withdraw it."""
        return self.state in OPEN


def request_status(*, number: str, email: str, network: str = "") -> RequestStatus:
    """Where an application stands; opens its own transactions.

    Raises InvalidFormError for empty fields (`number`, `email`), UnknownRequestError, TooManyUsesError.
    """
    wanted = _take_look(number, email, network)
    with reading() as session:
        request = _find(session, wanted)
        last_step = session.scalar(
            select(ActivationStep.at)
            .where(ActivationStep.request_id == request.id)
            .order_by(ActivationStep.id.desc())
            .limit(1)
        )
        office = request_office(session, request)
        return RequestStatus(
            number=request.number,
            state=RequestState(request.state),
            submitted_at=request.submitted_at,
            since=last_step or request.submitted_at,
            paper_until=local(request.submitted_at + PAPER_WITHIN).date(),
            where=where_to_go(office),
            hours=office.hours if office else None,
            administrator_received_on=request.administrator_received_on,
            filed_on=request.filed_on,
            deadline_on=request.deadline_on,
            reject_reason=REJECT_WORDS[RejectReason(request.reject_code)] if request.reject_code else None,
            message=request.message,
            document_key=request.submission_key if request.state == RequestState.SUBMITTED else None,
        )


def application_copy(*, key: str, network: str = "") -> tuple[str, bytes]:
    """Name and content of the PDF of an application whose paper is awaited, by its key; opens its own transactions.

    The key is a secret of 256 bits: whoever has it filled in the form or gave number and address. Raises NotFoundError for
    a key that is none and when the paper is of no use any more, and TooManyUsesError.
    """
    with transaction() as session:
        take_use(session, purpose="application_copies", key=network, limit=LOOKS, window=LOOKS_WINDOW)
    with reading() as session:
        request = session.scalar(
            select(ActivationRequest).where(
                ActivationRequest.submission_key == (one_line(key, longest=64) or ""),
                ActivationRequest.state == RequestState.SUBMITTED,
            )
        )
        if request is None:
            raise NotFoundError(
                "Tego wniosku nie można już pobrać. Sprawdź, co się z nim dzieje, na stronie Stan wniosku."
            )
        return document_name(request.number), request_document(session, request)


def withdraw_request(*, number: str, email: str, network: str = "") -> None:
    """End an application that is still open and tell the applicant; opens its own transactions.

    Raises as `request_status`, and RequestOverError when it has ended already.
    """
    wanted = _take_look(number, email, network)
    with transaction() as session:
        request = _find(session, wanted)
        try:
            move(session, request_id=request.id, to=RequestState.WITHDRAWN, by=Actor.PUBLIC)
        except RequestMovedError:
            raise RequestOverError from None
        enqueue(
            session,
            key=f"request-{request.id}-withdrawn",
            template="withdrawn",
            recipient=request.email,
            parameters={"number": request.number, "name": request.name},
        )


def written_number(typed: str) -> str:
    """The number that was meant, however it was written: `iok 2026 000123`, `IOK2026000123`, `2026/123`; else no number."""
    text = typed.upper()
    found = WRITTEN.fullmatch(text) or SHORT.fullmatch(text)
    return f"IOK/{found[1]}/{int(found[2]):06}" if found else NO_NUMBER


def _take_look(number: str, email: str, network: str) -> tuple[str, str]:
    """Count a look and read both fields; what cannot be a number or an address is looked for all the same."""
    typed, address = one_line(number, longest=60), one_line(email, longest=254)
    missing = [
        (field, message)
        for field, value, message in (
            ("number", typed, "Podaj numer wniosku, na przykład IOK/2026/000123."),
            ("email", address, "Podaj adres e-mail, który jest we wniosku."),
        )
        if value == ""
    ]
    if missing:
        raise InvalidFormError(missing)
    wanted = written_number(typed or ""), (address or "").lower()
    counted = typed if wanted[0] == NO_NUMBER else wanted[0]
    with transaction() as session:
        take_use(session, purpose="request_looks", key=network, limit=LOOKS, window=LOOKS_WINDOW)
        take_use(session, purpose="request_looks", key=counted or NO_NUMBER, limit=NUMBER_LOOKS, window=NUMBER_WINDOW)
    return wanted


def _find(session: Session, wanted: tuple[str, str]) -> ActivationRequest:
    number, email = wanted
    request = session.scalar(
        select(ActivationRequest).where(ActivationRequest.number == number, ActivationRequest.email == email)
    )
    if request is None:
        raise UnknownRequestError
    return request
