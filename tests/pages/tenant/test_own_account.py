"""Moje konto: all one's data to take away, and a request to close the account."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.accounts.models import ClosingRequest, ClosingState, PortalAccount
from core.accounts.passwords import hash_password
from core.clock import now
from core.db import reading, transaction
from core.own_data.making import make_data_exports
from core.own_data.models import DataExport
from tests.accounts import TENANT_PASSWORD
from tests.cast import make_tenancy, make_tenant
from tests.pages.conftest import open_portal, shown

PAGE = "pages/tenant/account.py"


def account_page(session: Session) -> AppTest:
    anna = make_tenant(session)
    make_tenancy(session, anna)
    return open_portal(session, anna).run().switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def closing_states() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(ClosingRequest.state).order_by(ClosingRequest.id)))


def test_data_is_asked_for_made_and_offered(session: Session) -> None:
    app = account_page(session)
    html = shown(app)
    assert "Pisma, których jeszcze nie otwarto" in html
    app = press(app, "Przygotuj moje dane")
    html = shown(app)
    assert "Powiadomimy Cię, gdy będzie gotowy." in html
    assert "Możesz zająć się czymś innym" in html
    assert "Przygotuj moje dane" not in [one.label for one in app.button]
    make_data_exports()
    html = shown(app.run())
    with reading() as other:
        one = other.scalars(select(DataExport)).one()
    assert f'href="/pliki/moje-dane/{one.id}"' in html
    assert "Pobierz (ZIP, " in html
    assert "Możesz zająć się czymś innym" not in html
    assert "raz na 24 godziny" in shown(press(app.run(), "Przygotuj moje dane"))


def test_request_to_close_is_asked_with_the_password_and_taken_back(session: Session) -> None:
    app = account_page(session)
    with transaction() as other:
        other.scalars(select(PortalAccount)).one().password_hash = hash_password(TENANT_PASSWORD)
    app.text_area(key="closing_reason").set_value("Wyprowadzam się")
    app.text_input(key="closing_current").set_value("Zla7Brama")
    app = press(app, "Poproś o zamknięcie konta")
    assert "Obecne hasło: Podane hasło się nie zgadza." in shown(app)
    assert closing_states() == []
    app.text_input(key="closing_current").set_value(TENANT_PASSWORD)
    app = press(app, "Poproś o zamknięcie konta")
    assert "czeka na rejon. Do tego czasu możesz ją wycofać." in shown(app)
    assert closing_states() == ["open"]
    assert "wycofana. Konto działa jak dotąd." in shown(press(app, "Wycofaj prośbę"))
    assert closing_states() == ["withdrawn"]


def test_answer_of_the_office_is_shown_as_text(session: Session) -> None:
    app = account_page(session)
    with transaction() as other:
        account = other.scalars(select(PortalAccount.id)).one()
        other.add(
            ClosingRequest(
                account_id=account, asked_at=now(), state=ClosingState.REJECTED, decided_at=now(), answer="<b>Nie</b>"
            )
        )
    assert ": &lt;b&gt;Nie&lt;/b&gt;" in shown(app.run())
