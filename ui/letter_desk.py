"""The office's desk of letters: batches, one of them with what can be done about it, and its letters page by page."""

from collections.abc import Sequence

import streamlit as st

from core.access.confirmations import ConfirmationUsedError
from core.access.scopes import EmployeeScope
from core.correspondence.desk import BatchFile, BatchLine, LetterFilter, LetterLine, letters_of_batch
from core.correspondence.kinds import NAMES
from core.correspondence.matching import Doubt
from core.correspondence.models import LetterBatchState
from core.correspondence.printing import (
    MOST_PAGES,
    WORDS,
    OnPaper,
    letters_to_print,
    paper_counts,
    paper_list,
)
from core.correspondence.sending import (
    SendingQuestion,
    ask_recall,
    ask_sending,
    discard_batch,
    recall_batch,
    send_batch,
)
from core.db import reading, transaction
from ui import formats
from ui.forms import show_errors, show_success
from ui.layout import Figure, Tone, badge, kpi_row, kv, note, section
from ui.letters import CERTIFICATE_PATH, LETTER_PATH
from ui.markup import Safe, text
from ui.tables import Column, table, with_small

CHOSEN, QUESTION, RECALL, SEEN = "l_chosen", "l_question", "l_recall", "l_seen"
VIEW, BATCHES = "letters_view", "Paczki pism"  # the key of the choice of views, and the view that lists batches
RECEIPT, REFUSED = "letters_receipt", "letters_refused"
STATES: dict[LetterBatchState, tuple[str, Tone]] = {
    LetterBatchState.MAKING: ("przygotowuje się", "information"),
    LetterBatchState.PAUSED: ("wstrzymana", "attention"),
    LetterBatchState.CHECKED: ("czeka na wysłanie", "attention"),
    LetterBatchState.SENT: ("wysłana", "good"),
    LetterBatchState.DISCARDED: ("odrzucona", "neutral"),
}
DOUBTS: dict[Doubt, str] = {
    Doubt.NO_NUMBER: "w nazwie nie ma znanego numeru",
    Doubt.SEVERAL: "w nazwie są numery kilku najemców",
    Doubt.UNKNOWN_TENANT: "nie ma takiego numeru najemcy w Twoim rejonie",
    Doubt.UNKNOWN_TENANCY: "nie ma takiej umowy w Twoim rejonie",
    Doubt.CONTRADICTION: "umowa należy do innego najemcy niż podany",
    Doubt.NOT_LISTED: "wykaz nie wymienia tego pliku",
}
FILTERS: dict[LetterFilter, str] = {
    LetterFilter.ALL: "wszystkie",
    LetterFilter.UNMATCHED: "bez najemcy",
    LetterFilter.UNOPENED: "nieotwarte",
    LetterFilter.OPENED: "otwarte",
    LetterFilter.WITHOUT_ACCOUNT: "najemcy bez konta",
    LetterFilter.RECALLED: "wycofane",
}


def done(message: str) -> None:
    """Say above a fresh look at the page that it worked."""
    for left in (QUESTION, RECALL, SEEN):
        st.session_state.pop(left, None)
    st.session_state[RECEIPT] = message
    st.rerun()


def say_what_happened() -> None:
    """What the last action led to, once."""
    if RECEIPT in st.session_state:
        show_success(st.session_state.pop(RECEIPT))
    if REFUSED in st.session_state:
        show_errors([st.session_state.pop(REFUSED)], title="Nie wykonano")


def back_button() -> None:
    """The way from one batch to all."""
    if st.button("Wróć do listy paczek", key="l_back"):
        leave()
        st.rerun()


def leave() -> None:
    """Go back from one batch to the list of all, whatever view comes first."""
    for left in (CHOSEN, QUESTION, RECALL, SEEN):
        st.session_state.pop(left, None)
    st.session_state[VIEW] = BATCHES


def moved_meanwhile(line: BatchLine) -> bool:
    """Whether somebody else has sent or discarded the batch since it was last drawn here."""
    before = st.session_state.get(SEEN)
    st.session_state[SEEN] = (line.batch_id, line.state)
    waited = (line.batch_id, LetterBatchState.CHECKED)
    return before == waited and line.state is not LetterBatchState.CHECKED


def batch_list(lines: Sequence[BatchLine]) -> None:
    """All batches and the way into each."""
    section("Paczki pism")
    if not lines:
        note("Nie ma jeszcze żadnej paczki. Zacznij od widoku „Wczytaj pisma” albo „Napisz z szablonu”.")
        return
    names = {one.batch_id: one for one in lines}
    chosen = st.selectbox(
        "Pokaż paczkę",
        list(names),
        index=None,
        placeholder="Wybierz paczkę",
        format_func=lambda one: f"{one}: {names[one].name} ({STATES[names[one].state][0]})",
        key="l_pick",
    )
    if chosen is not None:
        st.session_state[CHOSEN] = chosen
        st.rerun()
    columns: tuple[Column[BatchLine], ...] = (
        Column("Paczka", lambda one: with_small(f"{one.batch_id}: {one.name}", formats.instant(one.created_at))),
        Column("Stan", lambda one: badge(*STATES[one.state])),
        Column("Pisma", lambda one: formats.count(one.counts.letters), numeric=True),
        Column("Bez najemcy", lambda one: formats.count(one.counts.letters - one.counts.matched), numeric=True),
        Column("Otwarte", _opened, numeric=True),
    )
    table(lines, columns, caption="Paczki pism, od najnowszej")


