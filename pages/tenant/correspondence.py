"""Korespondencja: the landlord's letters to this tenant, opened on the record; the tenant's questions and the answers."""

from collections.abc import Callable

import streamlit as st

from core.correspondence.own import own_letters
from core.db import reading
from ui import letters as ui
from ui import questions
from ui.forms import message_slot, refusals
from ui.layout import asked_number, choose_view, frame, note
from ui.sign_in import require_tenant

scope = require_tenant()


def one(number: int) -> None:
    """The letter that the address names."""
    if st.button("Wróć do listy pism", key="back"):
        del st.query_params[ui.NUMBER]
        st.rerun()
    ui.show_letter(scope, number)


def letters() -> None:
    """All letters."""
    note(ui.COPIES)
    with reading() as session:
        lines = own_letters(session, scope)
    if searched := ui.search_form(len(lines)):
        with reading() as session:
            lines = own_letters(session, scope, text=searched)
    ui.letter_list(scope, lines, searched=bool(searched))


def all_questions() -> None:
    """All questions, and the way to ask one."""
    questions.question_list(scope)


VIEWS: dict[str, Callable[[], None]] = {"Pisma": letters, "Pytania": all_questions}

with frame("Korespondencja", "Pisma, które do Ciebie wysłaliśmy, i Twoje pytania do nas."):
    messages = message_slot("correspondence")
    with messages:
        questions.say_what_happened()
    with refusals(messages, questions.LABELS):
        number = asked_number(ui.NUMBER)
        if questions.questions_asked_for():
            questions.show_asked(scope)
        elif number is not None:
            one(number)
        else:
            VIEWS[choose_view(list(VIEWS), key="correspondence_view")]()
