"""Eksporty: an export is made, its file linked, and found again in the history."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.db import reading
from core.exports.models import Export
from core.ledger.maintained import rebuild
from tests.cast import (
    make_building,
    make_district,
    make_entry,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    make_tenant,
)
from tests.pages.conftest import open_dashboard, shown


def desk(session: Session, role: Role = Role.ACCOUNTING) -> AppTest:
    premises = make_premises(session, building=make_building(session, district=make_district(session)))
    make_reading(session, make_meter(session, premises), "2026-01-10", "5")
    return open_dashboard(session, role).run().switch_page("pages/staff/exports.py").run()


def press(app: AppTest, *, since_last: bool = True) -> AppTest:
    app.radio(key="export_scope").set_value(since_last)
    (button,) = [one for one in app.button if one.label == "Eksportuj"]
    return button.click().run()


def test_delta_is_made_and_the_second_is_empty(session: Session) -> None:
    app = desk(session)
    assert "Nie ma jeszcze eksportów" in shown(app)
    html = shown(press(app))
    assert "1 wiersz." in html
    assert "/pliki/eksport/1" in html
    assert "0 wierszy." in shown(press(app))
    with reading() as session:
        assert session.scalars(select(Export.delta_no).order_by(Export.id)).all() == [1, 2]


def test_manifest_is_shown_on_demand(session: Session) -> None:
    app = press(desk(session))
    app = app.selectbox(key="manifest").select(1).run()
    assert '"wiersze": 1' in app.json[0].value


def test_analyst_is_told_of_pseudonyms(session: Session) -> None:
    assert "pseudonimami" in shown(desk(session, Role.ANALYST))
    assert "pseudonimami" not in shown(
        open_dashboard(session, Role.HEAD).run().switch_page("pages/staff/exports.py").run()
    )


def test_period_backwards_is_said_and_nothing_made(session: Session) -> None:
    app = desk(session)
    app.date_input(key="export_from").set_value(date(2026, 2, 1))
    app.date_input(key="export_to").set_value(date(2026, 1, 1))
    assert "Koniec okresu jest wcześniejszy" in shown(press(app))
    with reading() as session:
        assert session.scalars(select(Export.id)).all() == []


def money(session: Session, role: Role, kind: str) -> AppTest:
    tenancy = make_tenancy(session, make_tenant(session, "Bogna"), tenancy_no="U/00077/2010")
    make_entry(session, tenancy, "2026-01-10", debit="12.50", due_on="2026-01-20")
    rebuild(session)
    app = open_dashboard(session, role).run().switch_page("pages/staff/exports.py").run()
    app.radio(key="exports_view").set_value("Finanse")
    app.run().radio(key="finance_export_kind").set_value(kind)
    return app.run()


def send(app: AppTest) -> AppTest:
    (button,) = [one for one in app.button if one.label == "Eksportuj"]
    return button.click().run()


@pytest.mark.parametrize(("kind", "word"), [("arrears", "zaleglosci"), ("turnover", "wplywy"), ("ledger", "ksiega")])
def test_money_is_exported_and_stands_in_the_history(session: Session, kind: str, word: str) -> None:
    html = shown(send(money(session, Role.ACCOUNTING, kind)))
    assert f"Eksport gotowy: {word}-000001-" in html
    assert "1 wiersz." in html
    assert "12,50 zł" in html
    assert "/pliki/eksport/1" in html


def test_an_analyst_exports_under_pseudonyms(session: Session) -> None:
    app = money(session, Role.ANALYST, "arrears")
    assert "pseudonimami" in shown(app)
    send(app)
    with reading() as session:
        assert session.scalars(select(Export.pseudonymous)).all() == [True]


def test_a_day_too_long_ago_is_said_and_nothing_made(session: Session) -> None:
    app = money(session, Role.HEAD, "arrears")
    app.date_input(key="finance_as_of").set_value(date(2020, 1, 1))
    assert "Wybierz dzień z ostatniego roku" in shown(send(app))
    with reading() as session:
        assert session.scalars(select(Export.id)).all() == []
