"""A request to close an account: asked in the portal, decided at the office."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import EmployeeScope, TenantScope
from core.accounts.closing import (
    OwnClosing,
    WaitingClosing,
    ask_closing,
    close_as_asked,
    own_closing,
    reject_closing,
    withdraw_closing,
)
from core.accounts.models import ClosingState
from core.db import reading, transaction
from ui import formats
from ui.authenticator import network
from ui.contact_desk import done
from ui.forms import message_slot, refusals, show_success
from ui.layout import kv, note, section
from ui.tables import Column, table, with_small

RECEIPT = "closing_receipt"
QUESTION = "closing_question"
LABELS = {"current": "Obecne hasło", "reason": "Powód", "answer": "Odpowiedź"}


def closing_part(scope: TenantScope) -> None:
    """The tenant's side: what it means, the form, or what became of the request."""
    section("Zamknięcie konta")
    messages = message_slot("closing")
    if RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(RECEIPT))
    with reading() as session:
        last = own_closing(session, scope)
    with refusals(messages, LABELS):
        if last is not None and last.state is ClosingState.OPEN:
            _waits(scope, last)
        else:
            _ask(scope, last)


def _waits(scope: TenantScope, last: OwnClosing) -> None:
    note(f"Prośba o zamknięcie konta czeka na rejon od {formats.instant(last.asked_at)}.")
    if st.button("Wycofaj prośbę", key="closing_withdraw"):
        with transaction() as session:
            withdraw_closing(session, scope)
        _said("Prośba o zamknięcie konta wycofana. Konto działa jak dotąd.")


def _ask(scope: TenantScope, last: OwnClosing | None) -> None:
    if last is not None and last.answer and last.decided_at:
        note(f"Odpowiedź rejonu z {formats.day_of(last.decided_at)}: {last.answer}", tone="attention")
    note(
        "Konto zamyka Twój rejon. Po zamknięciu nie zalogujesz się już do portalu; umowa, kartoteka i obowiązek zapłaty "
        "pozostają. Jeśli chcesz zachować swoje dane, pobierz je wcześniej."
    )
    with st.form("closing"):
        reason = st.text_area("Powód (nie musisz go podawać)", key="closing_reason", height=90)
        current = st.text_input(
            LABELS["current"], key="closing_current", type="password", autocomplete="current-password"
        )
        sent = st.form_submit_button("Poproś o zamknięcie konta")
    if sent:
        ask_closing(scope, current=current or "", reason=reason or "", network=network())
        _said("Prośba o zamknięcie konta czeka na rejon. Do tego czasu możesz ją wycofać.")


def _said(message: str) -> None:
    st.session_state[RECEIPT] = message
    st.rerun()


def queue(closings: Sequence[WaitingClosing]) -> WaitingClosing | None:
    """The office's side: what waits, and the one to decide on: the first unless another is chosen."""
    section("Prośby o zamknięcie konta")
    if not closings:
        note("Żadna prośba o zamknięcie konta nie czeka na rejon.")
        return None
    columns: tuple[Column[WaitingClosing], ...] = (
        Column("Najemca", lambda one: with_small(one.tenant, f"nr {one.tenant_no}")),
        Column("Konto", lambda one: one.login),
        Column("Powód", lambda one: one.reason or "–"),
        Column("Złożona", lambda one: formats.instant(one.asked_at)),
    )
    table(closings, columns, caption="Prośby o zamknięcie konta, od najstarszej")
    by_id = {one.closing_id: one for one in closings}
    chosen = st.selectbox(
        "Prośba",
        list(by_id),
        format_func=lambda one: f"{by_id[one].tenant}, konto {by_id[one].login} (nr {one})",
        key="closing",
    )
    return by_id.get(chosen, closings[0])


def decide(scope: EmployeeScope, closing: WaitingClosing) -> None:
    """One request and what can be decided; refusals are the caller's to show."""
    section(f"{closing.tenant}: zamknięcie konta")
    kv(
        [("Konto", closing.login), ("Numer najemcy", closing.tenant_no), ("Powód", closing.reason or "nie podano")],
        label="Prośba o zamknięcie konta",
    )
    if st.session_state.get(QUESTION) == closing.closing_id:
        _sure(scope, closing)
        return
    st.button("Zamknij konto", key="closing_close", on_click=_question, args=(closing.closing_id,))
    with st.form(f"closing-reject-{closing.closing_id}"):
        answer = st.text_area("Odpowiedź odmowna, którą przeczyta najemca", key="closing_answer", height=90)
        sent = st.form_submit_button("Odmów zamknięcia")
    if sent:
        with transaction() as session:
            reject_closing(session, scope, closing_id=closing.closing_id, answer=answer or "")
        done(f"{closing.tenant}: konto pozostaje otwarte. Najemca dostał powiadomienie z odpowiedzią.")


def _sure(scope: EmployeeScope, closing: WaitingClosing) -> None:
    note(
        f"Konto {closing.login} zostanie zamknięte na zawsze: sesje się zakończą, hasła przestaną działać. Najemca dostanie "
        "wiadomość e-mail.",
        tone="attention",
    )
    if st.button("Tak, zamknij konto", type="primary", key="closing_yes"):
        st.session_state.pop(QUESTION, None)
        with transaction() as session:
            close_as_asked(session, scope, closing_id=closing.closing_id)
        done(f"{closing.tenant}: konto {closing.login} zostało zamknięte. Najemca dostał wiadomość.")
    st.button("Nie zamykaj", key="closing_no", on_click=_question, args=(None,))


def _question(closing_id: int | None) -> None:
    st.session_state[QUESTION] = closing_id
