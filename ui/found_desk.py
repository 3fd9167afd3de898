"""What was found beside tenants, by kind, each with the way to it."""

import streamlit as st

from core.search import Found, FoundKind, SearchResult
from ui import fault_desk, question_desk, reading_desk
from ui.layout import section
from ui.letters import LETTER_PATH
from ui.markup import as_typed, text

TITLES = {
    FoundKind.PREMISES: "Lokale",
    FoundKind.METER: "Liczniki",
    FoundKind.LETTER: "Pisma",
    FoundKind.REQUEST: "Wnioski o konto",
    FoundKind.FAULT: "Zgłoszenia",
    FoundKind.QUESTION: "Pytania",
}
REQUEST = "request"  # in st.session_state of the screen Wnioski
# Where a kind is looked at: the screen, and what tells it which one.
SCREENS = {
    FoundKind.METER: ("pages/staff/readings.py", reading_desk.CHOSEN),
    FoundKind.REQUEST: ("pages/staff/activations.py", REQUEST),
    FoundKind.FAULT: ("pages/staff/faults.py", fault_desk.CHOSEN),
    FoundKind.QUESTION: ("pages/staff/correspondence.py", question_desk.CHOSEN),
}


def others(found: SearchResult) -> None:
    """Everything but tenants; nothing where nothing was found."""
    for kind, title in TITLES.items():
        if some := found.of(kind):
            section(title)
            with st.container(gap="xsmall"):
                for one in some:
                    _line(one)


def _line(one: Found) -> None:
    if one.kind in SCREENS:
        if st.button(as_typed(f"{one.title}, {one.small}"), key=f"found_{one.kind}_{one.id}"):
            page, key = SCREENS[one.kind]
            st.session_state[key] = one.id
            st.switch_page(page)
    elif one.kind is FoundKind.LETTER:
        link = f'<a href="{LETTER_PATH}{one.id}" target="_self" download>{text(one.title)}</a>'
        st.html(f'<p class="kit">{link}, {text(one.small)}, nr {text(one.tenant_no or "")}</p>')
    else:
        st.html(f'<p class="kit">{text(one.title)}, {text(one.small)}</p>')
