"""The editor's desk: all announcements, one of them with what can be done about it, and how far it has got."""

from collections.abc import Sequence

import streamlit as st

from core.access.confirmations import ConfirmationUsedError
from core.access.scopes import EmployeeScope
from core.announcements.board import DistrictReach, reach_of, unopened_list
from core.announcements.publishing import (
    AudienceChangedError,
    PublishingQuestion,
    ask_publishing,
    publish,
    take_back,
    withdraw_announcement,
)
from core.announcements.queries import AnnouncementFile, AnnouncementLine, AnnouncementState
from core.announcements.writing import discard_draft
from core.clock import local
from core.db import reading, transaction
from core.registry.audiences import NAMES_SHOWN
from ui import formats
from ui.announcement_form import correction_form
from ui.announcements import KINDS, article
from ui.forms import show_errors, show_success
from ui.layout import Figure, Tone, badge, kpi_row, kv, note, section
from ui.markup import Safe, text
from ui.tables import Column, table, with_small

CHOSEN, EDITED, QUESTION = "a_chosen", "a_edited", "a_question"
RECEIPT, REFUSED = "announcements_receipt", "announcements_refused"
NEW = 0  # in EDITED: a draft that is not kept yet
STATES: dict[AnnouncementState, tuple[str, Tone]] = {
    AnnouncementState.DRAFT: ("szkic", "neutral"),
    AnnouncementState.WAITING: ("czeka na pokazanie", "attention"),
    AnnouncementState.CURRENT: ("widoczne", "good"),
    AnnouncementState.OVER: ("w archiwum", "neutral"),
    AnnouncementState.WITHDRAWN: ("wycofane", "neutral"),
}


def done(message: str) -> None:
    """Say above a fresh look at the page that it worked."""
    st.session_state.pop(QUESTION, None)
    st.session_state[RECEIPT] = message
    st.rerun()


def say_what_happened() -> None:
    """What the last action led to, once."""
    if RECEIPT in st.session_state:
        show_success(st.session_state.pop(RECEIPT))
    if REFUSED in st.session_state:
        show_errors([st.session_state.pop(REFUSED)], title="Nie opublikowano")


def choose(announcement_id: int) -> None:
    """Open one announcement in the next run."""
    st.session_state.pop(QUESTION, None)
    st.session_state[CHOSEN] = announcement_id


def back_button() -> None:
    """The way from one announcement to all."""
    if st.button("Wróć do listy", key="a_back"):
        for left in (CHOSEN, QUESTION):
            st.session_state.pop(left, None)
        st.rerun()


def all_of_them(lines: Sequence[AnnouncementLine]) -> None:
    """The list, a way to open each, and a way to write another."""
    if st.button("Napisz ogłoszenie", type="primary", key="a_new"):
        st.session_state[EDITED] = NEW
        st.rerun()
    section("Ogłoszenia")
    if not lines:
        note("Nie ma jeszcze żadnego ogłoszenia. Napisz pierwsze; przed publikacją zobaczysz, do ilu osób trafi.")
        return
    names = {one.announcement_id: one for one in lines}
    chosen = st.selectbox(
        "Pokaż ogłoszenie",
        list(names),
        index=None,
        placeholder="Wybierz ogłoszenie",
        format_func=lambda one: f"{names[one].title} ({STATES[names[one].state][0]})",
        key="a_pick",
    )
    if chosen is not None:
        choose(chosen)
        st.rerun()
    columns: tuple[Column[AnnouncementLine], ...] = (
        Column("Tytuł", lambda one: with_small(one.title, one.audience)),
        Column("Stan", lambda one: badge(*STATES[one.state])),
        Column("Rodzaj", lambda one: badge(*KINDS[one.kind])),
        Column("Od", lambda one: formats.instant(one.visible_from) if one.visible_from else "–", wrap="never"),
        Column("Do", lambda one: formats.day(one.expires_on) if one.expires_on else "–"),
        Column("Otworzyło", _opened, numeric=True),
    )
    table(lines, columns, caption="Ogłoszenia, szkice na początku")


