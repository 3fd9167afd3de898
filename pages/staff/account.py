"""Moje konto: the second factor, the password, where one is signed in, who signed in."""

import streamlit as st

from core.accounts.second_factor import factor_is_set_up, recovery_codes_left, renew_recovery_codes
from core.db import reading
from ui import formats
from ui.account_blocks import account_parts
from ui.forms import message_slot, refusals
from ui.layout import frame, note, section
from ui.second_factor import CODES, LABELS, code_form, enrolment_form, recovery_codes
from ui.sign_in import require_employee

scope = require_employee()


def second_factor() -> None:
    """Set it up, or get new recovery codes."""
    section("Drugi składnik logowania")
    slot = message_slot("second_factor")
    if CODES in st.session_state:
        note("To są Twoje kody zapasowe. Każdy zastąpi telefon jeden raz. Widzisz je tylko teraz.")
        recovery_codes()
        return
    with reading() as session:
        set_up, left = factor_is_set_up(session, scope), recovery_codes_left(session, scope)
    if not set_up:
        _set_up()
        return
    codes = formats.plural(left, "kod zapasowy", "kody zapasowe", "kodów zapasowych")
    note(f"Włączony. Masz jeszcze {codes}.", tone="good" if left > 2 else "attention")
    with st.expander("Wydaj nowe kody zapasowe"):
        st.text("Poprzednie kody przestaną działać. Podaj kod z aplikacji uwierzytelniającej.")
        code = code_form("Wydaj nowe kody")
    if code is not None:
        with refusals(slot, LABELS):
            st.session_state[CODES] = renew_recovery_codes(scope, code=code)
            st.rerun()


def _set_up() -> None:
    note("Logujesz się samym hasłem. Z aplikacją w telefonie samo hasło nikomu nie wystarczy.", tone="attention")
    if st.session_state.get("enrolling"):
        st.text("Zeskanuj kod aplikacją uwierzytelniającą i podaj sześć cyfr, które pokaże.")
        enrolment_form(scope, message_slot("enrolment"))
    elif st.button("Włącz logowanie z telefonem", key="enrol"):
        st.session_state["enrolling"] = True
        st.rerun()


with frame("Moje konto", scope.name):
    second_factor()
    account_parts(scope)
