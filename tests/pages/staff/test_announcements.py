"""Ogłoszenia at the editor's desk: drafted, looked at, published to a counted audience, taken back, corrected, withdrawn."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.announcements.models import Announcement, AnnouncementVersion
from core.db import reading, transaction
from tests.core.announcements.cast import resident
from tests.pages.conftest import open_dashboard, shown
from tests.pages.tenant.test_announcements import seen_now

PAGE = "pages/staff/announcements.py"


def desk(session: Session) -> AppTest:
    return open_dashboard(session, Role.EDITOR).run().switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label.replace("\u00a0", " ") == label]
    return button.click().run()


def write(app: AppTest, title: str = "Remont klatki", body: str = "Od **wtorku**.") -> AppTest:
    app = press(app, "Napisz ogłoszenie")
    app.text_input(key="a_title").set_value(title)
    app.text_area(key="a_body").set_value(body)
    return press(app, "Zapisz szkic")


def test_from_the_draft_to_the_publication_and_back(session: Session) -> None:
    resident(session)
    resident(session, "Jan <b>Kowalski</b>")
    app = desk(session)
    assert "Nie ma jeszcze żadnego ogłoszenia." in shown(app)
    app = write(app)
    assert "<strong>wtorku</strong>" in shown(app), "the draft is shown as tenants will see it"
    app = press(app, "Sprawdź odbiorców i opublikuj")
    assert "Ogłoszenie trafi do 2 najemców." in shown(app)
    assert "<li>Jan &lt;b&gt;Kowalski&lt;/b&gt;</li>" in shown(app)
    app = press(app, "Opublikuj do 2 najemców")
    assert "Opublikowano. Najemcy zobaczą ogłoszenie za minutę" in shown(app)
    app = press(app, "Cofnij publikację")
    assert "Publikację cofnięto. Nikt jej nie zobaczył." in shown(app)
    with reading() as session:
        assert session.scalars(select(Announcement.published_at)).all() == [None]


def test_what_is_missing_is_said_and_nothing_kept(session: Session) -> None:
    app = write(desk(session), title="", body="")
    html = shown(app)
    assert "Tytuł: Wpisz tytuł." in html
    assert "Treść: Wpisz treść." in html
    with reading() as session:
        assert session.scalars(select(Announcement.id)).all() == []


def test_unknown_tenancies_are_named(session: Session) -> None:
    resident(session)
    app = press(desk(session), "Napisz ogłoszenie")
    app = app.selectbox(key="a_audience").select_index(5).run()
    app.text_area(key="a_numbers").set_value("U/NIE/MA")
    app.text_input(key="a_title").set_value("Tytuł")
    app.text_area(key="a_body").set_value("Treść")
    assert "Nie ma takich umów w Twoim rejonie: U/NIE/MA." in shown(press(app, "Zapisz szkic"))


def test_draft_is_changed_and_keeps_its_audience(session: Session) -> None:
    number = resident(session).tenancy.tenancy_no
    app = press(desk(session), "Napisz ogłoszenie")
    app = app.selectbox(key="a_audience").select_index(5).run()
    app.text_area(key="a_numbers").set_value(number)
    app.text_input(key="a_title").set_value("Tytuł")
    app.text_area(key="a_body").set_value("Treść")
    app = press(press(app, "Zapisz szkic"), "Zmień szkic")
    assert app.text_area(key="a_numbers").value == number
    assert app.text_input(key="a_title").value == "Tytuł"
    app.text_input(key="a_title").set_value("Inny tytuł")
    app = press(app, "Zapisz szkic")
    assert "<h2>Inny tytuł</h2>" in shown(app)
    app = app.checkbox(key="a_discard_sure_1").set_value(True).run()
    assert "Szkic usunięto." in shown(press(app, "Usuń szkic"))


def test_published_one_shows_its_reach_and_is_corrected_and_withdrawn(session: Session) -> None:
    resident(session)
    app = press(press(write(desk(session)), "Sprawdź odbiorców i opublikuj"), "Opublikuj do 1 najemcy")
    with transaction() as later:
        seen_now(later, 1)
    app = app.run()
    html = shown(app)
    assert "Zasięg według rejonów" in html
    assert "<b>1</b> Nie otworzyło" in html
    app.text_area(key="a_body").set_value("Od środy.")
    app = press(app, "Opublikuj poprawioną treść")
    assert "Opublikowano poprawioną treść." in shown(app)
    with reading() as found:
        assert found.scalars(select(AnnouncementVersion.body).order_by(AnnouncementVersion.nth)).all() == [
            "Od **wtorku**.",
            "Od środy.",
        ]
    app = app.checkbox(key="a_withdraw_sure_1").set_value(True).run()
    html = shown(press(app, "Wycofaj ogłoszenie"))
    assert "Ogłoszenie wycofano." in html
    assert "Popraw treść" not in html


def test_audience_that_changed_meanwhile_is_asked_about_again(session: Session) -> None:
    resident(session)
    app = press(write(desk(session)), "Sprawdź odbiorców i opublikuj")
    with transaction() as later:
        resident(later, "Jan")
    app = press(app, "Opublikuj do 1 najemcy")
    assert "było 1, jest 2" in shown(app)
    app = press(app, "Sprawdź odbiorców i opublikuj")
    assert "Opublikowano." in shown(press(app, "Opublikuj do 2 najemców"))
