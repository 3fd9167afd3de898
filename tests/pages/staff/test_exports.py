"""Eksporty: an export is made, its file linked, and found again in the history."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.db import reading
from core.exports.models import Export
from tests.cast import make_building, make_district, make_meter, make_premises, make_reading
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
