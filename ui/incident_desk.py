"""Incidents of buildings at the office: all of them, one with those it concerns, its text, and its end."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading, transaction
from core.faults.categories import branch_name
from core.faults.incidents import IncidentLine, IncidentText, building_incidents, change_incident, close_incident
from core.faults.models import FaultStatus
from core.faults.queue import PAGE, FaultFilter, fault_count, fault_queue
from ui import formats
from ui.conversation import quoted
from ui.fault_actions import incident_fields
from ui.fault_desk import done, queue_table
from ui.layout import Figure, badge, kpi_row, note, section
from ui.markup import Safe, text
from ui.tables import Column, table, with_small


def incidents(scope: EmployeeScope) -> None:
    """All incidents within reach and one of them; refusals are the caller's to show."""
    section("Awarie w budynkach")
    typed = st.text_input("Szukaj (ulica i numer budynku)", key="i_text", max_chars=80, persist_state="session") or ""
    with reading() as session:
        found = building_incidents(session, scope, text=typed)
    if not found:
        note(
            "Nie ma takiej awarii. Sprawdź adres."
            if typed
            else "Nie ogłoszono jeszcze żadnej awarii. Zrobisz to ze zgłoszenia: czynność „Awaria w budynku”."
        )
        return
    _table(found)
    by_id = {one.incident_id: one for one in found}
    chosen = st.selectbox(
        "Pokaż awarię",
        list(by_id),
        format_func=lambda one: f"{by_id[one].building}: {by_id[one].title}",
        key="i_pick",
    )
    _one(scope, by_id.get(chosen, found[0]))


def _table(found: Sequence[IncidentLine]) -> None:
    columns: tuple[Column[IncidentLine], ...] = (
        Column("Budynek", lambda one: with_small(one.building, branch_name(one.branch))),
        Column("Awaria", lambda one: one.title),
        Column("Stan", _state),
        Column("Osoby", lambda one: formats.count(one.people), numeric=True),
        Column("Otwarte zgłoszenia", lambda one: formats.count(one.open_reports), numeric=True),
    )
    table(found, columns, caption="Awarie w budynkach, otwarte na początku")


def _state(one: IncidentLine) -> Safe:
    if one.closed_at is not None:
        return with_small(badge("zakończona", "neutral"), formats.day_of(one.closed_at))
    until = f"do {formats.day(one.expected_on)}" if one.expected_on else "bez planowanego końca"
    return with_small(badge("trwa", "attention"), until)


def _one(scope: EmployeeScope, one: IncidentLine) -> None:
    section(f"{one.building}: {one.title}")
    kpi_row([Figure(one.people, "Osoby"), Figure(one.open_reports, "Otwarte zgłoszenia")], label="Kogo dotyczy")
    quoted(one.body)
    if one.closing_note:
        st.html(f'<p class="kit kit-note kit-good">Zakończona: {text(one.closing_note)}</p>')
    wanted = FaultFilter(statuses=tuple(FaultStatus), incident_id=one.incident_id)
    with reading() as session:
        lines = fault_queue(session, scope, wanted=wanted)
        size = fault_count(session, scope, wanted=wanted) if len(lines) == PAGE else len(lines)
    if lines:
        queue_table(lines, size=size, caption="Zgłoszenia tej awarii")
    if one.closed_at is None:
        _change(scope, one)
        _close(scope, one)


def _change(scope: EmployeeScope, one: IncidentLine) -> None:
    with st.expander("Zmień treść"), st.form(f"i_change_{one.incident_id}", enter_to_submit=False):
        before = IncidentText(one.title, one.body, one.expected_on)
        changed = incident_fields(f"i_{one.incident_id}", before)
        sent = st.form_submit_button("Zapisz treść")
    if sent:
        with transaction() as session:
            change_incident(session, scope, incident_id=one.incident_id, text=changed)
        done("Treść awarii zmieniono.")


def _close(scope: EmployeeScope, one: IncidentLine) -> None:
    people = formats.plural(one.open_reports, "otwarte zgłoszenie", "otwarte zgłoszenia", "otwartych zgłoszeń")
    with st.expander("Zakończ awarię"), st.form(f"i_close_{one.incident_id}", enter_to_submit=False):
        note(f"Do „wykonane” przejdzie: {people}. Ich najemcy dostaną powiadomienie z tą notatką.", tone="attention")
        said = st.text_area("Co zrobiono (przeczytają to wszyscy)", key=f"i_said_{one.incident_id}", height=90)
        sent = st.form_submit_button("Zakończ awarię", type="primary")
    if sent:
        with transaction() as session:
            closed = close_incident(session, scope, incident_id=one.incident_id, note=said or "")
        number = formats.plural(closed, "zgłoszenie wykonane", "zgłoszenia wykonane", "zgłoszeń wykonanych")
        done(f"Awarię zakończono: {number}. Najemcy dostali powiadomienie.")
