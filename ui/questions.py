"""Questions as their tenants see them: the list, one of them with its answers, the forms; and attachments over HTTP."""

from collections.abc import Sequence

import streamlit as st
from starlette.routing import BaseRoute
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access.models import Realm
from core.access.scopes import TenantScope
from core.db import reading, transaction
from core.documents.attachments import LARGEST_MB, SUFFIXES, Attachment, checked_attachment
from core.questions.asking import ask_question, close_own, reply
from core.questions.desk import question_attachment_served
from core.questions.models import Author, SubjectKind, ThreadState
from core.questions.own import OwnMessage, OwnThread, own_question_attachment, own_thread, own_threads
from core.questions.subjects import Subject, own_subject, subject_named, subject_word
from ui import formats
from ui.conversation import author, said
from ui.forms import show_success
from ui.kept_files import file_route, saved
from ui.layout import Tone, asked_number, badge, note, paragraph, section
from ui.markup import as_typed, text
from ui.service import Service

PATH, ASKED, NEW = "/korespondencja", "pytanie", "nowe"
ATTACHMENT_PATH = "/pliki/pytanie/"
RECEIPT = "questions_receipt"
SHOWN_AT_ONCE = 30
LABELS = {"title": "Temat", "body": "Treść", "file": "Załącznik"}
STATES: dict[ThreadState, tuple[str, Tone]] = {
    ThreadState.OPEN: ("czeka na odpowiedź", "attention"),
    ThreadState.ANSWERED: ("jest odpowiedź", "good"),
    ThreadState.CLOSED: ("zamknięte", "neutral"),
}
ABOUT = {
    SubjectKind.LETTER: "Pytanie o pismo",
    SubjectKind.ENTRY: "Pytanie o operację",
    SubjectKind.READING: "Pytanie o odczyt",
    SubjectKind.GENERAL: "Pytanie ogólne",
}


def question_routes(service: Service) -> list[BaseRoute]:
    """The route of attachments, by the number of their message, matched before Streamlit's."""
    finders = {
        Realm.TENANT: lambda session, scope, one: saved(own_question_attachment(session, scope, message_id=one)),
        Realm.STAFF: lambda session, scope, one: saved(question_attachment_served(session, scope, message_id=one)),
    }
    return [file_route(service, ATTACHMENT_PATH, finders)]


def question_link(thread_id: int | str) -> str:
    """Where one question is read."""
    return f"{PATH}?{ASKED}={thread_id}"


def asking_link(kind: SubjectKind, object_id: int) -> str:
    """Where one is asked about a letter, a ledger line or a reading."""
    return f"{PATH}?{ASKED}={subject_word(Subject(kind, object_id))}"


def questions_asked_for() -> bool:
    """Whether the address leads to a question, there or to be asked."""
    return ASKED in st.query_params


def show_asked(scope: TenantScope) -> None:
    """What the address leads to; refusals are the caller's to show."""
    if st.button("Wróć do listy pytań", key="back_to_questions"):
        leave()
    asked, number = st.query_params.get(ASKED, ""), asked_number(ASKED)
    if number is not None:
        show_thread(scope, number)
    else:
        asking_form(scope, Subject() if asked == NEW else subject_named(asked))


def leave() -> None:
    """Go to the list of questions."""
    del st.query_params[ASKED]
    st.session_state["correspondence_view"] = "Pytania"
    st.rerun()


def say_what_happened() -> None:
    """What the last action led to, once."""
    if RECEIPT in st.session_state:
        show_success(st.session_state.pop(RECEIPT))


def question_list(scope: TenantScope) -> None:
    """The way to ask, and the tenant's questions, the last moved first."""
    with reading() as session:
        threads = own_threads(session, scope)
    if st.button("Zadaj pytanie", type="primary", key="new_question"):
        st.query_params[ASKED] = NEW
        st.rerun()
    section("Pytania")
    if not threads:
        note(
            "Nie masz jeszcze żadnych pytań. Wybierz „Zadaj pytanie” albo zapytaj wprost o pismo, o operację na stronie "
            "Finanse lub o odczyt na stronie Liczniki."
        )
    shown = st.session_state.get("questions_shown", SHOWN_AT_ONCE)
    for one in threads[:shown]:
        _entry(one)
    if len(threads) > shown and st.button("Pokaż starsze", key="older_questions"):
        st.session_state["questions_shown"] = shown + SHOWN_AT_ONCE
        st.rerun()


def _entry(one: OwnThread) -> None:
    with st.container(border=True, key=f"entry-question-{one.thread_id}"):
        new = badge("nowa odpowiedź", "information") if one.unread else ""
        moved = f"{one.number}, ostatnia wiadomość {formats.instant(one.last_at)}"
        st.html(f'<p class="kit kit-entry">{new} {badge(*STATES[one.state])} {text(moved)}</p>')
        if st.button(as_typed(one.title), key=f"ask-{one.thread_id}", type="tertiary"):
            st.query_params[ASKED] = str(one.thread_id)
            st.rerun()