def _opened(one: AnnouncementLine) -> str:
    if not one.recipients:
        return "–"
    return f"{formats.count(one.opened)} z {formats.count(one.recipients)}"


def show(scope: EmployeeScope, file: AnnouncementFile) -> None:
    """One announcement as its recipients see it, and what can be done; refusals are the caller's to show."""
    line = file.line
    _facts(file)
    with st.container(border=True, key="a_preview"):
        attachment = (line.announcement_id, file.attachment_name) if file.attachment_name else None
        article(line.title, file.body, marks=_marks(line), dates=_dates(line), attachment=attachment)
    if line.state is AnnouncementState.DRAFT:
        _draft_actions(scope, file)
        return
    if line.state is AnnouncementState.WAITING:
        _waiting(scope, line)
        return
    _reach(scope, line)
    if line.state in (AnnouncementState.CURRENT, AnnouncementState.OVER):
        _correct(scope, file)
    if line.state is not AnnouncementState.WITHDRAWN:
        _withdraw(scope, line)


def _facts(file: AnnouncementFile) -> None:
    line = file.line
    facts = [("Stan", STATES[line.state][0]), ("Do kogo", line.audience)]
    if line.visible_from is not None:
        facts.append(("Widoczne od", formats.instant(line.visible_from)))
    if line.version > 1:
        facts.append(("Wersja", f"{line.version}, najemcy widzą znak „zmieniono”"))
    kv(facts, label="Ogłoszenie")


def _marks(line: AnnouncementLine) -> Safe:
    marks = [badge(*KINDS[line.kind])] if KINDS[line.kind][1] == "urgent" else []
    if line.version > 1:
        marks.append(badge("zmieniono", "attention"))
    return Safe(" ".join(marks))


def _dates(line: AnnouncementLine) -> str:
    told = [f"opublikowano {formats.day_of(line.visible_from)}"] if line.visible_from else ["jeszcze nie opublikowano"]
    if line.expires_on is not None:
        told.append(f"obowiązuje do {formats.day(line.expires_on)}")
    return ", ".join(told)


def _draft_actions(scope: EmployeeScope, file: AnnouncementFile) -> None:
    number = file.line.announcement_id
    if QUESTION in st.session_state:
        _confirm(scope, number, st.session_state[QUESTION])
        return
    with st.container(horizontal=True):
        if st.button("Sprawdź odbiorców i opublikuj", type="primary", key="a_ask"):
            _ask(scope, number)
        if st.button("Zmień szkic", key="a_edit"):
            st.session_state[EDITED] = number
            st.rerun()
    with st.expander("Usuń szkic"):
        sure = st.checkbox("Na pewno usuwam ten szkic", key=f"a_discard_sure_{number}")
        if st.button("Usuń szkic", disabled=not sure, key="a_discard"):
            with transaction() as session:
                discard_draft(session, scope, announcement_id=number)
            st.session_state.pop(CHOSEN, None)
            done("Szkic usunięto.")


def _ask(scope: EmployeeScope, number: int) -> None:
    with transaction() as session:
        st.session_state[QUESTION] = ask_publishing(session, scope, announcement_id=number)
    st.rerun()


def _confirm(scope: EmployeeScope, number: int, question: PublishingQuestion) -> None:
    people = formats.plural(question.recipients, "najemcy", "najemców", "najemców")
    section("Publikacja")
    note(f"Ogłoszenie trafi do {people}. Przez minutę po publikacji możesz ją cofnąć.", tone="attention")
    shown = f"pierwsze {NAMES_SHOWN} z {formats.count(question.recipients)}"
    title = "Odbiorcy" if question.recipients <= NAMES_SHOWN else f"Odbiorcy ({shown})"
    with st.expander(title):
        st.html(f'<ul class="kit kit-names">{"".join(f"<li>{text(name)}</li>" for name in question.names)}</ul>')
    with st.container(horizontal=True):
        sure = st.button(f"Opublikuj do {people}", type="primary", key="a_publish")
        if st.button("Jeszcze nie", key="a_not_yet"):
            del st.session_state[QUESTION]
            st.rerun()
    if sure:
        _publish(scope, number, question)


