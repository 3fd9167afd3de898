"""Proxies on the page of one's own account: whom a tenant has granted what, and what one was granted oneself."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.models import ProxyEnd, ProxyLevel
from core.access.scopes import TenantScope
from core.clock import today
from core.db import reading, transaction
from core.proxies.acting import HeldGrant, give_up, standings
from core.proxies.given import given_proxies, invite_proxy, revoke_proxy
from core.proxies.grants import LEVELS, LONGEST, GrantForm, GrantLine, GrantState
from core.registry.queries import TenancyCard, tenancies_of
from ui import formats
from ui.authenticator import network
from ui.forms import message_slot, refusals, show_success
from ui.layout import Tone, badge, note, section, tenancy_name
from ui.tables import Column, table, with_small

GIVEN, HELD = "proxies_given", "proxies_held"  # slots of messages, and in st.session_state the receipts of each
LABELS = {"name": "Imię i nazwisko", "email": "Adres e-mail", "valid_to": "Ostatni dzień", "current": "Obecne hasło"}
LEVEL_WORDS = {
    ProxyLevel.SEE: "Wgląd: saldo, finanse, lokal, liczniki",
    ProxyLevel.READINGS: "Wgląd oraz podawanie i poprawianie odczytów",
    ProxyLevel.EVERYTHING: "Wszystko w sprawach tej umowy: także pisma, ogłoszenia, pytania i zgłoszenia awarii",
}
STATES: dict[GrantState, tuple[str, Tone]] = {
    GrantState.INVITED: ("zaproszenie wysłane", "attention"),
    GrantState.LAPSED: ("zaproszenie wygasło", "neutral"),
    GrantState.ACTIVE: ("czynne", "good"),
    GrantState.OVER: ("minął termin", "neutral"),
    GrantState.ENDED: ("zakończone", "neutral"),
}
ENDS = {
    ProxyEnd.REVOKED: "odwołał najemca",
    ProxyEnd.OFFICE: "odwołał rejon",
    ProxyEnd.GIVEN_UP: "pełnomocnik zrezygnował",
}
A_YEAR = timedelta(days=365)


def given_part(scope: TenantScope) -> None:
    """The tenant's side: who has access, and the form that grants it."""
    section("Pełnomocnicy")
    messages = _messages(GIVEN)
    with reading() as session:
        lines = given_proxies(session, scope)
        tenancies = [one for one in tenancies_of(session, scope) if one.is_current(today())]
    note("Pełnomocnik widzi jedną Twoją umowę pod własnym identyfikatorem. Nie zmienia Twojego hasła ani danych.")
    grant_table(lines)
    with refusals(messages, LABELS):
        if (ended := choose_to_end(lines)) is not None:
            with transaction() as session:
                revoke_proxy(session, scope, grant_id=ended.grant_id)
            _said(GIVEN, f"Pełnomocnictwo odwołane: {ended.person}.")
        if tenancies:
            _invite(scope, tenancies)


def held_part(scope: TenantScope) -> None:
    """The proxy's side: for whom one may act, and giving it up."""
    with reading() as session:
        held = standings(session, scope).held
    if not held:
        return
    section("W czyim imieniu możesz działać")
    messages = _messages(HELD)
    table(
        held,
        [
            Column("Najemca", lambda one: with_small(one.tenant, one.address)),
            Column("Zakres", lambda one: LEVELS[one.level]),
            Column("Do dnia", lambda one: formats.day(one.valid_to)),
        ],
        caption="Pełnomocnictwa, które masz",
    )
    with refusals(messages, {}):
        _give_up(scope, held)


def grant_table(lines: Sequence[GrantLine], *, nobody: str = "Nikt nie ma pełnomocnictwa.") -> None:
    """Grants with their state; an empty list says so."""
    if not lines:
        note(nobody)
        return
    table(
        lines,
        [
            Column("Pełnomocnik", lambda one: with_small(one.person, _whose_account(one))),
            Column("Lokal", lambda one: with_small(one.address, one.tenancy_no)),
            Column("Zakres", lambda one: with_small(LEVELS[one.level], f"do {formats.day(one.valid_to)}")),
            Column("Stan", lambda one: badge(*STATES[one.state])),
            Column("Uwagi", _remarks),
        ],
        caption="Pełnomocnicy, najpierw ci z dostępem",
    )


def choose_to_end(lines: Sequence[GrantLine]) -> GrantLine | None:
    """The grant that somebody has chosen to revoke and confirmed."""
    by_number = {one.grant_id: one for one in lines if one.stands}
    names = {number: f"{one.person}, {one.address}" for number, one in by_number.items()}
    ended = _chosen_and_confirmed(names, label="Odwołaj pełnomocnictwo", verb="Odwołaj", key="proxy_end")
    return by_number[ended] if ended is not None else None


