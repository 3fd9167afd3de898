"""Letters as their tenants see them: the list, one of them opened, its pages and its certificate; and both over HTTP."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.routing import BaseRoute

from core.access.models import Realm
from core.access.scopes import TenantScope
from core.correspondence.desk import certificate_served, letter_file_served
from core.correspondence.kinds import NAMES
from core.correspondence.own import (
    OwnLetter,
    open_letter,
    own_certificate,
    own_letter,
    own_letter_file,
)
from core.db import reading, transaction
from core.documents.previews import page_texts, picture_of
from core.questions.models import SubjectKind
from core.questions.subjects import Subject, subject_word
from ui import formats
from ui.kept_files import MadeFile, file_route, saved
from ui.layout import badge, kv, note, section
from ui.markup import as_typed, text
from ui.questions import ASKED
from ui.service import Service

PATH, NUMBER = "/korespondencja", "nr"
LETTER_PATH, PAGE_PATH, CERTIFICATE_PATH = "/pliki/pismo/", "/pliki/pismo-strona/", "/pliki/poswiadczenie/"
PDF = "application/pdf"
SHOWN_AT_ONCE = 30
PAGES_SHOWN = 30
FEW = 5
COPIES = (
    "Pisma w portalu są kopiami do wiadomości. Doręczenie, od którego liczą się terminy, odbywa się tak jak dotąd: "
    "pocztą albo osobiście, chyba że w danych kontaktowych zgodzisz się na pisma tylko w portalu. Gdy otworzysz pismo po raz "
    "pierwszy, zapiszemy dzień i godzinę."
)


def letter_routes(service: Service) -> list[BaseRoute]:
    """Routes of letters, of their pages as pictures and of certificates, matched before Streamlit's."""
    files = {
        Realm.TENANT: lambda session, scope, one: saved(own_letter_file(session, scope, letter_id=one)),
        Realm.STAFF: lambda session, scope, one: saved(letter_file_served(session, scope, letter_id=one)),
    }
    pages = {
        Realm.TENANT: lambda session, scope, one, page: _page(own_letter_file(session, scope, letter_id=one)[1], page),
        Realm.STAFF: lambda session, scope, one, page: _page(
            letter_file_served(session, scope, letter_id=one)[1], page
        ),
    }
    certificates = {
        Realm.TENANT: lambda session, scope, one: _certificate(own_certificate(session, scope, letter_id=one), one),
        Realm.STAFF: lambda session, scope, one: _certificate(certificate_served(session, scope, letter_id=one), one),
    }
    return [
        file_route(service, LETTER_PATH, files),
        file_route(service, PAGE_PATH, pages, part=True),
        file_route(service, CERTIFICATE_PATH, certificates),
    ]


def _page(path: Path, page: int) -> MadeFile:
    return MadeFile(picture_of(path, page=page), "image/png")


def _certificate(content: bytes, letter_id: int) -> MadeFile:
    return MadeFile(content, PDF, f"Poswiadczenie-otwarcia-{letter_id}.pdf")


def search_form(letters: int) -> str:
    """What is searched for among so many letters; empty: everything. A few need no search."""
    if letters <= FEW:
        return ""
    with st.form("letter_search", border=False):
        typed = st.text_input("Szukaj w tytułach i numerach pism", key="letter_text", max_chars=80)
        st.form_submit_button("Szukaj")
    return typed or ""


def letter_list(scope: TenantScope, letters: Sequence[OwnLetter], *, searched: bool) -> None:
    """The tenant's letters, the newest first; choosing one opens it."""
    section("Pisma")
    if not letters:
        note(
            "Żadne pismo nie zawiera tych słów. Zmień albo usuń szukany tekst."
            if searched
            else "Nie ma jeszcze żadnych pism."
        )
        return
    shown = st.session_state.get("letters_shown", SHOWN_AT_ONCE)
    for one in letters[:shown]:
        _entry(scope, one)
    if len(letters) > shown and st.button("Pokaż starsze", key="older_letters"):
        st.session_state["letters_shown"] = shown + SHOWN_AT_ONCE
        st.rerun()


def _entry(scope: TenantScope, one: OwnLetter) -> None:
    with st.container(border=True, key=f"entry-letter-{one.letter_id}"):
        new = badge("nowe", "information") if one.opened_at is None else ""
        details = ", ".join(part for part in (NAMES[one.kind], one.letter_no, f"z {formats.day(one.dated)}") if part)
        st.html(f'<p class="kit kit-entry">{new} {text(details)}</p>')
        if st.button(as_typed(one.title), key=f"open-{one.letter_id}", type="tertiary"):
            opened(scope, one.letter_id)


def opened(scope: TenantScope, letter_id: int) -> None:
    """Open a letter on the record, and go to it."""
    with transaction() as session:
        open_letter(session, scope, letter_id=letter_id)
    st.query_params[NUMBER] = str(letter_id)
    st.rerun()


def show_letter(scope: TenantScope, letter_id: int) -> None:
    """One letter: the way to open it, or all of it; refusals are the caller's to show."""
    with reading() as session:
        letter = own_letter(session, scope, letter_id=letter_id)
    section(letter.title)
    kv(_facts(letter), label="Pismo")
    if letter.opened_at is None:
        note("Gdy otworzysz pismo po raz pierwszy, zapiszemy dzień i godzinę.")
        if st.button("Otwórz pismo", type="primary", key="open_letter"):
            opened(scope, letter_id)
        return
    st.html(
        f'<p class="kit"><a class="kit-download" href="{LETTER_PATH}{letter_id}" target="_self" download>'
        f"Pobierz pismo (PDF)</a></p>"
    )
    with reading() as session:
        _, path = own_letter_file(session, scope, letter_id=letter_id)
    _words(path)
    show_pages(letter_id, letter.pages, title=letter.title)
    if st.button("Zapytaj o to pismo", key="ask_about_letter"):
        del st.query_params[NUMBER]
        st.query_params[ASKED] = subject_word(Subject(SubjectKind.LETTER, letter_id))
        st.rerun()
    st.html(
        f'<p class="kit"><a href="{CERTIFICATE_PATH}{letter_id}" target="_self" download>'
        f"Pobierz poświadczenie otwarcia (PDF)</a></p>"
    )


def show_pages(letter_id: int, pages: int, *, title: str) -> None:
    """The pages as pictures, one under another: those in view are fetched first (portal.js asks for the others)."""
    images = "".join(
        f'<img src="{PAGE_PATH}{letter_id}/{page}" alt="{text(title)}, strona {page} z {pages}" loading="lazy" '
        'width="1100" height="1556">'
        for page in range(1, min(pages, PAGES_SHOWN) + 1)
    )
    more = "" if pages <= PAGES_SHOWN else f"<p>Dalsze strony ({pages - PAGES_SHOWN}) są w pliku PDF.</p>"
    st.html(f'<div class="kit kit-pages">{images}{more}</div>')


def _words(path: Path) -> None:
    """What the letter says as text: for screen readers, for large type, for copying a number."""
    texts = page_texts(path)
    if not any(texts):
        return
    with st.expander("Treść pisma jako tekst"):
        for page in texts:
            st.html(f'<div class="kit kit-plain">{text(page)}</div>')


def _facts(one: OwnLetter) -> list[tuple[str, Any]]:
    return [
        ("Rodzaj", NAMES[one.kind]),
        ("Numer", one.letter_no or "bez numeru"),
        ("Data pisma", formats.day(one.dated)),
        ("W portalu od", formats.instant(one.visible_at)),
        ("Otwarte po raz pierwszy", formats.instant(one.opened_at) if one.opened_at else "jeszcze nie"),
    ]
