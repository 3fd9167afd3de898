"""Korespondencja: tenants' questions; letters handed in by the hundred, sent, followed, matched to their tenants."""

from collections.abc import Callable

import streamlit as st

from core.access.scopes import Permission
from core.correspondence.desk import batch_file, letter_batches
from core.correspondence.unmatched import unmatched_letters
from core.db import reading
from ui import letter_desk as desk
from ui import letter_forms as forms
from ui import question_desk
from ui.forms import message_slot, refusals
from ui.layout import choose_view, frame
from ui.letter_writing import making, writing_form
from ui.sign_in import require_employee

scope = require_employee(Permission.SEND_LETTERS)


def questions() -> None:
    """What tenants ask."""
    with refusals(messages, question_desk.LABELS):
        question_desk.questions(scope)


def batches() -> None:
    """All batches."""
    with reading() as session:
        lines = letter_batches(session, scope)
    desk.batch_list(lines)


def hand_in() -> None:
    """A parcel to be checked."""
    forms.hand_in_form(scope)


def write() -> None:
    """Letters from a text with fields."""
    writing_form(scope)


def unmatched() -> None:
    """What waits for a tenant."""
    with reading() as session:
        letters = unmatched_letters(session, scope)
    forms.unmatched_queue(scope, letters)


def one(batch_id: int) -> None:
    """One batch."""
    desk.back_button()
    with reading() as session:
        file = batch_file(session, scope, batch_id=batch_id)
    making(scope, file)
    desk.show_batch(scope, file)


VIEWS: dict[str, Callable[[], None]] = {
    **({"Pytania": questions} if scope.may(Permission.ANSWER_QUESTIONS) else {}),
    desk.BATCHES: batches,
    "Wczytaj pisma": hand_in,
    "Napisz z szablonu": write,
    "Bez najemcy": unmatched,
}

with frame("Korespondencja", "Pytania najemców i pisma do nich, wysłane jako kopie do wiadomości."):
    messages = message_slot("letters")
    with messages:
        desk.say_what_happened()
    with refusals(messages, forms.LABELS):
        if desk.CHOSEN in st.session_state:
            one(st.session_state[desk.CHOSEN])
        else:
            VIEWS[choose_view(list(VIEWS), key=desk.VIEW)]()
