"""Pytania in the portal: asked from a letter, a line, a reading or in general; answers read; nothing of the office's notes."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.db import reading, transaction
from core.questions.answering import answer_question, write_note
from core.questions.models import QuestionMessage, QuestionThread
from core.registry.models import Tenant
from tests.cast import make_entry, make_meter, make_reading
from tests.core.announcements.cast import resident
from tests.core.correspondence.cast import pdf
from tests.core.questions.cast import ask, clerk
from tests.core.questions.test_asking import letter_of
from tests.pages.conftest import open_portal, shown

PAGE = "pages/tenant/correspondence.py"
MARKUP = "<img src=x onerror=alert(1)> **gruby** [x](http://zly)"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt; **gruby** [x](http://zly)"


def at(app: AppTest, address: str) -> AppTest:
    """The page as an address leads to it."""
    app.run()
    app.query_params["pytanie"] = address
    return app.switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def questions(app: AppTest) -> AppTest:
    app.run().switch_page(PAGE).run()
    return app.radio(key="correspondence_view").set_value("Pytania").run()


def kept() -> list[tuple[str, str]]:
    """Titles and texts of all messages."""
    with reading() as session:
        rows = session.execute(
            select(QuestionThread.title, QuestionMessage.body)
            .join(QuestionMessage, QuestionMessage.thread_id == QuestionThread.id)
            .order_by(QuestionMessage.id)
        )
        return [(title.replace("\u00a0", " "), body) for title, body in rows]


def test_nothing_yet_says_what_to_do(session: Session) -> None:
    html = shown(questions(open_portal(session, resident(session).tenant)))
    assert "Wybierz „Zadaj pytanie”" in html


def test_question_in_general_is_asked_and_shown_as_text(session: Session) -> None:
    app = press(questions(open_portal(session, resident(session).tenant)), "Zadaj pytanie")
    app.text_input(key="q_title").set_value(MARKUP)
    app.text_area(key="q_body").set_value(f"Dzień dobry\n\n{MARKUP}")
    html = shown(press(app, "Wyślij pytanie"))
    assert "Pytanie wysłane." in html
    assert f'<div class="kit-plain">Dzień dobry\n\n{ESCAPED}</div>' in html
    assert "czeka na odpowiedź" in html
    assert "<img" not in html
    assert app.query_params["pytanie"] == "1"
    assert kept() == [(MARKUP, f"Dzień dobry\n\n{MARKUP}")]
    app = press(app, "Wróć do listy pytań")
    assert app.radio(key="correspondence_view").value == "Pytania"
    (way,) = [one.label for one in app.button if (one.key or "").startswith("ask-")]
    assert way == r"\<img src=x onerror=alert(1)\> \*\*gruby\*\* \[x\](http\://zly)".replace("(", r"\(").replace(
        ")", r"\)"
    )


@pytest.mark.parametrize(
    ("title", "body", "said"),
    [
        ("", "Dzień dobry", "Temat: Napisz w kilku słowach, czego dotyczy pytanie."),
        ("Temat", "abc", "Treść: Napisz co najmniej 5 znaków."),
    ],
)
def test_what_is_missing_is_said_and_nothing_lost(session: Session, title: str, body: str, said: str) -> None:
    app = at(open_portal(session, resident(session).tenant), "nowe")
    app.text_input(key="q_title").set_value(title)
    app.text_area(key="q_body").set_value(body)
    assert said in shown(press(app, "Wyślij pytanie"))
    assert (app.text_input(key="q_title").value, app.text_area(key="q_body").value) == (title, body)
    assert kept() == []


def test_attachment_of_a_wrong_kind_is_refused_with_its_field(session: Session) -> None:
    app = at(open_portal(session, resident(session).tenant), "nowe")
    app.text_input(key="q_title").set_value("Temat")
    app.text_area(key="q_body").set_value("Dzień dobry")
    app.file_uploader(key="q_file").upload("../../x.pdf", b"MZ", "application/pdf")
    assert "Załącznik: " in shown(press(app, "Wyślij pytanie"))
    assert kept() == []


def test_attachment_is_linked_under_a_harmless_name(session: Session) -> None:
    app = at(open_portal(session, resident(session).tenant), "nowe")
    app.text_input(key="q_title").set_value("Temat")
    app.text_area(key="q_body").set_value("Dzień dobry")
    app.file_uploader(key="q_file").upload("../../x.pdf", pdf(), "application/pdf")
    assert '<a href="/pliki/pytanie/1" target="_self" download>Załącznik: x.pdf</a>' in shown(
        press(app, "Wyślij pytanie")
    )


def test_letter_leads_to_a_question_about_it(session: Session) -> None:
    anna = resident(session)
    letter_id = letter_of(session, anna)
    app = open_portal(session, anna.tenant).run()
    app.query_params["nr"] = str(letter_id)
    app = press(app.switch_page(PAGE).run(), "Zapytaj o to pismo")
    assert "Pytasz o: Zmiana opłat, pismo z 20.11.2026" in shown(app)
    app.text_area(key="q_body").set_value("Skąd ta kwota?")
    assert "Pytanie o pismo, numer P/000001/" in shown(press(app, "Wyślij pytanie"))
    assert kept() == [("Zmiana opłat, pismo z 20.11.2026", "Skąd ta kwota?")]


def test_line_of_the_ledger_leads_to_a_question_about_it(session: Session) -> None:
    anna = resident(session)
    entry_id = make_entry(session, anna.tenancy, "2026-10-01", debit="120.50", description="Czynsz").id
    app = open_portal(session, anna.tenant).run().switch_page("pages/tenant/finance.py").run()
    link = f'href="/korespondencja?pytanie=operacja-{entry_id}"'
    assert link in shown(app)
    assert "Pytasz o: Naliczenie z 01.10.2026, 120,50 zł: Czynsz" in shown(at(app, f"operacja-{entry_id}"))


def test_reading_leads_to_a_question_about_it(session: Session) -> None:
    anna = resident(session)
    reading_id = make_reading(session, make_meter(session, anna.premises), "2026-06-01", "10").id
    app = open_portal(session, anna.tenant).run().switch_page("pages/tenant/meters.py").run()
    assert (
        f'<a href="/korespondencja?pytanie=odczyt-{reading_id}" target="_self" aria-label="Zapytaj o odczyt'
        in shown(app)
    )
    assert "Pytasz o: Odczyt z 01.06.2026" in shown(at(app, f"odczyt-{reading_id}"))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("999", "Nie ma takiego pytania."),
        ("operacja-999", "Nie ma takiej operacji"),
        ("odczyt-999", "Nie ma takiego odczytu."),
        ("pismo-999", "Nie ma takiego pisma."),
        ("<script>", "Nie wiemy, o co chcesz zapytać."),
        ("", "Nie wiemy, o co chcesz zapytać."),
    ],
)
def test_address_that_leads_nowhere_is_refused(session: Session, address: str, said: str) -> None:
    app = at(open_portal(session, resident(session).tenant), address)
    assert said in shown(app)
    assert not [one for one in app.button if one.label == "Wyślij pytanie"]


def test_neighbours_question_letter_line_and_reading_are_not_there(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan Kanarek")
    thread_id = ask(session, jan.scope, title="Kanarek")
    letter_id = letter_of(session, jan)
    entry_id = make_entry(session, jan.tenancy, "2026-10-01", debit="1", description="Kanarek").id
    reading_id = make_reading(session, make_meter(session, jan.premises), "2026-06-01", "10").id
    app = open_portal(session, anna.tenant)
    for address in (str(thread_id), f"pismo-{letter_id}", f"operacja-{entry_id}", f"odczyt-{reading_id}"):
        html = shown(at(app, address))
        assert "Nie ma taki" in html
        assert "Kanarek" not in html


def test_answer_is_read_and_the_note_is_nowhere(session: Session) -> None:
    anna, ewa = resident(session), clerk(session)
    thread_id = ask(session, anna.scope)
    write_note(session, ewa, thread_id=thread_id, body="TAJNA NOTATKA")
    answer_question(session, ewa, thread_id=thread_id, body=MARKUP)
    app = open_portal(session, anna.tenant)
    assert "Odpowiedzieliśmy na pytanie P/000001/" in shown(app.run())
    assert "nowa odpowiedź" in shown(questions(app))
    html = shown(at(app, str(thread_id)))
    assert f'<div class="kit-plain">{ESCAPED}</div>' in html
    assert "<strong>Rejon</strong>" in html
    assert "TAJNA NOTATKA" not in "\n".join(str(one.proto) for one in app._tree if hasattr(one, "proto"))
    assert "Ewa Urzędnik" not in html, "tenants write to the office, not to a person"
    assert "nowa odpowiedź" not in shown(press(app, "Wróć do listy pytań"))
    assert "Odpowiedzieliśmy" not in shown(app.switch_page("pages/tenant/home.py").run())


def test_reply_is_sent_and_its_field_emptied(session: Session) -> None:
    anna = resident(session)
    app = at(open_portal_after(session, anna.tenant, ask(session, anna.scope)), "1")
    app.text_area(key="q_reply-0").set_value("I jeszcze jedno")
    html = shown(press(app, "Wyślij wiadomość"))
    assert "Wiadomość wysłana." in html
    assert '<div class="kit-plain">I jeszcze jedno</div>' in html
    assert app.text_area(key="q_reply-1").value == ""


def open_portal_after(session: Session, tenant: Tenant, thread_id: int) -> AppTest:
    assert thread_id == 1
    return open_portal(session, tenant)


def test_closed_question_has_no_field_and_a_late_reply_is_refused(session: Session) -> None:
    anna, ewa = resident(session), clerk(session)
    app = at(open_portal_after(session, anna.tenant, ask(session, anna.scope)), "1")
    app.text_area(key="q_reply-0").set_value("I jeszcze jedno")
    with transaction() as other:  # the office closes it meanwhile
        answer_question(other, ewa, thread_id=1, body="Odpowiedź", closes=True)
    assert "To pytanie jest zamknięte. Jeśli chcesz napisać coś jeszcze, zadaj nowe pytanie." in shown(
        press(app, "Wyślij wiadomość")
    )
    assert "Tego tekstu nie wysłano" in shown(app)
    assert '<div class="kit kit-plain">I jeszcze jedno</div>' in shown(app)
    assert not app.text_area
    assert "Tego tekstu nie wysłano" not in shown(app.run())
    assert len(kept()) == 2


def test_tenant_closes_a_question(session: Session) -> None:
    anna = resident(session)
    app = at(open_portal_after(session, anna.tenant, ask(session, anna.scope)), "1")
    html = shown(press(app, "Zamknij pytanie: nie potrzebuję już odpowiedzi"))
    assert "Pytanie zamknięte." in html
    assert ">zamknięte<" in html
