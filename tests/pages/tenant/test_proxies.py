"""Proxies on screen: given and taken back on Moje konto, invited from a link, acting from the menu."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.models import PortalSession, ProxyGrant, ProxyLevel
from core.accounts.models import PortalAccount
from core.accounts.passwords import hash_password
from core.db import reading, transaction
from core.proxies.grants import GrantState, state_of
from core.proxies.invitation import new_invitation_token
from core.questions.models import QuestionThread
from core.registry.models import Tenancy, Tenant
from tests.access.proxies import make_grant
from tests.accounts import TENANT_PASSWORD
from tests.cast import make_account, make_entry, make_meter, make_premises, make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown

ACCOUNT, LINK = "pages/tenant/account.py", "pages/tenant/proxy_invitation.py"


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def household(session: Session) -> Tenancy:
    premises = make_premises(session)
    make_meter(session, premises)
    return make_tenancy(session, make_tenant(session, "Anna Kowalska"), premises=premises)


def portal_of_anna(session: Session) -> AppTest:
    """Her page of the account, which has a password and an address."""
    tenant = session.get_one(Tenant, household(session).tenant_id)
    return with_password(open_portal(session, tenant).run().switch_page(ACCOUNT)).run()


def grants() -> list[GrantState]:
    with reading() as session:
        return [state_of(one) for one in session.scalars(select(ProxyGrant).order_by(ProxyGrant.id))]


def with_password(app: AppTest) -> AppTest:
    with transaction() as session:
        values = {"password_hash": hash_password(TENANT_PASSWORD), "email": "anna@example.com"}
        session.execute(update(PortalAccount).values(values))
    return app


def fill(app: AppTest, *, email: str = "wnuk@example.com", password: str = TENANT_PASSWORD) -> AppTest:
    app.text_input(key="proxy_name").set_value("Piotr Wnuk")
    app.text_input(key="proxy_email").set_value(email)
    app.text_input(key="proxy_current").set_value(password)
    return press(app, "Wyślij zaproszenie")


def test_proxy_is_invited_and_revoked_after_a_question(session: Session) -> None:
    app = portal_of_anna(session)
    assert "Nikt nie ma pełnomocnictwa." in shown(app)
    app = fill(app)
    assert "Zaproszenie wysłane na adres wnuk@example.com." in shown(app)
    assert grants() == [GrantState.INVITED]
    app.selectbox(key="proxy_end_chosen").select_index(0)
    app = press(app, "Odwołaj")
    assert "Odwołaj pełnomocnictwo: Piotr Wnuk" in shown(app)
    app = press(app, "Anuluj")
    assert grants() == [GrantState.INVITED]
    app.selectbox(key="proxy_end_chosen").select_index(0)
    app = press(press(app, "Odwołaj"), "Tak, odwołaj")
    assert "Pełnomocnictwo odwołane: Piotr Wnuk." in shown(app)
    assert grants() == [GrantState.ENDED]


def test_what_is_wrong_is_named_and_nothing_is_sent(session: Session) -> None:
    app = portal_of_anna(session)
    assert "Adres e-mail: W adresie e-mail brakuje znaku @." in shown(fill(app, email="wnuk"))
    assert "Obecne hasło: Podane hasło się nie zgadza." in shown(fill(app, password="Zla7Brama"))
    assert grants() == []


@pytest.mark.parametrize("level", ProxyLevel)
def test_proxy_acts_within_the_level_and_goes_back(session: Session, level: ProxyLevel) -> None:
    kept = household(session).id
    make_entry(session, session.get_one(Tenancy, kept), "2026-10-01", debit="100")
    jan = make_tenant(session, "Jan Nowak")
    make_tenancy(session, jan)
    app = open_portal(session, jan)
    with transaction() as own:
        account = own.scalars(select(PortalAccount)).one()
        make_grant(own, own.get_one(Tenancy, kept), account, level)
    app.run()
    app.selectbox(key="standing-0").select_index(1).run()
    html = shown(app)
    assert "Działasz jako pełnomocnik: Anna Kowalska." in html
    assert "Co nowego" not in html
    app.switch_page("pages/tenant/finance.py").run()
    assert "Skąd ta kwota?" in shown(app)
    assert ("operacja-" in shown(app)) == (level is ProxyLevel.EVERYTHING)  # a question about the line
    app.switch_page("pages/tenant/meters.py").run()
    assert ("Wyślij odczyt" in [one.label for one in app.button]) == (level is not ProxyLevel.SEE)
    app.switch_page("pages/tenant/faults.py").run()
    closed = "Tej strony nie obejmuje Twoje pełnomocnictwo." in shown(app)
    assert closed == (level is not ProxyLevel.EVERYTHING)
    app.switch_page("pages/tenant/contact.py").run()
    assert "Tej strony nie obejmuje Twoje pełnomocnictwo." in shown(app)
    app.switch_page(ACCOUNT).run()
    html = shown(app)
    assert "Pełnomocnictwa, które masz" in html
    assert "Zamknięcie konta" not in html
    (switcher,) = [one for one in app.selectbox if one.label == "Działasz w imieniu"]
    switcher.select_index(0).run()
    assert "Działasz jako pełnomocnik" not in shown(app)


def test_what_was_typed_for_one_person_is_not_sent_for_another(session: Session) -> None:
    """Another tab has switched meanwhile: the page that was drawn for Jan sends nothing in Anna's name."""
    kept = household(session).id
    jan = make_tenant(session, "Jan Nowak")
    make_tenancy(session, jan)
    app = open_portal(session, jan)
    with transaction() as own:
        account = own.scalars(select(PortalAccount)).one()
        grant = make_grant(own, own.get_one(Tenancy, kept), account, ProxyLevel.EVERYTHING).id
    app.run().switch_page("pages/tenant/correspondence.py")
    app.query_params["pytanie"] = "nowe"
    app.run()
    app.text_input(key="q_title").set_value("Moja sprawa")
    app.text_area(key="q_body").set_value("Tylko moja.")
    with transaction() as own:
        own.execute(update(PortalSession).values(proxy_grant_id=grant))
    app = press(app, "Wyślij pytanie")
    assert "Działasz teraz w imieniu: Anna Kowalska. To, co było wpisane, nie zostało wysłane." in shown(app)
    with reading() as own:
        assert own.scalars(select(QuestionThread)).all() == []


