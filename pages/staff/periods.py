"""Okresy: months of the ledger closed and open, what waits for a second person, and balances that files state otherwise."""

import streamlit as st

from core.access.scopes import Permission
from ui import balance_desk
from ui import period_desk as desk
from ui.forms import message_slot, refusals, show_success
from ui.layout import choose_view, frame
from ui.sign_in import require_employee

scope = require_employee(Permission.IMPORT_FILES)

with frame("Okresy", "Zamknięte miesiące kartoteki. Zmiana w nich wymaga powodu i zgody drugiej osoby."):
    messages = message_slot("periods")
    if desk.RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(desk.RECEIPT))
    with refusals(messages, desk.LABELS):
        if choose_view(["Okresy", "Różnice sald"], key="periods_view") == "Okresy":
            desk.periods(scope)
        else:
            balance_desk.history(scope)
