"""Proxies of a tenant on the screen Najemcy: who has access, an invitation on signed paper, the end of either."""

import streamlit as st

from core.access.scopes import EmployeeScope, Permission
from core.db import reading, transaction
from core.proxies.office import grant_by_office, proxies_of_tenant, revoke_by_office
from core.tenants import TenantGlance
from ui.layout import note, section
from ui.proxies import choose_to_end, grant_fields, grant_table, invited


def show_proxies(scope: EmployeeScope, glance: TenantGlance, *, tenant_id: int) -> str | None:
    """The grants and what may be done with them; returns what was done, to be said. Refusals are the caller's to show."""
    section("Pełnomocnicy")
    with reading() as session:
        lines = proxies_of_tenant(session, scope, tenant_id=tenant_id)
    grant_table(lines)
    if not scope.may(Permission.MANAGE_ACCOUNTS):
        return None
    if (ended := choose_to_end(lines)) is not None:
        with transaction() as session:
            revoke_by_office(session, scope, grant_id=ended.grant_id)
        return f"pełnomocnictwo odwołane, {ended.person}."
    tenancies = [one.card for one in glance.tenancies if one.current]
    if not tenancies:
        return None
    with st.expander("Ustanów pełnomocnika na pisemny wniosek najemcy"), st.form("proxy_form", border=False):
        note("Tylko na podpisany dokument, który zostaje w aktach. Najemca dostanie wiadomość, jeśli ma adres e-mail.")
        form = grant_fields(tenancies)
        sent = st.form_submit_button("Wyślij zaproszenie", type="primary")
    if not sent:
        return None
    with transaction() as session:
        grant_by_office(session, scope, form=form)
    return invited(form)
