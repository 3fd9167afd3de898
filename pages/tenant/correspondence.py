"""Korespondencja: the landlord's letters to this tenant, opened on the record, read in the page or downloaded."""

import streamlit as st

from core.correspondence.own import own_letters
from core.db import reading
from ui import letters as ui
from ui.forms import message_slot, refusals
from ui.layout import frame, note
from ui.sign_in import require_tenant

scope = require_tenant()


def one(number: int) -> None:
    """The letter that the address names."""
    if st.button("Wróć do listy pism", key="back"):
        del st.query_params[ui.NUMBER]
        st.rerun()
    ui.show_letter(scope, number)


with frame("Korespondencja", "Pisma, które do Ciebie wysłaliśmy."):
    messages = message_slot("correspondence")
    with refusals(messages, {}):
        number = ui.asked_number()
        if number is not None:
            one(number)
        else:
            note(ui.COPIES)
            with reading() as session:
                letters = own_letters(session, scope)
            if searched := ui.search_form(len(letters)):
                with reading() as session:
                    letters = own_letters(session, scope, text=searched)
            ui.letter_list(scope, letters, searched=bool(searched))
