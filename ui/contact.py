"""Dane kontaktowe as the tenant sees them: what is known, a change of each, what has been changed."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import TenantScope
from core.contact.changing import LONGEST, MailingAddress, ask_address_change, change_phone, withdraw_address_change
from core.contact.consent import give_consent, own_consent, withdraw_consent
from core.contact.details import ChangeLine, OwnContact
from core.contact.email_change import FROZEN, ask_email_change, cancel_email_change, confirm_email_change
from core.contact.models import ChangeState, ContactKind
from core.db import reading, transaction
from ui import formats
from ui.authenticator import network
from ui.layout import Tone, badge, kv, note, section
from ui.notices import notice_choice
from ui.prose import prose
from ui.tables import Column, table, with_small

RECEIPT = "contact_receipt"
LABELS = {
    "email": "Nowy adres e-mail",
    "current": "Obecne hasło",
    "code": "Kod z wiadomości",
    "phone": "Numer telefonu",
    "street": "Ulica i numer",
    "postal_code": "Kod pocztowy",
    "town": "Miejscowość",
    "addition": "Dopisek",
}
KINDS = {
    ContactKind.EMAIL: "adres e-mail",
    ContactKind.PHONE: "telefon",
    ContactKind.ADDRESS: "adres do korespondencji",
}
STATES: dict[ChangeState, tuple[str, Tone]] = {
    ChangeState.ASKED: ("czeka na kod", "attention"),
    ChangeState.WAITING: ("czeka na rejon", "attention"),
    ChangeState.DONE: ("zmieniono", "good"),
    ChangeState.REJECTED: ("odrzucono", "urgent"),
    ChangeState.FROZEN: ("wstrzymano", "urgent"),
    ChangeState.VOID: ("przerwano", "neutral"),
}
NONE = "brak"


def known(contact: OwnContact) -> None:
    """What the office has."""
    kv(
        [
            ("E-mail", contact.email or NONE),
            ("Telefon", contact.phone or NONE),
            ("Adres do korespondencji", contact.address or "taki jak adres lokalu"),
        ],
        label="Dane kontaktowe",
    )
    if contact.recovery_email and contact.recovery_until:
        note(
            f"Do {formats.instant(contact.recovery_until)} odzyskiwanie dostępu prowadzi jeszcze na poprzedni adres: "
            f"{contact.recovery_email}."
        )


def email_part(scope: TenantScope, contact: OwnContact) -> None:
    """A new address, in two steps; refusals are the caller's to show."""
    section("Zmiana adresu e-mail")
    if contact.frozen:
        note(FROZEN, tone="attention")
        return
    under_way = contact.open.get(ContactKind.EMAIL)
    if under_way is not None:
        _code(scope, under_way)
        return
    with st.form("contact_email"):
        email = st.text_input(LABELS["email"], key="new_email", max_chars=254, autocomplete="email")
        current = st.text_input(
            LABELS["current"], key="email_current", type="password", autocomplete="current-password"
        )
        sent = st.form_submit_button("Wyślij kod na nowy adres", type="primary")
    if sent:
        ask_email_change(scope, email=email or "", current=current or "", network=network())
        _done("Wysłaliśmy kod na nowy adres. Przyjdzie w ciągu kilku minut; sprawdź też folder ze spamem.")


def _code(scope: TenantScope, under_way: ChangeLine) -> None:
    note(f"Na adres {under_way.new} wysłaliśmy sześciocyfrowy kod. Działa 10 minut od wysłania.")
    with st.form("contact_code"):
        code = st.text_input(LABELS["code"], key="email_code", max_chars=12, autocomplete="one-time-code")
        sent = st.form_submit_button("Potwierdź nowy adres", type="primary")
    if sent:
        shared = confirm_email_change(scope, code=code or "")
        also = " Ten adres ma też inne konto w portalu: wiadomości obu będą przychodzić tutaj." if shared else ""
        _done(f"Adres e-mail zmieniony na {under_way.new}.{also}")
    if st.button("Przerwij zmianę", key="email_cancel"):
        with transaction() as session:
            cancel_email_change(session, scope)
        _done("Zmiana adresu e-mail przerwana. Adres pozostał bez zmian.")


