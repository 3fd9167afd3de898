"""Zmiany danych: addresses for letters to approve, refused changes of e-mail to settle, accounts to close."""

import streamlit as st

from core.access.scopes import Permission
from core.accounts.closing import waiting_closings
from core.contact.reviewing import waiting_changes
from core.db import transaction
from ui import closing
from ui import contact_desk as desk
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame
from ui.sign_in import require_employee

scope = require_employee(Permission.REVIEW_CONTACT_CHANGES)

with frame("Zmiany danych", "Zmiany danych i prośby o zamknięcie konta, które czekają na decyzję rejonu."):
    messages = message_slot("contact_changes")
    if desk.RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(desk.RECEIPT))
    with transaction() as session:
        changes, closings = waiting_changes(session, scope), waiting_closings(session, scope)
    chosen = desk.queue(changes)
    if chosen is not None:
        with refusals(messages, desk.LABELS):
            desk.decide(scope, chosen)
    asked = closing.queue(closings)
    if asked is not None:
        with refusals(messages, closing.LABELS):
            closing.decide(scope, asked)
