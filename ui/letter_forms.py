"""What the office fills in about letters: the parcel to hand in, and whose a letter without a tenant is."""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access.models import Realm
from core.access.scopes import EmployeeScope
from core.clock import today
from core.correspondence.kinds import NAMES, LetterKind
from core.correspondence.unmatched import (
    UnmatchedLetter,
    addressee_of,
    assign_letter,
    put_letter_aside,
)
from core.db import reading, transaction
from core.documents.parcels import HandedIn
from core.errors import InvalidInputError
from core.imports.letters import LetterDefaults, hand_in_letters
from ui import formats
from ui.layout import kv, note, section
from ui.letter_desk import CHOSEN, DOUBTS, done
from ui.letters import LETTER_PATH
from ui.markup import as_typed, text
from ui.service import SERVICES
from ui.tables import Column, table, with_small

LABELS = {"files": "Pliki", "title": "Tytuł", "number": "Numer", "body": "Treść", "audience": "Do kogo"}
HOW = (
    "Dodaj pliki PDF albo ZIP. Najemcę rozpoznajemy po numerze najemcy lub umowy w nazwie pliku (w numerze umowy zamiast "
    "ukośnika może być kreska). Możesz też dołączyć wykaz CSV z kolumnami rozdzielonymi średnikiem: "
    "plik, nr_kontrahenta, nr_umowy, rodzaj, numer, data, tytul."
)


def hand_in_form(scope: EmployeeScope) -> None:
    """Take a parcel in and go on to the look at it; refusals are the caller's to show."""
    section("Wczytaj pisma")
    note(HOW)
    with st.form("letters_upload"):
        chosen = st.file_uploader(
            "Pliki PDF, ZIP i wykaz CSV",
            type=["pdf", "zip", "csv"],
            accept_multiple_files=True,
            max_upload_size=SERVICES[Realm.STAFF].upload_mb,
            key="l_files",
        )
        kind = st.selectbox("Rodzaj", list(NAMES), format_func=NAMES.__getitem__, key="l_kind") or LetterKind.OTHER
        title = st.text_input("Tytuł, który zobaczy najemca", key="l_title")
        dated = st.date_input("Data pism", value=today(), format="DD.MM.YYYY", key="l_dated")
        st.html('<p class="kit kit-small">Rodzaj, tytuł i data dotyczą pism, o których wykaz nie mówi inaczej.</p>')
        sent = st.form_submit_button("Sprawdź pisma", type="primary")
    if not sent:
        return
    if not chosen:
        raise InvalidInputError("Wybierz pliki z pismami.", field="files")
    if not hasattr(dated, "year"):
        raise InvalidInputError("Podaj datę pism.", field="dated")
    batch_id = _hand_in(scope, chosen, LetterDefaults(kind, title or "", dated))
    st.session_state[CHOSEN] = batch_id
    done("Pisma sprawdzone. Zobacz, do kogo trafią, i wyślij.")


def _hand_in(scope: EmployeeScope, chosen: Sequence[UploadedFile], defaults: LetterDefaults) -> int:
    bar = st.progress(0.0, "Sprawdzam pisma…")

    def progress(at: int, number: int) -> None:
        bar.progress(at / max(number, 1), f"Sprawdzono {formats.count(at)} z {formats.count(number)}")

    try:
        files = [HandedIn(one.name, one, one.size) for one in chosen]
        return hand_in_letters(scope, files=files, defaults=defaults, progress=progress)
    finally:
        bar.empty()


def unmatched_queue(scope: EmployeeScope, letters: Sequence[UnmatchedLetter]) -> None:
    """Letters without a tenant, one of them to decide on; refusals are the caller's to show."""
    section("Pisma bez najemcy")
    if not letters:
        note("Każde wysłane pismo ma swojego najemcę.")
        return
    columns: tuple[Column[UnmatchedLetter], ...] = (
        Column("Plik", lambda one: with_small(one.file_name, f"paczka {one.batch}")),
        Column("Dlaczego", lambda one: DOUBTS[one.doubt]),
        Column("Pismo", lambda one: with_small(one.title, f"{NAMES[one.kind]}, {formats.day(one.dated)}")),
        Column("Czeka od", lambda one: formats.instant(one.sent_at)),
    )
    table(letters, columns, caption="Pisma bez najemcy, od najdłużej czekających")
    by_id = {one.letter_id: one for one in letters}
    chosen = st.selectbox(
        "Pismo", list(by_id), format_func=lambda one: f"{by_id[one].file_name} (nr {one})", key="l_unmatched"
    )
    letter = by_id.get(chosen, letters[0])
    _decide(scope, letter)


def _decide(scope: EmployeeScope, letter: UnmatchedLetter) -> None:
    name, href = text(letter.file_name), f"{LETTER_PATH}{letter.letter_id}"
    st.html(f'<p class="kit"><a href="{href}" target="_self" download>Pobierz i przeczytaj: {name}</a></p>')
    with st.form(f"assign-{letter.letter_id}"):
        number = st.text_input("Numer najemcy albo umowy", key=f"l_number_{letter.letter_id}", max_chars=40) or ""
        sent = st.form_submit_button("Sprawdź, czyj to numer", type="primary")
    asked = f"l_addressee_{letter.letter_id}"
    if sent:
        with reading() as session:
            st.session_state[asked] = (number, addressee_of(session, scope, number=number))
    if asked in st.session_state:
        number, who = st.session_state[asked]
        kv([("Najemca", who.name), ("Numer", who.tenant_no)], label="Czyj to numer")
        if st.button(f"Tak, pismo jest do: {_short(who.name)}", key="l_assign"):
            with transaction() as session:
                assign_letter(session, scope, letter_id=letter.letter_id, number=number)
            del st.session_state[asked]
            done(f"{letter.file_name}: pismo trafiło do najemcy nr {who.tenant_no}.")
    with st.expander("To pismo nie jest do nikogo"):
        sure = st.checkbox("Na pewno nikt go nie dostanie", key=f"l_aside_sure_{letter.letter_id}")
        if st.button("Odłóż pismo na zawsze", disabled=not sure, key=f"l_aside_{letter.letter_id}"):
            with transaction() as session:
                put_letter_aside(session, scope, letter_id=letter.letter_id)
            done(f"{letter.file_name}: odłożono.")


def _short(name: str) -> str:
    return as_typed(name if len(name) <= 40 else f"{name[:39]}…")
