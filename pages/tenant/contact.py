"""Dane kontaktowe: e-mail, telephone and address for letters, each changed here, and the history of changes."""

import streamlit as st

from core.contact.details import own_contact
from core.db import reading
from ui import contact as ui
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame
from ui.sign_in import require_tenant

scope = require_tenant()

with frame("Dane kontaktowe", "Jak się z Tobą kontaktujemy. Każdą zmianę widać w historii."):
    messages = message_slot("contact")
    if ui.RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(ui.RECEIPT))
    with reading() as session:
        contact = own_contact(session, scope)
    ui.known(contact)
    for part in (ui.email_part, ui.phone_part, ui.address_part):
        with refusals(messages, ui.LABELS):
            part(scope, contact)
    with refusals(messages, ui.LABELS):
        ui.topics_part(scope)
        ui.consent_part(scope)
    ui.history(contact.history)
