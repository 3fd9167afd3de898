"""Najemcy: found, seen, and the account looked after in two steps."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.accounts.models import AccountState, PortalAccount
from core.correspondence.matching import Match
from core.db import reading
from core.outbox.models import OutgoingMail
from tests.cast import make_account, make_entry, make_meter, make_tenancy, make_tenant
from tests.core.announcements.cast import resident
from tests.core.correspondence.cast import clerk, paper, sent
from tests.pages.conftest import open_dashboard, shown


def anna_of_the_registry(session: Session) -> int:
    anna = make_tenant(session, "Anna Kowalska", tenant_no="000777")
    make_entry(session, make_tenancy(session, anna), "2026-10-01", debit="1234.56", due_on="2026-10-10")
    account = make_account(session, anna)
    account.email = "anna@example.com"
    session.flush()
    return account.id


def desk(session: Session, role: Role = Role.CLERK) -> AppTest:
    return open_dashboard(session, role).run().switch_page("pages/staff/tenants.py").run()


def find(app: AppTest, text: str) -> AppTest:
    app.text_input(key="find_text").set_value(text)
    return app.button(key="FormSubmitter:find-Szukaj").click().run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def state(account_id: int) -> str:
    with reading() as session:
        return session.get_one(PortalAccount, account_id).state


def buttons(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key and button.key.startswith("do_")}


def test_the_only_one_found_is_shown(session: Session) -> None:
    anna_of_the_registry(session)
    html = shown(find(desk(session), "kowalska"))
    assert "000777" in html
    assert "do wpłaty 1 234,56 zł" in html
    assert "anna@example.com" in html
    assert "aktywne" in html


def test_of_several_one_is_chosen(session: Session) -> None:
    anna_of_the_registry(session)
    jan = make_tenant(session, "Jan Kowalski *drugi*")
    make_tenancy(session, jan)
    jan_id, number = jan.id, jan.tenant_no
    app = find(desk(session), "kowalsk")
    assert "000777" not in shown(app)
    app.button(key=f"hit_{jan_id}").click().run()
    assert number in shown(app)
    assert "nie ma konta" in shown(app)
    assert app.header[0].value == r"Jan Kowalski \*drugi\*"
    app.button(key="back").click().run()
    assert number not in shown(app)


def test_nobody_found_and_question_that_is_none_are_said(session: Session) -> None:
    app = desk(session)
    assert "Niczego nie znaleziono" in shown(find(app, "nikt taki"))
    assert "co najmniej dwa znaki" in shown(find(app, "x"))


def test_lock_and_unlock_ask_first(session: Session) -> None:
    account_id = anna_of_the_registry(session)
    app = find(desk(session), "kowalska")
    app.button(key="do_lock_account").click().run()
    assert state(account_id) == AccountState.ACTIVE
    assert "anna@example.com" in shown(app)
    app.button(key="yes").click().run()
    assert state(account_id) == AccountState.LOCKED
    assert "Anna Kowalska: Konto zablokowane." in shown(app)
    app.button(key="do_unlock_account").click().run()
    app.button(key="yes").click().run()
    assert state(account_id) == AccountState.ACTIVE
    with reading() as session:
        templates = session.scalars(select(OutgoingMail.template).order_by(OutgoingMail.id)).all()
    assert templates == ["account_locked_by_office", "account_unlocked"]


def test_no_is_no(session: Session) -> None:
    account_id = anna_of_the_registry(session)
    app = find(desk(session), "kowalska")
    app.button(key="do_close_account").click().run()
    app.button(key="no").click().run()
    assert state(account_id) == AccountState.ACTIVE
    assert not [button for button in app.button if button.key == "yes"]


def test_closed_account_offers_nothing_more(session: Session) -> None:
    account_id = anna_of_the_registry(session)
    app = find(desk(session), "kowalska")
    app.button(key="do_close_account").click().run()
    app.button(key="yes").click().run()
    assert state(account_id) == AccountState.CLOSED
    assert buttons(app) == set()


def test_accounting_looks_and_does_nothing(session: Session) -> None:
    anna_of_the_registry(session)
    app = find(desk(session, Role.ACCOUNTING), "kowalska")
    assert "do wpłaty 1 234,56 zł" in shown(app)
    assert buttons(app) == set()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_others_do_not_get_in(session: Session, role: Role) -> None:
    app = desk(session, role)
    assert [title.value for title in app.title] == ["Brak uprawnień"]
    assert not app.text_input


def test_what_is_found_beside_tenants_leads_to_its_screen(session: Session) -> None:
    anna = resident(session, "Anna")
    meter = make_meter(session, anna.premises).meter_no
    sent(session, clerk(session), paper("A", Match(anna.tenant.id, None), title="<b>Zmiana</b>", letter_no="RON/77"))
    app = find(desk(session), "RON/77")
    assert "&lt;b&gt;Zmiana&lt;/b&gt; RON/77" in shown(app)
    assert 'href="/pliki/pismo/1"' in shown(app)
    app = find(app, meter)
    assert [one.value for one in app.header] == ["Liczniki"]
    (button,) = [one for one in app.button if one.key and one.key.startswith("found_meter")]
    app = button.click().run()
    assert app.title[0].value == "Odczyty"
    assert any(meter in one.value for one in app.header)


def test_tenant_at_a_glance_has_their_letters(session: Session) -> None:
    anna = resident(session, "Anna")
    number = anna.tenant.tenant_no
    sent(session, clerk(session), paper("A", Match(anna.tenant.id, None), title="Rozliczenie wody"))
    html = shown(find(desk(session), number))
    assert "Rozliczenie wody" in html
    assert "nieotwarte" in html


def test_office_invites_a_proxy_and_revokes_it(session: Session) -> None:
    anna_of_the_registry(session)
    app = find(desk(session), "Kowalska")
    app.text_input(key="proxy_name").set_value("Piotr Wnuk")
    app.text_input(key="proxy_email").set_value("wnuk@example.com")
    app = press(app, "Wyślij zaproszenie")
    assert "Zaproszenie wysłane na adres wnuk@example.com." in shown(app)
    app.selectbox(key="proxy_end_chosen").select_index(0)
    app = press(press(app, "Odwołaj"), "Tak, odwołaj")
    assert "pełnomocnictwo odwołane, Piotr Wnuk." in shown(app)


def test_accounting_sees_proxies_and_grants_none(session: Session) -> None:
    anna_of_the_registry(session)
    app = find(desk(session, Role.ACCOUNTING), "Kowalska")
    assert "Nikt nie ma pełnomocnictwa do umów w Twoim rejonie." in shown(app)
    assert "Wyślij zaproszenie" not in [one.label for one in app.button]
