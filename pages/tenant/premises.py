"""Lokale: the premises, the tenancy, the monthly charge by component, and who serves the building."""

import streamlit as st

from core.charges.card import card_name, premises_card
from core.charges.schedule import charge_schedule
from core.db import reading
from core.plain_words.reading import plain_words
from core.registry.premises import premises_details
from core.registry.queries import TenancyCard, tenancies_of
from ui.charges import charges
from ui.layout import frame, no_tenancy_yet, tenancy_switcher
from ui.premises import premises, service
from ui.sign_in import require_tenant

scope = require_tenant()


def show(tenancy: TenancyCard) -> None:
    """One tenancy with all that belongs to its premises."""

    def paper() -> bytes:
        with reading() as session:
            return premises_card(session, scope, tenancy_id=tenancy.tenancy_id)

    with reading() as session:
        details = premises_details(session, scope, tenancy_id=tenancy.tenancy_id)
        schedule = charge_schedule(session, scope, tenancy_id=tenancy.tenancy_id)
        words = plain_words(session)
    premises(details)
    charges(schedule, words)
    st.download_button(
        "Pobierz kartę lokalu (PDF)",
        paper,
        file_name=card_name(details),
        mime="application/pdf",
        on_click="ignore",
        key="card",
    )
    service(details)


with frame("Lokale", "Co wynajmujesz, ile to kosztuje i kto się tym zajmuje."):
    with reading() as session:
        tenancies = tenancies_of(session, scope)
    chosen = tenancy_switcher(tenancies)
    if chosen is None:
        no_tenancy_yet()
    else:
        show(chosen)
