"""The applicant follows an application by its number and address; nobody else learns a thing."""

from datetime import date, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select, update

from core.access.throttle import TooManyUsesError
from core.activation import tracking
from core.activation.models import ActivationRequest, RequestState
from core.activation.reasons import RejectReason
from core.activation.steps import OPEN
from core.activation.submitting import SubmittedRequest
from core.activation.tracking import (
    RequestOverError,
    UnknownRequestError,
    application_copy,
    request_status,
    withdraw_request,
    written_number,
)
from core.audit.models import AuditEvent
from core.clock import local
from core.db import reading, transaction
from core.errors import DomainError, InvalidFormError, NotFoundError
from core.outbox.models import OutgoingMail
from tests.cast import make_district
from tests.core.activation.forms import KEY, city, statements, submit
from tests.core.documents.readers import text_of

EMAIL = "anna@example.com"


@pytest.fixture
def sent(database: str) -> SubmittedRequest:
    return submit(city())


def set_values(**values: object) -> None:
    with transaction() as session:
        session.execute(update(ActivationRequest).values(**values))


def state() -> str:
    with reading() as session:
        return session.scalars(select(ActivationRequest.state)).one()


def test_applicant_sees_where_it_stands_and_what_is_next(sent: SubmittedRequest) -> None:
    found = request_status(number=sent.number, email=EMAIL)
    assert (found.number, found.state) == (sent.number, RequestState.SUBMITTED)
    assert found.paper_until == local(sent.submitted_at + timedelta(days=60)).date()
    assert found.since == found.submitted_at == sent.submitted_at
    assert (found.where, found.hours) == (sent.where, sent.hours)
    assert found.can_be_withdrawn
    assert found.document_key == KEY


def test_decision_is_shown_with_its_reason(sent: SubmittedRequest) -> None:
    set_values(
        state=RequestState.REJECTED,
        reject_code=RejectReason.NOT_OURS,
        message="Proszę pytać w spółdzielni.",
        filed_on=date(2026, 11, 3),
        deadline_on=date(2026, 11, 17),
    )
    found = request_status(number=sent.number, email=EMAIL)
    assert found.reject_reason == "Lokal nie należy do naszego zasobu"
    assert found.message == "Proszę pytać w spółdzielni."
    assert (found.filed_on, found.deadline_on) == (date(2026, 11, 3), date(2026, 11, 17))
    assert not found.can_be_withdrawn


@pytest.mark.parametrize(
    "typed",
    ["IOK/2026/000123", "iok/2026/000123", "IOK 2026 000123", "IOK2026000123", "IOK20260001234", "IOK 2026 000123 4",
     "2026/000123", "iok/2026/123", "IOK-2026-000123", "1OK/2026/000123", "I0K/2026/000123", "IOK / 2026 / 000123"],
)  # fmt: skip
def test_number_is_understood_however_it_is_written(typed: str) -> None:
    assert written_number(typed) == "IOK/2026/000123"


@pytest.mark.parametrize("typed", ["", "kowalska", "IOK/26/1", "IOK/2026/1234567890", "IOK/٢٠٢٦/000123", "x" * 60])
def test_what_is_no_number_is_nobodys(typed: str) -> None:
    assert written_number(typed) == "-"


@pytest.mark.parametrize(
    ("number", "email"),
    [
        ("{}", "jan@example.com"),
        ("IOK/2026/999999", EMAIL),
        ("IOK/2026/999999", "jan@example.com"),
        ("kowalska", EMAIL),
        ("{}", "nie-adres"),
        ("{}", "%"),
        ("%", EMAIL),
        ("{}", "anna@example.com' OR '1'='1"),
        ("{}", EMAIL + "\x00.pl"),
        ("{}", "a" * 100_000),
        ("I" * 100_000, EMAIL),
    ],
)
def test_wrong_number_and_wrong_address_get_one_answer_for_one_look(
    sent: SubmittedRequest, number: str, email: str
) -> None:
    answers = []
    for each in ((number.format(sent.number), email), ("IOK/2031/000001", "nikt@example.com")):
        for call in (request_status, withdraw_request):
            with statements() as asked, pytest.raises(DomainError) as refusal:
                call(number=each[0], email=each[1])
            assert isinstance(refusal.value, UnknownRequestError)
            answers.append((refusal.value.message, [one for one in asked if "activation_request" in one]))
    assert len({message for message, _ in answers}) == 1
    assert answers[0][1] == answers[2][1]
    assert {len(asked) for _, asked in answers} == {1}
    assert state() == RequestState.SUBMITTED


