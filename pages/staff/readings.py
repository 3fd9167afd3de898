"""Odczyty: readings to clarify, and one device with all that can be done about it."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.access.scopes import Permission
from core.db import reading, transaction
from core.meters.review_queue import PAGE, find_meters, meter_file, plain_waiting, waiting_count, waiting_readings
from ui import reading_desk as desk
from ui.anomaly_desk import anomaly_list
from ui.forms import message_slot, refusals, show_success
from ui.layout import choose_view, frame, note, section
from ui.sign_in import require_employee
from ui.window_desk import LABELS as WINDOW_LABELS
from ui.window_desk import windows

scope = require_employee(Permission.MANAGE_READINGS)


def queue() -> None:
    """What waits, and the search for any other device."""
    with reading() as session:
        number = waiting_count(session, scope)
        pages = max(1, -(-number // PAGE))
        page = min(st.session_state.get("readings_page", 1), pages)
        waiting = waiting_readings(session, scope, page=page)
        plain = plain_waiting(session, scope)
    section("Do wyjaśnienia")
    if waiting:
        desk.pick([one.where for one in waiting], label="Pokaż licznik", key="pick_waiting")
        desk.queue_table(waiting, number=number)
        desk.accept_in_one_go(scope, plain)
    else:
        note("Żaden odczyt nie czeka na wyjaśnienie.")
    if pages > 1:
        st.pagination(pages, key="readings_page")
    section("Znajdź licznik")
    if (text := desk.search_form()) is not None:
        st.session_state["meter_search"] = text
    if "meter_search" in st.session_state:
        found(st.session_state["meter_search"])


def found(text: str) -> None:
    """The devices that were searched for."""
    with reading() as session:
        places = find_meters(session, scope, text=text)
    if places:
        desk.pick(places, label=f"Znalezione liczniki ({len(places)})", key="pick_found")
    else:
        note("Nie ma takiego licznika w Twoim rejonie. Sprawdź numer.")


def one_meter(meter_id: int) -> None:
    """One device; whatever is done is followed by a fresh look."""
    if st.button("Wróć do kolejki", key="back"):
        del st.session_state[desk.CHOSEN]
        st.rerun()
    with transaction() as session:
        file = meter_file(session, scope, meter_id=meter_id)
    desk.show_meter(file)
    with refusals(messages, desk.ACTION_LABELS):
        desk.show_actions(scope, file)


VIEWS: dict[str, Callable[[], None]] = {
    "Kolejka": queue,
    "Okna odczytowe": partial(windows, scope),
    "Anomalie": partial(anomaly_list, scope),
}
LABELS = {**desk.ACTION_LABELS, **WINDOW_LABELS}

with frame("Odczyty", "Odczyty wodomierzy: wyjaśnianie, wpisywanie za najemcę, wymiana licznika, okna odczytowe."):
    messages = message_slot("readings")
    if desk.RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(desk.RECEIPT))
    with refusals(messages, LABELS):
        if desk.CHOSEN in st.session_state:
            one_meter(st.session_state[desk.CHOSEN])
        else:
            VIEWS[choose_view(list(VIEWS), key="readings_view")]()
