"""The part of Administracja about the audit log: filters, events in pages, and the proof that nobody changed it."""

import streamlit as st

from core.access.scopes import EmployeeScope
from core.accounts.employee_list import employee_logins
from core.audit.models import Actor
from core.audit.queries import (
    EventFilter,
    EventLine,
    EventPage,
    event_page,
    known_actions,
    known_object_kinds,
    verify_log,
)
from core.clock import today
from core.db import reading
from ui import formats
from ui.audit_words import ACTIONS, ACTORS, DETAILS, OBJECTS
from ui.forms import message_slot, refusals, show_errors, show_success
from ui.layout import note, section, status
from ui.markup import Safe
from ui.tables import Column, table, with_small

LABELS = {"until": "Do dnia"}
ALL = "Wszystkie"


def audit_part(scope: EmployeeScope) -> None:
    """The whole part."""
    _verification(scope)
    section("Zdarzenia")
    messages = message_slot("audit")
    with refusals(messages, LABELS):
        chosen = _filters(scope)
        key = f"audit_page-{chosen}"
        with reading() as session:
            page = event_page(session, scope, chosen=chosen, page=st.session_state.get(key, 1))
            logins = employee_logins(session, scope)
        status(f"Znaleziono: {formats.plural(page.total, 'zdarzenie', 'zdarzenia', 'zdarzeń')}.")
        if page.pages > 1:
            st.pagination(page.pages, key=key)
        if page.lines:
            _events_table(page, logins)
        else:
            note("Żadne zdarzenie nie pasuje do filtrów. Zmień je.")


def _filters(scope: EmployeeScope) -> EventFilter:
    with reading() as session:
        actions, kinds = known_actions(session, scope), known_object_kinds(session, scope)
    with st.form("audit_filters"):
        first, second = st.columns(2), st.columns(2)
        since = first[0].date_input("Od dnia", None, max_value=today(), format="DD.MM.YYYY", key="audit_since")
        until = first[1].date_input("Do dnia", None, max_value=today(), format="DD.MM.YYYY", key="audit_until")
        actor = second[0].selectbox(
            "Kto", [ALL, *Actor], format_func=lambda one: ACTORS.get(one, one), key="audit_actor"
        )
        action = second[1].selectbox(
            "Zdarzenie", [ALL, *actions], format_func=lambda one: ACTIONS.get(one, one), key="audit_action"
        )
        third = st.columns(2)
        kind = third[0].selectbox(
            "Czego dotyczy", [ALL, *kinds], format_func=lambda one: OBJECTS.get(one, one), key="audit_kind"
        )
        number = third[1].text_input("Numer", key="audit_object", max_chars=60)
        st.form_submit_button("Filtruj", type="primary", key="audit_filter")
    return EventFilter(
        since=since,
        until=until,
        actor=None if actor == ALL else Actor(actor),
        action=None if action == ALL else action,
        object_kind=None if kind == ALL else kind,
        object_id=(number or "").strip() or None,
    )


def _events_table(page: EventPage, logins: dict[int, str]) -> None:
    table(
        page.lines,
        [
            Column("Kiedy", lambda one: with_small(formats.instant(one.at), f"zdarzenie {one.event_id}"), wrap="never"),
            Column("Kto", lambda one: _who(one, logins)),
            Column("Zdarzenie", lambda one: ACTIONS.get(one.action, one.action)),
            Column("Czego dotyczy", lambda one: _object(one, logins)),
            Column("Szczegóły", _details, wrap="anywhere"),
        ],
        caption=f"Zdarzenia, strona {page.page} z {page.pages}",
    )


def _who(one: EventLine, logins: dict[int, str]) -> Safe:
    if one.actor_id is None:
        return with_small(ACTORS[one.actor], "")
    if one.actor is Actor.STAFF:
        return with_small(logins.get(one.actor_id, f"nr {one.actor_id}"), f"pracownik nr {one.actor_id}")
    return with_small(ACTORS[one.actor], f"konto nr {one.actor_id}")


def _object(one: EventLine, logins: dict[int, str]) -> Safe:
    login = logins.get(int(one.object_id)) if one.object_kind == "employee" and one.object_id.isdigit() else None
    return with_small(f"{OBJECTS.get(one.object_kind, one.object_kind)} nr {one.object_id}", login or "")


def _details(one: EventLine) -> str:
    return ", ".join(f"{DETAILS.get(name, name)}: {value}" for name, value in one.details.items()) or "–"


def _verification(scope: EmployeeScope) -> None:
    section("Ciągłość dziennika")
    st.text("Każde zdarzenie zawiera skrót poprzedniego. Zmiana albo usunięcie któregokolwiek wychodzi na jaw.")
    slot = message_slot("verification")
    if not st.button("Sprawdź dziennik", key="audit_verify"):
        return
    with st.spinner("Trwa sprawdzanie…"), reading() as session:
        found = verify_log(session, scope)
    with slot:
        if found.broken is None:
            checked = formats.plural(found.checked, "zdarzenie", "zdarzenia", "zdarzeń")
            show_success(f"Dziennik jest nienaruszony. Sprawdzono: {checked}.")
        else:
            told = (
                f"Zdarzenie {found.broken} nie pasuje do poprzednich. Zachowaj kopię bazy danych i wyjaśnij przyczynę."
            )
            show_errors([told], title="Dziennik jest naruszony")
