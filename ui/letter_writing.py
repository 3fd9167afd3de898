"""Letters written here: the form with a look at the first of them, and the progress of their making."""

import streamlit as st

from core.access.scopes import EmployeeScope
from core.correspondence.desk import BatchFile, batch_file
from core.correspondence.kinds import NAMES, LetterKind
from core.correspondence.merging import (
    LetterSample,
    last_text,
    pause_letters,
    resume_letters,
    sample_letter,
    start_letters,
)
from core.correspondence.models import LetterBatchState
from core.correspondence.templates import FIELDS, KINDS, LetterText, shipped_text
from core.db import reading, transaction
from core.documents.previews import picture_of
from core.registry.audiences import Audience
from ui import formats
from ui.audience_field import audience_kind, audience_of, audience_values
from ui.layout import note, section, status
from ui.letter_desk import CHOSEN, done
from ui.markup import text

DRAFT = "l_draft"  # in st.session_state: text, audience and sample that wait for the word to begin
TITLES = {
    LetterKind.CHARGE_CHANGE: "Zmiana opłat za lokal",
    LetterKind.BALANCE_CONFIRMATION: "Potwierdzenie salda",
    LetterKind.REMINDER: "Przypomnienie o zaległości",
}
CONCERNS = {
    LetterKind.CHARGE_CHANGE: "Pisma powstaną dla umów, które mają zapowiedzianą zmianę opłat.",
    LetterKind.BALANCE_CONFIRMATION: "Pisma powstaną dla każdej umowy z wybranych.",
    LetterKind.REMINDER: "Pisma powstaną dla umów, na których coś jest po terminie.",
}
MARKS = "Pusty wiersz zaczyna akapit, znak - punkt listy, znak # nagłówek. Pola w klamrach wypełnią się same."


def writing_form(scope: EmployeeScope) -> None:
    """Kind, text and recipients; then a look at the first letter; refusals are the caller's to show."""
    section("Napisz z szablonu")
    kind = st.selectbox("Rodzaj", KINDS, format_func=NAMES.__getitem__, key="lw_kind") or KINDS[0]
    by = audience_kind("Do kogo", before=None, key="lw_audience")
    note(CONCERNS[kind])
    with reading() as session:
        before = last_text(session, scope, kind=kind)
    with st.form("letters_writing"):
        values = audience_values(scope, by, key="lw")
        title = st.text_input("Tytuł", value=before.title if before else TITLES[kind], key=f"lw_title_{kind}")
        body = st.text_area(
            "Treść",
            value=before.body if before else shipped_text(kind),
            key=f"lw_body_{kind}",
            height=320,
        )
        st.text(MARKS)
        sent = st.form_submit_button("Pokaż pierwsze pismo", type="primary")
    with st.expander("Pola, których można użyć"):
        items = "".join(f"<dt>{text('{{ ' + name + ' }}')}</dt><dd>{text(what)}</dd>" for name, what in FIELDS.items())
        st.html(f'<dl class="kit kit-kv" aria-label="Pola">{items}</dl>')
    if sent:
        st.session_state.pop(DRAFT, None)
        draft, audience = LetterText(kind, title or "", body or ""), audience_of(scope, by, values)
        with reading() as session:
            sample = sample_letter(session, scope, text=draft, audience=audience)
        st.session_state[DRAFT] = (draft, audience, sample)
    if DRAFT in st.session_state:
        _look(scope, *st.session_state[DRAFT])


def _look(scope: EmployeeScope, draft: LetterText, audience: Audience, sample: LetterSample) -> None:
    section("Pierwsze pismo")
    letters = formats.plural(sample.letters, "pismo", "pisma", "pism")
    left_out = sample.tenancies - sample.letters
    more = f" Bez pisma zostanie {formats.plural(left_out, 'umowa', 'umowy', 'umów')}." if left_out else ""
    status(f"{draft.title}: powstanie {letters}.{more}")
    note("Pisma powstaną z tej treści. Jeśli ją zmienisz, naciśnij jeszcze raz „Pokaż pierwsze pismo”.")
    with st.container(border=True):
        st.image(picture_of(sample.pdf), caption="Pierwsza strona pierwszego pisma", width="stretch")
    st.download_button(
        "Pobierz pierwsze pismo (PDF)",
        sample.pdf,
        file_name="Wzor-pisma.pdf",
        mime="application/pdf",
        on_click="ignore",
        key="lw_sample",
    )
    with st.container(horizontal=True):
        sure = st.button(f"Przygotuj {letters}", type="primary", key="lw_start")
        if st.button("Jeszcze nie", key="lw_not_yet"):
            del st.session_state[DRAFT]
            st.rerun()
    if sure:
        with transaction() as session:
            batch_id = start_letters(session, scope, text=draft, audience=audience)
        del st.session_state[DRAFT]
        st.session_state[CHOSEN] = batch_id
        done("Przygotowujemy pisma. Możesz zająć się czymś innym; paczka poczeka tu na wysłanie.")


def making(scope: EmployeeScope, file: BatchFile) -> None:
    """How far the making has got, and the ways to stop it and to go on; refusals are the caller's to show."""
    if file.line.state is LetterBatchState.MAKING:
        _progress(scope, file.line.batch_id)
        if st.button("Wstrzymaj", key="lw_pause"):
            with transaction() as session:
                pause_letters(session, scope, batch_id=file.line.batch_id)
            done("Przygotowywanie wstrzymane. To, co gotowe, zostaje.")
    elif file.line.state is LetterBatchState.PAUSED:
        note(f"Wstrzymano. {_how_far(file)}", tone="attention")
        if st.button("Wznów", type="primary", key="lw_resume"):
            with transaction() as session:
                resume_letters(session, scope, batch_id=file.line.batch_id)
            done("Przygotowywanie trwa dalej.")


@st.fragment(run_every=2)
def _progress(scope: EmployeeScope, batch_id: int) -> None:
    with reading() as session:
        file = batch_file(session, scope, batch_id=batch_id)
    if file.line.state is not LetterBatchState.MAKING:
        st.rerun()
    whole = max(file.line.counts.letters, 1)
    st.progress(min(file.line.made / whole, 1.0), _how_far(file))


def _how_far(file: BatchFile) -> str:
    return f"Gotowe: {formats.count(file.line.made)} z {formats.count(file.line.counts.letters)}"
