"""The part of Administracja about employees: the list, a new one, changes, and what is asked before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.access.scopes import EmployeeScope, Role
from core.accounts.employee_list import EmployeeLine, Reach, employees, reach_to_give
from core.accounts.employees import (
    EmployeeAction,
    add_employee,
    block_employee,
    close_employee,
    mint_for,
    rename_employee,
    reset_sign_in,
    set_access,
    set_provider_subject,
    unblock_employee,
)
from core.accounts.models import AccountState
from core.db import reading, transaction
from ui import formats
from ui.forms import message_slot, refusals, show_success
from ui.layout import badge, copyable, note, section
from ui.markup import Safe
from ui.provider import provider
from ui.tables import Column, table, with_small

ROLES = {
    Role.CLERK: "operator RON",
    Role.HEAD: "kierownik RON",
    Role.ADMINISTRATOR: "administrator nieruchomości",
    Role.ACCOUNTING: "księgowość",
    Role.CHIEF_ACCOUNTANT: "główny księgowy",
    Role.EDITOR: "redaktor ogłoszeń",
    Role.ANALYST: "analityk",
    Role.ADMIN: "administrator systemu",
}
LABELS = {
    "login": "Identyfikator",
    "name": "Imię i nazwisko",
    "roles": "Role",
    "administrator": "Administrator nieruchomości z ewidencji (tylko dla tej roli)",
    "subject": "Nazwa u dostawcy tożsamości",
}
NOBODY = "Żaden"
RECEIPT, HANDOVER, QUESTION = "employee_receipt", "employee_handover", "employee_question"


@dataclass(frozen=True, slots=True)
class Wording:
    """How a question reads: the button that asks, what will happen, the button that answers, what was done."""

    ask: str
    consequence: str
    answer: str
    done: str


WORDING = {
    EmployeeAction.BLOCK: Wording(
        "Zablokuj",
        "{name}: wszystkie sesje zakończą się od razu i nie będzie można się zalogować, aż do odblokowania.",
        "Tak, zablokuj: {name}",
        "Zablokowano: {name}.",
    ),
    EmployeeAction.RESET: Wording(
        "Wydaj nowe hasło na start",
        "{name}: dotychczasowe hasło i aplikacja w telefonie przestaną działać, sesje się zakończą. "
        "Zobaczysz nowe hasło do przekazania.",
        "Tak, wydaj nowe hasło: {name}",
        "Wydano nowe hasło na start: {name}.",
    ),
    EmployeeAction.CLOSE: Wording(
        "Zamknij konto",
        "{name}: konto zostanie zamknięte na zawsze. Nie da się go otworzyć ponownie, identyfikator pozostanie zajęty.",
        "Tak, zamknij konto: {name}",
        "Zamknięto konto: {name}.",
    ),
}


@dataclass(frozen=True, slots=True)
class Access:
    """What a form gives an employee."""

    roles: list[Role]
    districts: list[str]
    administrator: str | None


def employees_part(scope: EmployeeScope) -> None:
    """The whole part."""
    messages = message_slot("employees")
    if RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(RECEIPT))
    if HANDOVER in st.session_state:
        _hand_over(*st.session_state[HANDOVER])
    with reading() as session:
        found, reach = employees(session, scope), reach_to_give(session, scope)
    section("Pracownicy")
    _list(found)
    with refusals(messages, LABELS):
        _change(scope, found, reach)
    with refusals(messages, LABELS):
        _add(scope, reach)


def _hand_over(login: str, password: str) -> None:
    """A first password stays on screen until somebody says it was handed over."""
    section("Hasło na start")
    note(f"Przekaż je osobiście. Widzisz je tylko teraz. Identyfikator: {login}", tone="attention")
    copyable("Hasło", password)
    if st.button("Przekazane, ukryj hasło", key="handed_over"):
        del st.session_state[HANDOVER]
        st.rerun()


def _list(found: Sequence[EmployeeLine]) -> None:
    table(
        found,
        [
            Column("Pracownik", lambda one: with_small(one.name, one.login)),
            Column("Role", lambda one: ", ".join(ROLES[role] for role in one.roles)),
            Column("Zasięg", _reach_of),
            Column("Logowanie", _sign_in_of),
            Column("Od", lambda one: formats.instant(one.created_at).split(",")[0]),
        ],
        caption=f"Pracownicy ({len(found)})",
    )


def _reach_of(one: EmployeeLine) -> Safe:
    stands_for = f"jako: {one.administrator}" if one.administrator else ""
    return with_small(", ".join(one.districts) or "całe miasto", stands_for)


def _sign_in_of(one: EmployeeLine) -> Safe:
    state = badge("aktywny", "good") if one.state is AccountState.ACTIVE else badge("zablokowany", "attention")
    ways = [
        "hasło na start" if one.first_password else "własne hasło",
        "z telefonem" if one.second_factor else "bez telefonu",
        *(["konto urzędu"] if one.provider_subject else []),
    ]
    return Safe(f"{state}{with_small('', ', '.join(ways))}")


def _change(scope: EmployeeScope, found: Sequence[EmployeeLine], reach: Reach) -> None:
    section("Zmień pracownika")
    by_id = {one.employee_id: one for one in found}
    chosen = st.selectbox(
        "Pracownik",
        list(by_id),
        index=None,
        format_func=lambda employee_id: f"{by_id[employee_id].name} ({by_id[employee_id].login})",
        placeholder="Wybierz pracownika",
        key="employee",
    )
    if chosen is None or chosen not in by_id:
        return
    one = by_id[chosen]
    with st.form(f"employee-{one.employee_id}"):
        name = st.text_input(LABELS["name"], one.name, key=f"employee_name-{chosen}")
        access = _access_fields(reach, one, key=str(chosen))
        subject = _subject_field(one.provider_subject or "", key=str(chosen))
        sent = st.form_submit_button("Zapisz zmiany", type="primary")
    if sent:
        _save(scope, one, name=name or "", access=access, subject=subject)
    _ask(scope, one)


def _access_fields(reach: Reach, one: EmployeeLine | None, *, key: str) -> Access:
    roles = st.multiselect(
        LABELS["roles"],
        list(ROLES),
        list(one.roles) if one else [],
        format_func=ROLES.__getitem__,
        placeholder="Wybierz role",
        key=f"employee_roles-{key}",
    )
    districts = st.multiselect(
        "Rejony (bez wyboru: całe miasto)",
        list(reach.districts),
        list(one.districts) if one else [],
        placeholder="Całe miasto",
        key=f"employee_districts-{key}",
    )
    names = [NOBODY, *reach.administrators]
    stands_for = st.selectbox(
        LABELS["administrator"],
        names,
        names.index(one.administrator) if one and one.administrator in names else 0,
        key=f"employee_administrator-{key}",
    )
    return Access(list(roles), list(districts), None if stands_for == NOBODY else stands_for)


def _subject_field(subject: str, *, key: str) -> str:
    # Without a provider there is nothing to type; what is stored stays.
    if provider() is None:
        return subject
    return st.text_input(LABELS["subject"], subject, key=f"employee_subject-{key}") or ""


def _save(scope: EmployeeScope, one: EmployeeLine, *, name: str, access: Access, subject: str) -> None:
    """Write what changed, and only that: other roles end the employee's sessions."""
    before = Access(list(one.roles), list(one.districts), one.administrator)
    with transaction() as session:
        if name != one.name:
            rename_employee(session, scope, employee_id=one.employee_id, name=name)
        if subject != (one.provider_subject or ""):
            set_provider_subject(session, scope, employee_id=one.employee_id, subject=subject)
        if (set(access.roles), set(access.districts), access.administrator) != (
            set(before.roles),
            set(before.districts),
            before.administrator,
        ):
            set_access(
                session,
                scope,
                employee_id=one.employee_id,
                roles=access.roles,
                district_codes=access.districts,
                administrator=access.administrator,
            )
    _done(f"Zapisano zmiany: {name}.")