def _opened(one: BatchLine) -> str:
    if one.sent_at is None:
        return "–"
    return f"{formats.count(one.counts.opened)} z {formats.count(one.counts.opened + one.counts.unopened)}"


def show_batch(scope: EmployeeScope, file: BatchFile) -> None:
    """One batch; refusals are the caller's to show."""
    line = file.line
    if moved_meanwhile(line):
        show_errors(["Ktoś już wysłał albo odrzucił tę paczkę w innym oknie."], title="Nie wykonano")
    section(f"Paczka {line.batch_id}: {line.name}")
    _figures(file)
    if file.refusals:
        _refused(file)
    if line.state is LetterBatchState.CHECKED:
        _before_sending(scope, line)
    elif line.state in (LetterBatchState.MAKING, LetterBatchState.PAUSED):
        _discard(scope, line)
    _letters(scope, line)
    if line.state is LetterBatchState.SENT:
        _paper(scope, line)
        _recall(scope, line)


def _figures(file: BatchFile) -> None:
    line, counts = file.line, file.line.counts
    figures = [
        Figure(counts.matched, "Do najemców"),
        Figure(counts.letters - counts.matched, "Bez najemcy", attention=counts.letters > counts.matched),
        Figure(counts.without_account, "Najemcy bez konta"),
        Figure(file.repeated, "Pominięte, bo najemca już je ma"),
        Figure(len(file.refusals), "Nieprzyjęte pliki", attention=bool(file.refusals)),
    ]
    if line.state is LetterBatchState.SENT:
        figures[3:] = [
            Figure(counts.opened, "Otwarte"),
            Figure(counts.unopened, "Nieotwarte"),
            Figure(counts.recalled, "Wycofane"),
        ]
    kpi_row(figures, label="Paczka w liczbach")
    facts: list[tuple[str, str]] = [("Stan", STATES[line.state][0]), ("Utworzono", formats.instant(line.created_at))]
    if line.sent_at:
        facts.append(("Wysłano", formats.instant(line.sent_at)))
    kv(facts, label="Paczka")


def _refused(file: BatchFile) -> None:
    table(
        file.refusals,
        [Column("Plik", lambda one: one.file_name), Column("Dlaczego", lambda one: one.reason)],
        caption="Nieprzyjęte pliki. Popraw je i wczytaj osobno.",
    )


def _before_sending(scope: EmployeeScope, line: BatchLine) -> None:
    if QUESTION in st.session_state:
        _confirm(scope, line, st.session_state[QUESTION])
        return
    note("Najemcy jeszcze nie widzą tych pism. Sprawdź, do kogo trafią, i wyślij.")
    with st.container(horizontal=True):
        if st.button("Wyślij paczkę", type="primary", key="l_ask"):
            with transaction() as session:
                st.session_state[QUESTION] = ask_sending(session, scope, batch_id=line.batch_id)
            st.rerun()
    _discard(scope, line)


def _discard(scope: EmployeeScope, line: BatchLine) -> None:
    with st.expander("Odrzuć paczkę"):
        sure = st.checkbox("Na pewno odrzucam te pisma", key=f"l_discard_sure_{line.batch_id}")
        if st.button("Odrzuć paczkę", disabled=not sure, key="l_discard"):
            with transaction() as session:
                discard_batch(session, scope, batch_id=line.batch_id)
            leave()
            done("Paczkę odrzucono. Żadne pismo z niej nie zostało.")


def _confirm(scope: EmployeeScope, line: BatchLine, question: SendingQuestion) -> None:
    letters = formats.plural(question.matched, "pismo", "pisma", "pism")
    told = f"Do najemców trafi {letters}. Nieotwarte będzie można wycofać."
    if question.unmatched:
        waiting = formats.plural(question.unmatched, "pismo", "pisma", "pism")
        told += f" Bez najemcy: {waiting}. Znajdziesz je w widoku „Bez najemcy”."
    note(told, tone="attention")
    with st.container(horizontal=True):
        sure = st.button(f"Tak, wyślij {letters}", type="primary", key="l_send")
        if st.button("Jeszcze nie", key="l_not_yet"):
            del st.session_state[QUESTION]
            st.rerun()
    if not sure:
        return
    try:
        with transaction() as session:
            sent = send_batch(session, scope, batch_id=line.batch_id, token=question.token)
    except ConfirmationUsedError as refusal:
        # The question on the screen no longer holds: a fresh look, with the reason above it.
        del st.session_state[QUESTION]
        st.session_state[REFUSED] = refusal.message
        st.rerun()
    done(f"Wysłano {formats.plural(sent, 'pismo', 'pisma', 'pism')}. Najemcy dostaną powiadomienia.")


