"""Ogłoszenia: what the landlord tells this tenant; reading one is noted, listing them is not."""

import streamlit as st

from core.announcements.own import open_announcement, own_announcements
from core.db import reading, transaction
from ui import announcements as ui
from ui.forms import message_slot, refusals
from ui.layout import asked_number, frame
from ui.sign_in import require_tenant

scope = require_tenant()


def one(number: int) -> None:
    """The announcement that the address names."""
    if st.button("Wróć do ogłoszeń", key="back"):
        del st.query_params[ui.NUMBER]
        st.rerun()
    with refusals(messages, {}):
        with transaction() as session:
            opened = open_announcement(session, scope, announcement_id=number)
        ui.show_opened(opened)


with frame("Ogłoszenia", "Ogłoszenia dla Twojego budynku, rejonu i całego miasta."):
    messages = message_slot("announcements")
    number = asked_number(ui.NUMBER)
    if number is not None:
        one(number)
    else:
        searched = ui.search_form()
        with reading() as session:
            lines = own_announcements(session, scope, text=searched)
        ui.announcement_list(lines, searched=bool(searched))
