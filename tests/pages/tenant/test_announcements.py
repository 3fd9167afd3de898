"""Ogłoszenia as their recipients use them: found, read, searched; text stays text."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.announcements.models import Announcement, AnnouncementKind, AnnouncementRecipient
from core.announcements.writing import AnnouncementText, correct_announcement
from core.clock import now, today
from core.db import reading
from core.documents.attachments import Attachment
from tests.core.announcements.cast import ALL, Resident, editor, published, resident
from tests.pages.conftest import open_portal, shown

PAGE = "pages/tenant/announcements.py"


def seen_now(session: Session, announcement_id: int) -> int:
    """As if it had been published an hour ago."""
    then = now() - timedelta(hours=1)
    values = {"published_at": then, "visible_from": then}
    session.execute(update(Announcement).where(Announcement.id == announcement_id).values(values))
    session.expire_all()
    return announcement_id


def tell(session: Session, title: str, **more: object) -> int:
    """Publish one to everybody, to be seen at once."""
    more.setdefault("expires_on", today() + timedelta(days=9))
    return seen_now(session, published(session, editor(session), ALL, title=title, **more))


def screen(session: Session, anna: Resident) -> AppTest:
    return open_portal(session, anna.tenant).run().switch_page(PAGE).run()


def read(app: AppTest, title: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == title]
    return button.click().run()


def test_nothing_yet_is_said(session: Session) -> None:
    assert "Nie ma teraz żadnych ogłoszeń." in shown(screen(session, resident(session)))


def test_emergency_is_first_and_only_reading_is_noted(session: Session) -> None:
    anna = resident(session)
    number = tell(session, "Przerwa w wodzie", kind=AnnouncementKind.EMERGENCY)
    tell(session, "Nowsze ogłoszenie")
    app = screen(session, anna)
    assert [one.label for one in app.button if one.key and one.key.startswith("read-")] == [
        "Przerwa w wodzie",
        "Nowsze ogłoszenie",
    ]
    assert shown(app).count(">nowe<") == 2
    with reading() as session:
        assert session.scalars(select(AnnouncementRecipient.opened_at)).all() == [None, None]
    app = read(app, "Przerwa w wodzie")
    assert "<strong>we wtorek</strong>" in shown(app)
    assert app.query_params["nr"] == str(number)
    (back,) = [one for one in app.button if one.label == "Wróć do ogłoszeń"]
    assert shown(back.click().run()).count(">nowe<") == 1


def test_link_of_a_message_opens_it_and_a_foreign_number_opens_nothing(session: Session) -> None:
    anna = resident(session)
    number = tell(session, "Remont klatki")
    app = screen(session, anna)
    for asked, word in (
        (str(number), "<h2>Remont klatki</h2>"),
        ("999", "Nie ma takiego ogłoszenia."),
        ("x", "Aktualne"),
    ):
        app.query_params["nr"] = asked
        html = shown(app.run()) + "".join(one.value for one in app.header)
        assert word in html


def test_words_are_searched_and_nothing_found_is_said(session: Session) -> None:
    anna = resident(session)
    tell(session, "Remont klatki")
    app = screen(session, anna)
    for typed, found in (("KLATKI wtorek", 1), ("piwnica", 0)):
        app.text_input(key="announcement_text").set_value(typed)
        (button,) = [one for one in app.button if one.label == "Szukaj"]
        app = button.click().run()
        assert len([one for one in app.button if one.label == "Remont klatki"]) == found
    assert "Żadne aktualne ogłoszenie nie zawiera tych słów" in shown(app)


def test_changed_one_says_so_and_keeps_what_it_said(session: Session) -> None:
    anna, scope = resident(session), editor(session)
    number = tell(session, "Remont klatki", attachment=Attachment("plan.pdf", b"%PDF"))
    correct_announcement(session, scope, announcement_id=number, text=AnnouncementText("Remont klatki", "W środę."))
    app = read(screen(session, anna), "Remont klatki")
    html = shown(app)
    for word in (">zmieniono<", "W środę.", "<strong>we wtorek</strong>", f'href="/pliki/ogloszenie/{number}"'):
        assert word in html


def test_text_that_pretends_to_be_html_or_a_picture_stays_text(session: Session) -> None:
    anna = resident(session)
    evil = '<img src=x onerror="alert(1)"> ![x](https://evil.example/p.png) [a](javascript:alert(1))'
    tell(session, "<script>alert(1)</script> *a* :material/home:", body=evil)
    app = screen(session, anna)
    (button,) = [one for one in app.button if one.key and one.key.startswith("read-")]
    assert "\\<script\\>" in button.label
    html = shown(button.click().run())
    for mark in ("<script", "<img", 'href="javascript'):
        assert mark not in html
    assert "&lt;img src=x" in html