def test_proxy_who_comes_to_the_sign_in_page_is_led_home(session: Session) -> None:
    kept = household(session).id
    jan = make_tenant(session, "Jan Nowak")
    make_tenancy(session, jan)
    app = open_portal(session, jan)
    with transaction() as own:
        account = own.scalars(select(PortalAccount)).one()
        grant = make_grant(own, own.get_one(Tenancy, kept), account, ProxyLevel.SEE).id
        own.execute(update(PortalSession).values(proxy_grant_id=grant))
    app.run().switch_page("pages/tenant/sign_in.py").run()
    assert "Tej strony nie obejmuje" not in shown(app)
    assert [one.value for one in app.title] == ["Strona główna"]


def invited(session: Session) -> str:
    """A link's token, for Anna's tenancy."""
    grant = make_grant(session, household(session), make_account(session, make_tenant(session)), ProxyLevel.SEE)
    grant.account_id, grant.accepted_at = None, None
    grant.invited_until = grant.invited_until.replace(year=grant.invited_until.year + 1)
    session.flush()
    token = new_invitation_token(session, grant_id=grant.id)
    session.commit()
    return token


def at_link(app: AppTest, token: str) -> AppTest:
    app.query_params["klucz"] = token
    return app.run().switch_page(LINK).run()


def test_tenant_signed_in_takes_a_grant_and_acts_at_once(session: Session) -> None:
    token = invited(session)
    jan = make_tenant(session, "Jan Nowak")
    make_tenancy(session, jan)
    app = at_link(open_portal(session, jan), token)
    assert "Anna Kowalska" in shown(app)
    app = press(app, "Przyjmuję pełnomocnictwo")
    assert "Działasz teraz w imieniu: Anna Kowalska." in shown(app)
    assert grants() == [GrantState.ACTIVE]


def test_invitation_is_declined(session: Session) -> None:
    token = invited(session)
    app = at_link(open_portal(session, make_tenant(session, "Jan Nowak")), token)
    assert "Zaproszenie odrzucone." in shown(press(app, "Odrzucam"))
    assert grants() == [GrantState.ENDED]


def test_dead_link_says_what_to_do(session: Session) -> None:
    app = at_link(open_portal(session, make_tenant(session, "Jan Nowak")), "x" * 43)
    assert "To zaproszenie już nie działa" in shown(app)
    assert "Przyjmuję pełnomocnictwo" not in [one.label for one in app.button]
