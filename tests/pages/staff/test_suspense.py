"""The screen Poczekalnia: one payer's rows assigned, split, sent back, and decisions taken back."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.settings import settings
from tests.core.imports.files import count_entries, ledger_lines, load_lines, load_registry
from tests.core.imports.suspense.rows import (
    STRANGER,
    STRANGER_2,
    balance,
    standing_decisions,
    tenancy_id,
    waiting_ids,
    whole,
)
from tests.pages.conftest import open_dashboard, shown

NEAR = "0009;U/11;D/7;1;WPL;2026-10-03;;wpłata;;5,00"


@pytest.fixture
def rows(session: Session) -> None:
    folder = Path(settings().var)
    load_registry(folder, tenancies=3)
    load_lines(folder, ledger_lines(STRANGER, STRANGER_2, NEAR))


def _open(session: Session, role: Role = Role.ACCOUNTING) -> AppTest:
    return open_dashboard(session, role).run().switch_page("pages/staff/suspense.py").run()


def _payer(session: Session, place: int) -> AppTest:
    app = _open(session)
    return app.selectbox(key="suspense_pick").set_value(app.selectbox(key="suspense_pick").options[place]).run()


def _send(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.startswith(label)).click().run()


def test_queue_says_who_waits_and_how_much(session: Session, rows: None) -> None:
    html = shown(_open(session))
    assert "U/9" in html
    assert "20,00 zł" in html


def test_empty_queue_says_so(session: Session) -> None:
    assert "Nic tu nie czeka" in shown(_open(session))


def test_all_rows_of_a_payer_go_to_a_tenancy_by_its_number(session: Session, rows: None) -> None:
    app = _payer(session, 0)
    app.text_input(key="suspense_number").set_value("U/2")
    app = _send(app, "Przypisz wiersze (2)")
    assert "Przypisano do umowy U/2 wiersze: 2." in shown(app)
    assert (balance("U/2"), len(waiting_ids()), whole()) == (Decimal(-20), 1, [])


def test_candidate_is_shown_with_its_reason_and_taken(session: Session, rows: None) -> None:
    app = _payer(session, 1)
    choice = app.radio(key="suspense_candidate")
    assert choice.value is None
    assert any(name.startswith("U/1, Anna 1") for name in choice.options)
    choice.set_value(tenancy_id("U/1"))
    app = _send(app, "Przypisz wiersze (1)")
    assert "Przypisano do umowy U/1" in shown(app)
    assert balance("U/1") == Decimal(-5)


def test_nothing_chosen_and_both_chosen_are_refused(session: Session, rows: None) -> None:
    app = _send(_payer(session, 1), "Przypisz wiersze")
    assert "Wskaż umowę na liście" in shown(app)
    app.radio(key="suspense_candidate").set_value(tenancy_id("U/1"))
    app.text_input(key="suspense_number").set_value("U/99")
    assert "zostaw jedno z nich" in shown(_send(app, "Przypisz wiersze"))
    assert count_entries() == 0


def test_unknown_number_is_refused(session: Session, rows: None) -> None:
    app = _payer(session, 0)
    app.text_input(key="suspense_number").set_value("U/99")
    assert "Nie ma umowy o numerze „U/99”" in shown(_send(app, "Przypisz wiersze"))


def test_some_rows_are_sent_back_with_a_reason(session: Session, rows: None) -> None:
    app = _payer(session, 0)
    app.radio(key="suspense_which").set_value("Wybrane").run()
    app.multiselect(key="suspense_rows").set_value([app.multiselect(key="suspense_rows").options[0]]).run()
    app.text_area(key="suspense_reason").set_value("wyjaśnić z bankiem")
    app = _send(app, "Odeślij wiersze (1)")
    assert "Odesłano wiersze: 1." in shown(app)
    assert len(waiting_ids()) == 2


def test_row_is_split(session: Session, rows: None) -> None:
    app = _payer(session, 1)
    row = waiting_ids()[2]
    for part, (number, amount) in enumerate([("U/1", "2,50"), ("U/2", "2,50")], start=1):
        app.text_input(key=f"split_no-{row}-{part}").set_value(number)
        app.text_input(key=f"split_sum-{row}-{part}").set_value(amount)
    app = _send(app, "Podziel i przypisz")
    assert "Podzielono wiersz na części: 2." in shown(app)
    assert (balance("U/1"), balance("U/2"), whole()) == (Decimal("-2.5"), Decimal("-2.5"), [])


def test_decision_is_found_and_taken_back(session: Session, rows: None) -> None:
    app = _payer(session, 0)
    app.text_input(key="suspense_number").set_value("U/2")
    app = _send(app, "Przypisz wiersze")
    app.radio(key="suspense_view").set_value("Przypisane").run()
    chosen = app.multiselect(key="take_back_rows-assigned")
    app.multiselect(key="take_back_rows-assigned").set_value(chosen.options[:1])
    app = _send(app, "Cofnij wybrane")
    assert "Wiersze znów czekają: 1." in shown(app)
    assert (len(standing_decisions()), whole()) == (1, [])
