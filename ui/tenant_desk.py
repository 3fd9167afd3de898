"""Blocks of the screen Najemcy: the search, one tenant at a glance, and what may be done with the account."""

import streamlit as st

from core.access.scopes import EmployeeScope, Permission
from core.accounts.locking import LockReason
from core.accounts.models import AccountState
from core.accounts.office import AccountStanding, OfficeAction, ask_first, carry_out
from core.db import transaction
from core.tenants import SHOWN, TenancyGlance, TenantGlance, TenantHit, TenantHits
from ui import formats
from ui.layout import badge, kv, note, section, status
from ui.markup import Safe, as_typed, text
from ui.request_desk import STATES
from ui.tables import Column, table, with_small

CHOSEN = "found_tenant"  # in st.session_state: the tenant looked at
QUESTION = "account_question"  # in st.session_state: action, account, token
BUTTONS = {
    OfficeAction.UNLOCK: "Odblokuj konto",
    OfficeAction.LOCK: "Zablokuj konto",
    OfficeAction.REISSUE: "Wydaj nowe hasło pierwotne",
    OfficeAction.CLOSE: "Zamknij konto",
}
QUESTIONS = {
    OfficeAction.UNLOCK: "Najemca zaloguje się hasłem, które ma. Licznik nieudanych prób zacznie się od nowa.",
    OfficeAction.LOCK: (
        "Otwarte sesje skończą się od razu. Najemca nie zaloguje się i sam nie odzyska dostępu, "
        "dopóki rejon nie odblokuje konta."
    ),
    OfficeAction.REISSUE: (
        "Dotychczasowe hasło pierwotne przestanie działać od razu, a nowe przyjdzie na adres e-mail konta. "
        "Własne hasło najemcy i blokada zostają bez zmian."
    ),
    OfficeAction.CLOSE: (
        "Tego nie można cofnąć: hasła znikną, a sesje się skończą. Nowe konto najemca dostanie dopiero po nowym wniosku."
    ),
}
DONE = {
    OfficeAction.UNLOCK: "Konto odblokowane.",
    OfficeAction.LOCK: "Konto zablokowane.",
    OfficeAction.REISSUE: "Nowe hasło pierwotne czeka na wysłanie na adres e-mail konta.",
    OfficeAction.CLOSE: "Konto zamknięte.",
}
NOTHING_LEFT = "Nic nie zmieniono: zrobiono to już wcześniej."


def search_form() -> str | None:
    """What the clerk asks for when the form was just sent; one field for everything one may have at hand."""
    with st.form("find", border=False):
        typed = st.text_input(
            "Nazwisko, adres, identyfikator albo numer: najemcy, umowy, lokalu, licznika, pisma, wniosku, zgłoszenia",
            key="find_text",
            max_chars=100,
            autocomplete="off",
        )
        sent = st.form_submit_button("Szukaj", type="primary")
    return (typed or "") if sent else None


def pick(found: TenantHits, *, alone: bool = True) -> int | None:
    """The tenant to show: the only one found, or the one chosen from the list; `alone`: nothing else was found."""
    if not found.hits:
        if alone:
            note("Niczego nie znaleziono w Twoim rejonie. Sprawdź pisownię albo szukaj po numerze.")
        return None
    if len(found.hits) == 1:
        return found.hits[0].tenant_id
    chosen = st.session_state.get(CHOSEN)
    if chosen in {hit.tenant_id for hit in found.hits}:
        st.button("Wróć do listy", key="back", on_click=_forget_choice)
        return int(chosen)
    if found.more:
        status(f"Znaleziono więcej niż {SHOWN} osób, oto pierwsze. Zawęź: dopisz imię, ulicę albo numer.")
    else:
        status(f"Znaleziono: {len(found.hits)}. Wybierz najemcę.")
    with st.container(gap="xsmall"):
        for hit in found.hits:
            name = as_typed(_hit_line(hit))
            st.button(name, key=f"hit_{hit.tenant_id}", on_click=_choose, args=(hit.tenant_id,))
    return None


def _choose(tenant_id: int) -> None:
    st.session_state[CHOSEN] = tenant_id


def _forget_choice() -> None:
    st.session_state.pop(CHOSEN, None)


def show_tenant(glance: TenantGlance) -> None:
    """Who it is, the tenancies and the applications."""
    section(glance.name)
    kv(
        [
            ("Numer najemcy", glance.tenant_no),
            ("Rodzaj", "firma" if glance.company else "osoba"),
            ("Telefon", glance.contact.phone or "brak"),
            ("Adres do korespondencji", glance.contact.address or "taki jak adres lokalu"),
        ],
        label="Najemca",
    )
    if glance.tenancies:
        table(glance.tenancies, _tenancy_columns(glance), caption="Umowy w Twoim rejonie", header=0)
    else:
        note("Nie ma umowy przypisanej do tego najemcy.")
    if glance.requests:
        table(
            glance.requests,
            [
                Column("Wniosek", lambda one: one.number),
                Column("Wysłany", lambda one: formats.instant(one.submitted_at)),
                Column("Stan", lambda one: badge(*STATES[one.state])),
            ],
            caption="Wnioski o konto",
        )


