"""The screen Okresy, and the import of a file that touches a closed month."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core import db
from core.access.scopes import Role
from core.accounts.sign_in import operator_scope
from core.imports.closing import close_month
from core.settings import settings
from tests.cast import make_tenancy, make_tenant
from tests.core.imports.files import HEADER, count_entries, ledger_lines, load_lines
from tests.pages.conftest import open_dashboard, shown

SEPTEMBER = "0001;U/1;NAL/9;1;NAL;2026-09-01;2026-09-10;Czynsz;200,00;"
LATE = "0001;U/1;WPL/1;1;WPL;2026-09-30;;Wpłata;;50,00"
REASON = "Wyciąg z banku przyszedł po terminie."


@pytest.fixture
def city(session: Session) -> None:
    make_tenancy(session, make_tenant(session, tenant_no="0001"), tenancy_no="U/1")
    session.commit()
    load_lines(Path(settings().var), ledger_lines(SEPTEMBER))


def _open(session: Session, *roles: Role, page: str = "periods") -> AppTest:
    return open_dashboard(session, *roles).run().switch_page(f"pages/staff/{page}.py").run()


def _close() -> None:
    with db.transaction() as session:
        close_month(session, operator_scope(), month="2026-09")


def _ask(session: Session, *roles: Role) -> AppTest:
    app = _open(session, *roles, page="imports")
    app.selectbox(key="kind").set_value("ledger")
    content = "\r\n".join(ledger_lines(LATE)).encode()
    app.file_uploader[0].upload("wyciag.csv", content, "text/csv")
    app.button("FormSubmitter:upload-Sprawdź plik").click().run()
    assert "Data w zamkniętym okresie" in shown(app)
    assert "load" not in [button.key for button in app.button]
    next(box for box in app.checkbox if box.label.startswith("Znam ostrzeżenia")).check().run()
    next(area for area in app.text_area if area.label.startswith("Powód")).set_value(REASON)
    return app.button(key="period_ask").click().run()


def test_chief_accountant_closes_a_month_and_opens_it_again(session: Session, city: None) -> None:
    app = _open(session, Role.CHIEF_ACCOUNTANT)
    app.button(key="period_close").click().run()
    assert "Zamknięto wrzesień 2026" in shown(app)
    app.button(key="period_reopen").click().run()
    assert "Podaj powód" in shown(app)
    app.text_area(key="period_reopen_reason").set_value("Korekta po kontroli.")
    app.button(key="period_reopen").click().run()
    html = shown(app)
    assert "Otwarto ponownie: wrzesień 2026" in html
    assert "Korekta po kontroli." in html


def test_accountant_sees_months_and_closes_none(session: Session, city: None) -> None:
    app = _open(session, Role.ACCOUNTING)
    html = shown(app)
    assert "wrzesień 2026" in html
    assert "200,00 zł" in html
    assert "period_close" not in [button.key for button in app.button]


def test_file_with_closed_rows_is_loaded_by_the_second_person(session: Session, city: None) -> None:
    _close()
    assert "Poproszono o zgodę" in shown(_ask(session, Role.ACCOUNTING))
    assert count_entries() == 1
    app = _open(session, Role.CHIEF_ACCOUNTANT)
    html = shown(app)
    assert REASON in html
    assert "wyciag.csv" in html
    app.button(key="period_confirm-1").click().run()
    assert "za Twoją zgodą" in shown(app)
    assert "Nic nie czeka" in shown(app)
    assert count_entries() == 2


def test_who_asks_gets_no_button_to_confirm(session: Session, city: None) -> None:
    _close()
    app = _ask(session, Role.CHIEF_ACCOUNTANT).switch_page("pages/staff/periods.py").run()
    assert "potwierdzić musi inna osoba" in shown(app)
    assert "period_confirm-1" not in [button.key for button in app.button]


def test_month_closed_after_the_preview_stops_the_load(session: Session, city: None) -> None:
    app = _open(session, Role.ACCOUNTING, page="imports")
    app.selectbox(key="kind").set_value("ledger")
    app.file_uploader[0].upload("wyciag.csv", "\r\n".join(ledger_lines(LATE)).encode(), "text/csv")
    app.button("FormSubmitter:upload-Sprawdź plik").click().run()
    _close()
    app.button(key="load").click().run()
    html = shown(app)
    assert "Od sprawdzenia zmieniły się dane" in html
    assert "Część wierszy jest w zamkniętym okresie." in html
    assert "load" not in [button.key for button in app.button]
    assert count_entries() == 1


def test_refusal_and_undo_by_request(session: Session, city: None) -> None:
    _close()
    app = _open(session, Role.ACCOUNTING)
    app.number_input(key="period_undo_batch").set_value(1)
    app.text_area(key="period_undo_reason").set_value("Plik z niewłaściwego systemu.")
    app.run()
    app.button(key="period_ask_undo").click().run()
    assert "Poproszono o zgodę na wycofanie partii 1" in shown(app)
    chief = _open(session, Role.CHIEF_ACCOUNTANT)
    chief.text_area(key="period_answer-1").set_value("Nie: najemcy już to widzieli.")
    chief.button(key="period_refuse-1").click().run()
    html = shown(chief)
    assert "Odmówiono zgody" in html
    assert "najemcy już to widzieli" in html
    assert count_entries() == 1


def test_differences_of_balances_are_listed_before_and_after_the_load(session: Session, city: None) -> None:
    app = _open(session, Role.ACCOUNTING, page="imports")
    app.selectbox(key="kind").set_value("ledger")
    content = "\r\n".join(ledger_lines(f"{LATE};999,00", header=f"{HEADER};saldo")).encode()
    app.file_uploader[0].upload("saldo.csv", content, "text/csv")
    app.button("FormSubmitter:upload-Sprawdź plik").click().run()
    html = shown(app)
    assert "Salda inne niż w pliku" in html
    assert "849,00 zł" in html
    next(box for box in app.checkbox if box.label.startswith("Znam ostrzeżenia")).check().run()
    app.button(key="load").click().run()
    app.switch_page("pages/staff/periods.py").run()
    app.radio(key="periods_view").set_value("Różnice sald").run()
    assert "Potwierdzone przy wczytaniu" in shown(app)
    assert "849,00 zł" in shown(app)


def test_empty_ledger_says_so(session: Session) -> None:
    assert "nie ma jeszcze czego zamykać" in shown(_open(session, Role.CHIEF_ACCOUNTANT))
