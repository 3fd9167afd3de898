"""Objaśnienia opłat at the editor's desk: read, looked at as tenants will, changed, and taken back to what ships."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.clock import now
from core.db import reading, transaction
from core.plain_words.models import Described, EditedWords
from core.plain_words.reading import plain_words
from tests.pages.conftest import open_dashboard, shown
from ui.words_desk import NEW

PAGE = "pages/staff/announcements.py"
RENT = (Described.COMPONENT, "Czynsz najmu")


def desk(session: Session, of: tuple[Described, str] = RENT) -> AppTest:
    app = open_dashboard(session, Role.EDITOR).run().switch_page(PAGE).run()
    app = app.radio(key="announcements_view").set_value("Objaśnienia opłat").run()
    return app.selectbox(key="words_pick").set_value(of).run()


def write(app: AppTest, text: str, *, button: str = "words_keep") -> AppTest:
    app.text_area[0].set_value(text)
    return app.button(key=button).click().run()


def in_force(name: str = "Czynsz najmu") -> str | None:
    with reading() as session:
        return plain_words(session).of_component(name)


def test_text_is_looked_at_and_kept(session: Session) -> None:
    app = desk(session)
    before = in_force()
    assert app.text_area[0].value == before

    app = write(app, "Za <lokal>.\n\nCo miesiąc.", button="words_look")
    assert '<details class="kit kit-words" open>' in shown(app)
    assert "<dt>Czynsz najmu</dt><dd>Za &lt;lokal&gt;.<br><br>Co miesiąc.</dd>" in shown(app)
    assert in_force() == before

    app = app.button(key="words_keep").click().run()
    assert "Zapisano. Najemcy widzą już ten tekst." in shown(app)
    assert in_force() == "Za <lokal>.\n\nCo miesiąc."
    assert app.text_area[0].value == in_force()


def test_text_goes_back_to_what_ships(session: Session) -> None:
    app = desk(session)
    before = in_force()
    app = write(app, "Inny tekst.")
    app = app.button(key="words_reset").click().run()
    assert "Przywrócono tekst wzorcowy." in shown(app)
    assert in_force() == before
    assert [one for one in app.button if one.key == "words_reset"] == []


def test_component_that_is_not_on_the_list_is_described(session: Session) -> None:
    app = desk(session, (NEW.kind, NEW.name))
    app = write(app, "Za balkon.")
    assert "Nazwa składnika, jak w kartotece: Podaj nazwę" in shown(app)
    app.text_input[0].set_value("Opłata za balkon")
    app = app.button(key="words_keep").click().run()
    assert "Zapisano." in shown(app)
    assert in_force("OPŁATA ZA BALKON") == "Za balkon."


def test_text_that_somebody_changed_meanwhile_is_shown_first(session: Session) -> None:
    app = desk(session)
    with transaction() as other:
        other.add(
            EditedWords(
                kind=RENT[0], name_key="czynsz najmu", name=RENT[1], text="Tekst Ewy.", changed_at=now(), changed_by=1
            )
        )
    app = write(app, "Tekst Adama.")
    assert "Ktoś zmienił to objaśnienie" in shown(app)
    assert "Tekst Ewy." in shown(app)
    assert in_force() == "Tekst Ewy."
    assert app.text_area[0].value == "Tekst Adama."

    app = app.button(key="words_keep").click().run()
    assert in_force() == "Tekst Adama."
    with reading() as session:
        assert len(session.scalars(select(EditedWords)).all()) == 1
