"""Poczekalnia: rows of the ledger whose tenancy is not known, whose they may be, and what was decided about them."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.access.scopes import Permission
from core.imports.suspense.models import Decision
from ui import suspense_decided
from ui import suspense_desk as desk
from ui.forms import message_slot, refusals, show_success
from ui.layout import choose_view, frame
from ui.sign_in import require_employee

scope = require_employee(Permission.IMPORT_FILES)

VIEWS: dict[str, Callable[[], None]] = {
    "Czekają": partial(desk.queue, scope),
    "Przypisane": partial(suspense_decided.decided, scope, Decision.ASSIGNED),
    "Odesłane": partial(suspense_decided.decided, scope, Decision.SENT_BACK),
    "Plik": partial(suspense_decided.files, scope),
}

with frame("Poczekalnia", "Wiersze kartoteki, których kontrahenta lub umowy nie było w ewidencji. Wskaż, czyje są."):
    messages = message_slot("suspense")
    if desk.RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(desk.RECEIPT))
    with refusals(messages, desk.LABELS):
        if desk.CHOSEN in st.session_state:
            desk.show_payer(scope, *st.session_state[desk.CHOSEN])
        else:
            desk.counts(scope)
            VIEWS[choose_view(list(VIEWS), key="suspense_view")]()
