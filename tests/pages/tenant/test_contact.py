"""Dane kontaktowe as the tenant changes them, and the screen behind the link "to nie ja"."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.accounts.models import PortalAccount
from core.accounts.passwords import hash_password
from core.contact.email_change import new_email_code, new_refusal_token
from core.contact.models import ContactChange
from core.db import reading, transaction
from core.settings import ROOT
from tests.core.announcements.cast import resident
from tests.pages.conftest import open_portal, shown

PAGE, PASSWORD = "pages/tenant/contact.py", "Kamienica7x"


def screen(session: Session) -> AppTest:
    """Anna's page; her account has an address and a password of her own."""
    tenant = resident(session).tenant
    app = open_portal(session, tenant)
    with transaction() as own:
        account = own.scalars(select(PortalAccount)).one()
        account.email, account.password_hash = "anna@example.com", hash_password(PASSWORD)
    return app.run().switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def ask(app: AppTest, email: str = "nowa@example.com", password: str = PASSWORD) -> AppTest:
    app.text_input(key="new_email").set_value(email)
    app.text_input(key="email_current").set_value(password)
    return press(app, "Wyślij kod na nowy adres")


def sent_code() -> str:
    with transaction() as session:
        return new_email_code(session, change_id=session.scalars(select(ContactChange.id)).one())


def test_email_is_changed_by_password_and_code(session: Session) -> None:
    app = ask(screen(session))
    assert "Na adres nowa@example.com wysłaliśmy sześciocyfrowy kod." in shown(app)
    code = sent_code()
    app.text_input(key="email_code").set_value("000000" if code != "000000" else "111111")
    assert "pozostałe próby: 4" in shown(press(app, "Potwierdź nowy adres"))
    app.text_input(key="email_code").set_value(code)
    html = shown(press(app, "Potwierdź nowy adres"))
    assert "Adres e-mail zmieniony na nowa@example.com." in html
    assert "odzyskiwanie dostępu prowadzi jeszcze na poprzedni adres: anna@example.com" in html
    assert "poprzednio: anna@example.com" in html


def test_wrong_password_and_wrong_address_are_named(session: Session) -> None:
    app = screen(session)
    assert "Obecne hasło: Podane hasło się nie zgadza." in shown(ask(app, password="Zle7haslo"))
    assert "Nowy adres e-mail: W adresie e-mail brakuje znaku @." in shown(ask(app, email="nowa"))


def test_change_under_way_is_cancelled(session: Session) -> None:
    app = press(ask(screen(session)), "Przerwij zmianę")
    assert "Adres pozostał bez zmian." in shown(app)
    assert [one.key for one in app.text_input if one.key == "new_email"] == ["new_email"]


def test_phone_and_address(session: Session) -> None:
    app = screen(session)
    app.text_input(key="new_phone").set_value("12")
    assert "Numer telefonu: To nie jest numer telefonu." in shown(press(app, "Zapisz telefon"))
    app.text_input(key="new_phone").set_value("600-700-800")
    assert "Zapisano telefon 600 700 800." in shown(press(app, "Zapisz telefon"))
    html = shown(press(app, "Wyślij do zatwierdzenia"))
    for word in (
        "Ulica i numer: Podaj ulicę i numer.",
        "Kod pocztowy: Kod pocztowy ma pięć cyfr",
        "Miejscowość: Podaj",
    ):
        assert word in html
    app.text_input(key="a_street").set_value("Leśna 3 <b>x</b>")
    app.text_input(key="a_code").set_value("91032")
    app.text_input(key="a_town").set_value("Łódź")
    html = shown(press(app, "Wyślij do zatwierdzenia"))
    assert "Leśna 3 &lt;b&gt;x&lt;/b&gt;, 91-032 Łódź" in html
    assert "Wycofano zmianę adresu" in shown(press(app, "Wycofaj tę zmianę"))


def test_link_undoes_the_change_only_when_the_button_is_pressed(session: Session) -> None:
    app = ask(screen(session))
    app.text_input(key="email_code").set_value(sent_code())
    press(app, "Potwierdź nowy adres")
    with transaction() as own:
        token = new_refusal_token(own, change_id=own.scalars(select(ContactChange.id)).one())
    app = AppTest.from_file(ROOT / "app_tenant.py", default_timeout=30)
    app.query_params["klucz"] = token
    app = app.run().switch_page("pages/tenant/not_me.py").run()
    assert "n…@example.com" in shown(app)
    with reading() as found:
        assert found.scalars(select(PortalAccount.email)).one() == "nowa@example.com"
    app = press(app, "To nie ja: cofnij zmianę i zablokuj konto")
    assert "Zmiana adresu e-mail jest cofnięta" in shown(app)
    with reading() as found:
        assert found.execute(select(PortalAccount.email, PortalAccount.state)).one() == ("anna@example.com", "locked")
    app.query_params["klucz"] = token
    assert "Ten odnośnik już nie działa" in shown(app.run())
