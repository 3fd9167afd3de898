"""Proxies of a tenant on the screen Najemcy: who has access, an invitation on signed paper, the end of either."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import EmployeeScope, Permission
from core.accounts.initial_passwords import reissue_initial_password
from core.db import reading, transaction
from core.proxies.grants import GrantLine
from core.proxies.office import grant_by_office, proxies_of_tenant, revoke_by_office
from core.tenants import TenantGlance
from ui.layout import note, section
from ui.proxies import choose_to_end, forget_fields, grant_fields, grant_table, invited


def show_proxies(scope: EmployeeScope, glance: TenantGlance, *, tenant_id: int) -> str | None:
    """The grants and what may be done with them; returns what was done, to be said. Refusals are the caller's to show."""
    section("Pełnomocnicy")
    with reading() as session:
        lines = proxies_of_tenant(session, scope, tenant_id=tenant_id)
    grant_table(lines, nobody="Nikt nie ma pełnomocnictwa do umów w Twoim rejonie.")
    if not scope.may(Permission.MANAGE_ACCOUNTS):
        return None
    if (ended := choose_to_end(lines)) is not None:
        with transaction() as session:
            revoke_by_office(session, scope, grant_id=ended.grant_id)
        return f"pełnomocnictwo odwołane, {ended.person}."
    if (reissued := _reissue(scope, lines)) is not None:
        return reissued
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
    forget_fields()
    return invited(form)


def _reissue(scope: EmployeeScope, lines: Sequence[GrantLine]) -> str | None:
    """A new initial password for a proxy who is no tenant, and so has no card of their own on this screen."""
    accounts = {one.account_id: one for one in lines if one.own_account and one.account_id and one.stands}
    if not accounts:
        return None
    row = st.container(horizontal=True, vertical_alignment="bottom")
    chosen = row.selectbox(
        "Konto pełnomocnika", list(accounts), format_func=lambda one: f"{accounts[one].person}, {accounts[one].login}",
        key="proxy_account",
    )  # fmt: skip
    if not row.button("Wydaj nowe hasło pierwotne", key="proxy_reissue") or chosen is None:
        return None
    with transaction() as session:
        sent = reissue_initial_password(session, scope, account_id=chosen)
    where = accounts[chosen].email
    return (
        f"nowe hasło pierwotne czeka na wysłanie na adres {where}."
        if sent
        else "hasło pierwotne czeka już na wysłanie."
    )
