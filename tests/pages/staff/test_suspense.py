"""The screen Poczekalnia: one payer's rows assigned, split, sent back, and decisions taken back."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core import db
from core.access.scopes import Role
from core.imports.suspense.waiting_file import waiting_file
from core.settings import settings
from tests.core.imports.files import count_entries, ledger_lines, load_lines, load_registry
from tests.core.imports.suspense.rows import (
    SCOPE,
    STRANGER,
    STRANGER_2,
    assign_to,
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


def test_button_is_about_the_rows_that_it_was_drawn_for(session: Session, rows: None) -> None:
    app = _payer(session, 0)
    assign_to("U/3", waiting_ids()[0])
    app.text_input(key="suspense_number").set_value("U/2")
    app = _send(app, "Przypisz wiersze (2)")
    assert "Część wierszy (1) już nie czeka w poczekalni" in shown(app)
    app = _send(app, "Przypisz wiersze (1)")
    assert (balance("U/2"), balance("U/3"), whole()) == (Decimal(-11), Decimal(-9), [])


def test_rows_that_come_meanwhile_are_not_assigned_unseen(session: Session, rows: None) -> None:
    app = _payer(session, 0)
    load_lines(Path(settings().var), ledger_lines(STRANGER.replace("D/9", "D/99")))
    app.text_input(key="suspense_number").set_value("U/2")
    app = _send(app, "Przypisz wiersze (2)")
    assert "Przypisano do umowy U/2 wiersze: 2." in shown(app)
    assert balance("U/2") == Decimal(-20)


def test_rows_without_any_number_are_decided_one_by_one(session: Session, rows: None) -> None:
    strangers = (";;D/20;1;WPL;2026-10-04;;kasa;;6,00", ";;D/21;1;WPL;2026-10-04;;kasa;;7,00")
    charged = "0002;U/2;N/1;1;NAL;2026-10-01;2026-10-10;Czynsz;7,00;"
    load_lines(Path(settings().var), ledger_lines(charged, *strangers))
    app = _open(session)
    place = next(at for at, name in enumerate(app.selectbox(key="suspense_pick").options) if "umowa brak" in name)
    app = _payer(session, place)
    assert "Umowa bez numeru, kontrahent bez numeru" in [heading.value for heading in app.header]
    assert not [button for button in app.button if button.label.startswith("Przypisz")]
    chosen = app.multiselect(key="suspense_rows")
    chosen.set_value(chosen.options[1:]).run()
    assert [name[:11] for name in app.radio(key="suspense_candidate").options[:1]] == ["U/2, Anna 2"]
    app.radio(key="suspense_candidate").set_value(tenancy_id("U/2"))
    _send(app, "Przypisz wiersze (1)")
    assert (balance("U/2"), len(waiting_ids())) == (Decimal(0), 4)


def test_queue_is_found_again_where_it_was_left(session: Session, rows: None) -> None:
    app = _open(session)
    app.text_input(key="suspense_text").set_value("U/11")
    app = _send(app, "Szukaj")
    assert app.selectbox(key="suspense_pick").options == ["umowa U/11, kontrahent 0009: 1\N{NO-BREAK SPACE}wiersz"]
    app = app.selectbox(key="suspense_pick").set_value(app.selectbox(key="suspense_pick").options[0]).run()
    app = app.button(key="back").click().run()
    assert app.text_input(key="suspense_text").value == "U/11"


def test_rows_whose_tenancy_has_come_are_offered_in_one_sentence(session: Session, rows: None) -> None:
    folder = Path(settings().var)
    load_lines(folder, ["nr_kontrahenta;rodzaj;nazwa", "0009;osoba;Zenon 9"], kind="tenants")
    premises = ["kod_lokalu;kod_budynku;nr_lokalu;rodzaj;pow_uzytkowa", "L9;B1;9;mieszkalny;48,30"]
    load_lines(folder, premises, kind="premises")
    tenancy = ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/9;0009;L9;najem;2020-01-01"]
    load_lines(folder, tenancy, kind="tenancies")
    app = _open(session)
    assert "Kontrahent i umowa 2 wierszy są już w ewidencji." in shown(app)
    assert "Przypisano wiersze do ich umów: 2." in shown(_send(app, "Przypisz do ich umów"))


def test_undo_of_decisions_says_that_rows_will_wait_again(session: Session, rows: None) -> None:
    with db.transaction() as writing:
        lines = waiting_file(writing, SCOPE).decode("utf-8-sig").split("\r\n")
    lines[1] = lines[1].removesuffix(";;") + "U/2;;"
    assert load_lines(Path(settings().var), lines[:-1], kind="suspense").accepted == 1
    app = open_dashboard(session, Role.ACCOUNTING).run().switch_page("pages/staff/imports.py").run()
    app.selectbox(key="history_batch").set_value(app.selectbox(key="history_batch").options[0]).run()
    html = shown(app.button(key="plan_undo").click().run())
    assert "Wiersze, o których zdecydowała, znów będą czekać w Poczekalni." in html
