"""Widok najemcy: what a tenant sees in the portal, for an employee: looked at, on record, and nothing done."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.access.scopes import EmployeeScope, Permission
from core.correspondence.kinds import NAMES
from core.correspondence.own import OwnLetter, letters_in_view
from core.db import reading, transaction
from core.meters.queries import meters_of_tenancy
from core.registry.queries import TenancyCard
from core.tenants import TenantView, open_tenant_view, tenant_view
from ui import formats
from ui.finances import LEAD, finances
from ui.layout import badge, choose_view, note, paragraph, section, tenancy_name, tenancy_switcher
from ui.meter_history import readings, water_by_month
from ui.meters import device, point_name
from ui.tables import Column, table, with_small

OPEN = "tenant_view"  # in st.session_state: the tenant whose view is open


def offer(scope: EmployeeScope, *, tenant_id: int) -> None:
    """The way in, for who may see ledgers; refusals are the caller's to show."""
    if not scope.may(Permission.SEE_LEDGER):
        return
    if st.button("Widok najemcy", key="open_tenant_view"):
        with transaction() as session:
            open_tenant_view(session, scope, tenant_id=tenant_id)
        st.session_state[OPEN] = tenant_id
        st.rerun()
    paragraph("Pokazuje to, co najemca widzi w portalu. Otwarcie zapiszemy, a najemca je zobaczy.")


def opened() -> int | None:
    """The tenant whose view is open; None: nobody's."""
    tenant_id = st.session_state.get(OPEN)
    return tenant_id if isinstance(tenant_id, int) else None


def show_view(scope: EmployeeScope, tenant_id: int) -> None:
    """The view and the way back; refusals are the caller's to show."""
    st.button("Wróć do karty najemcy", key="leave_tenant_view", on_click=_leave)
    with reading() as session:
        view = tenant_view(session, scope, tenant_id=tenant_id)
    section(view.name)
    note(
        f"Widok najemcy ({view.name}): tylko do odczytu. Otwarcie zapisano; najemca widzi je na stronie Moje konto, "
        "w części „Kto oglądał moje dane”.",
        tone="attention",
    )
    tenancy = tenancy_switcher(view.tenancies, key=f"viewed-tenancy-{view.tenant_id}")
    if tenancy is None:
        note("Ten najemca nie ma umowy w Twoim rejonie.")
        return
    if len(view.tenancies) == 1:
        paragraph(tenancy_name(tenancy))
    parts = _parts(scope, view, tenancy)
    parts[choose_view(list(parts), key="tenant_view_part", label="Strona portalu")]()


def _leave() -> None:
    st.session_state.pop(OPEN, None)


def _parts(scope: EmployeeScope, view: TenantView, tenancy: TenancyCard) -> dict[str, Callable[[], None]]:
    """The pages of the portal that the employee's permissions reach: this way in opens no other."""
    parts: dict[str, Callable[[], None]] = {"Finanse": lambda: _finances(scope, tenancy)}
    if scope.may(Permission.MANAGE_READINGS):
        parts["Liczniki"] = lambda: _meters(scope, tenancy)
    if scope.may(Permission.SEND_LETTERS):
        parts["Korespondencja"] = lambda: _letters(scope, view)
    return parts


def _finances(scope: EmployeeScope, tenancy: TenancyCard) -> None:
    paragraph(LEAD)
    finances(scope, tenancy, may_ask=False)


def _meters(scope: EmployeeScope, tenancy: TenancyCard) -> None:
    with reading() as session:
        points = meters_of_tenancy(session, scope, tenancy_id=tenancy.tenancy_id)
    for one in points:
        name = point_name(one)
        section(name)
        if one.meter is not None:
            device(one.meter)
        if one.history:
            readings(one, name=name.lower(), may_ask=False)
            water_by_month(scope, one, tenancy_id=tenancy.tenancy_id, name=name.lower())
        else:
            note("Nie ma jeszcze odczytów.")
    if not points:
        note("Ten lokal nie ma wodomierzy w naszej ewidencji.")


def _letters(scope: EmployeeScope, view: TenantView) -> None:
    """The list only: a letter is opened by its tenant, or by the office from the list of letters that it sent."""
    with reading() as session:
        letters: Sequence[OwnLetter] = letters_in_view(session, scope, tenant_id=view.tenant_id)
    if not letters:
        note("Nie ma jeszcze żadnych pism.")
        return
    columns: tuple[Column[OwnLetter], ...] = (
        Column("Pismo", lambda one: with_small(one.title, one.letter_no)),
        Column("Rodzaj", lambda one: NAMES[one.kind]),
        Column("Data pisma", lambda one: formats.day(one.dated)),
        Column("W portalu od", lambda one: formats.instant(one.visible_at)),
        Column("Otwarte", _opened),
    )
    table(letters, columns, caption=f"Pisma najemcy, od najnowszego ({len(letters)})")


def _opened(one: OwnLetter) -> str:
    return formats.instant(one.opened_at) if one.opened_at else badge("nowe", "information")
