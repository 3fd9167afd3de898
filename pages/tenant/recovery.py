"""Odzyskiwanie dostępu: identifier and initial password bring a link by e-mail; the link sets a new password."""

import streamlit as st

from core.accounts.recovery import ask_for_recovery, link_login, recover
from core.activation.completing import complete_requests
from core.db import reading, transaction
from core.errors import DomainError, InvalidInputError
from ui.authenticator import network
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame, link_list, note
from ui.passwords import new_password_fields
from ui.sign_in import FORM_WIDTH

LABELS = {"password": "Nowe hasło", "repeated": "Powtórz nowe hasło"}
LEAD = (
    "Znajdź wiadomość e-mail z identyfikatorem i hasłem pierwotnym. Własne hasło, to do logowania na co dzień, nie jest "
    "tu potrzebne: ustawisz nowe."
)
SENT = (
    "Jeśli identyfikator i hasło pierwotne są prawidłowe, wysłaliśmy odnośnik na adres e-mail konta. Działa 15 minut "
    "i tylko raz. Nie przyszedł? Sprawdź folder ze spamem, a potem zadzwoń do swojego rejonu."
)


def ask() -> None:
    """The form that sends a link; it answers the same whatever was typed."""
    with frame("Odzyskiwanie dostępu", LEAD):
        slot = message_slot("recovery")
        with st.form("recovery"):
            login = st.text_input("Identyfikator", key="recovery_login", autocomplete="username")
            initial = st.text_input(
                "Hasło pierwotne z wiadomości e-mail", key="recovery_secret", type="password", autocomplete="off"
            )
            sent = st.form_submit_button("Wyślij odnośnik", type="primary")
        note("Nie masz tej wiadomości? Zadzwoń do swojego Rejonu Obsługi Najemców: wyda nowe hasło pierwotne.")
        if sent:
            with refusals(slot, LABELS):
                if not login.strip() or not initial:
                    raise InvalidInputError("Podaj identyfikator i hasło pierwotne.")
                ask_for_recovery(login=login, initial_password=initial, network=network())
                with slot:
                    show_success(SENT)


def set_anew(token: str) -> None:
    """The form behind the link."""
    with frame("Ustaw nowe hasło"):
        slot = message_slot("set_anew")
        try:
            with reading() as session:
                login = link_login(session, token=token)
        except DomainError as refusal:
            note(refusal.message, tone="attention")
            link_list([("Poproś o nowy odnośnik", "/odzyskiwanie")], label="Co dalej")
            return
        st.text(f"Identyfikator: {login}")
        with st.form("set_anew"):
            new, repeated = new_password_fields(tenant=True)
            sent = st.form_submit_button("Zapisz nowe hasło", type="primary")
        if sent:
            with refusals(slot, LABELS):
                recover(token=token, new=new, repeated=repeated)
                with transaction() as session:
                    complete_requests(session)
                st.session_state["recovered"] = True
                st.query_params.clear()
                st.rerun()


with st.container(width=FORM_WIDTH):
    if st.session_state.pop("recovered", False):
        with frame("Hasło zostało zmienione"):
            show_success("Możesz się zalogować nowym hasłem. Wszystkie wcześniejsze sesje zostały zakończone.")
            link_list([("Przejdź do logowania", "/logowanie")], label="Co dalej")
    elif token := st.query_params.get("klucz"):
        set_anew(token)
    else:
        ask()
