"""Wnioski: the queue of applications for an account, and one of them with all that can be done about it."""

import streamlit as st

from core.access.scopes import Permission
from core.activation.filing import find_by_code
from core.activation.queue import (
    PAGE,
    counts_by_state,
    own_districts,
    queue_size,
    request_details,
    request_queue,
)
from core.activation.steps import RequestMovedError
from core.db import reading, transaction
from core.errors import DomainError
from ui import request_desk as desk
from ui.forms import message_slot, refusals, show_errors, show_refusal, show_success
from ui.layout import frame, section
from ui.request_actions import LABELS, print_button, show_actions
from ui.sign_in import require_employee

scope = require_employee(Permission.RECEIVE_REQUESTS)


def say_what_happened() -> None:
    """What came of the step before this look."""
    if receipt := st.session_state.pop("request_receipt", None):
        show_success(receipt)
    if refusal := st.session_state.pop("request_refusal", None):
        show_errors([refusal], title="Nie wykonano")


def open_by_code() -> None:
    """Open the request whose code was scanned."""
    code = desk.code_form()
    if code is None:
        return
    try:
        with reading() as session:
            st.session_state["request"] = find_by_code(session, scope, code=code)
    except DomainError as refusal:
        with messages:
            show_refusal(refusal, LABELS)
            st.text(f"Wpisany kod: {code}")


def queue() -> None:
    """Everything within reach, the most urgent first."""
    with reading() as session:
        districts = own_districts(session, scope)
        by_state = counts_by_state(session, scope)
    desk.counts(by_state)
    section("Kolejka")
    decides = scope.may(Permission.REVIEW_REQUESTS)
    wanted = desk.filters(districts, first=desk.TO_DO_WORD if decides else desk.PAPER_WORD)
    with reading() as session:
        size = queue_size(session, scope, wanted=wanted)
        pages = max(1, -(-size // PAGE))
        page = desk.current_page(pages)
        lines = request_queue(session, scope, wanted=wanted, skip=(page - 1) * PAGE)
    if (picked := desk.pick(lines)) is not None:
        st.session_state["request"] = picked
        st.rerun()
    desk.queue_table(lines, size=size, with_district=len(districts) > 1)
    if pages > 1:
        st.pagination(pages, key="queue_page")


def one_request(request_id: int) -> None:
    """One request; whatever is done is followed by a fresh look."""
    if st.button("Wróć do kolejki", key="back"):
        del st.session_state["request"]
        st.session_state.pop("request_seen", None)
        st.rerun()
    with transaction() as session:
        told = request_details(session, scope, request_id=request_id)
    if desk.moved_meanwhile(told):
        with messages:
            show_refusal(RequestMovedError(), LABELS)
    desk.show_request(told)
    print_button(scope, told)
    with refusals(messages, LABELS):
        show_actions(scope, told)
    section("Historia")
    desk.history_table(told.history)


with frame("Wnioski", "Wnioski o konto w portalu: przyjęcie, rozpatrzenie, decyzja w 14 dni od złożenia w RON."):
    messages = message_slot("requests")
    with messages:
        say_what_happened()
    open_by_code()
    with refusals(messages, LABELS):
        if "request" in st.session_state:
            one_request(st.session_state["request"])
        else:
            queue()
