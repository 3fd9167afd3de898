"""Najemcy: find a tenant by anything at hand, see them at a glance, look after their account."""

import streamlit as st

from core.access.scopes import Permission
from core.db import reading, transaction
from core.tenants import find_tenants, tenant_glance
from ui import tenant_desk as desk
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame
from ui.sign_in import require_employee

scope = require_employee(Permission.SEE_TENANTS)
LABELS = {"text": "Szukaj"}


def show(tenant_id: int) -> None:
    """One tenant; what is done with the account is said above after a fresh look."""
    with transaction() as session:
        glance = tenant_glance(session, scope, tenant_id=tenant_id)
    desk.show_tenant(glance)
    with refusals(messages, {"email": "Adres e-mail"}):
        if (done := desk.show_account(scope, glance.account)) is not None:
            st.session_state["tenants_receipt"] = f"{glance.name}: {done}"
            st.rerun()


with frame("Najemcy"):
    messages = message_slot("tenants")
    if "tenants_receipt" in st.session_state:
        with messages:
            show_success(st.session_state.pop("tenants_receipt"))
    if (asked := desk.search_form()) is not None:
        st.session_state["tenants_asked"] = asked
        for left in (desk.CHOSEN, desk.QUESTION):
            st.session_state.pop(left, None)
    with refusals(messages, LABELS):
        if "tenants_asked" in st.session_state:
            with reading() as session:
                found = find_tenants(session, scope, text=st.session_state["tenants_asked"])
            if (chosen := desk.pick(found)) is not None:
                show(chosen)
