"""What the office does with one report, one thing at a time."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from core.access.scopes import EmployeeScope
from core.clock import today
from core.db import transaction
from core.errors import InvalidInputError
from core.faults.handling import add_note, assign_report, change_deadline, change_status, write_to_tenant
from core.faults.incidents import (
    IncidentText,
    declare_incident,
    link_report,
    unlink_report,
)
from core.faults.models import FaultStatus
from core.faults.report_file import FaultFile
from core.faults.words import STATUS_WORDS
from ui.fault_desk import done
from ui.layout import note, section

LABELS = {
    "note": "Notatka dla najemcy",
    "status": "Nowy stan",
    "reason": "Powód",
    "due_on": "Nowy termin",
    "body": "Treść",
    "title": "Tytuł",
    "expected_on": "Planowany koniec",
}
NEXT = (FaultStatus.IN_PROGRESS, FaultStatus.DONE, FaultStatus.REJECTED)
NOBODY = 0  # no employee has it
Action = Callable[[EmployeeScope, FaultFile], None]


def take_button(scope: EmployeeScope, file: FaultFile) -> None:
    """One click to take the report up, for who may have it and has not."""
    mine = scope.employee_id
    if not file.is_open or mine is None or file.assigned_to == mine:
        return
    if mine in {one.employee_id for one in file.colleagues} and st.button("Przydziel do mnie", key="f_take"):
        with transaction() as session:
            assign_report(session, scope, report_id=file.line.report_id, employee_id=mine, instead_of=file.assigned_to)
        done(f"{file.line.number}: prowadzisz to zgłoszenie.")


def show_actions(scope: EmployeeScope, file: FaultFile) -> None:
    """Choose what to do and fill in its form; refusals are the caller's to show."""
    section("Co dalej")
    actions: dict[str, Action] = {"Notatka wewnętrzna": _note}
    if file.is_open:
        actions = {
            "Zmień stan": _status,
            "Napisz do najemcy": _write,
            **actions,
            "Zmień termin": _deadline,
            "Przydziel": _assign,
            "Awaria w budynku": _incident,
        }
    words = list(actions)
    chosen = st.radio("Czynność", words, horizontal=True, key=f"f_action_{file.line.report_id}_{file.is_open}")
    actions[chosen or words[0]](scope, file)


def _status(scope: EmployeeScope, file: FaultFile) -> None:
    with st.form(f"f_status_{file.line.report_id}", enter_to_submit=False):
        to = st.radio(
            "Nowy stan", NEXT, format_func=STATUS_WORDS.__getitem__, index=None, horizontal=True, key=_key(file, "to")
        )
        said = st.text_area("Notatka dla najemcy (przy odrzuceniu: powód)", key=_key(file, "said"), height=90)
        sent = st.form_submit_button("Zmień stan", type="primary")
    if sent:
        if to is None:
            raise InvalidInputError("Wybierz nowy stan.", field="status")
        with transaction() as session:
            change_status(session, scope, report_id=file.line.report_id, to=to, note=said or "")
        done(f"{file.line.number}: {STATUS_WORDS[to]}. Najemca dostał powiadomienie.")


def _write(scope: EmployeeScope, file: FaultFile) -> None:
    with st.form(f"f_write_{file.line.report_id}", enter_to_submit=False):
        body = st.text_area("Wiadomość do najemcy", key=_key(file, "body"), height=120)
        sent = st.form_submit_button("Wyślij wiadomość", type="primary")
    if sent:
        with transaction() as session:
            write_to_tenant(session, scope, report_id=file.line.report_id, body=body or "")
        done(f"{file.line.number}: wiadomość wysłano. Najemca dostał powiadomienie.")


def _note(scope: EmployeeScope, file: FaultFile) -> None:
    with st.form(f"f_note_{file.line.report_id}", enter_to_submit=False):
        body = st.text_area("Notatka tylko dla pracowników", key=_key(file, "note"), height=120)
        sent = st.form_submit_button("Zapisz notatkę")
    if sent:
        with transaction() as session:
            add_note(session, scope, report_id=file.line.report_id, body=body or "")
        done(f"{file.line.number}: notatkę zapisano. Najemca jej nie zobaczy.")


