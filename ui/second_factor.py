"""Blocks of the second factor: its set-up with a QR code, the field of a code, the recovery codes shown once."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.scopes import EmployeeScope
from core.accounts.second_factor import begin_enrolment, confirm_enrolment
from core.db import transaction
from core.documents.codes import qr_code
from ui.forms import refusals
from ui.layout import copyable, note
from ui.qr import qr_image

LABELS = {"code": "Kod"}
CODES = "recovery_codes"  # in st.session_state until somebody says they are kept


def enrolment_form(scope: EmployeeScope, slot: DeltaGenerator) -> None:
    """The QR code, the same as text, and the field for the first code; leaves the recovery codes to be shown."""
    with transaction() as session:
        enrolment = begin_enrolment(session, scope)
    qr_image(qr_code(enrolment.uri, correction="m"), about="Kod QR dla aplikacji uwierzytelniającej")
    st.text(f"Albo wpisz klucz ręcznie: {_in_fours(enrolment.secret)}")
    code = code_form("Potwierdź i włącz")
    if code is not None:
        with refusals(slot, LABELS):
            st.session_state[CODES] = confirm_enrolment(scope, code=code)
            st.rerun()


def recovery_codes() -> None:
    """The codes, and the button that puts them away for good."""
    copyable("Kody zapasowe", "\n".join(_in_fives(one) for one in st.session_state[CODES]))
    note("Zapisz je albo wydrukuj i przechowuj poza komputerem.", tone="attention")
    if st.button("Mam zapisane, przejdź dalej", type="primary", key="codes_kept"):
        del st.session_state[CODES]
        st.rerun()


def code_form(label: str) -> str | None:
    """The field of a code with its button; what was typed, once it is sent."""
    with st.form("code"):
        code = st.text_input("Kod", key="second_factor_code", autocomplete="one-time-code", max_chars=20)
        sent = st.form_submit_button(label, type="primary")
    return (code or "") if sent else None


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _in_fives(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"
