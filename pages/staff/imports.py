"""Import: hand in files, see what each would do, load it once, decide on what waits, look into the history, take back."""

import streamlit as st

from core.access.scopes import Permission
from ui import import_desk as desk
from ui.forms import message_slot, refusals, show_success
from ui.import_history import show_history
from ui.import_waiting import show_waiting
from ui.layout import frame
from ui.sign_in import require_employee

scope = require_employee(Permission.IMPORT_FILES)
LABELS = {"kind": "Rodzaj pliku", "debit": "Suma obciążeń", "credit": "Suma uznań", "reason": "Powód"}
RECEIPT = "receipt"


def say(done: str) -> None:
    """Show the page anew with what was done."""
    st.session_state[RECEIPT] = done
    st.rerun()


with frame("Import", "Wczytaj pliki z systemu księgowego. Przed zapisem zobaczysz, co się zmieni w każdym saldzie."):
    messages = message_slot("import")
    if RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(RECEIPT))
    with refusals(messages, LABELS):
        if (uploads := desk.upload_form()) is not None:
            for left in (desk.PREVIEW, desk.QUEUE):  # a refused file must not leave the one before it to be loaded
                st.session_state.pop(left, None)
            desk.receive(scope, uploads)
            st.rerun()  # with an empty field for the next files
    with refusals(messages, LABELS):
        if (preview := desk.next_preview(scope)) is not None and (done := desk.show(scope, preview)) is not None:
            say(done)
    with refusals(messages, LABELS):
        if (refused := show_waiting(scope, without=desk.in_hand(), take_up=desk.take_up)) is not None:
            say(refused)
    with refusals(messages, LABELS):
        if (undone := show_history(scope)) is not None:
            say(undone)
    desk.show_refused(messages)
