"""What may be a leak or a fault, on the screen Odczyty."""

from collections.abc import Sequence

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading
from core.meters.anomalies import SHOWN, Anomaly, AnomalyLine, anomalies
from ui import formats
from ui.layout import note, section
from ui.meters import MEDIA
from ui.reading_desk import CHOSEN
from ui.tables import Column, table, with_small

TITLES = {
    Anomaly.LOST_IN_BUILDING: "Licznik główny pokazał więcej niż liczniki w lokalach",
    Anomaly.JUMP: "Nagły wzrost zużycia",
    Anomaly.ZERO_TWICE: "Dwa razy zero",
}
EXPLAINED = {
    Anomaly.LOST_IN_BUILDING: "Różnica większa niż 10%: wyciek w budynku, pobór bez licznika albo błędny odczyt.",
    Anomaly.JUMP: "Ponad trzy razy więcej na dobę niż zwykle w tym miejscu: wyciek, awaria spłuczki albo błędny odczyt.",
    Anomaly.ZERO_TWICE: "Licznik stoi: lokal może być pusty albo licznik uszkodzony.",
}


def anomaly_list(scope: EmployeeScope) -> None:
    """All that is odd, by kind, and a way to each device."""
    with reading() as session:
        lines = anomalies(session, scope)
    if not lines:
        section("Wycieki i anomalie")
        note("Wśród ostatnich odczytów nie ma nic niezwykłego.")
        return
    by_id = {line.meter_id: line for line in lines}
    chosen = st.selectbox(
        "Pokaż licznik",
        list(by_id),
        index=None,
        format_func=lambda one: f"{by_id[one].meter_no}, {by_id[one].address}",
        placeholder="Wybierz",
        key="pick_anomaly",
    )
    if chosen is not None:
        st.session_state[CHOSEN] = chosen
        st.rerun()
    for kind in Anomaly:
        some = [line for line in lines if line.kind is kind]
        if some:
            section(TITLES[kind])
            note(EXPLAINED[kind])
            _lines(some, kind)
    if len(lines) == SHOWN:
        note(f"Pokazujemy pierwsze {SHOWN}, największe.")


def _lines(lines: Sequence[AnomalyLine], kind: Anomaly) -> None:
    a_day = " na dobę" if kind is not Anomaly.LOST_IN_BUILDING else ""
    columns: tuple[Column[AnomalyLine], ...] = (
        Column("Licznik", lambda one: with_small(one.meter_no, f"{MEDIA[one.medium]}, {one.place}")),
        Column("Gdzie", lambda one: one.address),
        Column("Odczyt", lambda one: formats.day(one.until)),
        Column(f"Teraz{a_day}", lambda one: formats.volume(one.amount), numeric=True),
        Column("W lokalach" if kind is Anomaly.LOST_IN_BUILDING else f"Zwykle{a_day}",
               lambda one: formats.volume(one.usual), numeric=True),
    )  # fmt: skip
    table(lines, columns, caption=TITLES[kind])
