"""The sign-in screen and what stands behind `require_…`, through the entry scripts."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.access.models import PortalSession, Realm
from core.access.scopes import Role
from core.access.sessions import key_of
from core.accounts.sign_in import redeem
from core.db import reading, transaction
from core.settings import ROOT
from tests.accounts import EMPLOYEE_PASSWORD, TENANT_PASSWORD, make_account, make_employee, signed_in
from ui.authenticator import LIBRARY_KEYS

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def people(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna", name="Anna <b>Kowalska</b>")
        make_employee(session, Role.EDITOR, login="ewa")


def app(name: str = "app_tenant.py", *, raw_id: str | None = None) -> AppTest:
    test = AppTest.from_file(ROOT / name, default_timeout=30)
    test.user = {"sid": key_of(raw_id)} if raw_id else {}
    return test


def html(test: AppTest) -> str:
    return "\n".join(block.body for block in test.html)


def fill(test: AppTest, login: str, password: str) -> AppTest:
    test.text_input(key="sign_in_login").set_value(login)
    test.text_input(key="sign_in_secret").set_value(password)
    return test.button[0].click().run()


def test_form_has_the_words_and_hints_people_and_password_managers_need() -> None:
    test = app().run()
    assert not test.exception
    assert [title.value for title in test.title] == ["Logowanie"]
    fields = [(field.label, field.proto.autocomplete) for field in test.text_input]
    assert fields == [("Identyfikator", "username"), ("Hasło", "current-password")]
    assert test.button[0].label == "Zaloguj się"
    assert not test.sidebar.button


def test_right_password_gives_a_ticket_and_nothing_else() -> None:
    test = fill(app().run(), "anna", TENANT_PASSWORD)
    assert not test.exception
    task = re.search(r'data-iok-task="open-session" data-iok-ticket="([\w-]{43})"', html(test))
    assert task
    assert [title.value for title in test.title] == ["Logowanie"]
    with reading() as session:
        assert session.scalar(select(PortalSession.id)) is None
    with transaction() as session:
        assert redeem(session, realm=Realm.TENANT, ticket=task[1])


def test_session_state_never_says_who_it_is() -> None:
    for password in (TENANT_PASSWORD, "Zielona7Bram"):
        test = fill(app().run(), "anna", password)
        assert not {key for key in LIBRARY_KEYS if key in test.session_state}


def test_claims_in_the_session_state_change_nothing() -> None:
    test = app()
    for key, value in {"authentication_status": True, "username": "anna", "name": "Anna", "roles": ["admin"]}.items():
        test.session_state[key] = value
    test.run()
    assert [title.value for title in test.title] == ["Logowanie"]
    assert not test.sidebar.button


@pytest.mark.parametrize(("login", "password"), [("anna", "Zielona7Bram"), ("nikt", TENANT_PASSWORD)])
def test_refusal_stands_above_the_form_and_is_new_each_time(login: str, password: str) -> None:
    test = app().run()
    ids = []
    for _ in range(2):
        shown = html(fill(test, login, password))
        assert "Nieprawidłowy identyfikator lub hasło." in shown
        ids += re.findall(r'role="alert" class="iok-refusal" id="([\w-]+)"', shown)
    assert len(set(ids)) == 2


@pytest.mark.parametrize(("login", "password"), [("", ""), ("anna", ""), ("  ", TENANT_PASSWORD)])
def test_empty_fields_cost_no_attempt(login: str, password: str) -> None:
    test = app().run()
    for _ in range(12):
        fill(test, login, password)
    assert "Podaj identyfikator i hasło." in html(test)
    assert "data-iok-ticket" in html(fill(test, "anna", TENANT_PASSWORD))


def test_password_is_taken_as_it_was_typed() -> None:
    assert "Nieprawidłowy" in html(fill(app().run(), "anna", f" {TENANT_PASSWORD} "))
    assert "data-iok-ticket" in html(fill(app().run(), "  ANNA ", TENANT_PASSWORD))


def test_signed_in_tenant_sees_the_menu_and_their_name_as_text() -> None:
    test = app(raw_id=signed_in()).run()
    assert not test.exception
    assert "Anna &lt;b&gt;Kowalska" in html(test)
    assert [button.label for button in test.sidebar.button] == ["Wyloguj się"]
    assert not test.text_input


def test_sign_out_button_ends_the_session_at_once() -> None:
    raw_id = signed_in()
    test = app(raw_id=raw_id).run()
    test.sidebar.button[0].click().run()
    assert 'data-iok-task="close-session"' in html(test)
    assert [title.value for title in app(raw_id=raw_id).run().title] == ["Logowanie"]
    with reading() as session:
        assert session.scalar(select(PortalSession.end_reason)) == "signed_out"


def test_using_the_portal_keeps_the_session_and_idling_ends_it() -> None:
    with freeze_time(START) as clock:
        test = app(raw_id=signed_in())
        for _ in range(4):
            clock.tick(timedelta(minutes=14))
            assert [title.value for title in test.run().title] != ["Logowanie"]
        clock.tick(timedelta(minutes=15))
        assert [title.value for title in test.run().title] == ["Logowanie"]


def test_session_of_a_tenant_opens_no_dashboard() -> None:
    assert [title.value for title in app("app_staff.py", raw_id=signed_in()).run().title] == ["Logowanie"]


def test_page_without_permission_shows_nothing_of_itself() -> None:
    raw_id = signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD)
    test = app("app_staff.py", raw_id=raw_id).run()
    test.switch_page("pages/staff/imports.py").run()
    assert [title.value for title in test.title] == ["Brak uprawnień"]
    assert not test.main.button


def test_sign_in_page_sends_who_is_signed_in_home() -> None:
    test = app(raw_id=signed_in()).run()
    home = [title.value for title in test.title]
    test.switch_page("pages/tenant/sign_in.py").run()
    assert not test.exception
    assert [title.value for title in test.title] == home
