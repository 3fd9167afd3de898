"""Najemcy: find a tenant by anything at hand, see them at a glance, look after their account."""

import streamlit as st

from core.access.scopes import Permission
from core.correspondence.desk import letters_of_tenant
from core.db import reading, transaction
from core.search import search_everything
from core.tenants import tenant_glance
from ui import tenant_desk as desk
from ui import tenant_view as view
from ui.forms import message_slot, refusals, show_success
from ui.found_desk import others
from ui.layout import frame, section
from ui.letter_desk import letter_table
from ui.proxies import LABELS as PROXY_LABELS
from ui.proxy_desk import show_proxies
from ui.sign_in import require_employee

scope = require_employee(Permission.SEE_TENANTS)
LABELS = {"text": "Szukaj"}
LETTERS_SHOWN = 20


def show(tenant_id: int) -> None:
    """One tenant; what is done with the account is said above after a fresh look."""
    with transaction() as session:
        glance = tenant_glance(session, scope, tenant_id=tenant_id)
        letters = letters_of_tenant(session, scope, tenant_id=tenant_id) if scope.may(Permission.SEND_LETTERS) else []
    desk.show_tenant(glance)
    with refusals(messages, PROXY_LABELS):
        view.offer(scope, tenant_id=tenant_id)
        done = desk.show_account(scope, glance.account) or show_proxies(scope, glance, tenant_id=tenant_id)
        if done is not None:
            st.session_state["tenants_receipt"] = f"{glance.name}: {done}"
            st.rerun()
    if letters:
        section("Pisma")
        letter_table(letters[:LETTERS_SHOWN], caption=f"Pisma w portalu, od najnowszego ({len(letters)})")


def search() -> None:
    """Find a tenant and show them; what was found beside tenants stands below."""
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
                found = search_everything(session, scope, text=st.session_state["tenants_asked"])
            if (chosen := desk.pick(found.tenants, alone=not found.others)) is not None:
                show(chosen)
            others(found)


with frame("Najemcy"):
    messages = message_slot("tenants")
    if (viewed := view.opened()) is None:
        search()
    else:
        with refusals(messages, {}):
            view.show_view(scope, viewed)