def show_account(scope: EmployeeScope, account: AccountStanding | None) -> str | None:
    """The account and what may be done with it; returns what was done, to be said."""
    section("Konto w portalu")
    if account is None:
        note("Ten najemca nie ma konta w portalu.")
        return None
    st.html(f'<p class="kit">{_state(account)} {text(_why(account))}</p>')
    kv(_facts(account), label="Konto w portalu")
    if account.state is AccountState.CLOSED or not scope.may(Permission.MANAGE_ACCOUNTS):
        return None
    if _asked(account):  # in the place of the buttons: below them it would be off the screen
        return _answer(scope, account)
    _buttons(scope, account)
    return None


def _asked(account: AccountStanding) -> bool:
    action, account_id, _ = st.session_state.get(QUESTION, (None, None, ""))
    return action in _possible(account) and account_id == account.account_id


def _buttons(scope: EmployeeScope, account: AccountStanding) -> None:
    row = st.container(horizontal=True)
    for action in _possible(account):
        if row.button(BUTTONS[action], key=f"do_{action}"):
            with transaction() as session:
                token = ask_first(session, scope, action=action, account_id=account.account_id)
            st.session_state[QUESTION] = (action, account.account_id, token)
            st.rerun()


def _answer(scope: EmployeeScope, account: AccountStanding) -> str | None:
    action, account_id, token = st.session_state[QUESTION]
    if account.email:
        told = f"Najemca dostanie wiadomość na adres {account.email}."
    else:
        told = "Najemca nie dostanie wiadomości: konto nie ma adresu e-mail."
    note(f"{BUTTONS[action]}? {QUESTIONS[action]} {told}", tone="attention")
    row = st.container(horizontal=True)
    if row.button(f"Tak: {BUTTONS[action].lower()}", type="primary", key="yes"):
        del st.session_state[QUESTION]
        with transaction() as session:
            done = carry_out(session, scope, action=action, account_id=account_id, token=token)
        return DONE[action] if done else NOTHING_LEFT
    if row.button("Anuluj", key="no"):
        del st.session_state[QUESTION]
        st.rerun()
    return None


def _possible(account: AccountStanding) -> list[OfficeAction]:
    locked = account.state is AccountState.LOCKED
    by_office = locked and account.lock_reason is LockReason.OFFICE
    possible = [OfficeAction.UNLOCK] if locked or account.closed_until else []
    possible += [] if by_office else [OfficeAction.LOCK]
    possible += [OfficeAction.REISSUE] if account.email else []
    return [*possible, OfficeAction.CLOSE]


def _state(account: AccountStanding) -> Safe:
    if account.state is AccountState.CLOSED:
        return badge("zamknięte", "neutral")
    if account.state is AccountState.LOCKED:
        return badge("zablokowane", "attention")
    return badge("wstrzymane", "attention") if account.closed_until else badge("aktywne", "good")


def _why(account: AccountStanding) -> str:
    if account.state is AccountState.LOCKED:
        since = f"od {formats.instant(account.locked_at)}" if account.locked_at else ""
        if account.lock_reason is LockReason.OFFICE:
            return f"{since}: zablokował rejon; najemca sam nie odzyska dostępu."
        return f"{since}: dziesięć nieudanych prób w ciągu doby; najemca może odzyskać dostęp hasłem pierwotnym."
    if account.state is AccountState.ACTIVE and account.closed_until:
        return f"do {formats.instant(account.closed_until)}: zbyt wiele nieudanych prób logowania."
    return ""


def _facts(account: AccountStanding) -> list[tuple[str, str]]:
    if account.last_sign_in:
        last = formats.instant(account.last_sign_in)
    else:
        last = "w ostatnich 90 dniach nie było" if account.own_password else "jeszcze nie było"
    return [
        ("Identyfikator", account.login),
        ("Adres e-mail", account.email or "brak"),
        ("Własne hasło", "ustawione" if account.own_password else "jeszcze nie ustawione"),
        ("Ostatnie logowanie", last),
        ("Konto od", formats.instant(account.created_at)),
    ]


def _tenancy_columns(glance: TenantGlance) -> list[Column[TenancyGlance]]:
    columns: list[Column[TenancyGlance]] = [
        Column("Lokal", lambda one: with_small(one.card.address, one.card.town)),
        Column("Umowa", lambda one: with_small(one.card.tenancy_no, one.card.title)),
        Column("Stan", _tenancy_state),
    ]
    if any(one.balance for one in glance.tenancies):
        columns.append(
            Column(
                "Saldo", lambda one: formats.balance_phrase(one.balance.balance) if one.balance else "", numeric=True
            )
        )
        columns.append(
            Column(
                "W tym po terminie", lambda one: formats.money(one.balance.overdue) if one.balance else "", numeric=True
            )
        )
    return columns


def _tenancy_state(one: TenancyGlance) -> str:
    if one.current:
        return f"trwa od {formats.day(one.card.valid_from)}"
    return (
        f"zakończona {formats.day(one.card.valid_to)}"
        if one.card.valid_to
        else f"od {formats.day(one.card.valid_from)}"
    )


def _hit_line(hit: TenantHit) -> str:
    return ", ".join(part for part in (hit.name, f"nr {hit.tenant_no}", hit.address) if part)
