"""The part of Administracja about the terms: published versions, and a new one looked at before it is put in force."""

import streamlit as st

from core.access.scopes import EmployeeScope
from core.accounts.terms_publishing import TermsDraft, TermsLine, draft_terms, publish_draft, terms_versions
from core.db import reading, transaction
from ui import formats
from ui.forms import message_slot, refusals, show_success
from ui.layout import note, section
from ui.prose import prose
from ui.tables import Column, table

LABELS = {"version": "Numer wersji", "text": "Tekst regulaminu", "changes": "Co się zmieniło"}
RECEIPT, DRAFT = "terms_receipt", "terms_draft"


def terms_part(scope: EmployeeScope) -> None:
    """The whole part."""
    messages = message_slot("terms_desk")
    if RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(RECEIPT))
    with reading() as session:
        versions = terms_versions(session, scope)
    section("Wersje regulaminu")
    if versions:
        _versions_table(versions)
        _read(versions)
    else:
        note("Nie opublikowano jeszcze regulaminu.", tone="attention")
    with refusals(messages, LABELS):
        if DRAFT in st.session_state:
            _confirm(scope, st.session_state[DRAFT])
        else:
            _write(scope)


def _versions_table(versions: list[TermsLine]) -> None:
    table(
        versions,
        [
            Column("Wersja", lambda one: f"{one.version}, obowiązuje" if one is versions[0] else one.version),
            Column("Opublikowano", lambda one: formats.instant(one.published_at)),
            Column("Co się zmieniło", lambda one: one.changes or "–"),
            Column("Zaakceptowało kont", lambda one: formats.count(one.accepted), numeric=True),
        ],
        caption="Wersje regulaminu, od najnowszej",
    )


def _read(versions: list[TermsLine]) -> None:
    by_version = {one.version: one for one in versions}
    chosen = st.selectbox(
        "Przeczytaj wersję", list(by_version), index=None, placeholder="Wybierz wersję", key="terms_read_version"
    )
    if chosen in by_version:
        prose(by_version[chosen].text)


def _write(scope: EmployeeScope) -> None:
    section("Nowa wersja")
    with st.form("terms_draft_form"):
        version = st.text_input(LABELS["version"], key="terms_version", max_chars=20)
        changes = st.text_area(LABELS["changes"], key="terms_changes", max_chars=2000, height=100)
        st.text("Nagłówek zaczyna się od znaków ##, punkt listy od 1. albo od -.")
        body = st.text_area(LABELS["text"], key="terms_text", height=320)
        sent = st.form_submit_button("Sprawdź przed publikacją", type="primary")
    if sent:
        st.session_state[DRAFT] = draft_terms(scope, version=version or "", text=body or "", changes=changes or "")
        st.rerun()


def _confirm(scope: EmployeeScope, draft: TermsDraft) -> None:
    section(f"Wersja {draft.version} przed publikacją")
    asked = formats.plural(draft.accounts, "najemca", "najemców", "najemców")
    note(
        f"O akceptację zostanie poproszony każdy, kto ma konto: {asked}. Bez niej nikt nie wejdzie do portalu, "
        "także ci, którzy są teraz zalogowani. Opublikowanej wersji nie można zmienić ani cofnąć.",
        tone="attention",
    )
    if draft.changes.strip():
        note(f"Co się zmieniło: {draft.changes}")
    with st.expander("Tekst, jak zobaczą go najemcy", expanded=True):
        prose(draft.text)
    with st.container(horizontal=True):
        sure = st.button(f"Opublikuj wersję {draft.version}", type="primary", key="terms_publish")
        if st.button("Wróć do edycji", key="terms_back"):
            _back_to_editing(draft)
    if sure:
        del st.session_state[DRAFT]
        with transaction() as session:
            publish_draft(session, scope, draft=draft)
        st.session_state[RECEIPT] = f"Obowiązuje regulamin w wersji {draft.version}."
        st.rerun()


def _back_to_editing(draft: TermsDraft) -> None:
    del st.session_state[DRAFT]
    # The fields were not on the screen meanwhile, so they have forgotten what was typed.
    st.session_state.update(terms_version=draft.version, terms_changes=draft.changes, terms_text=draft.text)
    st.rerun()
