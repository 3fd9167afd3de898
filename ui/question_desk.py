"""The office's desk of questions: answer times, the queue, one question with its notes and what can be done about it."""

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading, transaction
from core.questions.answering import (
    answer_question,
    close_question,
    release_question,
    take_question,
    write_note,
)
from core.questions.desk import (
    AssignedFilter,
    QuestionFile,
    QueueLine,
    ThreadFilter,
    question_file,
    question_queue,
)
from core.questions.figures import REMEMBERED, AnswerFigures, answer_figures
from core.questions.models import Author, SubjectKind, ThreadState
from ui import formats
from ui.conversation import said
from ui.layout import Figure, badge, kpi_row, kv, link_list, note, paragraph, section
from ui.letters import LETTER_PATH
from ui.photos import PHOTO_PATH
from ui.questions import ABOUT, STATES, attached, attachment_field, attachment_link, unsent
from ui.tables import Column, table, with_small

CHOSEN, SEEN, RECEIPT = (
    "question_chosen",
    "question_seen",
    "letters_receipt",
)  # the receipt of the page, which says it above all views
LABELS = {"body": "Odpowiedź", "reason": "Powód", "note": "Notatka", "file": "Załącznik"}
FILTERS: dict[ThreadFilter, str] = {
    ThreadFilter.WAITING: "czekają na odpowiedź",
    ThreadFilter.ANSWERED: "z odpowiedzią",
    ThreadFilter.CLOSED: "zamknięte",
    ThreadFilter.ALL: "wszystkie",
}
WHOSE: dict[AssignedFilter, str] = {
    AssignedFilter.ALL: "wszystkich",
    AssignedFilter.MINE: "moje",
    AssignedFilter.NOBODY: "niczyje",
}


def questions(scope: EmployeeScope) -> None:
    """Answer times and the queue, or the question that was chosen."""
    if CHOSEN in st.session_state:
        if st.button("Wróć do kolejki pytań", key="q_back"):
            del st.session_state[CHOSEN]
            st.rerun()
        show_file(scope, st.session_state[CHOSEN])
        return
    with reading() as session:
        figures = answer_figures(session, scope)
    answer_times(figures)
    _queue(scope)


def answer_times(figures: AnswerFigures) -> None:
    """What waits, what waits too long, and how fast the office answers."""
    kpi_row(
        [
            Figure(figures.waiting, "Czekają na odpowiedź"),
            Figure(figures.late, "Dłużej niż 5 dni roboczych", attention=figures.late > 0),
        ],
        label="Pytania najemców",
    )
    if figures.median is None:
        paragraph(f"W ostatnich {REMEMBERED.days} dniach nie było odpowiedzi.")
    else:
        number = formats.plural(figures.answers, "odpowiedź", "odpowiedzi", "odpowiedzi")
        paragraph(f"Ostatnie {REMEMBERED.days} dni: {number}, połowa w czasie do {waited(figures.median)} (mediana).")


def waited(time: timedelta) -> str:
    """How long somebody waited, in the genitive that follows „do”: `1 godziny`, `5 godzin`, `2 dni`."""
    hours = max(1, round(time / timedelta(hours=1)))
    if hours < 48:
        return f"{formats.count(hours)} {'godziny' if hours == 1 else 'godzin'}"
    return f"{formats.count(round(hours / 24))} dni"


def _queue(scope: EmployeeScope) -> None:
    section("Kolejka pytań")
    with st.form("question_filters"):
        state_at, whose_at, text_at = st.columns(3)
        state = state_at.selectbox("Stan", list(FILTERS), format_func=FILTERS.__getitem__, key="q_state")
        whose = whose_at.selectbox("Czyje", list(WHOSE), format_func=WHOSE.__getitem__, key="q_whose")
        typed = text_at.text_input("Numer, temat albo najemca", key="q_text", max_chars=80) or ""
        st.form_submit_button("Filtruj")
    key = f"q_page-{state}-{whose}-{typed}"
    with reading() as session:
        lines, pages = question_queue(
            session, scope, state=state, assigned=whose, text=typed, page=st.session_state.get(key, 1)
        )
    if not lines:
        waiting = state is ThreadFilter.WAITING and whose is AssignedFilter.ALL and not typed
        note("Żadne pytanie nie czeka na odpowiedź." if waiting else "Żadne pytanie nie pasuje do filtrów. Zmień je.")
        return
    _pick(lines)
    columns: tuple[Column[QueueLine], ...] = (
        Column("Pytanie", lambda one: with_small(one.title, one.number)),
        Column("Najemca", lambda one: with_small(one.tenant, f"nr {one.tenant_no}")),
        Column("Stan", lambda one: badge(*STATES[one.state])),
        Column("Czeka od", lambda one: formats.instant(one.waits_since) if one.waits_since else "–"),
        Column("Zajmuje się", lambda one: one.assigned or "nikt"),
    )
    table(lines, columns, caption="Pytania, najdłużej czekające na początku")
    if pages > 1:
        st.pagination(pages, key=key)


def _pick(lines: Sequence[QueueLine]) -> None:
    names = {one.thread_id: f"{one.number}: {one.title} ({one.tenant})" for one in lines}
    chosen = st.selectbox(
        "Otwórz pytanie",
        list(names),
        index=None,
        placeholder="Wybierz pytanie",
        format_func=names.__getitem__,
        key="q_pick",
    )
    if chosen is not None:
        st.session_state[CHOSEN] = chosen
        st.rerun()