def asking_form(scope: TenantScope, subject: Subject) -> None:
    """The form of a new question about what the address names."""
    with reading() as session:
        own = own_subject(session, scope, subject=subject)
    section(ABOUT[subject.kind] if own.title else "Nowe pytanie")
    if own.title:
        paragraph(f"Pytasz o: {own.title}")
    else:
        note("W sprawie awarii nie czekaj na odpowiedź: zadzwoń. Odpowiadamy tu w dni robocze.")
    with st.form("question", enter_to_submit=False):
        title = "" if own.title else st.text_input(LABELS["title"], key="q_title") or ""
        body = st.text_area("Twoje pytanie", key="q_body", height=200) or ""
        file = attachment_field(key="q_file")
        sent = st.form_submit_button("Wyślij pytanie", type="primary")
    if sent:
        attachment = attached(file)
        with transaction() as session:
            made = ask_question(session, scope, subject=subject, title=title, body=body, attachment=attachment)
        st.session_state[RECEIPT] = "Pytanie wysłane. Gdy odpowiemy, zobaczysz powiadomienie na stronie głównej."
        st.query_params[ASKED] = str(made)
        st.rerun()


def show_thread(scope: TenantScope, thread_id: int) -> None:
    """One question with all its messages, and what can be done with it."""
    with transaction() as session:  # reading it puts the notices of its answers away
        opened = own_thread(session, scope, thread_id=thread_id)
    head = opened.head
    section(head.title)
    st.html(
        f'<p class="kit kit-entry">{badge(*STATES[head.state])} '
        f"{text(f'{ABOUT[opened.subject.kind]}, numer {head.number}, zadane {formats.instant(head.opened_at)}')}</p>"
    )
    messages(scope, opened.messages)
    if head.state is ThreadState.CLOSED:
        note("To pytanie jest zamknięte. Jeśli chcesz napisać coś jeszcze, zadaj nowe pytanie.")
        unsent(f"q_reply-{st.session_state.get('q_nth', 0)}")
        return
    _reply(scope, thread_id)
    if st.button("Zamknij pytanie: nie potrzebuję już odpowiedzi", key="close_question"):
        with transaction() as session:
            close_own(session, scope, thread_id=thread_id)
        _done("Pytanie zamknięte.")


def _reply(scope: TenantScope, thread_id: int) -> None:
    nth = st.session_state.get("q_nth", 0)  # another key empties the fields once a message is sent
    with st.form("reply", enter_to_submit=False):
        body = st.text_area("Dopisz wiadomość", key=f"q_reply-{nth}", height=150) or ""
        file = attachment_field(key=f"q_reply_file-{nth}")
        sent = st.form_submit_button("Wyślij wiadomość", type="primary")
    if sent:
        attachment = attached(file)
        with transaction() as session:
            reply(session, scope, thread_id=thread_id, body=body, attachment=attachment)
        st.session_state["q_nth"] = nth + 1
        _done("Wiadomość wysłana.")


def _done(message: str) -> None:
    st.session_state[RECEIPT] = message
    st.rerun()


def messages(scope: TenantScope, lines: Sequence[OwnMessage]) -> None:
    """The messages of a question, the oldest first."""
    for one in lines:
        own = one.author is Author.TENANT
        said(
            one.body,
            who=author(scope, proxy=one.proxy) if own else "Rejon",
            when=formats.instant(one.written_at),
            side="own" if own else "theirs",
            below=attachment_link(one.message_id, one.attachment_name),
        )


def attachment_link(message_id: int, name: str | None) -> str:
    """The way to what is attached to a message; nothing where nothing is."""
    if not name:
        return ""
    return f'<p><a href="{ATTACHMENT_PATH}{message_id}" target="_self" download>Załącznik: {text(name)}</a></p>'


def unsent(key: str) -> None:
    """What was typed for a question that somebody closed before it was sent."""
    if typed := st.session_state.get(key):
        note(
            "Tego tekstu nie wysłano, bo pytanie zamknięto wcześniej. Skopiuj go, jeśli jest potrzebny.",
            tone="attention",
        )
        st.html(f'<div class="kit kit-plain">{text(typed)}</div>')


def attachment_field(*, key: str) -> UploadedFile | None:
    """A field for one file."""
    return st.file_uploader(
        f"Załącznik, jeśli chcesz: PDF albo zdjęcie, najwyżej {LARGEST_MB} MB",
        type=list(SUFFIXES),
        key=key,
        max_upload_size=LARGEST_MB,
    )


def attached(file: UploadedFile | None) -> Attachment | None:
    """The file as it is kept. Raises InvalidInputError (field `file`)."""
    return checked_attachment(file.name, file.getvalue()) if file else None
