"""Ogłoszenia: written, looked at, published to a counted audience, followed, corrected, withdrawn; words for charges."""

import streamlit as st

from core.access.scopes import Permission
from core.announcements.queries import all_announcements, announcement_file
from core.db import reading
from ui import announcement_desk as desk
from ui.announcement_form import LABELS, draft_form
from ui.forms import message_slot, refusals
from ui.layout import choose_view, frame
from ui.sign_in import require_employee
from ui.words_desk import words_part

scope = require_employee(Permission.WRITE_ANNOUNCEMENTS)


def writing(announcement_id: int) -> None:
    """A draft being written; nothing is kept before it is sent."""
    if st.button("Wróć bez zapisywania", key="a_leave"):
        del st.session_state[desk.EDITED]
        st.rerun()
    file = None
    if announcement_id != desk.NEW:
        with reading() as session:
            file = announcement_file(session, scope, announcement_id=announcement_id)
    if (kept := draft_form(scope, file)) is not None:
        del st.session_state[desk.EDITED]
        desk.choose(kept)
        desk.done("Szkic zapisano. Zobacz, jak wygląda, i opublikuj go.")


def one(announcement_id: int) -> None:
    """One announcement and what can be done about it."""
    desk.back_button()
    with reading() as session:
        file = announcement_file(session, scope, announcement_id=announcement_id)
    desk.show(scope, file)


with frame("Ogłoszenia", "Ogłoszenia dla najemców: całego miasta, rejonu, budynku albo wybranych umów."):
    messages = message_slot("announcements")
    with messages:
        desk.say_what_happened()
    with refusals(messages, LABELS):
        if desk.EDITED in st.session_state:
            writing(st.session_state[desk.EDITED])
        elif desk.CHOSEN in st.session_state:
            one(st.session_state[desk.CHOSEN])
        elif choose_view(("Ogłoszenia", "Objaśnienia opłat"), key="announcements_view") == "Ogłoszenia":
            with reading() as session:
                lines = all_announcements(session, scope)
            desk.all_of_them(lines)
        else:
            words_part(scope)
