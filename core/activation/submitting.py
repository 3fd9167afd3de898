"""An application comes in: checked, numbered, drawn as PDF and mailed, once for each form.

Tenants are not looked at: whether the number, the name or the address belongs to one makes no difference to the answer,
the work or the time. That is for the clerk who has the paper in hand.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.throttle import TooManyUsesError, take_use
from core.accounts.terms import current_terms
from core.activation.form import ApplicationForm, CheckedForm, DoubtfulFormError, check_form
from core.activation.models import ActivationCounter, ActivationRequest, ActivationStep, RequestState
from core.activation.printing import document_name, request_document, request_office, where_to_go
from core.activation.steps import move
from core.audit.events import record
from core.audit.models import Actor
from core.clock import now, today
from core.counting import next_of_year
from core.db import reading, transaction
from core.documents.fonts import warm_up
from core.documents.storage import keep_bytes, kept_file
from core.errors import DomainError, InvalidFormError, NotFoundError
from core.outbox.sending import enqueue
from core.registry.contacts import suggested_email
from core.registry.lookup import (
    ServedAddress,
    building_key,
    building_numbers,
    find_address,
    nearest_numbers,
    similar_streets,
    street_key,
)

TRIES, TRIES_WINDOW = 60, timedelta(minutes=10)  # forms sent by a network, also those that are refused
NETWORK_LIMIT, NETWORK_WINDOW = 30, timedelta(hours=1)  # applications; a library or a block of flats shares a network
EMAIL_LIMIT, EMAIL_WINDOW = 5, timedelta(days=1)  # applications, hence messages to a mailbox that may not be theirs
KEY_LENGTH = (16, 64)


class MailboxFullError(DomainError):
    """The address has got as many applications as it gets in a day."""

    def __init__(self) -> None:
        super().__init__(
            "Na ten adres e-mail wysłaliśmy dziś już kilka wniosków. Sprawdź skrzynkę, także folder ze spamem: ważny jest "
            "ostatni z nich. Następny wyślesz jutro."
        )


@dataclass(frozen=True, slots=True)
class SubmittedRequest:
    """The receipt."""

    number: str
    email: str
    submitted_at: datetime
    document: bytes  # PDF
    document_name: str
    where: str  # the RON to go to, in one line
    hours: str | None


def submit_request(
    form: ApplicationForm, *, submission_key: str, terms_version_id: int, network: str = ""
) -> SubmittedRequest:
    """Take an application; the same key again gives the same receipt and nothing else. Opens its own transactions.

    An older application of the same name, e-mail address and premises whose paper nobody has seen yet is superseded. One
    that lies with the administrator or in RON stays: the clerk sees both. Raises InvalidFormError (fields `kind`, `name`,
    `street`, `building_no`, `premises_no`, `email`, `email_repeated`, `phone`, `tenant_no`, `tenancy_no`, `terms`,
    `privacy`), DoubtfulFormError for what looks like a slip, MailboxFullError, TooManyUsesError, and ValueError for a key
    that is none.
    """
    if not KEY_LENGTH[0] <= len(submission_key) <= KEY_LENGTH[1]:
        raise ValueError("a submission key has 16 to 64 signs")
    with transaction() as session:
        take_use(session, purpose="application_tries", key=network, limit=TRIES, window=TRIES_WINDOW)
        if sent := _sent_before(session, submission_key):
            return sent
    checked = check_form(form)
    with reading() as session:
        found = find_address(session, street=checked.street, building_no=checked.building_no)
        if not form.sure and (doubts := _doubts(session, checked, found)):
            raise DoubtfulFormError(doubts)
    warm_up()  # the first document of a process takes a second, in which nobody else could write
    with transaction() as session:
        # The counter's row is held until the end, so the second of two equal keys finds what the first one wrote.
        number = _next_number(session)
        if sent := _sent_before(session, submission_key):
            return sent
        _check_terms(session, terms_version_id)
        take_use(session, purpose="applications", key=network, limit=NETWORK_LIMIT, window=NETWORK_WINDOW)
        try:
            take_use(session, purpose="applications", key=checked.email, limit=EMAIL_LIMIT, window=EMAIL_WINDOW)
        except TooManyUsesError:
            raise MailboxFullError from None
        request = _write(session, checked, found, number=number, key=submission_key, terms_version_id=terms_version_id)
        _supersede_older(session, request)
        document = request_document(session, request)
        request.document_sha256 = keep_bytes(document)
        receipt = _receipt(session, request, document)
        _mail(session, request, receipt)
        return receipt


def _sent_before(session: Session, key: str) -> SubmittedRequest | None:
    request = session.scalar(select(ActivationRequest).where(ActivationRequest.submission_key == key))
    if request is None:
        return None
    try:
        document = kept_file(request.document_sha256 or "0" * 64).read_bytes()
    except NotFoundError:
        document = request_document(session, request)
    return _receipt(session, request, document)


def _receipt(session: Session, request: ActivationRequest, document: bytes) -> SubmittedRequest:
    office = request_office(session, request)
    return SubmittedRequest(
        number=request.number,
        email=request.email,
        submitted_at=request.submitted_at,
        document=document,
        document_name=document_name(request.number),
        where=where_to_go(office),
        hours=office.hours if office else None,
    )


def _doubts(session: Session, form: CheckedForm, found: list[ServedAddress]) -> list[tuple[str, str]]:
    doubts = []
    if not found:
        doubts.append(_unknown_address(session, form))
    if meant := suggested_email(form.email):
        doubts.append(("email", f"Czy chodziło o {meant}?"))
    return doubts


def _unknown_address(session: Session, form: CheckedForm) -> tuple[str, str]:
    """The registry of buildings is open to everybody under `Administrator`; this says no more than that."""
    if numbers := building_numbers(session, street=form.street):
        near = ", ".join(nearest_numbers(numbers, form.building_no, at_most=6))
        return (
            "building_no",
            f"Nie znamy budynku „{form.building_no}” przy tej ulicy. Podaj numer bez mieszkania; najbliższe: {near}.",
        )
    alike = ", ".join(similar_streets(session, street=form.street, at_most=3))
    meant = f"Czy chodziło o: {alike}?" if alike else "Sprawdź pisownię."
    return "street", f"Nie znamy ulicy „{form.street}”. {meant}"


def _next_number(session: Session) -> str:
    """`IOK/2026/000123`: counted anew each year, no number twice; a refused form may leave a gap."""
    year = today().year
    last = next_of_year(session, ActivationCounter, year=year)
    return f"IOK/{year}/{last:06}"


def _check_terms(session: Session, terms_version_id: int) -> None:
    terms = current_terms(session)
    if terms is None or terms.id != terms_version_id:
        raise InvalidFormError([("terms", "Regulamin właśnie się zmienił. Przeczytaj nową wersję i zaakceptuj ją.")])


def _write(
    session: Session,
    form: CheckedForm,
    found: list[ServedAddress],
    *,
    number: str,
    key: str,
    terms_version_id: int,
) -> ActivationRequest:
    districts = {one.district.id for one in found}
    spelled = {(one.street, one.building_no) for one in found}
    # As the registry spells it, where that is one spelling; else as it was typed.
    street, building_no = spelled.pop() if len(spelled) == 1 else (form.street, form.building_no)
    request = ActivationRequest(
        number=number,
        submission_key=key,
        state=RequestState.SUBMITTED,
        kind=form.kind,
        name=form.name,
        tenant_no=form.tenant_no,
        tenancy_no=form.tenancy_no,
        street=street,
        building_no=building_no,
        premises_no=form.premises_no,
        email=form.email,
        phone=form.phone,
        terms_version_id=terms_version_id,
        submitted_at=now(),
        district_id=districts.pop() if len(districts) == 1 else None,
    )
    session.add(request)
    session.flush()
    session.add(ActivationStep(request_id=request.id, at=request.submitted_at, state=RequestState.SUBMITTED))
    record(
        session, actor=Actor.PUBLIC, action="request_submitted", object_kind="activation_request", object_id=request.id
    )
    return request


def _supersede_older(session: Session, request: ActivationRequest) -> None:
    """The name counts as well: two people of one household often have one mailbox."""
    waiting = session.scalars(
        select(ActivationRequest)
        .where(
            ActivationRequest.email == request.email,
            ActivationRequest.id != request.id,
            ActivationRequest.state == RequestState.SUBMITTED,
            ActivationRequest.administrator_received_on.is_(None),
        )
        .with_for_update()
    ).all()
    for older in waiting:
        if _whose(older) == _whose(request):
            move(session, request_id=older.id, to=RequestState.SUPERSEDED, by=Actor.PUBLIC)


def _whose(request: ActivationRequest) -> tuple[str, ...]:
    return (
        " ".join(sorted(street_key(request.name).split())),
        street_key(request.street),
        building_key(request.building_no),
        building_key(request.premises_no or ""),
    )


def _mail(session: Session, request: ActivationRequest, receipt: SubmittedRequest) -> None:
    enqueue(
        session,
        key=f"request-{request.id}-application",
        template="application",
        recipient=request.email,
        parameters={
            "number": request.number,
            "name": request.name,
            "where": receipt.where,
            "hours": receipt.hours or "",
        },
        attachment=(request.document_sha256 or "", receipt.document_name),
    )
