"""What a session that stands before a gate gets to see: the gate, and nothing of the portal."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.models import Realm
from core.access.sessions import key_of
from core.accounts.creating import open_account
from core.accounts.initial_passwords import new_initial_password
from core.accounts.models import PortalAccount, TermsAcceptance
from core.accounts.recovery import new_recovery_link
from core.accounts.terms import publish_terms
from core.audit.models import Actor
from core.db import reading, transaction
from core.outbox.models import OutgoingMail
from core.settings import ROOT
from tests.accounts import TENANT_PASSWORD, make_account, signed_in
from tests.cast import make_entry, make_tenancy, make_tenant
from tests.pages.conftest import shown

OWN = "Wiosenny4Ogrod"


@pytest.fixture
def initial(database: str) -> tuple[str, str]:
    """Anna has a debt and an account she has never used; terms are in force."""
    with transaction() as session:
        anna = make_tenant(session, "Anna Kowalska")
        make_entry(session, make_tenancy(session, anna), "2026-10-01", debit="1234.56", due_on="2026-10-10")
        account = open_account(session, tenant_id=anna.id, email="anna@example.com")
        publish_terms(session, version="1.0", text="Postanowienia ogólne", actor=Actor.CONSOLE)
        return account.login, new_initial_password(session, account_id=account.id)


def portal(raw_id: str | None = None) -> AppTest:
    app = AppTest.from_file(ROOT / "app_tenant.py", default_timeout=30)
    app.user = {"sid": key_of(raw_id)} if raw_id else {}
    return app


def titles(app: AppTest) -> list[str]:
    return [title.value for title in app.title]


def test_first_sign_in_leads_through_terms_and_password_to_the_home_page(initial: tuple[str, str]) -> None:
    login, password = initial
    app = portal(signed_in(login=login, password=password)).run()
    assert titles(app) == ["Regulamin"]
    assert "1 234,56" not in shown(app)
    app.button(key="FormSubmitter:accept_terms-Akceptuję i przechodzę dalej").click().run()
    assert "Zaznacz, że znasz regulamin" in shown(app)
    app.checkbox(key="terms_read").check()
    app.button(key="FormSubmitter:accept_terms-Akceptuję i przechodzę dalej").click().run()
    assert titles(app) == ["Ustaw własne hasło"]
    app.text_input(key="new_secret").set_value(OWN)
    app.text_input(key="repeated_secret").set_value(OWN + "x")
    app.button(key="FormSubmitter:own_password-Zapisz hasło").click().run()
    assert "Hasła się różnią" in shown(app)
    app.text_input(key="repeated_secret").set_value(OWN)
    app.button(key="FormSubmitter:own_password-Zapisz hasło").click().run()
    assert titles(app) == ["Strona główna"]
    assert "1 234,56" in shown(app)
    with reading() as session:
        assert len(session.scalars(select(TermsAcceptance.id)).all()) == 1


def test_new_version_begins_with_what_changed(session: Session) -> None:
    make_account(session, login="anna")
    publish_terms(session, version="1.0", text="Postanowienia ogólne", actor=Actor.CONSOLE)
    session.commit()
    app = portal(signed_in()).run()
    assert app.expander[0].proto.expanded
    app.checkbox(key="terms_read").check()
    app.button(key="FormSubmitter:accept_terms-Akceptuję i przechodzę dalej").click().run()
    assert titles(app) == ["Strona główna"]
    publish_terms(session, version="1.1", text="Inne", changes="Doszły liczniki.", actor=Actor.CONSOLE)
    session.commit()
    app.run()
    assert titles(app) == ["Regulamin"]
    assert "Co się zmieniło: Doszły liczniki." in shown(app)
    assert not app.expander[0].proto.expanded


@pytest.mark.parametrize("page", ["pages/tenant/finance.py", "pages/tenant/account.py"])
def test_no_page_opens_before_the_gates(initial: tuple[str, str], page: str) -> None:
    app = portal(signed_in(login=initial[0], password=initial[1])).run()
    app.switch_page(page).run()
    assert titles(app) == ["Regulamin"]
    assert "1 234,56" not in shown(app)


def test_recovery_answers_the_same_to_everybody(initial: tuple[str, str]) -> None:
    answers = []
    for login, password in (initial, (initial[0], "zgadywane"), ("nikt", "zgadywane")):
        app = portal().run().switch_page("pages/tenant/recovery.py").run()
        app.text_input(key="recovery_login").set_value(login)
        app.text_input(key="recovery_secret").set_value(password)
        app.button(key="FormSubmitter:recovery-Wyślij odnośnik").click().run()
        answers.append(next(block for block in shown(app).splitlines() if "Jeśli identyfikator" in block))
    assert len({answer.split('data-nonce="')[0] for answer in answers}) == 1
    with reading() as session:
        assert session.scalars(select(OutgoingMail.recipient)).all() == ["anna@example.com"]


def test_link_sets_a_password_that_signs_in(database: str) -> None:
    with transaction() as session:
        make_account(session, login="anna")
        token = new_recovery_link(session, account_id=session.scalars(select(PortalAccount.id)).one())
    app = portal().run()
    app.query_params["klucz"] = token
    app.switch_page("pages/tenant/recovery.py").run()
    assert titles(app) == ["Ustaw nowe hasło"]
    app.text_input(key="new_secret").set_value(OWN)
    app.text_input(key="repeated_secret").set_value(OWN)
    app.button(key="FormSubmitter:set_anew-Zapisz nowe hasło").click().run()
    assert titles(app) == ["Hasło zostało zmienione"]
    assert signed_in(password=OWN)


def test_dead_link_leads_to_a_new_one(database: str) -> None:
    app = portal().run()
    app.query_params["klucz"] = "made-up"
    app.switch_page("pages/tenant/recovery.py").run()
    assert "już nie działa" in shown(app)
    assert not app.text_input


def test_account_page_shows_own_sessions_and_changes_the_password(session: Session) -> None:
    make_account(session, login="anna")
    make_account(session, login="jan", name="Jan Nowak")
    session.commit()
    signed_in(login="jan")
    app = portal(signed_in()).run().switch_page("pages/tenant/account.py").run()
    html = shown(app)
    assert html.count("Nieznane urządzenie") == 1
    assert "udane" in html
    app.text_input(key="current_secret").set_value(TENANT_PASSWORD)
    app.text_input(key="new_secret").set_value(OWN)
    app.text_input(key="repeated_secret").set_value(OWN)
    app.button(key="FormSubmitter:change_password-Zmień hasło").click().run()
    assert "Hasło zmienione" in shown(app)
    assert signed_in(Realm.TENANT, password=OWN)
