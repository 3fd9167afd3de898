"""To nie ja: the link in the warning to the old address. Machines read mail too, so nothing happens without the button."""

import streamlit as st

from core.contact.email_change import refusable, refuse_email_change
from core.db import reading
from core.errors import DomainError
from ui.authenticator import network
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame, link_list, note
from ui.sign_in import FORM_WIDTH

DONE = (
    "Zmiana adresu e-mail jest cofnięta, konto zablokowane, a rejon powiadomiony. Żeby wrócić do konta, odzyskaj dostęp "
    "hasłem pierwotnym i ustaw nowe hasło."
)
WAYS = [("Odzyskaj dostęp", "/odzyskiwanie"), ("Znajdź swój rejon", "/administrator")]


def ask(token: str) -> None:
    """What the button would do, and the button."""
    slot = message_slot("not_me")
    try:
        with reading() as session:
            new = refusable(session, token=token)
    except DomainError as refusal:
        note(refusal.message, tone="attention")
        link_list(WAYS, label="Co dalej")
        return
    note(f"Na Twoim koncie zlecono zmianę adresu e-mail na {new}.", tone="attention")
    note("Jeśli to nie Ty, naciśnij przycisk. Cofniemy zmianę, zablokujemy konto i powiadomimy rejon.")
    if st.button("To nie ja: cofnij zmianę i zablokuj konto", type="primary", key="not_me"):
        with refusals(slot, {}):
            refuse_email_change(token=token, network=network())
            st.session_state["refused"] = True
            st.query_params.clear()
            st.rerun()


with st.container(width=FORM_WIDTH), frame("To nie ja"):
    if st.session_state.pop("refused", False):
        show_success(DONE)
        link_list(WAYS, label="Co dalej")
    else:
        ask(st.query_params.get("klucz", ""))