def _chosen_and_confirmed(names: Mapping[int, str], *, label: str, verb: str, key: str) -> int | None:
    """Which of several to end; asked in two steps, because it takes hold at once."""
    if not names:
        return None
    question = f"{key}_question"  # in st.session_state: what is asked about
    asked = st.session_state.get(question)
    if not isinstance(asked, int) or asked not in names:
        row = st.container(horizontal=True, vertical_alignment="bottom")
        chosen = row.selectbox(
            label,
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder="Wybierz osobę",
            key=f"{key}_chosen",
        )
        if row.button(verb, key=key) and chosen is not None:
            st.session_state[question] = chosen
            st.rerun()
        return None
    note(f"{label}: {names[asked]}? Dostęp skończy się od razu.", tone="attention")
    row = st.container(horizontal=True)
    yes = row.button(f"Tak, {verb.lower()}", type="primary", key=f"{key}_yes")
    no = row.button("Anuluj", key=f"{key}_no")
    if yes or no:
        del st.session_state[question]
    if no:
        st.rerun()
    return asked if yes else None


def grant_fields(tenancies: Sequence[TenancyCard]) -> GrantForm:
    """The fields of a form that grants access."""
    by_id = {one.tenancy_id: one for one in tenancies}
    tenancy_id = st.selectbox(
        "Umowa", list(by_id), format_func=lambda one: tenancy_name(by_id[one]), key="proxy_tenancy"
    )
    name = st.text_input(LABELS["name"], key="proxy_name", max_chars=120, autocomplete="off")
    email = st.text_input(LABELS["email"], key="proxy_email", max_chars=254, autocomplete="off")
    level = st.radio("Zakres", list(ProxyLevel), format_func=LEVEL_WORDS.__getitem__, key="proxy_level")
    until = st.date_input(
        LABELS["valid_to"], today() + A_YEAR, min_value=today(), max_value=today() + LONGEST, format="DD.MM.YYYY",
        key="proxy_until",
    )  # fmt: skip
    return GrantForm(
        tenancy_id=tenancy_id or 0,
        name=name or "",
        email=email or "",
        level=level or ProxyLevel.SEE,
        valid_to=until if isinstance(until, date) else today(),
    )


def forget_fields() -> None:
    """Empty the form once it was sent, the password first of all."""
    for key in [one for one in st.session_state if str(one).startswith("proxy_")]:
        del st.session_state[key]


def invited(form: GrantForm) -> str:
    """What is said of an invitation that was sent."""
    return f"Zaproszenie wysłane na adres {form.email.strip()}. Działa 7 dni; dostęp zacznie się po jego przyjęciu."


def _invite(scope: TenantScope, tenancies: Sequence[TenancyCard]) -> None:
    with st.expander("Ustanów pełnomocnika"), st.form("proxy_form", border=False):
        form = grant_fields(tenancies)
        current = st.text_input(
            LABELS["current"], key="proxy_current", type="password", autocomplete="current-password"
        )
        sent = st.form_submit_button("Wyślij zaproszenie", type="primary")
    if sent:
        invite_proxy(scope, form=form, current=current or "", network=network())
        forget_fields()
        _said(GIVEN, invited(form))


def _give_up(scope: TenantScope, held: Sequence[HeldGrant]) -> None:
    names = {one.grant_id: f"{one.tenant}, {one.address}" for one in held}
    ended = _chosen_and_confirmed(names, label="Zrezygnuj z pełnomocnictwa", verb="Zrezygnuj", key="give_up")
    if ended is not None:
        with transaction() as session:
            give_up(session, scope, grant_id=ended)
        _said(HELD, f"Pełnomocnictwo zakończone: {names[ended]}.")


def _whose_account(one: GrantLine) -> str:
    if one.account_name is None or one.account_name == one.person:
        return one.email
    return f"{one.email}, przyjęto na konto: {one.account_name}"


def _remarks(one: GrantLine) -> str:
    if one.state is GrantState.INVITED:
        return f"zaproszenie ważne do {formats.day_of(one.invited_until)}"
    if one.end_reason is not None and one.ended_at is not None:
        return f"{ENDS[one.end_reason]} {formats.day_of(one.ended_at)}"
    if one.last_used is not None:
        return f"ostatnio w portalu {formats.day_of(one.last_used)}"
    return "ustanowił rejon" if one.by_office else ""


def _messages(key: str) -> DeltaGenerator:
    slot = message_slot(key)
    if (receipt := st.session_state.pop(f"{key}_receipt", None)) is not None:
        with slot:
            show_success(receipt)
    return slot


def _said(key: str, receipt: str) -> None:
    st.session_state[f"{key}_receipt"] = receipt
    st.rerun()
