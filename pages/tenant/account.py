"""Moje konto: the password, where one is signed in, who signed in, which terms were accepted."""

import streamlit as st

from core.accounts.devices import end_device, end_other_devices, sign_in_history, signed_in_devices
from core.accounts.own_passwords import change_password
from core.accounts.terms import accepted_terms
from core.db import reading, transaction
from ui import formats
from ui.account_blocks import devices_table, history_table, terms_table
from ui.authenticator import network
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame, note, section
from ui.passwords import new_password_fields
from ui.sign_in import require_tenant

scope = require_tenant()
LABELS = {"current": "Obecne hasło", "password": "Nowe hasło", "repeated": "Powtórz nowe hasło"}


def password() -> None:
    """Change the password, knowing the current one."""
    section("Zmiana hasła")
    with st.form("change_password", clear_on_submit=False):
        current = st.text_input("Obecne hasło", key="current_secret", type="password", autocomplete="current-password")
        new, repeated = new_password_fields(tenant=True)
        sent = st.form_submit_button("Zmień hasło", type="primary")
    if sent:
        change_password(scope, current=current or "", new=new, repeated=repeated, network=network())
        st.session_state["account_receipt"] = "Hasło zmienione. Wszystkie inne sesje zostały zakończone."
        st.rerun()


def devices() -> None:
    """Live sessions and the way to end them."""
    section("Otwarte sesje")
    with reading() as session:
        found = signed_in_devices(session, scope)
    devices_table(found)
    others = {one.session_id: one for one in found if not one.here}
    if not others:
        return
    chosen = st.selectbox(
        "Zakończ jedną sesję",
        list(others),
        index=None,
        format_func=lambda one: f"{others[one].device}, od {formats.instant(others[one].started_at)}",
        placeholder="Wybierz sesję",
        key="device",
    )
    if chosen is not None and st.button("Zakończ wybraną sesję", key="end_device"):
        with transaction() as session:
            end_device(session, scope, session_id=chosen)
        st.session_state["account_receipt"] = "Sesja zakończona."
        st.rerun()
    if st.button("Zakończ wszystkie inne sesje", key="end_others"):
        with transaction() as session:
            ended = end_other_devices(session, scope)
        st.session_state["account_receipt"] = f"Zakończono {formats.plural(ended, 'sesję', 'sesje', 'sesji')}."
        st.rerun()


with frame("Moje konto", scope.name):
    messages = message_slot("account")
    if "account_receipt" in st.session_state:
        with messages:
            show_success(st.session_state.pop("account_receipt"))
    with refusals(messages, LABELS):
        devices()
    with refusals(messages, LABELS):
        password()
    with reading() as session:
        attempts, accepted = sign_in_history(session, scope), accepted_terms(session, scope)
    section("Logowania z ostatnich 90 dni")
    history_table(attempts)
    section("Zaakceptowane regulaminy")
    if accepted:
        terms_table(accepted)
    else:
        note("Nie ma jeszcze zaakceptowanego regulaminu.")