def _ask(scope: EmployeeScope, one: EmployeeLine) -> None:
    """Buttons of what needs a second thought; a chosen one asks, with a token that works once."""
    question = st.session_state.get(QUESTION)
    if question is not None and question[0] == one.employee_id:
        _answer(scope, one, action=question[1], token=question[2])
        return
    blocked = one.state is AccountState.LOCKED
    offered = [action for action in EmployeeAction if not (blocked and action is EmployeeAction.BLOCK)]
    with st.container(horizontal=True):
        if blocked and st.button("Odblokuj", key="employee_unblock"):
            with transaction() as session:
                unblock_employee(session, scope, employee_id=one.employee_id)
            _done(f"Odblokowano: {one.name}.")
        for action in offered:
            if st.button(WORDING[action].ask, key=action.value):
                with transaction() as session:
                    token = mint_for(session, scope, employee_id=one.employee_id, action=action)
                st.session_state[QUESTION] = (one.employee_id, action, token)
                st.rerun()


def _answer(scope: EmployeeScope, one: EmployeeLine, *, action: EmployeeAction, token: str) -> None:
    wording = WORDING[action]
    note(wording.consequence.format(name=one.name), tone="attention")
    with st.container(horizontal=True):
        sure = st.button(wording.answer.format(name=one.name), type="primary", key="employee_sure")
        if st.button("Nie, wróć", key="employee_unsure"):
            del st.session_state[QUESTION]
            st.rerun()
    if not sure:
        return
    del st.session_state[QUESTION]
    with transaction() as session:
        if action is EmployeeAction.BLOCK:
            block_employee(session, scope, employee_id=one.employee_id, token=token)
        elif action is EmployeeAction.CLOSE:
            close_employee(session, scope, employee_id=one.employee_id, token=token)
        else:
            password = reset_sign_in(session, scope, employee_id=one.employee_id, token=token)
            st.session_state[HANDOVER] = (one.login, password)
    _done(wording.done.format(name=one.name))


def _add(scope: EmployeeScope, reach: Reach) -> None:
    section("Nowy pracownik")
    with st.form("new_employee", clear_on_submit=False):
        login = st.text_input(LABELS["login"], key="employee_login", autocomplete="off")
        name = st.text_input(LABELS["name"], key="employee_name", autocomplete="off")
        access = _access_fields(reach, None, key="new")
        sent = st.form_submit_button("Dodaj pracownika", type="primary")
    if not sent:
        return
    with transaction() as session:
        password = add_employee(
            session,
            scope,
            login=login or "",
            name=name or "",
            roles=access.roles,
            district_codes=access.districts,
            administrator=access.administrator,
        )
    st.session_state[HANDOVER] = ((login or "").strip().lower(), password)
    for key in ("employee_login", "employee_name", "employee_roles-new", "employee_districts-new"):
        st.session_state.pop(key, None)
    _done(f"Dodano: {name}. Przekaż hasło na start.")


def _done(receipt: str) -> None:
    st.session_state[RECEIPT] = receipt
    st.rerun()
