"""Odczyty, the view of windows: planned, looked at, called off."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.clock import now, today
from core.db import reading
from core.meters.window_models import ReadingWindow
from tests.cast import make_building, make_district, make_meter, make_premises, make_reading, make_tenancy, make_tenant
from tests.pages.conftest import open_dashboard, shown


def desk(session: Session) -> AppTest:
    app = open_dashboard(session, Role.CLERK).run().switch_page("pages/staff/readings.py").run()
    return app.radio(key="readings_view").set_value("Okna odczytowe").run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def make_two_meters(session: Session) -> None:
    """One read yesterday, one not, in a window open for the city."""
    premises = make_premises(session, building=make_building(session, district=make_district(session)))
    make_tenancy(session, make_tenant(session), premises=premises)
    make_reading(session, make_meter(session, premises), f"{today() - timedelta(days=1)}", "5")
    make_meter(session, premises, place="kuchnia")
    day, week = today(), timedelta(days=7)
    session.add(ReadingWindow(opens_on=day - week, closes_on=day + week, grace_days=0, created_at=now()))


def test_first_window_is_planned_and_its_receipt_said(session: Session) -> None:
    app = desk(session)
    assert "Nie ma jeszcze żadnego okna" in shown(app)
    app.selectbox(key="w_every").select(6)
    html = shown(press(app, "Załóż okno"))
    assert "Okno założono: Całe miasto" in html
    assert "co 6 miesięcy" in html
    with reading() as session:
        assert session.scalars(select(ReadingWindow.every_months)).one() == 6


def test_bad_days_are_said_at_their_field_and_nothing_is_kept(session: Session) -> None:
    app = desk(session)
    app.date_input(key="w_to").set_value(today() - timedelta(days=1))
    assert "Koniec okna jest wcześniejszy" in shown(press(app, "Załóż okno"))
    with reading() as session:
        assert session.scalars(select(ReadingWindow.id)).all() == []


def test_progress_shows_share_and_what_is_missing(session: Session) -> None:
    make_two_meters(session)
    app = desk(session)
    html = shown(app)
    for told in ("Odczytane (50%)", "RON Centrum", "Brakujące liczniki", "kuchnia"):
        assert told in html
    assert app.get("download_button")


def test_window_is_called_off_after_a_second_thought(session: Session) -> None:
    make_two_meters(session)
    app = desk(session)
    (cancel,) = [one for one in app.button if one.label == "Odwołaj okno"]
    assert cancel.disabled
    app.checkbox[0].check().run()
    (cancel,) = [one for one in app.button if one.label == "Odwołaj okno"]
    assert "Okno odwołano" in shown(cancel.click().run())
    with reading() as session:
        assert session.scalars(select(ReadingWindow.cancelled_at)).one() is not None
