"""Zaproszenie pełnomocnika: what is granted, and the answer. Machines read mail too, so nothing happens without a button."""

import streamlit as st

from core.access.scopes import TenantScope
from core.db import reading, transaction
from core.errors import DomainError
from core.proxies.acting import act_for, standings
from core.proxies.invitation import Invitation, accept_anew, accept_as, decline, invitation
from ui import formats
from ui.authenticator import network
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame, kv, link_list, note
from ui.proxies import LEVEL_WORDS
from ui.sign_in import FORM_WIDTH, current_tenant

DONE = "invitation_done"  # in st.session_state: what was said, after the link has gone from the address
SIGN_IN = [("Przejdź do logowania", "/logowanie")]
HOME = [("Przejdź do strony głównej", "/")]


def ask(token: str, scope: TenantScope | None) -> None:
    """What the link offers, and the two answers."""
    slot = message_slot("invitation")
    try:
        with reading() as session:
            offered = invitation(session, token=token)
    except DomainError as refusal:
        note(refusal.message, tone="attention")
        link_list(HOME if scope else SIGN_IN, label="Co dalej")
        return
    show(offered)
    if scope is None:
        note(
            "Masz już konto w portalu? Najpierw się zaloguj i otwórz ten odnośnik jeszcze raz. Jeśli nie masz, założymy je: "
            f"identyfikator i hasło pierwotne wyślemy na adres {offered.email}."
        )
    else:
        note(f"Przyjmujesz jako: {scope.name}. Jeśli to nie Ty, najpierw się wyloguj.", tone="attention")
    row = st.container(horizontal=True)
    yes = row.button("Przyjmuję pełnomocnictwo", type="primary", key="accept")
    no = row.button("Odrzucam", key="decline")
    with refusals(slot, {}):
        if yes:
            say(accept(token, scope))
        if no:
            decline(token=token, network=network())
            say("Zaproszenie odrzucone. Osoba, która je wysłała, dostanie wiadomość.")


def show(offered: Invitation) -> None:
    """Who grants what, to whom, until when."""
    kv(
        [
            ("Najemca", offered.tenant),
            ("Lokal", offered.address),
            ("Pełnomocnik", offered.person),
            ("Zakres", LEVEL_WORDS[offered.level]),
            ("Do dnia", formats.day(offered.valid_to)),
        ],
        label="Zaproszenie",
    )


def accept(token: str, scope: TenantScope | None) -> str:
    """Take the grant; what to say of it."""
    if scope is None:
        taken = accept_anew(token=token, network=network())
        if taken.new:
            return f"Pełnomocnictwo przyjęte. Identyfikator ({taken.login}) i hasło pierwotne wysłaliśmy e-mailem."
        return f"Pełnomocnictwo przyjęte. Zaloguj się na konto, które już masz ({taken.login})."
    with transaction() as session:
        grant_id = accept_as(session, scope, token=token)
        act_for(session, scope, grant_id=grant_id)
        (acting,) = [one for one in standings(session, scope).held if one.grant_id == grant_id]
    return f"Pełnomocnictwo przyjęte. Działasz teraz w imieniu: {acting.tenant}. Zmienisz to w menu."


def say(done: str) -> None:
    """Show the page anew, without the link, with what was done."""
    st.session_state[DONE] = done
    st.query_params.clear()
    st.rerun()


with st.container(width=FORM_WIDTH), frame("Zaproszenie pełnomocnika"):
    signed_in = current_tenant()
    if DONE in st.session_state:
        show_success(st.session_state.pop(DONE))
        link_list(HOME if signed_in else SIGN_IN, label="Co dalej")
    else:
        ask(st.query_params.get("klucz", ""), signed_in)
