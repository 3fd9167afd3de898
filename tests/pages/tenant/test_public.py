"""Screens that everybody may open: who serves an address, the terms; and the way from each to the others."""

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.accounts.creating import open_account
from core.accounts.initial_passwords import new_initial_password
from core.accounts.terms import publish_terms
from core.audit.models import Actor
from core.db import transaction
from core.registry import asking
from tests.accounts import signed_in
from tests.cast import make_building, make_district, make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown
from tests.pages.tenant.test_gates import portal, titles

SHOW = "FormSubmitter:who_serves-Pokaż"


@pytest.fixture
def registry(database: str) -> None:
    with transaction() as session:
        centre = make_district(session)
        centre.name, centre.address, centre.hours = "RON Centrum", "Przykładowa 2, 90-001 Łódź", "pon. 8:00-16:00"
        centre.phone, centre.email = "42 111 11 11, 42 222 22 22 wew. 3", "ron2@lokale.example"
        make_building(session, street="Kilińskiego", building_no="9/11")
        make_building(session, street="Kilińskiego", building_no="19a")
        make_building(session, street="pl. Wolności", building_no="1")
        make_building(session, street="Wolności", building_no="1")


def ask(app: AppTest, street: str, number: str) -> str:
    app.text_input(key="address_street").set_value(street)
    app.text_input(key="address_number").set_value(number)
    app.button(key=SHOW).click().run()
    return shown(app)


def administrator(app: AppTest | None = None) -> AppTest:
    return (portal() if app is None else app).run().switch_page("pages/tenant/administrator.py").run()


@pytest.mark.parametrize(("street", "number"), [("ul. kilinskiego", "9 / 11"), ("KILIŃSKIEGO", "19 A")])
def test_an_address_leads_to_office_and_administrator(registry: None, street: str, number: str) -> None:
    app = administrator()
    html = ask(app, street, number)

    assert titles(app) == ["Administrator"]
    assert "Ten adres obsługuje RON Centrum." in html
    for told in ("Przykładowa 2, 90-001 Łódź", "pon. 8:00-16:00", "Administrator "):
        assert told in html
    assert '<a href="tel:421111111">42 111 11 11</a>' in html
    assert '<a href="tel:422222222">42 222 22 22 wew. 3</a>' in html
    assert '<a href="mailto:ron2@lokale.example">' in html


def test_streets_are_suggested(registry: None) -> None:
    html = shown(administrator())

    assert 'data-iok-suggests="Ulica"' in html
    assert '<option value="Kilińskiego"></option>' in html


def test_an_ambiguous_address_is_a_list(registry: None) -> None:
    app = administrator()
    html = ask(app, "Wolności", "1")

    assert "jest kilka budynków (2)" in html
    assert [one.value for one in app.header] == ["pl. Wolności 1, 90-001 Łódź", "ul. Wolności 1, 90-001 Łódź"]


def test_an_unknown_number_leads_to_those_of_the_street(registry: None) -> None:
    html = ask(administrator(), "kilinskiego", "19")

    assert "Nie ma takiego numeru" in html
    assert "/administrator?ulica=kilinskiego&amp;numer=19a" in html
    assert "42 000 00 00" in html


def test_an_unknown_street_leads_to_similar_ones_and_to_the_telephone(registry: None) -> None:
    html = ask(administrator(), "<b>Kilinskego", "19a")

    assert "Nie ma takiej ulicy" in html
    assert "/administrator?ulica=Kili%C5%84skiego&amp;numer=19a" in html
    assert "<b>Kilinskego" not in html
    assert 'Zapytaj: tel. <a href="tel:420000000">' in html


def test_a_link_opens_the_screen_with_its_answer(registry: None) -> None:
    app = portal().run()
    app.query_params["ulica"] = "Kilińskiego"
    app.query_params["numer"] = "19a"
    app.switch_page("pages/tenant/administrator.py").run()

    assert app.text_input(key="address_street").value == "Kilińskiego"
    assert "Ten adres obsługuje RON Centrum." in shown(app)


def test_missing_street_is_said_at_its_field(registry: None) -> None:
    assert "Ulica: Podaj nazwę ulicy." in ask(administrator(), " ", "1")
    assert "Numer budynku: Podaj numer budynku" in ask(administrator(), "Wolności", "")


def test_questions_are_limited(registry: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "QUESTIONS", 1)
    monkeypatch.setattr("ui.authenticator.network_of", lambda address: "192.0.2.0/24")
    app = administrator()
    assert "Ten adres obsługuje" in ask(app, "Kilińskiego", "19a")
    html = ask(app, "Kilińskiego", "19a")
    assert "Zbyt wiele prób" in html
    assert "Ten adres obsługuje" not in html


def test_who_is_signed_in_can_ask_too(registry: None, session: Session) -> None:
    anna = make_tenant(session)
    make_tenancy(session, anna)
    app = administrator(open_portal(session, anna))

    assert "Ten adres obsługuje RON Centrum." in ask(app, "Kilińskiego", "19a")
    assert "kit-public" not in shown(app)
    assert any(button.label == "Wyloguj się" for button in app.button)


def test_terms_in_force_are_open_to_everybody(database: str) -> None:
    with transaction() as session:
        publish_terms(session, version="1.0", text="## § 1. Stary\n\n1. Dawniej", actor=Actor.CONSOLE)
        publish_terms(
            session,
            version="1.1",
            text="## § 1. Nowy\n\n1. Teraz ![x](https://elsewhere.example/x.png) <b>",
            changes="Doszła <i>opłata",
            actor=Actor.CONSOLE,
        )
    app = portal().run().switch_page("pages/tenant/terms.py").run()
    html = shown(app)

    assert titles(app) == ["Regulamin"]
    assert "Wersja 1.1, obowiązuje od" in html
    assert "<h2>§ 1. Nowy</h2>" in html
    assert "Dawniej" not in html
    assert "Co się zmieniło: Doszła &lt;i&gt;opłata" in html
    assert "<img" not in html
    assert "<b>" not in html.replace("<b></b>", "")


def test_without_terms_the_screen_says_so(database: str) -> None:
    assert "nie został jeszcze opublikowany" in shown(portal().run().switch_page("pages/tenant/terms.py").run())


def test_public_screens_lead_to_each_other_and_so_does_the_sign_in(registry: None) -> None:
    app = portal().run()
    for page, current in ((None, "/logowanie"), ("administrator", "/administrator"), ("terms", None)):
        html = shown(app.switch_page(f"pages/tenant/{page}.py").run() if page else app)
        assert 'aria-label="Bez logowania"' in html
        for path in ("/logowanie", "/administrator"):
            mark = ' aria-current="page"' if path == current else ""
            assert f'<a href="{path}" target="_self"{mark}>' in html
        for path in ("/dostepnosc", "/regulamin", "/rodo", "/administrator"):
            assert f'<a href="{path}" target="_self">' in html.split("kit-footer")[1]


def test_terms_can_be_read_while_a_gate_stands_open(database: str) -> None:
    with transaction() as session:
        publish_terms(session, version="1.0", text="## § 1. Ogólne", actor=Actor.CONSOLE)
        account = open_account(session, tenant_id=make_tenant(session, "Anna").id, email="anna@example.com")
        login, password = account.login, new_initial_password(session, account_id=account.id)
    app = portal(signed_in(login=login, password=password)).run()
    assert "<h2>§ 1. Ogólne</h2>" in shown(app)
    app.switch_page("pages/tenant/administrator.py").run()
    assert titles(app) == ["Administrator"]
