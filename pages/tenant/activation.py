"""Aktywacja konta: the form of an application, open to everybody, and its receipt."""

import dataclasses
import secrets

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.accounts.terms import Terms, current_terms
from core.activation.form import ApplicationForm, DoubtfulFormError
from core.activation.submitting import submit_request
from core.db import reading
from ui.activation import LABELS, application_fields, no_terms_yet, receipt, show_doubts
from ui.authenticator import network
from ui.forms import message_slot, refusals
from ui.layout import frame

LEAD = "Wypełnij formularz, wydrukuj wniosek i złóż go osobiście. Wtedy założymy konto."
# In the browser's session: the form's key, the receipt after sending, and what the sender was asked about.
KEY, RECEIPT, ASKED = "application_key", "application_receipt", "application_asked"


def fill_in(terms: Terms) -> None:
    """The form; its key is made with it, so that sending it twice is sending it once."""
    key = st.session_state.setdefault(KEY, secrets.token_urlsafe(32))
    with frame("Aktywacja konta", LEAD):
        slot = message_slot("application")
        with st.form("application", enter_to_submit=False):
            form = application_fields(terms)
            sent = st.form_submit_button("Wyślij wniosek", type="primary")
        if sent:
            with refusals(slot, LABELS):
                send(form, key, terms, slot)


def send(form: ApplicationForm, key: str, terms: Terms, slot: DeltaGenerator) -> None:
    """Hand the form over. Whoever was asked about a slip and sends the same again is sure."""
    sure = st.session_state.get(ASKED) == (form.email, form.street, form.building_no)
    try:
        st.session_state[RECEIPT] = submit_request(
            dataclasses.replace(form, sure=sure), submission_key=key, terms_version_id=terms.id, network=network()
        )
    except DoubtfulFormError as doubt:
        st.session_state[ASKED] = (form.email, form.street, form.building_no)
        with slot:
            show_doubts(doubt)
    else:
        st.rerun()


def start_over() -> None:
    """Forget what was sent; the next form gets a key of its own."""
    for name in (KEY, RECEIPT, ASKED):
        st.session_state.pop(name, None)


with reading() as session:
    current = current_terms(session)

if RECEIPT in st.session_state:
    with frame("Wniosek wysłany", "Został jeszcze podpis na papierze i wizyta w Rejonie Obsługi Najemców."):
        receipt(st.session_state[RECEIPT], key=st.session_state[KEY])
        st.button("Wypełnij następny wniosek", on_click=start_over)
elif current is None:
    with frame("Aktywacja konta"):
        no_terms_yet()
else:
    fill_in(current)