def _letters(scope: EmployeeScope, line: BatchLine) -> None:
    only = st.selectbox("Które pisma", list(FILTERS), format_func=FILTERS.__getitem__, key=f"l_filter_{line.batch_id}")
    key = f"l_page_{line.batch_id}_{only}"
    with reading() as session:
        letters, pages = letters_of_batch(
            session, scope, batch_id=line.batch_id, only=only, page=st.session_state.get(key, 1)
        )
    if not letters:
        note("Nie ma takich pism w tej paczce.")
        return
    letter_table(letters, caption="Pisma w paczce, najpierw te bez najemcy")
    if pages > 1:
        st.pagination(pages, key=key)


def letter_table(letters: Sequence[LetterLine], *, caption: str) -> None:
    """Letters with whose they are, what became of them, and the file."""
    columns: tuple[Column[LetterLine], ...] = (
        Column("Plik", _file),
        Column("Najemca", _whose),
        Column("Pismo", _what),
        Column("Stan", _state),
    )
    table(letters, columns, caption=caption)


def _file(one: LetterLine) -> Safe:
    if not one.written:
        return text(one.file_name)
    return Safe(f'<a href="{LETTER_PATH}{one.letter_id}" target="_self" download>{text(one.file_name)}</a>')


def _whose(one: LetterLine) -> Safe:
    if one.doubt is not None:
        return with_small("bez najemcy", DOUBTS[one.doubt])
    return with_small(one.tenant, f"nr {one.tenant_no}{'' if one.has_account else ', bez konta'}")


def _what(one: LetterLine) -> Safe:
    details = ", ".join(part for part in (NAMES[one.kind], one.letter_no, formats.day(one.dated)) if part)
    return with_small(one.title, details)


def _state(one: LetterLine) -> Safe:
    if one.recalled_at is not None:
        return badge("wycofane", "neutral")
    if one.put_aside:
        return badge("odłożone", "neutral")
    if not one.visible:
        return badge("czeka", "neutral")
    if one.opened_at is None:
        return badge("nieotwarte", "neutral")
    link = f'<a href="{CERTIFICATE_PATH}{one.letter_id}" target="_self" download>Poświadczenie</a>'
    return Safe(
        f'{badge("otwarte", "good")} {text(formats.instant(one.opened_at))}<span class="kit-small">{link}</span>'
    )


def _paper(scope: EmployeeScope, line: BatchLine) -> None:
    section("Na papierze")
    who = st.selectbox("Komu wydrukować", list(WORDS), format_func=WORDS.__getitem__, key="l_paper") or OnPaper.UNOPENED

    with reading() as session:
        letters, pages = paper_counts(session, scope, batch_id=line.batch_id, who=who)
    if not letters:
        note("Nie ma takich pism w tej paczce.")
        return
    if pages > MOST_PAGES:
        note(
            f"Stron jest {formats.count(pages)}, a jeden plik może ich mieć {formats.count(MOST_PAGES)}. "
            "Wybierz mniej pism.",
            tone="attention",
        )
        return

    def listed() -> bytes:
        with reading() as session:
            return paper_list(session, scope, batch_id=line.batch_id, who=who)

    def printed() -> bytes:
        with reading() as session:
            return letters_to_print(session, scope, batch_id=line.batch_id, who=who)

    with st.container(horizontal=True):
        for label, name, make in (
            ("Pobierz listę (PDF)", "Lista", listed),
            ("Pobierz pisma do druku (PDF)", "Pisma", printed),
        ):
            st.download_button(
                label,
                make,
                file_name=f"{name}-do-druku-{line.batch_id}-{who}.pdf",
                mime="application/pdf",
                on_click="ignore",
                key=f"l_{name}",
            )


def _recall(scope: EmployeeScope, line: BatchLine) -> None:
    with st.expander("Wycofaj nieotwarte"):
        note("Nieotwarte pisma znikną z portalu. Otwarte zostaną: najemca już je zna, a otwarcie jest zapisane.")
        if RECALL not in st.session_state:
            if st.button("Sprawdź, ile można wycofać", key="l_ask_recall"):
                with transaction() as session:
                    st.session_state[RECALL] = ask_recall(session, scope, batch_id=line.batch_id)
                st.rerun()
            return
        question = st.session_state[RECALL]
        letters = formats.plural(question.unopened, "pismo", "pisma", "pism")
        note(f"Do wycofania: {letters}. Zostanie otwartych: {formats.count(question.opened)}.", tone="attention")
        if st.button(f"Tak, wycofaj {letters}", type="primary", key="l_recall_yes"):
            token = st.session_state.pop(RECALL).token
            with transaction() as session:
                taken = recall_batch(session, scope, batch_id=line.batch_id, token=token)
            done(f"Wycofano {formats.plural(taken, 'pismo', 'pisma', 'pism')}.")
