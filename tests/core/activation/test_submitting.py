"""An application comes in once, whoever sends it and however often."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select, update

from core.access.throttle import TooManyUsesError
from core.activation import submitting
from core.activation.form import DoubtfulFormError
from core.activation.models import ActivationCounter, ActivationRequest, ActivationStep, RequestState
from core.activation.submitting import EMAIL_LIMIT, NETWORK_LIMIT, MailboxFullError, SubmittedRequest
from core.audit.events import broken_link
from core.audit.models import AuditEvent
from core.clock import today
from core.db import reading, transaction
from core.delivery import deliver_mail
from core.documents.bucket import StoreUnavailableError
from core.documents.storage import drop_file, hash_file, kept_file
from core.errors import InvalidFormError
from core.outbox.models import OutgoingMail
from core.registry.models import Building
from core.settings import settings
from tests.accounts import counted
from tests.cast import make_building, make_district, make_premises, make_tenancy, make_tenant
from tests.core.activation.forms import city, statements, submit
from tests.core.documents.readers import text_of
from tests.mail import Postman, smtp_server
from tests.s3 import TestBucket, forget_copies, use_bucket
from tests.servers import free_port


@pytest.fixture
def terms(database: str) -> int:
    return city()


def requests() -> list[ActivationRequest]:
    with reading() as session:
        return list(session.scalars(select(ActivationRequest).order_by(ActivationRequest.id)))


def rows(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def states() -> list[str]:
    return [request.state for request in requests()]


def test_application_is_numbered_routed_and_on_record(terms: int) -> None:
    receipt = submit(terms, tenant_no="000123", phone="600700800")
    (request,) = requests()
    with reading() as session:
        assert request.district_id == make_district(session).id
        steps = session.scalars(select(ActivationStep.state)).all()
        events = session.scalars(select(AuditEvent).where(AuditEvent.object_kind == "activation_request")).all()
        assert [(event.action, event.actor, event.details) for event in events] == [
            ("request_submitted", "public", "{}")
        ]
        assert broken_link(session)[1] is None
    assert receipt.number == request.number == f"IOK/{request.submitted_at.year}/000001"
    assert (request.state, request.tenant_no, request.phone) == (RequestState.SUBMITTED, "000123", "600 700 800")
    assert list(steps) == [RequestState.SUBMITTED]
    assert "RON Centrum, ul. Przykładowa 10, 90-001 Łódź, tel. 42 000 00 01" in receipt.where
    assert receipt.hours == "pn.–pt. 8:00–15:00"


def test_document_is_kept_and_says_what_was_typed(terms: int) -> None:
    receipt = submit(terms, name="Żaneta Śćwiąkalska", street="ul. kwiatowa", premises_no="7a")
    text = text_of(receipt.document)
    for value in (receipt.number, "Żaneta Śćwiąkalska", "ul. Kwiatowa 12 m. 7a, 90-001 Łódź", "RON Centrum"):
        assert value in text
    (request,) = requests()
    assert request.document_sha256 is not None
    assert kept_file(request.document_sha256).read_bytes() == receipt.document
    assert hash_file(kept_file(request.document_sha256)) == request.document_sha256


def test_mail_with_the_document_arrives(terms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = submit(terms)
    postman = Postman()
    with smtp_server(postman) as address:
        monkeypatch.setenv("IOK_SMTP_URL", f"smtp://{address}")
        settings.cache_clear()
        assert deliver_mail().sent == 1
    (message,) = postman.taken
    assert message["To"] == "anna@example.com"
    assert receipt.number in message["Subject"]
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == receipt.document_name
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == receipt.document
    body = message.get_body(("plain",))
    assert body is not None
    assert "RON Centrum" in body.get_content()


def test_same_form_sent_twice_is_one_application(terms: int) -> None:
    first = submit(terms)
    assert submit(terms) == first
    assert submit(terms, name="Ktoś Inny", email="inny@example.com") == first
    assert (len(requests()), rows(OutgoingMail)) == (1, 1)


def test_receipt_outlives_the_kept_file(terms: int) -> None:
    first = submit(terms)
    (request,) = requests()
    drop_file(request.document_sha256 or "")
    assert submit(terms) == first


def at_once(number: int, call: Callable[[int], SubmittedRequest]) -> list[SubmittedRequest]:
    barrier = threading.Barrier(number)

    def one(which: int) -> SubmittedRequest:
        barrier.wait()
        return call(which)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_same_form_sent_at_the_same_time_is_one_application(terms: int) -> None:
    receipts = at_once(8, lambda _: submit(terms))
    assert len({receipt.number for receipt in receipts}) == 1
    assert len({receipt.document for receipt in receipts}) == 1
    assert (len(requests()), rows(OutgoingMail), rows(ActivationStep)) == (1, 1, 1)


def test_forms_sent_at_the_same_time_get_numbers_of_their_own(terms: int) -> None:
    receipts = at_once(12, lambda which: submit(terms, key=f"{which:043}", email=f"a{which}@example.com"))
    numbers = sorted(receipt.number for receipt in receipts)
    assert len(set(numbers)) == 12
    assert numbers == sorted(request.number for request in requests())


def test_numbers_begin_anew_each_year_of_warsaw(terms: int) -> None:
    with freeze_time("2026-12-31 22:30"):
        assert submit(terms, key="a" * 43).number == "IOK/2026/000001"
    with freeze_time("2026-12-31 23:30"):
        assert submit(terms, key="b" * 43, email="b@example.com").number == "IOK/2027/000001"
        assert submit(terms, key="c" * 43, email="c@example.com").number == "IOK/2027/000002"
    with reading() as session:
        last = {row.year: row.last for row in session.scalars(select(ActivationCounter))}
    assert last == {2026: 1, 2027: 2}


def test_newer_application_supersedes_the_one_whose_paper_nobody_has_seen(terms: int) -> None:
    submit(terms, key="a" * 43)
    submit(
        terms, key="b" * 43, name="KOWALSKA Anna", street="ul. Kwiatowa", premises_no=" 7 ", email="ANNA@example.com"
    )
    assert states() == [RequestState.SUPERSEDED, RequestState.SUBMITTED]
    with reading() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert list(actions)[-2:] == ["request_submitted", "request_superseded"]


@pytest.mark.parametrize(
    "other",
    [{"email": "jan@example.com"}, {"premises_no": "8"}, {"name": "Jan Kowalski"}, {"building_no": "14", "sure": True}],
)
def test_application_of_somebody_else_supersedes_nothing(terms: int, other: dict[str, Any]) -> None:
    submit(terms, key="a" * 43)
    submit(terms, key="b" * 43, **other)
    assert states() == [RequestState.SUBMITTED, RequestState.SUBMITTED]


@pytest.mark.parametrize(
    "state", [RequestState.FILED, RequestState.IN_REVIEW, RequestState.CORRECTION, RequestState.APPROVED]
)
def test_application_in_the_office_is_not_superseded(terms: int, state: RequestState) -> None:
    submit(terms, key="a" * 43)
    with transaction() as session:
        session.execute(update(ActivationRequest).values(state=state))
    submit(terms, key="b" * 43)
    assert states() == [state, RequestState.SUBMITTED]


def test_application_left_with_the_administrator_is_not_superseded(terms: int) -> None:
    submit(terms, key="a" * 43)
    with transaction() as session:
        session.execute(update(ActivationRequest).values(administrator_received_on=today()))
    submit(terms, key="b" * 43)
    assert states() == [RequestState.SUBMITTED, RequestState.SUBMITTED]


def test_mailbox_gets_a_few_applications_a_day(terms: int) -> None:
    for which in range(EMAIL_LIMIT):
        submit(terms, key=f"{which:043}")
    with pytest.raises(MailboxFullError):
        submit(terms, key="x" * 43)
    submit(terms, key="y" * 43, email="jan@example.com")
    assert (len(requests()), rows(OutgoingMail)) == (EMAIL_LIMIT + 1, EMAIL_LIMIT + 1)


def test_network_sends_so_many_applications(terms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "NETWORK_LIMIT", 3)
    for which in range(3):
        submit(terms, key=f"{which:043}", email=f"a{which}@example.com", network="192.0.2.1")
    with pytest.raises(TooManyUsesError):
        submit(terms, key="x" * 43, email="x@example.com", network="192.0.2.1")
    submit(terms, key="y" * 43, email="y@example.com", network="192.0.2.2")
    with freeze_time(datetime.now(UTC) + timedelta(hours=1, minutes=1)):
        submit(terms, key="z" * 43, email="z@example.com", network="192.0.2.1")
    assert NETWORK_LIMIT > 3


def test_refused_forms_are_limited_as_well(terms: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "TRIES", 2)
    for _ in range(2):
        with pytest.raises(InvalidFormError):
            submit(terms, name="", network="192.0.2.1")
    with pytest.raises(TooManyUsesError):
        submit(terms, network="192.0.2.1")


def test_refused_form_leaves_nothing_behind(terms: int) -> None:
    for values in ({"name": ""}, {"email": "anna"}, {"street": "Nieznana"}, {"email": "anna@gmial.com"}):
        with pytest.raises(InvalidFormError):
            submit(terms, **values)
    with pytest.raises(InvalidFormError) as refusal:
        submit(terms + 1)
    assert [field for field, _ in refusal.value.errors] == ["terms"]
    assert (requests(), rows(OutgoingMail), rows(ActivationCounter), rows(ActivationStep)) == ([], 0, 0, 0)


def test_slip_in_the_address_is_asked_about_and_taken_the_second_time(terms: int) -> None:
    with pytest.raises(DoubtfulFormError) as doubt:
        submit(terms, email="anna@gmial.com")
    assert [field for field, _ in doubt.value.errors] == ["email"]
    assert "anna@gmail.com" in doubt.value.message
    assert submit(terms, email="anna@gmial.com", sure=True).email == "anna@gmial.com"


def test_unknown_building_is_asked_about_with_the_nearest_numbers(terms: int) -> None:
    with pytest.raises(DoubtfulFormError) as doubt:
        submit(terms, building_no="12/7")
    assert [field for field, _ in doubt.value.errors] == ["building_no"]
    assert "najbliższe: 12." in doubt.value.message


def test_unknown_street_is_asked_about_and_goes_to_any_office(terms: int) -> None:
    with pytest.raises(DoubtfulFormError) as doubt:
        submit(terms, street="Kwiatwa")
    assert [field for field, _ in doubt.value.errors] == ["street"]
    assert "Kwiatowa" in doubt.value.message
    receipt = submit(terms, street="Kwiatwa", sure=True)
    assert requests()[0].district_id is None
    assert receipt.hours is None
    assert "w dowolnym Rejonie Obsługi Najemców" in " ".join(text_of(receipt.document).split())


def test_address_of_two_districts_goes_to_none_of_them_yet(terms: int) -> None:
    with transaction() as session:
        other = make_building(
            session, street="Kwiatowa", building_no="12", district=make_district(session, code="WIDZEW")
        )
        other.postal_code = "92-001"
    submit(terms)
    assert requests()[0].district_id is None


def test_known_and_unknown_tenants_get_the_same_answer_for_the_same_work(terms: int) -> None:
    """No tenant is looked at: the statements are the same, and none of them names a table of tenants."""
    with transaction() as session:
        anna = make_tenant(session, "Anna Kowalska", tenant_no="000123")
        building = session.scalars(select(Building)).one()
        make_tenancy(session, anna, tenancy_no="U/1/2010", premises=make_premises(session, building=building))
    work = []
    for key, values in (
        ("a" * 43, {"name": "Anna Kowalska", "tenant_no": "000123", "tenancy_no": "U/1/2010"}),
        ("b" * 43, {"name": "Nikt Nieznany", "tenant_no": "999999", "tenancy_no": "U/9/2099", "premises_no": "99"}),
    ):
        with statements() as made, counted() as hasher:
            receipt = submit(terms, key=key, email=f"{key[0]}@example.com", **values)
        work.append((made, hasher.verified, receipt.where, receipt.hours))
    assert work[0] == work[1]
    assert work[0][0]
    assert not any(" tenant " in each or " tenancy " in each or "portal_account " in each for each in work[0][0])


@pytest.mark.parametrize("key", ["", "short", "k" * 65])
def test_key_of_a_form_cannot_be_guessed(terms: int, key: str) -> None:
    with pytest.raises(ValueError, match="16 to 64"):
        submit(terms, key=key)


def test_nothing_typed_reaches_the_log_of_events(terms: int) -> None:
    submit(terms, name="Żaneta Śćwiąkalska", phone="600700800")
    with reading() as session:
        written = " ".join(f"{one.object_id} {one.details}" for one in session.scalars(select(AuditEvent)))
    for value in ("Żaneta", "anna@", "600"):
        assert value not in written


def test_signs_that_a_database_refuses_are_taken_out(terms: int) -> None:
    submit(terms, name="An\x00na\ud800 Kowalska", tenant_no="00\x000123", phone="600\x00700800")
    (request,) = requests()
    assert (request.name, request.tenant_no, request.phone) == ("Anna Kowalska", "000123", "600 700 800")


def test_application_is_kept_in_a_bucket_and_mailed_from_there(
    terms: int, bucket: TestBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = submit(terms)
    sha256 = requests()[0].document_sha256 or ""
    assert bucket.content(sha256) == receipt.document
    forget_copies()
    postman = Postman()
    with smtp_server(postman) as address:
        monkeypatch.setenv("IOK_SMTP_URL", f"smtp://{address}")
        settings.cache_clear()
        deliver_mail()
    (attached,) = postman.taken[0].iter_attachments()
    assert attached.get_content() == receipt.document


def test_application_without_its_file_is_none(terms: int, bucket: TestBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    use_bucket(bucket, monkeypatch, IOK_FILES_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreUnavailableError):
        submit(terms)
    assert (rows(ActivationRequest), rows(OutgoingMail)) == (0, 0)
    use_bucket(bucket, monkeypatch)
    assert submit(terms).number.endswith("000001")