def phone_part(scope: TenantScope, contact: OwnContact) -> None:
    """The telephone; it holds at once."""
    section("Zmiana telefonu")
    with st.form("contact_phone"):
        typed = st.text_input(LABELS["phone"], value=contact.phone, key="new_phone", max_chars=40, autocomplete="tel")
        sent = st.form_submit_button("Zapisz telefon")
    if sent:
        with transaction() as session:
            kept = change_phone(session, scope, phone=typed or "")
        _done(f"Zapisano telefon {kept}." if kept else "Usunięto numer telefonu podany w portalu.")


def address_part(scope: TenantScope, contact: OwnContact) -> None:
    """The address for letters; the office approves it."""
    section("Zmiana adresu do korespondencji")
    waiting = contact.open.get(ContactKind.ADDRESS)
    if waiting is not None:
        note(f"Czeka na zatwierdzenie w rejonie od {formats.day_of(waiting.asked_at)}: {waiting.new}.")
        if st.button("Wycofaj tę zmianę", key="address_withdraw"):
            with transaction() as session:
                withdraw_address_change(session, scope)
            _done("Wycofano zmianę adresu do korespondencji.")
        return
    with st.form("contact_address"):
        street = st.text_input(
            "Ulica, numer domu i mieszkania", key="a_street", max_chars=LONGEST["street"], autocomplete="street-address"
        )
        code = st.text_input(LABELS["postal_code"], key="a_code", max_chars=10, autocomplete="postal-code")
        town = st.text_input(LABELS["town"], key="a_town", max_chars=LONGEST["town"], autocomplete="address-level2")
        addition = st.text_input(
            "Dopisek, na przykład do rąk kogo (nie musisz)", key="a_addition", max_chars=LONGEST["addition"]
        )
        sent = st.form_submit_button("Wyślij do zatwierdzenia")
    if sent:
        with transaction() as session:
            asked = MailingAddress(street or "", code or "", town or "", addition or "")
            line = ask_address_change(session, scope, address=asked)
        _done(f"Nowy adres czeka na zatwierdzenie w rejonie: {line}.")


def consent_part(scope: TenantScope) -> None:
    """Letters in the portal instead of on paper: the text, and the choice."""
    section("Pisma w portalu zamiast na papierze")
    with reading() as session:
        consent = own_consent(session, scope)
    if consent.given_at is not None:
        note(f"Zgoda od {formats.day_of(consent.given_at)}, treść w wersji {consent.version}.", tone="good")
    with st.expander("Treść zgody", expanded=consent.version != consent.offered.version):
        prose(consent.offered.text)
    if consent.version != consent.offered.version:
        label = "Zgadzam się" if consent.version is None else "Zgadzam się na nową treść"
        if st.button(label, type="primary", key="consent_give"):
            with transaction() as session:
                give_consent(session, scope, version=consent.offered.version)
            _done("Zapisano zgodę na pisma w portalu.")
    if consent.version is not None and st.button("Cofnij zgodę", key="consent_withdraw"):
        with transaction() as session:
            withdraw_consent(session, scope)
        _done("Cofnięto zgodę. Następne pisma przyjdą pocztą.")


def topics_part(scope: TenantScope) -> None:
    """Which notices come by mail."""
    if said := notice_choice(scope):
        _done(said)


def history(lines: Sequence[ChangeLine]) -> None:
    """What has been changed, by whom it was decided and why."""
    section("Historia zmian")
    if not lines:
        note("Nie było jeszcze żadnych zmian.")
        return
    columns: tuple[Column[ChangeLine], ...] = (
        Column("Dane", lambda one: KINDS[one.kind]),
        Column("Zmiana", lambda one: with_small(one.new, f"poprzednio: {one.old or NONE}")),
        Column("Złożona", lambda one: formats.instant(one.asked_at)),
        Column("Stan", lambda one: badge(*STATES[one.state])),
        Column("Powód", lambda one: one.reason or "–"),
    )
    table(lines, columns, caption="Historia zmian, od najnowszej", header=1)


def _done(message: str) -> None:
    st.session_state[RECEIPT] = message
    st.rerun()