def _publish(scope: EmployeeScope, number: int, question: PublishingQuestion) -> None:
    try:
        with transaction() as session:
            publish(session, scope, announcement_id=number, recipients=question.recipients, token=question.token)
    except (AudienceChangedError, ConfirmationUsedError) as refusal:
        # The question on the screen no longer holds: a fresh look, with the reason above it.
        del st.session_state[QUESTION]
        st.session_state[REFUSED] = refusal.message
        st.rerun()
    done("Opublikowano. Najemcy zobaczą ogłoszenie za minutę; do tego czasu możesz cofnąć publikację.")


def _waiting(scope: EmployeeScope, line: AnnouncementLine) -> None:
    if line.visible_from is None:
        return
    when = f"{local(line.visible_from):%d.%m.%Y o %H:%M:%S}"
    note(f"Najemcy zobaczą to ogłoszenie {when}. Do tej chwili możesz cofnąć publikację: wróci do szkiców.")
    if st.button("Cofnij publikację", type="primary", key="a_take_back"):
        with transaction() as session:
            take_back(session, scope, announcement_id=line.announcement_id)
        done("Publikację cofnięto. Nikt jej nie zobaczył.")


def _reach(scope: EmployeeScope, line: AnnouncementLine) -> None:
    with reading() as session:
        board = reach_of(session, scope, announcement_id=line.announcement_id)
    section("Zasięg")
    sent, opened = sum(one.sent for one in board), sum(one.opened for one in board)
    accounts = sum(one.with_account for one in board)
    kpi_row(
        [
            Figure(sent, "Wysłano"),
            Figure(accounts, "Z kontem w portalu"),
            Figure(opened, f"Otworzyło ({formats.percent(opened, sent)})" if sent else "Otworzyło"),
            Figure(sent - opened, "Nie otworzyło"),
        ],
        label="Zasięg",
    )
    columns: tuple[Column[DistrictReach], ...] = (
        Column("Rejon", lambda one: one.district),
        Column("Wysłano", lambda one: formats.count(one.sent), numeric=True),
        Column("Z kontem", lambda one: formats.count(one.with_account), numeric=True),
        Column("Otworzyło", lambda one: formats.count(one.opened), numeric=True),
        Column("Nie otworzyło", lambda one: formats.count(one.sent - one.opened), numeric=True),
    )
    table(board, columns, caption="Zasięg według rejonów")

    def paper() -> bytes:
        with reading() as session:
            return unopened_list(session, scope, announcement_id=line.announcement_id)

    if sent > opened:
        st.download_button(
            "Pobierz listę tych, którzy nie otworzyli (PDF)",
            paper,
            file_name=f"Nieotwarte-ogloszenie-{line.announcement_id}.pdf",
            mime="application/pdf",
            on_click="ignore",
            key="a_unopened",
        )


def _correct(scope: EmployeeScope, file: AnnouncementFile) -> None:
    with st.expander("Popraw treść"):
        note(
            "Odbiorcy zobaczą nową treść ze znakiem „zmieniono” i dostaną powiadomienie. Poprzednia zostaje w historii."
        )
        if correction_form(scope, file):
            done("Opublikowano poprawioną treść.")


def _withdraw(scope: EmployeeScope, line: AnnouncementLine) -> None:
    with st.expander("Wycofaj ogłoszenie"):
        note("Zniknie z portalu. Kto je już otworzył, zobaczy je w archiwum jako wycofane. Wysłane e-maile zostają.")
        sure = st.checkbox("Na pewno wycofuję", key=f"a_withdraw_sure_{line.announcement_id}")
        if st.button("Wycofaj ogłoszenie", disabled=not sure, key="a_withdraw"):
            with transaction() as session:
                withdraw_announcement(session, scope, announcement_id=line.announcement_id)
            done("Ogłoszenie wycofano.")
