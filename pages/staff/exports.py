"""Eksporty: readings and money as files, what is new since the last one, and every file again."""

import streamlit as st

from core.access.scopes import Permission
from core.db import reading
from core.exports.archive import exports
from ui import export_desk as desk
from ui.forms import message_slot, refusals, show_success
from ui.layout import choose_view, frame
from ui.sign_in import require_employee

scope = require_employee(Permission.EXPORT_READINGS)

with frame("Eksporty", "Odczyty wodomierzy, zaległości, wpływy i księga jako pliki."):
    messages = message_slot("exports")
    if desk.RECEIPT in st.session_state:
        made = st.session_state.pop(desk.RECEIPT)
        with messages:
            show_success(made[1])
        desk.receipt(made)
    forms = {"Odczyty": desk.order_form}
    if scope.may(Permission.SEE_FINANCE):
        forms["Finanse"] = desk.finance_form
    view = choose_view(list(forms), key="exports_view")
    with refusals(messages, desk.LABELS):
        forms[view](scope, pseudonymous=not scope.may(Permission.SEE_TENANTS))
    with reading() as session:
        lines = exports(session, scope)
    desk.history(lines)
