"""What a person signed in has to do first: accept the terms, set an own password, give or set up a second factor."""

from collections.abc import Callable
from typing import NoReturn

import streamlit as st

from core.access.scopes import EmployeeScope, TenantScope
from core.accounts.employee_passwords import replace_first_password
from core.accounts.gates import Gate, open_gates
from core.accounts.own_passwords import set_first_password
from core.accounts.second_factor import factor_is_set_up, give_code
from core.accounts.terms import accept_terms, accepted_before, current_terms
from core.activation.completing import complete_requests
from core.db import reading, transaction
from core.errors import InvalidInputError
from ui.forms import message_slot, refusals
from ui.layout import frame, note
from ui.passwords import new_password_fields
from ui.prose import prose
from ui.second_factor import CODES, code_form, enrolment_form, recovery_codes

FORM_WIDTH = 560  # pixels
LABELS = {"terms": "Regulamin", "password": "Nowe hasło", "repeated": "Powtórz nowe hasło", "code": "Kod"}


def pass_gates_or_stop(scope: TenantScope | EmployeeScope) -> NoReturn:
    """Show the first gate that still stands before this session, and end the run."""
    if CODES in st.session_state:
        _show_recovery_codes()
    with reading() as session:
        gates = open_gates(session, scope)
    if not gates:
        st.rerun()
    with st.container(width=FORM_WIDTH):
        _SHOWN[gates[0]](scope)
    st.stop()


def _terms(scope: TenantScope | EmployeeScope) -> None:
    if not isinstance(scope, TenantScope):
        return
    with reading() as session:
        terms = current_terms(session)
        returning = accepted_before(session, scope)
    if terms is None:
        st.rerun()
    lead = "Regulamin się zmienił." if returning else "Pierwsze logowanie, krok 1 z 2."
    with frame("Regulamin", f"{lead} Przeczytaj i zaakceptuj na końcu strony, aby przejść dalej."):
        slot = message_slot("terms")
        if returning and terms.changes:
            note(f"Co się zmieniło: {terms.changes}")
        # Who knows the version before begins with what changed and opens the whole text where they want it.
        with st.expander(f"Regulamin, wersja {terms.version}", expanded=not (returning and terms.changes)):
            prose(terms.text)
        with st.form("accept_terms"):
            read = st.checkbox(f"Znam regulamin w wersji {terms.version} i akceptuję go", key="terms_read")
            sent = st.form_submit_button("Akceptuję i przechodzę dalej", type="primary")
        if sent:
            with refusals(slot, LABELS):
                if not read:
                    raise InvalidInputError("Zaznacz, że znasz regulamin i go akceptujesz.", field="terms")
                with transaction() as session:
                    accept_terms(session, scope, terms_id=terms.id)
                st.rerun()


def _own_password(scope: TenantScope | EmployeeScope) -> None:
    if isinstance(scope, TenantScope):
        lead = "Ostatni krok. Od teraz logujesz się własnym hasłem, a nie hasłem pierwotnym z wiadomości e-mail."
    else:
        lead = "Zastąpi hasło otrzymane na start. Znasz je tylko Ty."
    with frame("Ustaw własne hasło", lead):
        slot = message_slot("own_password")
        with st.form("own_password"):
            new, repeated = new_password_fields(tenant=isinstance(scope, TenantScope))
            sent = st.form_submit_button("Zapisz hasło", type="primary")
        if isinstance(scope, TenantScope):
            note("Wiadomość z hasłem pierwotnym zachowaj: odzyskasz nią dostęp, gdy zapomnisz własnego hasła.")
        if sent:
            with refusals(slot, LABELS):
                if isinstance(scope, TenantScope):
                    set_first_password(scope, new=new, repeated=repeated)
                    with transaction() as session:
                        complete_requests(session, account_id=scope.account_id)
                else:
                    replace_first_password(scope, new=new, repeated=repeated)
                st.rerun()


def _second_factor(scope: TenantScope | EmployeeScope) -> None:
    if not isinstance(scope, EmployeeScope):
        return
    with reading() as session:
        set_up = factor_is_set_up(session, scope)
    if set_up:
        _ask_for_code(scope)
    else:
        _set_up(scope)


def _ask_for_code(scope: EmployeeScope) -> None:
    with frame("Kod z aplikacji", "Podaj sześć cyfr, które pokazuje aplikacja uwierzytelniająca."):
        slot = message_slot("code")
        code = code_form("Zaloguj się")
        note(
            "Nie masz telefonu? Wpisz jeden z kodów zapasowych albo poproś administratora systemu o nowe hasło na start."
        )
        if code is not None:
            with refusals(slot, LABELS):
                give_code(scope, code=code)
                st.rerun()


def _set_up(scope: EmployeeScope) -> None:
    with frame(
        "Drugi składnik logowania", "Zeskanuj kod aplikacją uwierzytelniającą i podaj sześć cyfr, które pokaże."
    ):
        slot = message_slot("code")
        enrolment_form(scope, slot)


def _show_recovery_codes() -> NoReturn:
    with (
        st.container(width=FORM_WIDTH),
        frame("Kody zapasowe", "Każdy zastąpi telefon jeden raz. Widzisz je tylko teraz."),
    ):
        recovery_codes()
    st.stop()


_SHOWN: dict[Gate, Callable[[TenantScope | EmployeeScope], None]] = {
    Gate.TERMS: _terms,
    Gate.OWN_PASSWORD: _own_password,
    Gate.SECOND_FACTOR: _second_factor,
}
