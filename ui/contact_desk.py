"""Zmiany danych at the office: what waits, the difference, and the decision."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import EmployeeScope
from core.contact.models import ChangeState
from core.contact.reviewing import (
    WaitingChange,
    approve_address,
    reject_address,
    settle_refused_email,
)
from core.db import transaction
from ui import formats
from ui.contact import KINDS, STATES
from ui.layout import badge, kv, note, section
from ui.tables import Column, table, with_small

RECEIPT = "changes_receipt"
LABELS = {"reason": "Powód"}


def queue(changes: Sequence[WaitingChange]) -> WaitingChange | None:
    """What waits, and the one to decide on: the first unless another is chosen."""
    section("Do załatwienia")
    if not changes:
        note("Żadna zmiana danych nie czeka na rejon.")
        return None
    columns: tuple[Column[WaitingChange], ...] = (
        Column("Najemca", lambda one: with_small(one.tenant, f"nr {one.tenant_no}")),
        Column("Dane", lambda one: KINDS[one.kind]),
        Column("Nowe", lambda one: with_small(one.new, f"teraz: {one.old}")),
        Column("Złożona", lambda one: formats.instant(one.asked_at)),
        Column("Stan", lambda one: badge(*STATES[one.state])),
    )
    table(changes, columns, caption="Zmiany danych, zgłoszenia „to nie ja” na początku")
    by_id = {one.change_id: one for one in changes}
    chosen = st.selectbox(
        "Sprawa",
        list(by_id),
        format_func=lambda one: f"{by_id[one].tenant}, {KINDS[by_id[one].kind]} (nr {one})",
        key="change",
    )
    return by_id.get(chosen, changes[0])


def decide(scope: EmployeeScope, change: WaitingChange) -> None:
    """One change with its difference and what can be decided; refusals are the caller's to show."""
    section(f"{change.tenant}: {KINDS[change.kind]}")
    kv([("Teraz", change.old), ("Nowe", change.new), ("Numer najemcy", change.tenant_no)], label="Różnica")
    if change.state is ChangeState.FROZEN:
        _settle(scope, change)
        return
    if st.button("Zatwierdź nowy adres", type="primary", key=f"approve-{change.change_id}"):
        with transaction() as session:
            approve_address(session, scope, change_id=change.change_id)
        done(f"{change.tenant}: nowy adres do korespondencji obowiązuje. Najemca dostał powiadomienie.")
    with st.form(f"reject-{change.change_id}"):
        reason = _reason("Powód odmowy, który przeczyta najemca")
        sent = st.form_submit_button("Odrzuć")
    if sent:
        with transaction() as session:
            reject_address(session, scope, change_id=change.change_id, reason=reason)
        done(f"{change.tenant}: zmianę odrzucono. Najemca dostał powiadomienie z powodem.")


def _settle(scope: EmployeeScope, change: WaitingChange) -> None:
    note(
        "Właściciel poprzedniego adresu zgłosił, że to nie on zlecił tę zmianę. Adres pozostał poprzedni, konto jest "
        "zablokowane. Porozmawiaj z najemcą; konto odblokujesz na stronie Najemcy albo zrobi to sam, odzyskując dostęp.",
        tone="attention",
    )
    with st.form(f"settle-{change.change_id}"):
        reason = _reason("Co ustalono z najemcą")
        sent = st.form_submit_button("Wyjaśnione: pozwól znów zmieniać adres", type="primary")
    if sent:
        with transaction() as session:
            settle_refused_email(session, scope, change_id=change.change_id, reason=reason)
        done(f"{change.tenant}: sprawa wyjaśniona. Najemca może znów zmienić adres e-mail.")


def _reason(label: str) -> str:
    return st.text_area(label, key="change_reason", height=90) or ""


def done(message: str) -> None:
    """Say what was done after a fresh look at the queue."""
    st.session_state[RECEIPT] = message
    st.rerun()
