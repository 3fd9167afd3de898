"""Zgłoszenia: a fault is reported, danger asked about first, and followed until it is done."""

import streamlit as st

from core.db import reading, transaction
from core.faults.own import open_fault, own_faults
from ui import fault_form, faults
from ui.fault_photos import NUMBER
from ui.forms import message_slot, refusals, show_success
from ui.layout import asked_number, frame
from ui.sign_in import require_tenant

scope = require_tenant()


def one(number: int) -> None:
    """The report that the address names."""
    if st.button("Wróć do zgłoszeń", key="back"):
        del st.query_params[NUMBER]
        st.rerun()
    with refusals(messages, faults.LABELS):
        with transaction() as session:
            file = open_fault(session, scope, report_id=number)
        faults.show_report(scope, file)


def all_of_them() -> None:
    """The tenant's reports, and the way to another."""
    if st.button("Zgłoś awarię albo usterkę", type="primary", key="begin"):
        fault_form.begin()
        st.rerun()
    with reading() as session:
        lines = own_faults(session, scope)
    faults.fault_list(lines)


with frame("Zgłoszenia", "Awarie i usterki w Twoim lokalu i budynku."):
    messages = message_slot("faults")
    if fault_form.RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(fault_form.RECEIPT))
    number = asked_number(NUMBER)
    if number is not None:
        one(number)
    elif fault_form.FLOW in st.session_state:
        with refusals(messages, fault_form.LABELS):
            fault_form.flow(scope)
    else:
        all_of_them()
