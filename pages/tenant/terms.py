"""Regulamin: the terms in force, open to everybody."""

import streamlit as st

from core.accounts.terms import current_terms
from core.clock import local
from core.db import reading
from ui import formats
from ui.layout import frame, note
from ui.prose import prose

with reading() as session:
    terms = current_terms(session)

if terms is None:
    with frame("Regulamin"):
        note("Regulamin nie został jeszcze opublikowany. Zapytaj o niego w swoim Rejonie Obsługi Najemców.")
else:
    with frame("Regulamin", f"Wersja {terms.version}, obowiązuje od {formats.day(local(terms.published_at))}."):
        if terms.changes:
            note(f"Co się zmieniło: {terms.changes}")
        with st.container(key="terms"):
            prose(terms.text)