def _deadline(scope: EmployeeScope, file: FaultFile) -> None:
    with st.form(f"f_deadline_{file.line.report_id}", enter_to_submit=False):
        due_on = st.date_input(
            "Nowy termin",
            value=max(file.line.due_on, today()),
            min_value=today(),
            format="DD.MM.YYYY",
            key=_key(file, "due"),
        )
        reason = st.text_input("Powód (zobaczy go najemca)", key=_key(file, "reason"))
        sent = st.form_submit_button("Zmień termin", type="primary")
    if sent:
        day = due_on if isinstance(due_on, date) else file.line.due_on
        with transaction() as session:
            change_deadline(session, scope, report_id=file.line.report_id, due_on=day, reason=reason or "")
        done(f"{file.line.number}: termin zmieniono na {day:%d.%m.%Y}. Najemca dostał powiadomienie.")


def _assign(scope: EmployeeScope, file: FaultFile) -> None:
    names = {NOBODY: "nikt", **{one.employee_id: one.name for one in file.colleagues}}
    with st.form(f"f_assign_{file.line.report_id}", enter_to_submit=False):
        chosen = st.selectbox(
            "Kto prowadzi zgłoszenie",
            list(names),
            index=list(names).index(file.assigned_to) if file.assigned_to in names else 0,
            format_func=names.__getitem__,
            key=_key(file, "who"),
        )
        sent = st.form_submit_button("Przydziel", type="primary")
    if sent:
        with transaction() as session:
            assign_report(
                session,
                scope,
                report_id=file.line.report_id,
                employee_id=chosen or None,
                instead_of=file.assigned_to,
            )
        done(f"{file.line.number}: prowadzi {names[chosen or NOBODY]}.")


def _incident(scope: EmployeeScope, file: FaultFile) -> None:
    report_id = file.line.report_id
    if file.incident is not None:
        note(f"To zgłoszenie jest częścią awarii: {file.incident.title}.")
        if st.button("Odłącz od tej awarii", key="f_unlink"):
            with transaction() as session:
                unlink_report(session, scope, report_id=report_id)
            done(f"{file.line.number}: odłączono od awarii.")
        return
    if file.incidents:
        names = {one.incident_id: one.title for one in file.incidents}
        with st.form(f"f_link_{report_id}", enter_to_submit=False):
            chosen = st.selectbox(
                "Znana awaria w tym budynku", list(names), format_func=names.__getitem__, key=_key(file, "incident")
            )
            sent = st.form_submit_button("Dołącz do tej awarii")
        if sent and chosen is not None:
            with transaction() as session:
                link_report(session, scope, report_id=report_id, incident_id=chosen)
            done(f"{file.line.number}: dołączono do awarii „{names[chosen]}”.")
    note("Nowa awaria: sąsiedzi zobaczą ją, zanim wyślą swoje zgłoszenie, i dołączą do niej jednym przyciskiem.")
    with st.form(f"f_declare_{report_id}", enter_to_submit=False):
        text = incident_fields(_key(file, "new"), IncidentText("", ""))
        sent = st.form_submit_button("Ogłoś awarię w budynku", type="primary")
    if sent:
        with transaction() as session:
            declare_incident(session, scope, report_id=report_id, text=text)
        done("Awarię ogłoszono. Zobaczą ją najemcy tego budynku, którzy zgłaszają coś podobnego.")


def incident_fields(key: str, before: IncidentText) -> IncidentText:
    """The fields of what tenants read of an incident, inside of the caller's form."""
    title = st.text_input("Tytuł (zobaczą go najemcy)", value=before.title, key=f"{key}_title")
    body = st.text_area("Co mają wiedzieć najemcy", value=before.body, key=f"{key}_body", height=120)
    until = st.date_input(
        "Planowany koniec (jeśli wiadomo)", value=before.expected_on, format="DD.MM.YYYY", key=f"{key}_until"
    )
    return IncidentText(title or "", body or "", until if isinstance(until, date) else None)


def _key(file: FaultFile, name: str) -> str:
    # Emptied by what was done: each step and message begins the fields anew.
    return f"f_{name}_{file.line.report_id}_{len(file.timeline)}_{len(file.messages)}"
