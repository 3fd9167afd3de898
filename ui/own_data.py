"""All of one's data to take away: asked for, made behind the screen, fetched over HTTP for a week."""

from collections.abc import Sequence

import streamlit as st
from starlette.routing import BaseRoute

from core.access.models import Realm
from core.access.scopes import TenantScope
from core.db import reading, transaction
from core.own_data.asking import OwnExport, ask_for_data, own_export_file, own_exports
from core.own_data.models import UNDER_WAY, ExportState
from ui import formats
from ui.forms import message_slot, refusals, show_success
from ui.kept_files import file_route, saved
from ui.layout import Tone, badge, link_list, note, section
from ui.service import Service
from ui.tables import Column, table

OWN_DATA_PATH = "/pliki/moje-dane/"
RECEIPT = "own_data_receipt"
WHAT = (
    "Dostaniesz plik ZIP ze wszystkim, co portal przechowuje o Tobie, od danych kontaktowych po odczyty ze zdjęciami. "
    "Co gdzie jest, mówi w nim strona „index.html”. Pisma, których jeszcze nie otwarto, są tylko wymienione."
)
STATES: dict[ExportState, tuple[str, Tone]] = {
    ExportState.WAITING: ("czeka", "attention"),
    ExportState.MAKING: ("przygotowuje się", "attention"),
    ExportState.READY: ("gotowy", "good"),
    ExportState.FAILED: ("nie powstał", "urgent"),
}


def own_data_routes(service: Service) -> list[BaseRoute]:
    """The route of the files, in the portal only: an office has no business with them."""
    if service.realm is not Realm.TENANT:
        return []
    finders = {
        Realm.TENANT: lambda session, scope, one: saved(
            own_export_file(session, scope, export_id=one), as_type="application/zip"
        )
    }
    return [file_route(service, OWN_DATA_PATH, finders)]


def own_data_part(scope: TenantScope) -> None:
    """What there is to take away, the button, how far it is, and the files."""
    section("Pobierz swoje dane")
    messages = message_slot("own_data")
    if RECEIPT in st.session_state:
        with messages:
            show_success(st.session_state.pop(RECEIPT))
    note(WHAT)
    with reading() as session:
        exports = own_exports(session, scope)
    if exports and exports[0].state in UNDER_WAY:
        _progress(scope, exports[0].export_id)
    else:
        with refusals(messages, {}):
            _ask(scope)
    _links(exports)
    _history(exports)


def _ask(scope: TenantScope) -> None:
    if not st.button("Przygotuj moje dane", key="own_data_ask"):
        return
    with transaction() as session:
        ask_for_data(session, scope)
    st.session_state[RECEIPT] = "Przygotowujemy plik z Twoimi danymi. Powiadomimy Cię, gdy będzie gotowy."
    st.rerun()


@st.fragment(run_every=3)
def _progress(scope: TenantScope, export_id: int) -> None:
    with reading() as session:
        states = {one.export_id: one.state for one in own_exports(session, scope)}
    if states.get(export_id) not in UNDER_WAY:
        st.rerun()
    note("Przygotowujemy plik z Twoimi danymi. Możesz zająć się czymś innym: powiadomimy Cię, gdy będzie gotowy.")


def _links(exports: Sequence[OwnExport]) -> None:
    links = [
        (
            f"Pobierz (ZIP, {formats.size(one.size)}), dostępne do {formats.instant(one.until)}",
            f"{OWN_DATA_PATH}{one.export_id}",
        )
        for one in exports
        if one.until is not None
    ]
    if links:
        link_list(links, label="Pliki z Twoimi danymi")


def _history(exports: Sequence[OwnExport]) -> None:
    if not exports:
        return
    columns: tuple[Column[OwnExport], ...] = (
        Column("Poproszono", lambda one: formats.instant(one.asked_at)),
        Column("Stan", lambda one: badge(*STATES[one.state])),
        Column("Plików", lambda one: formats.count(one.files) if one.files else "–"),
        Column("Dostępny do", lambda one: formats.instant(one.until) if one.until else "–"),
    )
    table(exports, columns, caption="Pliki z danymi, od najnowszego")
