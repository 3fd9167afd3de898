"""The form of an application: nothing typed is lost, everything is said at once, one form is one application."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.throttle import TooManyUsesError
from core.accounts.terms import publish_terms
from core.activation import submitting
from core.activation.models import ActivationRequest
from core.audit.models import Actor
from core.db import engine, reading, transaction
from core.outbox.models import OutgoingMail
from tests.cast import make_tenancy, make_tenant
from tests.core.activation.forms import city
from tests.pages.conftest import open_portal, shown
from tests.pages.tenant.test_gates import portal, titles

SEND = "FormSubmitter:application-Wyślij wniosek"
ANNA = {
    "name": "Anna Kowalska",
    "street": "Kwiatowa",
    "building_no": "12",
    "premises_no": "7",
    "email": "anna@example.com",
    "email_repeated": "anna@example.com",
}


@pytest.fixture
def form(database: str) -> AppTest:
    city()
    return opened()


def opened() -> AppTest:
    return portal().run().switch_page("pages/tenant/activation.py").run()


def fill(app: AppTest, **values: str) -> AppTest:
    for field, value in {**ANNA, **values}.items():
        app.text_input(key=f"application_{field}").set_value(value)
    app.checkbox(key="application_terms_1").check()
    app.checkbox(key="application_privacy").check()
    return app


def send(app: AppTest) -> str:
    app.button(key=SEND).click().run()
    return shown(app)


def requests() -> list[ActivationRequest]:
    with reading() as session:
        return list(session.scalars(select(ActivationRequest)))


def test_application_is_sent_and_the_screen_says_what_is_next(form: AppTest) -> None:
    html = send(fill(form, phone="600700800", tenant_no="000123"))
    (request,) = requests()
    assert titles(form) == ["Wniosek wysłany"]
    for told in (
        request.number,
        "anna@example.com",
        "RON Centrum",
        "pn.–pt. 8:00–15:00",
        "dokument tożsamości",
        "14 dni",
    ):
        assert told in html
    assert f'href="/pliki/wniosek/{request.submission_key}"' in html
    assert f'href="/wniosek?numer={request.number}"' in html
    assert (request.tenant_no, request.phone) == ("000123", "600 700 800")


def test_all_mistakes_are_said_with_their_fields_and_nothing_typed_is_lost(form: AppTest) -> None:
    form.text_input(key="application_name").set_value("Anna Kowalska")
    form.text_input(key="application_email").set_value("anna@")
    form.text_input(key="application_phone").set_value("12")
    html = send(form)
    for told in ("Ulica: ", "Numer budynku: ", "Adres e-mail: ", "Telefon", "Regulamin: ", "Dane osobowe: "):
        assert f"<li>{told}" in html
    assert "Imię i nazwisko albo nazwa firmy: " not in html
    assert form.text_input(key="application_name").value == "Anna Kowalska"
    assert form.text_input(key="application_email").value == "anna@"
    assert form.text_input(key="application_phone").value == "12"
    assert requests() == []
    send(fill(form, phone=""))
    assert titles(form) == ["Wniosek wysłany"]


def test_slip_is_asked_about_once(form: AppTest) -> None:
    html = send(fill(form, email="anna@gmial.com", email_repeated="anna@gmial.com"))
    assert "Czy chodziło o anna@gmail.com?" in html
    assert "wyślij formularz jeszcze raz" in html
    assert requests() == []
    send(form)
    assert [request.email for request in requests()] == ["anna@gmial.com"]


def test_another_slip_is_asked_about_again(form: AppTest) -> None:
    send(fill(form, email="anna@gmial.com", email_repeated="anna@gmial.com"))
    html = send(fill(form, email="anna@gamil.com", email_repeated="anna@gamil.com"))
    assert "Czy chodziło o anna@gmail.com?" in html
    assert requests() == []


def test_next_form_is_an_application_of_its_own(form: AppTest) -> None:
    send(fill(form))
    form.button[-1].click().run()
    assert titles(form) == ["Aktywacja konta"]
    send(fill(form, name="Jan Kowalski", email="jan@example.com", email_repeated="jan@example.com"))
    assert len({request.submission_key for request in requests()}) == 2


def test_receipt_stays_when_the_page_runs_again(form: AppTest) -> None:
    send(fill(form))
    form.run()
    assert titles(form) == ["Wniosek wysłany"]
    with reading() as session:
        assert len(session.scalars(select(OutgoingMail)).all()) == 1


def test_streets_are_suggested_without_a_word_on_who_lives_there(form: AppTest) -> None:
    with transaction() as session:
        make_tenancy(session, make_tenant(session, "Zofia Tajemnicza", tenant_no="777777"))
    html = shown(opened())
    assert '<option value="Kwiatowa"></option>' in html
    assert "Tajemnicza" not in html
    assert "777777" not in html


def test_terms_and_personal_data_are_read_in_place(form: AppTest) -> None:
    html = shown(form)
    assert "Regulamin" in html
    assert "inspektor" in html.lower()
    assert [box.label.split()[1] for box in form.expander] == ["regulamin,", "informację"]
    assert 'href="/rodo"' in html
    inside = [element.body for element in form.html if "kit-prose" in element.body]
    assert not any('target="_self"' in body for body in inside)


def test_nobody_is_asked_for_pesel_or_a_document(form: AppTest) -> None:
    labels = " ".join(field.label for field in form.text_input).lower()
    for word in ("pesel", "dow", "paszport", "dokument"):
        assert word not in labels


def test_terms_that_changed_meanwhile_have_to_be_read(form: AppTest) -> None:
    fill(form)
    with transaction() as session:
        publish_terms(session, version="2.0", text="Nowe postanowienia", actor=Actor.CONSOLE)
    assert "<li>Regulamin: " in send(form)
    assert requests() == []
    form.checkbox(key="application_terms_2").check()
    send(form)
    assert [request.terms_version_id for request in requests()] == [2]


def test_without_terms_there_is_no_form(database: str) -> None:
    app = opened()
    assert "Konta nie można jeszcze założyć" in shown(app)
    assert len(app.text_input) == 0


@pytest.mark.parametrize(
    ("reached", "said"),
    [
        (("application_tries", ""), "Zbyt wiele prób"),
        (("applications", ""), "Zbyt wiele prób"),
        (("applications", "anna@example.com"), "Na ten adres e-mail wysłaliśmy dziś już kilka wniosków"),
    ],
)
def test_limits_are_said_in_words(
    form: AppTest, monkeypatch: pytest.MonkeyPatch, reached: tuple[str, str], said: str
) -> None:
    def exhausted(session: object, *, purpose: str, key: str, **_: object) -> None:
        if (purpose, key) == reached:
            raise TooManyUsesError

    monkeypatch.setattr(submitting, "take_use", exhausted)
    assert said in send(fill(form))
    assert form.text_input(key="application_name").value == "Anna Kowalska"


FORGED: dict[str, Callable[[AppTest], object]] = {
    "huge": lambda app: app.text_input(key="application_name").set_value("A" * 1_000_000),
    "nul": lambda app: app.text_input(key="application_email").set_value("an\x00na@example.com"),
    "markup": lambda app: app.text_input(key="application_street").set_value("<img src=x onerror=alert(1)>"),
    "markdown": lambda app: app.text_input(key="application_street").set_value("![x](https://example.com/x.png)"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_forged_values_are_refused_or_shown_as_text(form: AppTest, kind: str) -> None:
    fill(form)
    FORGED[kind](form)
    html = send(form)
    assert "<img" not in html
    assert len(requests()) == 0 or kind == "nul"
    assert all("![" not in element.value for element in form.markdown)


def test_whoever_is_signed_in_may_open_it_too(database: str) -> None:
    city()
    with Session(engine()) as session:
        app = open_portal(session, make_tenant(session)).run().switch_page("pages/tenant/activation.py").run()
    assert titles(app) == ["Aktywacja konta"]
