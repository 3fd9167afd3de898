"""Parts of the page of one's own account, the same for tenants and employees: sessions, password, history, terms."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import EmployeeScope, TenantScope
from core.accounts.devices import (
    SignedInDevice,
    SignInLine,
    end_device,
    end_other_devices,
    sign_in_history,
    signed_in_devices,
)
from core.accounts.employee_passwords import change_employee_password
from core.accounts.own_passwords import change_password
from core.accounts.terms import AcceptedTerms
from core.db import reading, transaction
from ui import formats
from ui.authenticator import network
from ui.forms import message_slot, refusals, show_success
from ui.layout import badge, section
from ui.passwords import new_password_fields
from ui.tables import Column, table

LABELS = {"current": "Obecne hasło", "password": "Nowe hasło", "repeated": "Powtórz nowe hasło"}
RECEIPT = "account_receipt"
SHOWN = 20  # sign-ins that are seen at once; earlier ones are folded


def account_parts(scope: TenantScope | EmployeeScope) -> None:
    """Sessions, password and history, each with what the core refuses said at the top."""
    messages = message_slot("account")
    if RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(RECEIPT))
    for part in (_devices, _password, _history):
        with refusals(messages, LABELS):
            part(scope)


def terms_table(accepted: Sequence[AcceptedTerms]) -> None:
    """Accepted versions of the terms, the newest first."""
    table(
        accepted,
        [
            Column("Wersja", lambda one: one.version),
            Column("Zaakceptowano", lambda one: formats.instant(one.accepted_at)),
            Column("Skrót tekstu (SHA-256)", lambda one: one.text_hash[:16] + "…"),
        ],
        caption="Zaakceptowane wersje regulaminu",
    )


def _password(scope: TenantScope | EmployeeScope) -> None:
    section("Zmiana hasła")
    with st.form("change_password", clear_on_submit=False):
        current = st.text_input("Obecne hasło", key="current_secret", type="password", autocomplete="current-password")
        new, repeated = new_password_fields(tenant=isinstance(scope, TenantScope))
        sent = st.form_submit_button("Zmień hasło", type="primary")
    if not sent:
        return
    if isinstance(scope, TenantScope):
        change_password(scope, current=current or "", new=new, repeated=repeated, network=network())
    else:
        change_employee_password(scope, current=current or "", new=new, repeated=repeated, network=network())
    _done("Hasło zmienione. Wszystkie inne sesje zostały zakończone.")


def _devices(scope: TenantScope | EmployeeScope) -> None:
    section("Otwarte sesje")
    with reading() as session:
        found = signed_in_devices(session, scope)
    _devices_table(found)
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
        _done("Sesja zakończona.")
    if st.button("Zakończ wszystkie inne sesje", key="end_others"):
        with transaction() as session:
            ended = end_other_devices(session, scope)
        _done(f"Zakończono {formats.plural(ended, 'sesję', 'sesje', 'sesji')}.")


def _history(scope: TenantScope | EmployeeScope) -> None:
    section("Logowania z ostatnich 90 dni")
    with reading() as session:
        attempts = sign_in_history(session, scope)
    _history_table(attempts[:SHOWN], caption="Próby logowania, od najnowszych")
    if attempts[SHOWN:]:
        with st.expander(f"Wcześniejsze logowania ({formats.count(len(attempts) - SHOWN)})"):
            _history_table(attempts[SHOWN:], caption="Wcześniejsze próby logowania")


def _done(receipt: str) -> None:
    st.session_state[RECEIPT] = receipt
    st.rerun()


def _devices_table(devices: Sequence[SignedInDevice]) -> None:
    table(
        devices,
        [
            Column("Urządzenie", lambda one: one.device),
            Column("Zalogowano", lambda one: formats.instant(one.started_at)),
            Column("Ostatnio używane", lambda one: formats.instant(one.seen_at)),
            Column("To urządzenie", lambda one: badge("tak", "good") if one.here else "nie"),
        ],
        caption="Otwarte sesje, najpierw ta",
    )


def _history_table(attempts: Sequence[SignInLine], *, caption: str) -> None:
    table(
        attempts,
        [
            Column("Kiedy", lambda one: formats.instant(one.at)),
            Column("Wynik", lambda one: badge("udane", "good") if one.right else badge("nieudane", "attention")),
        ],
        caption=caption,
    )
