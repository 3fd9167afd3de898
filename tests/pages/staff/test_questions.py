"""Pytania at the office: the queue, one question with its notes, an answer, a note, who looks after it, closing."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.accounts.sign_in import operator_scope
from core.db import reading, transaction
from core.documents.attachments import Attachment
from core.questions.answering import answer_question
from core.questions.asking import close_own
from core.questions.models import QuestionMessage, QuestionThread, SubjectKind
from core.questions.subjects import Subject
from tests.core.correspondence.cast import pdf
from tests.core.questions.cast import ask, at_home
from tests.core.questions.test_asking import letter_of
from tests.pages.conftest import open_dashboard, shown

PAGE = "pages/staff/correspondence.py"
MARKUP = "<img src=x onerror=alert(1)> **gruby**"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt; **gruby**"


def desk(session: Session, role: Role = Role.CLERK) -> AppTest:
    return open_dashboard(session, role).run().switch_page(PAGE).run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


def opened(session: Session) -> AppTest:
    """The desk with the first question open."""
    app = desk(session)
    return app.selectbox(key="q_pick").select_index(0).run()


def rows() -> list[tuple[str, bool]]:
    with reading() as session:
        return [
            (one.body, one.internal) for one in session.scalars(select(QuestionMessage).order_by(QuestionMessage.id))
        ]


def thread() -> QuestionThread:
    with reading() as session:
        return session.scalars(select(QuestionThread)).one()


def test_nothing_waits_is_said(session: Session) -> None:
    html = shown(desk(session))
    assert "Żadne pytanie nie czeka na odpowiedź." in html
    assert "W ostatnich 30 dniach nie było odpowiedzi." in html


def test_queue_shows_who_waits_as_text(session: Session) -> None:
    anna = at_home(session, "Anna <i>Kowalska</i>")
    ask(session, anna.scope, title=MARKUP)
    html = shown(desk(session))
    assert ESCAPED in html
    assert "Anna &lt;i&gt;Kowalska&lt;/i&gt;" in html
    assert "<b>1</b> Czekają na odpowiedź" in html
    assert "<img" not in html


def test_filters_find_and_say_when_nothing_fits(session: Session) -> None:
    ask(session, at_home(session).scope, title="Żółta klatka")
    app = desk(session)
    for state, text, found in (("waiting", "zolta", True), ("closed", "", False), ("all", "rynna", False)):
        app.selectbox(key="q_state").select(state)
        app.text_input(key="q_text").set_value(text)
        html = shown(press(app, "Filtruj"))
        assert ("Żółta klatka" in html, "nie pasuje do filtrów" in html) == (found, not found)


def test_answer_is_sent_with_a_receipt_and_times(session: Session) -> None:
    ask(session, at_home(session).scope, body=MARKUP)
    app = opened(session)
    assert f'<div class="kit-plain">{ESCAPED}</div>' in shown(app)
    assert "Odpowiedź: Napisz co najmniej 5 znaków." in shown(press(app, "Wyślij odpowiedź"))
    app.text_area(key="q_answer-0").set_value(MARKUP)
    app.file_uploader(key="q_answer_file-0").upload("../../x.pdf", pdf(), "application/pdf")
    html = shown(press(app, "Wyślij odpowiedź"))
    assert "Odpowiedź wysłana. Najemca dostał powiadomienie." in html
    assert "Załącznik: x.pdf" in html
    assert app.text_area(key="q_answer-1").value == ""
    assert rows() == [(MARKUP, False), (MARKUP, False)]
    html = shown(press(app, "Wróć do kolejki pytań"))
    assert "Ostatnie 30 dni: 1 odpowiedź, połowa w czasie do 1 godziny (mediana)." in html


def test_answer_may_close_and_then_there_is_no_field(session: Session) -> None:
    ask(session, at_home(session).scope)
    app = opened(session)
    app.text_area(key="q_answer-0").set_value("Klucz u dozorcy")
    app.checkbox(key="q_closes-0").set_value(True)
    html = shown(press(app, "Wyślij odpowiedź"))
    assert "To pytanie jest zamknięte." in html
    assert [one.label for one in app.text_area] == ["Notatka wewnętrzna, najemca jej nie zobaczy"]
    assert thread().state == "closed"


def test_answer_of_a_colleague_in_between_is_shown_first_and_nothing_typed_is_lost(session: Session) -> None:
    thread_id = ask(session, at_home(session).scope)
    app = opened(session)
    app.text_area(key="q_answer-0").set_value("Klucz jest w biurze")
    with transaction() as other:
        answer_question(other, operator_scope(), thread_id=thread_id, body="Klucz u dozorcy")
    app = press(app, "Wyślij odpowiedź")
    html = shown(app)
    assert "W międzyczasie odpowiedział ktoś inny." in html
    assert '<div class="kit-plain">Klucz u dozorcy</div>' in html
    assert app.text_area(key="q_answer-0").value == "Klucz jest w biurze"
    assert len(rows()) == 2
    assert "Odpowiedź wysłana." in shown(press(app, "Wyślij odpowiedź"))
    assert len(rows()) == 3


def test_answer_to_a_question_closed_meanwhile_is_refused(session: Session) -> None:
    anna = at_home(session)
    thread_id = ask(session, anna.scope)
    app = opened(session)
    app.text_area(key="q_answer-0").set_value("Klucz u dozorcy")
    close_own(session, anna.scope, thread_id=thread_id)
    session.commit()
    html = shown(press(app, "Wyślij odpowiedź"))
    assert "To pytanie jest zamknięte. Najemca, który chce coś dodać, zada nowe." in html
    assert "Tego tekstu nie wysłano" in html
    assert '<div class="kit kit-plain">Klucz u dozorcy</div>' in html
    assert len(rows()) == 1


def test_note_is_marked_and_internal(session: Session) -> None:
    ask(session, at_home(session).scope)
    app = opened(session)
    assert "Notatka: Napisz co najmniej 5 znaków." in shown(press(app, "Zapisz notatkę"))
    app.text_area(key="q_note-0").set_value(MARKUP)
    html = shown(press(app, "Zapisz notatkę"))
    assert "Notatkę zapisano. Najemca jej nie widzi." in html
    assert "notatka wewnętrzna, najemca jej nie widzi" in html
    assert ESCAPED in html
    assert rows()[1] == (MARKUP, True)
    assert thread().state == "open"


def test_question_is_taken_released_and_closed_with_a_reason(session: Session) -> None:
    ask(session, at_home(session).scope)
    app = opened(session)
    assert "Zajmujesz się tym pytaniem." in shown(press(app, "Zajmę się tym pytaniem"))
    assert "<dt>Zajmuje się</dt><dd>Ewa Urzędnik</dd>" in shown(app)
    assert "Pytanie zwolnione." in shown(press(app, "Zwolnij pytanie"))
    assert "Powód: Napisz co najmniej 5 znaków." in shown(press(app, "Zamknij pytanie bez odpowiedzi"))
    app.text_area(key="q_reason-2").set_value("Sprawę prowadzi administrator.")
    assert "Pytanie zamknięte. Najemca dostał powiadomienie z powodem." in shown(
        press(app, "Zamknij pytanie bez odpowiedzi")
    )
    assert rows()[1] == ("Sprawę prowadzi administrator.", False)


def test_file_leads_to_the_letter_and_the_attachment(session: Session) -> None:
    anna = at_home(session)
    letter_id = letter_of(session, anna)
    ask(session, anna.scope, subject=Subject(SubjectKind.LETTER, letter_id), attachment=Attachment("plan.pdf", pdf()))
    html = shown(opened(session))
    assert f'href="/pliki/pismo/{letter_id}"' in html
    assert 'href="/pliki/pytanie/1"' in html


@pytest.mark.parametrize(("role", "sees"), [(Role.CLERK, True), (Role.HEAD, True), (Role.EDITOR, False)])
def test_questions_come_first_for_who_answers_them(session: Session, role: Role, sees: bool) -> None:
    views = desk(session, role).radio(key="letters_view").options
    assert (views[0] == "Pytania", "Pytania" in views) == (sees, sees)


def test_pulpit_counts_them_for_who_answers(session: Session) -> None:
    ask(session, at_home(session).scope)
    html = shown(open_dashboard(session, Role.CLERK).run())
    assert "<b>1</b> Czekają na odpowiedź" in html
    assert 'href="/korespondencja"' in html


def test_pulpit_of_others_has_no_questions(session: Session) -> None:
    assert "Czekają na odpowiedź" not in shown(open_dashboard(session, Role.ACCOUNTING).run())
