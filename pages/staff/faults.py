"""Zgłoszenia: the queue of fault reports, one of them with all that can be done, incidents of buildings."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.access.scopes import Permission
from core.db import reading, transaction
from core.faults.queue import PAGE, fault_choices, fault_count, fault_queue
from core.faults.report_file import fault_file
from core.faults.steps import FaultMovedError
from ui import fault_desk as desk
from ui.fault_actions import LABELS, show_actions, take_button
from ui.forms import message_slot, refusals, show_refusal
from ui.incident_desk import incidents
from ui.layout import frame, note, section
from ui.sign_in import require_employee

scope = require_employee(Permission.MANAGE_FAULTS)


def queue() -> None:
    """What the filter shows, what is late first."""
    with reading() as session:
        choices = fault_choices(session, scope)
    section("Kolejka")
    wanted = desk.filters(choices)
    with reading() as session:
        size = fault_count(session, scope, wanted=wanted)
        pages = max(1, -(-size // PAGE))
        lines = fault_queue(session, scope, wanted=wanted, page=desk.current_page(pages))
    if not lines:
        note("Nie ma takich zgłoszeń. Zmień stan albo tekst powyżej.")
        return
    desk.pick(lines)
    desk.queue_table(lines, size=size)
    if pages > 1:
        st.pagination(pages, key="f_page")
    desk.export_button(scope, wanted)


def one(report_id: int) -> None:
    """One report; whatever is done is followed by a fresh look."""
    if st.button("Wróć do kolejki", key="f_back"):
        for left in (desk.CHOSEN, desk.SEEN):
            st.session_state.pop(left, None)
        st.rerun()
    with transaction() as session:
        file = fault_file(session, scope, report_id=report_id)
    if desk.moved_meanwhile(file):
        with messages:
            show_refusal(FaultMovedError(), LABELS)
    desk.show_report(file)
    take_button(scope, file)
    show_actions(scope, file)


VIEWS: dict[str, Callable[[], None]] = {"Kolejka": queue, "Awarie w budynkach": partial(incidents, scope)}

with frame("Zgłoszenia", "Awarie i usterki: kolejka, rozmowa z najemcą, awarie całych budynków."):
    messages = message_slot("faults")
    with messages:
        desk.say_what_happened()
    with refusals(messages, LABELS):
        if desk.CHOSEN in st.session_state:
            one(st.session_state[desk.CHOSEN])
        else:
            VIEWS[desk.choose_view(list(VIEWS))]()
