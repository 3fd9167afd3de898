"""The part of Ogłoszenia about plain words: what charges and documents are, as tenants read it, in the office's words."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading, transaction
from core.plain_words.editing import WordsChangedError, WordsLine, reset_words, words_list, write_words
from core.plain_words.models import LONGEST_NAME, LONGEST_TEXT, Described
from ui import formats
from ui.forms import message_slot, refusals, show_success
from ui.layout import badge, note, section
from ui.plain_words import explanation_html
from ui.tables import Column, table

LABELS = {"name": "Nazwa składnika, jak w kartotece", "wording": "Objaśnienie"}
RECEIPT, SEEN, ROUND = "words_receipt", "words_seen", "words_round"
NEW = WordsLine(Described.COMPONENT, "", "", "", None)


def words_part(scope: EmployeeScope) -> None:
    """The whole part."""
    messages = message_slot("words_desk")
    if RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(RECEIPT))
    with reading() as session:
        lines = words_list(session, scope)
    section("Objaśnienia opłat i dokumentów")
    note(
        "Najemca czyta je po naciśnięciu „Co to znaczy?” przy opłacie albo operacji i na stronie Pomoc. "
        "Pisz krótko i zwykłymi słowami: co to jest, skąd się bierze i czy można coś z tym zrobić."
    )
    by_key = {(one.kind, one.name): one for one in [*lines, NEW]}
    chosen = st.selectbox(
        "Zmień objaśnienie",
        list(by_key),
        index=None,
        placeholder="Wybierz",
        format_func=lambda key: _name(by_key[key]),
        key="words_pick",
    )
    with refusals(messages, LABELS):
        if chosen in by_key:
            _edit(scope, by_key[chosen])
    _table(lines)


def _name(line: WordsLine) -> str:
    if line == NEW:
        return "Inny składnik, którego nie ma na liście"
    return formats.document_type(line.name) if line.kind is Described.DOCUMENT_TYPE else line.name


def _edit(scope: EmployeeScope, line: WordsLine) -> None:
    # Fresh fields after each text that was kept; a refusal leaves what was typed.
    form = f"{line.kind}-{line.name}-{st.session_state.get(ROUND, 0)}"
    # What was in force when the form was first drawn: who changed it since is not written over unknowingly.
    before = st.session_state.setdefault(f"{SEEN}-{form}", line.text)
    name, wording, keep = _form(line, form)
    if keep:
        try:
            with transaction() as session:
                write_words(session, scope, described=line.kind, name=name, wording=wording, before=before)
        except WordsChangedError:
            st.session_state[f"{SEEN}-{form}"] = line.text  # which the table below shows
            raise
        _done("Zapisano. Najemcy widzą już ten tekst.")
    back = "Przywróć tekst wzorcowy" if line.shipped else "Usuń objaśnienie"
    if line.edited and st.button(back, key="words_reset"):
        with transaction() as session:
            reset_words(session, scope, described=line.kind, name=line.name)
        _done("Przywrócono tekst wzorcowy." if line.shipped else "Usunięto objaśnienie.")


def _form(line: WordsLine, key: str) -> tuple[str, str, bool]:
    """Name and wording as typed, and whether they are to be kept; below the form how a tenant would see them."""
    with st.form(f"words-{key}"):
        name = line.name
        if line == NEW:
            name = st.text_input(LABELS["name"], key=f"words_name-{key}", max_chars=LONGEST_NAME) or ""
        wording = st.text_area(
            LABELS["wording"], line.text, key=f"words_text-{key}", max_chars=LONGEST_TEXT, height=160
        )
        with st.container(horizontal=True):
            keep = st.form_submit_button("Zapisz", type="primary", key="words_keep")
            look = st.form_submit_button("Pokaż, jak to zobaczy najemca", key="words_look")
    if look:
        shown = _name(line) if line != NEW else name
        st.html(explanation_html([(shown, wording or "")], of=shown, opened=True))
    return name, wording or "", keep


def _done(message: str) -> None:
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state[RECEIPT] = message
    st.rerun()


def _table(lines: Sequence[WordsLine]) -> None:
    columns: tuple[Column[WordsLine], ...] = (
        Column("Nazwa", _name),
        Column("Co to jest", lambda one: "operacja" if one.kind is Described.DOCUMENT_TYPE else "składnik opłaty"),
        Column("Objaśnienie", lambda one: one.text or "–", wrap="prose"),
        Column("Tekst", _origin),
    )
    table(lines, columns, caption=f"Objaśnienia ({len(lines)})")


def _origin(line: WordsLine) -> str:
    if line.edited:
        return badge("własny", "information")
    return badge("wzorcowy") if line.text else badge("brak", "attention")
