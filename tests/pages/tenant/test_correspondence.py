"""Korespondencja as a tenant uses it: listed, opened by a click, read as text, certified; an address alone opens nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.correspondence.matching import Match
from core.correspondence.models import Letter
from core.db import reading
from tests.core.announcements.cast import Resident, resident
from tests.core.correspondence.cast import clerk, paper, sent
from tests.pages.conftest import open_portal, shown

PAGE = "pages/tenant/correspondence.py"


def screen(session: Session, anna: Resident) -> AppTest:
    return open_portal(session, anna.tenant).run().switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def openings() -> list[bool]:
    with reading() as session:
        return [at is not None for at in session.scalars(select(Letter.opened_at).order_by(Letter.id))]


def test_nothing_yet_is_said_and_what_letters_here_are(session: Session) -> None:
    html = shown(screen(session, resident(session)))
    assert "Nie ma jeszcze żadnych pism." in html
    assert "Pisma w portalu są kopiami do wiadomości." in html


def test_click_opens_on_the_record_and_shows_pages_text_and_certificate(session: Session) -> None:
    anna = resident(session)
    to = Match(anna.tenant.id, anna.tenancy.id)
    sent(session, clerk(session), paper("Tekst pisma", to, title="<b>Zmiana</b> *opłat*", letter_no="RON/1"))
    app = screen(session, anna)
    assert ">nowe<" in shown(app)
    assert openings() == [False], "listing opens nothing"
    app = press(app, "\\<b\\>Zmiana\\</b\\> \\*opłat\\*")
    html = shown(app)
    assert openings() == [True]
    assert 'href="/pliki/pismo/1"' in html
    assert 'src="/pliki/pismo-strona/1/1"' in html
    assert 'alt="&lt;b&gt;Zmiana&lt;/b&gt; *opłat*, strona 1 z 1"' in html
    assert "tekst pisma 1" in html
    assert 'href="/pliki/poswiadczenie/1"' in html
    assert "RON/1" in html
    app = press(app, "Wróć do listy pism")
    assert ">nowe<" not in shown(app)


def test_address_of_an_unopened_letter_asks_first(session: Session) -> None:
    anna = resident(session)
    sent(session, clerk(session), paper("Treść", Match(anna.tenant.id, None)))
    app = open_portal(session, anna.tenant).run()
    app.query_params["nr"] = "1"
    app = app.switch_page(PAGE).run()
    assert openings() == [False]
    assert "/pliki/" not in shown(app)
    assert openings() == [False]
    app = press(app, "Otwórz pismo")
    assert openings() == [True]
    assert 'href="/pliki/pismo/1"' in shown(app)


def test_letter_of_a_neighbour_and_what_is_no_number_show_nothing(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan")
    sent(session, clerk(session), paper("Tajne", Match(jan.tenant.id, None), title="Tajne pismo"))
    app = open_portal(session, anna.tenant).run()
    for asked in ("1", "99", "x", "1' OR 1=1"):
        app.query_params["nr"] = asked
        app = app.switch_page(PAGE).run()
        assert "Tajne" not in shown(app)
    assert openings() == [False]


def test_many_letters_are_searched_and_shown_in_portions(session: Session) -> None:
    anna = resident(session)
    papers = [paper(f"p{at}", Match(anna.tenant.id, None), title=f"Pismo {at}") for at in range(32)]
    sent(session, clerk(session), *papers)
    app = screen(session, anna)
    entries = [one for one in app.button if one.key and one.key.startswith("open-")]
    assert len(entries) == 30
    app = press(app, "Pokaż starsze")
    assert len([one for one in app.button if one.key and one.key.startswith("open-")]) == 32
    app.text_input(key="letter_text").set_value("pismo 31")
    app = press(app, "Szukaj")
    assert [one.label for one in app.button if one.key and one.key.startswith("open-")] == ["Pismo 31"]