@pytest.mark.parametrize(("number", "email", "fields"), [("", "", ["number", "email"]), ("x", " \x00", ["email"])])
def test_empty_fields_are_named(database: str, number: str, email: str, fields: list[str]) -> None:
    with pytest.raises(InvalidFormError) as refusal:
        request_status(number=number, email=email)
    assert [field for field, _ in refusal.value.errors] == fields


def test_address_may_be_written_in_capitals(sent: SubmittedRequest) -> None:
    assert request_status(number=sent.number.lower(), email=" Anna@EXAMPLE.com ").number == sent.number


def test_looks_are_limited_per_network_and_per_number(sent: SubmittedRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "LOOKS", 3)
    for _ in range(3):
        request_status(number=sent.number, email=EMAIL, network="192.0.2.1")
    for call in (request_status, withdraw_request):
        with pytest.raises(TooManyUsesError):
            call(number=sent.number, email=EMAIL, network="192.0.2.1")
    monkeypatch.setattr(tracking, "NUMBER_LOOKS", 5)
    for guess in ("a@example.com", "b@example.com"):
        with pytest.raises(UnknownRequestError):
            request_status(number=sent.number, email=guess, network=f"192.0.3.{len(guess)}")
    with pytest.raises(TooManyUsesError):
        request_status(number=sent.number, email=EMAIL, network="192.0.4.1")
    with freeze_time(local(sent.submitted_at) + timedelta(minutes=11)):
        assert request_status(number=sent.number, email=EMAIL, network="192.0.2.1").number == sent.number


def test_paper_can_be_fetched_again_while_it_is_awaited(sent: SubmittedRequest) -> None:
    assert application_copy(key=KEY) == (sent.document_name, sent.document)
    set_values(state=RequestState.FILED)
    with pytest.raises(NotFoundError):
        application_copy(key=KEY)
    assert request_status(number=sent.number, email=EMAIL).document_key is None


@pytest.mark.parametrize("key", ["", "k", "%", KEY + "\x00k", "k" * 100_000, "IOK/2026/000001"])
def test_nothing_but_its_key_fetches_a_paper(sent: SubmittedRequest, key: str) -> None:
    with pytest.raises(NotFoundError):
        application_copy(key=key)


def test_fetching_is_limited_per_network(sent: SubmittedRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "LOOKS", 1)
    application_copy(key=KEY, network="192.0.2.1")
    with pytest.raises(TooManyUsesError):
        application_copy(key=KEY, network="192.0.2.1")


def test_paper_says_where_a_request_was_handed_over_to(sent: SubmittedRequest) -> None:
    with transaction() as session:
        widzew = make_district(session, code="WIDZEW").id
    set_values(district_id=widzew)
    text = " ".join(text_of(application_copy(key=KEY)[1]).split())
    assert "RON Widzew" in text
    assert "RON Centrum" not in text
    assert "Albo u administratora" not in text


@pytest.mark.parametrize("where", sorted(OPEN))
def test_open_application_is_withdrawn_once(sent: SubmittedRequest, where: RequestState) -> None:
    set_values(state=where)
    withdraw_request(number=sent.number, email=EMAIL)
    with pytest.raises(RequestOverError):
        withdraw_request(number=sent.number, email=EMAIL)
    assert state() == RequestState.WITHDRAWN
    with reading() as session:
        mail = session.scalars(select(OutgoingMail.template).order_by(OutgoingMail.id)).all()
        events = session.scalars(select(AuditEvent.actor).where(AuditEvent.action == "request_withdrawn")).all()
    assert (list(mail), list(events)) == (["application", "withdrawn"], ["public"])


@pytest.mark.parametrize("where", sorted(set(RequestState) - OPEN))
def test_application_that_is_over_stays_as_it_is(sent: SubmittedRequest, where: RequestState) -> None:
    set_values(state=where)
    with pytest.raises(RequestOverError):
        withdraw_request(number=sent.number, email=EMAIL)
    assert state() == where
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 1