def show_file(scope: EmployeeScope, thread_id: int) -> None:
    """One question whole; refusals are the caller's to show."""
    with transaction() as session:
        file = question_file(session, scope, thread_id=thread_id)
    line = file.line
    seen = _seen_before(file)
    section(f"{line.number}: {line.title}")
    kv(_facts(file), label="Pytanie")
    _links(file)
    _messages(file)
    _assignment(scope, file)
    if line.state is ThreadState.CLOSED:
        note("To pytanie jest zamknięte. Najemca, który chce coś dodać, zada nowe.")
        unsent(f"q_answer-{_nth()}")
    else:
        _answer(scope, thread_id, seen=seen)
    _note(scope, thread_id)
    if line.state is not ThreadState.CLOSED:
        _close(scope, thread_id)


def _facts(file: QuestionFile) -> list[tuple[str, str]]:
    line = file.line
    return [
        ("Najemca", f"{line.tenant}, nr {line.tenant_no}"),
        ("Umowa", file.tenancy_no or "nie dotyczy jednej umowy"),
        ("Rodzaj", ABOUT[file.subject.kind]),
        ("Stan", STATES[line.state][0]),
        ("Zadane", formats.instant(line.opened_at)),
        ("Czeka od", formats.instant(line.waits_since) if line.waits_since else "nie czeka"),
        ("Zajmuje się", line.assigned or "nikt"),
    ]


def _links(file: QuestionFile) -> None:
    """The way to the file of what is asked about, where there is one."""
    subject = file.subject
    if subject.kind is not SubjectKind.GENERAL and subject.object_id is None:
        note("Tego, o co pyta najemca, nie ma już w systemie: plik, z którego pochodziło, wycofano.", tone="attention")
    if subject.kind is SubjectKind.LETTER:
        link_list([("Otwórz pismo (PDF)", f"{LETTER_PATH}{subject.object_id}")], label="Pismo")
    if file.has_photo:
        link_list([("Zobacz zdjęcie tarczy", f"{PHOTO_PATH}{subject.object_id}")], label="Odczyt")


def _messages(file: QuestionFile) -> None:
    section("Wiadomości")
    for one in file.messages:
        tenant = f"pełnomocnik: {one.proxy}" if one.proxy else file.line.tenant
        who = tenant if one.author is Author.TENANT else one.employee or "konsola serwera"
        mark = (
            badge("notatka wewnętrzna, najemca jej nie widzi", "attention")
            if one.internal
            else badge(_side(one.author))
        )
        said(
            one.body,
            who=who,
            when=formats.instant(one.written_at),
            side="inside" if one.internal else "theirs" if one.author is Author.TENANT else "own",
            mark=mark,
            below=attachment_link(one.message_id, one.attachment_name),
        )


def _side(author: Author) -> str:
    return "najemca" if author is Author.TENANT else "odpowiedź"


def _assignment(scope: EmployeeScope, file: QuestionFile) -> None:
    if file.line.assigned is None:
        if st.button("Zajmę się tym pytaniem", key="q_take"):
            with transaction() as session:
                take_question(session, scope, thread_id=file.line.thread_id)
            _done("Zajmujesz się tym pytaniem.")
    elif st.button("Zwolnij pytanie" if file.is_mine else "Zwolnij pytanie koleżanki lub kolegi", key="q_release"):
        with transaction() as session:
            release_question(session, scope, thread_id=file.line.thread_id)
        _done("Pytanie zwolnione. Może je wziąć każdy.")


def _seen_before(file: QuestionFile) -> int:
    """The newest message that was on the screen before this look, which is what an answer sent now was written to."""
    newest = file.messages[-1].message_id
    thread_id, before = st.session_state.get(SEEN, (None, newest))
    st.session_state[SEEN] = (file.line.thread_id, newest)
    return int(before) if thread_id == file.line.thread_id else newest


def _answer(scope: EmployeeScope, thread_id: int, *, seen: int) -> None:
    nth = _nth()
    with st.form("answer", enter_to_submit=False):
        body = st.text_area("Odpowiedź, którą przeczyta najemca", key=f"q_answer-{nth}", height=200)
        file = attachment_field(key=f"q_answer_file-{nth}")
        closes = st.checkbox("Zamknij pytanie razem z odpowiedzią", key=f"q_closes-{nth}")
        sent = st.form_submit_button("Wyślij odpowiedź", type="primary")
    if sent:
        attachment = attached(file)
        with transaction() as session:
            answer_question(
                session, scope, thread_id=thread_id, body=body or "", attachment=attachment, closes=closes, seen=seen
            )
        _done("Odpowiedź wysłana. Najemca dostał powiadomienie.")


def _note(scope: EmployeeScope, thread_id: int) -> None:
    with st.form("note", enter_to_submit=False):
        body = st.text_area("Notatka wewnętrzna, najemca jej nie zobaczy", key=f"q_note-{_nth()}", height=120)
        sent = st.form_submit_button("Zapisz notatkę")
    if sent:
        with transaction() as session:
            write_note(session, scope, thread_id=thread_id, body=body or "")
        _done("Notatkę zapisano. Najemca jej nie widzi.")


def _close(scope: EmployeeScope, thread_id: int) -> None:
    with st.form("close", enter_to_submit=False):
        reason = st.text_area("Powód zamknięcia, który przeczyta najemca", key=f"q_reason-{_nth()}", height=120)
        sent = st.form_submit_button("Zamknij pytanie bez odpowiedzi")
    if sent:
        with transaction() as session:
            close_question(session, scope, thread_id=thread_id, reason=reason or "")
        _done("Pytanie zamknięte. Najemca dostał powiadomienie z powodem.")


def _nth() -> int:
    """What makes the keys of fields new, and so the fields empty, once something was done."""
    return int(st.session_state.get("q_desk_nth", 0))


def _done(said: str) -> None:
    st.session_state["q_desk_nth"] = _nth() + 1
    st.session_state[RECEIPT] = said
    st.rerun()
