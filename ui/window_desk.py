"""Reading windows on the staff's screen: the list, the progress of one, and a form to plan another."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

import streamlit as st

from core.access.scopes import EmployeeScope
from core.clock import today
from core.db import reading, transaction
from core.errors import InvalidInputError
from core.meters.missing_list import missing_list
from core.meters.window_places import WindowPlace, window_places
from core.meters.window_planning import EVERY_MONTHS, LONGEST_GRACE, WindowPlan, cancel_window, plan_window
from core.meters.window_progress import (
    BuildingProgress,
    MissingMeter,
    WindowState,
    WindowView,
    missing_meters,
    reading_windows,
    window_progress,
)
from ui import formats
from ui.layout import Figure, Tone, badge, kpi_row, note, section
from ui.meters import MEDIA
from ui.tables import Column, table, with_small

RECEIPT = "readings_receipt"
LABELS = {
    "opens_on": "Od",
    "closes_on": "Do",
    "reading_day": "Dzień odczytu",
    "grace_days": "Dodatkowe dni",
    "every_months": "Powtarzanie",
}
STATES: dict[WindowState, tuple[str, Tone]] = {
    WindowState.AHEAD: ("zaplanowane", "neutral"),
    WindowState.OPEN: ("otwarte", "good"),
    WindowState.GRACE: ("dni dodatkowe", "attention"),
    WindowState.OVER: ("zakończone", "neutral"),
    WindowState.CANCELLED: ("odwołane", "neutral"),
}
SHOWN = 50  # missing meters on screen; the list to print has all


def windows(scope: EmployeeScope) -> None:
    """All windows, one of them in detail, and the form for another; refusals are the caller's to show."""
    with reading() as session:
        found = reading_windows(session, scope)
    section("Okna odczytowe")
    if found:
        _windows_table(found)
        _one(scope, found)
    else:
        note(
            "Nie ma jeszcze żadnego okna. Bez okien każdy odczyt jest zwykły; gdy założysz pierwsze, odczyty spoza okna "
            "będą tylko do wiadomości."
        )
    _plan(scope)


def _windows_table(found: Sequence[WindowView]) -> None:
    columns: tuple[Column[WindowView], ...] = (
        Column("Miejsce", lambda one: one.place or "Całe miasto"),
        Column("Kiedy", _when),
        Column("Powtarzanie", lambda one: _repeats(one.every_months)),
        Column("Stan", lambda one: badge(*STATES[one.state])),
    )
    table(found, columns, caption="Okna odczytowe, od najnowszych")


def _one(scope: EmployeeScope, found: Sequence[WindowView]) -> None:
    started = {one.window_id: one for one in found if one.state not in (WindowState.AHEAD, WindowState.CANCELLED)}
    by_id = {one.window_id: one for one in found if one.state is not WindowState.CANCELLED}
    if not by_id:
        return
    default = next((at for at, one in enumerate(by_id) if one in started), 0)
    chosen = st.selectbox(
        "Pokaż okno", list(by_id), index=default, format_func=lambda one: _name(by_id[one]), key="window"
    )
    window = by_id[chosen if chosen in by_id else next(iter(by_id))]
    with reading() as session:
        progress = window_progress(session, scope, window_id=window.window_id)
        missing = missing_meters(session, scope, window_id=window.window_id, at_most=SHOWN)
    _progress(progress)
    _missing(scope, window, missing, number=sum(one.meters - one.read for one in progress))
    if window.can_be_cancelled:
        _cancel(scope, window)


def _progress(lines: Sequence[BuildingProgress]) -> None:
    meters, read = sum(one.meters for one in lines), sum(one.read for one in lines)
    if not meters:
        note("W tym oknie nie ma liczników, które odczytują ludzie.")
        return
    figures = [Figure(read, f"Odczytane ({formats.percent(read, meters)})"), Figure(meters - read, "Brakujące")]
    kpi_row(figures, label="Postęp okna")
    districts = [
        (name, list(some))
        for name, some in groupby(sorted(lines, key=lambda one: one.district), lambda one: one.district)
    ]
    by_district: tuple[Column[tuple[str, list[BuildingProgress]]], ...] = (
        Column("Rejon", lambda pair: pair[0]),
        Column("Liczniki", lambda pair: formats.count(sum(one.meters for one in pair[1])), numeric=True),
        Column(
            "Odczytane",
            lambda pair: formats.percent(sum(one.read for one in pair[1]), sum(one.meters for one in pair[1])),
            numeric=True,
        ),
    )
    table(districts, by_district, caption="Odczytane według rejonów")
    by_building: tuple[Column[BuildingProgress], ...] = (
        Column("Budynek", lambda one: with_small(one.address, one.district)),
        Column("Liczniki", lambda one: formats.count(one.meters), numeric=True),
        Column("Odczytane", lambda one: formats.percent(one.read, one.meters), numeric=True),
    )
    with st.expander(f"Według budynków ({formats.count(len(lines))})"):
        table(sorted(lines, key=lambda one: one.read / one.meters), by_building, caption="Odczytane według budynków")


def _missing(scope: EmployeeScope, window: WindowView, meters: Sequence[MissingMeter], *, number: int) -> None:
    if not meters:
        note("Wszystkie liczniki tego okna mają odczyt.")
        return

    def paper() -> bytes:
        with reading() as session:
            return missing_list(session, scope, window_id=window.window_id)

    st.download_button(
        "Pobierz listę brakujących (PDF)",
        paper,
        file_name=f"Brakujace-odczyty-{window.closes_on}.pdf",
        mime="application/pdf",
        on_click="ignore",
        key="missing_list",
    )
    columns: tuple[Column[MissingMeter], ...] = (
        Column("Lokal", lambda one: with_small(one.address, one.tenant or "lokal wolny")),
        Column("Licznik", lambda one: with_small(one.meter_no, f"{MEDIA[one.medium]}, {one.place}")),
    )
    more = f", pierwsze {SHOWN}" if number > len(meters) else ""
    with st.expander(f"Brakujące liczniki ({formats.count(number)}{more})"):
        table(meters, columns, caption="Brakujące liczniki")


def _cancel(scope: EmployeeScope, window: WindowView) -> None:
    with st.expander("Odwołaj to okno"):
        if window.every_months:
            note("Razem z nim odwołasz wszystkie następne z tej serii. Podane już odczyty zostają.")
        sure = st.checkbox("Na pewno odwołuję", key=f"sure-{window.window_id}")
        if st.button("Odwołaj okno", disabled=not sure, key=f"cancel-{window.window_id}"):
            with transaction() as session:
                cancel_window(session, scope, window_id=window.window_id)
            _done("Okno odwołano.")


def _plan(scope: EmployeeScope) -> None:
    section("Nowe okno")
    with reading() as session:
        places = window_places(session, scope)
    first = today() + timedelta(days=1)
    with st.form("plan_window"):
        place = st.selectbox(
            "Miejsce", range(len(places)), format_func=lambda at: _place_name(places[at]), key="w_place"
        )
        opens_on = _day("Od", first, key="w_from")
        closes_on = _day("Do", first + timedelta(days=9), key="w_to")
        wanted = st.checkbox("Chcę stanu z ostatniego dnia okna", key="w_last")
        grace = st.number_input("Dodatkowe dni na wpisanie odczytu", 0, LONGEST_GRACE, 3, key="w_grace")
        every = st.selectbox("Powtarzanie", [None, *EVERY_MONTHS], format_func=_repeats, key="w_every")
        sent = st.form_submit_button("Załóż okno", type="primary")
    if not sent or not places:
        return
    where: WindowPlace = places[place or 0]
    plan = WindowPlan(
        opens_on=opens_on,
        closes_on=closes_on,
        reading_day=closes_on if wanted else None,
        grace_days=int(grace),
        every_months=every,
        district_id=where.district_id,
        building_id=where.building_id,
    )
    with transaction() as session:
        plan_window(session, scope, plan=plan)
    _done(f"Okno założono: {where.name}, {formats.day(opens_on)} – {formats.day(closes_on)}.")


def _done(receipt: str) -> None:
    st.session_state[RECEIPT] = receipt
    st.rerun()


def _day(label: str, value: date, *, key: str) -> date:
    chosen = st.date_input(label, value=value, format="DD.MM.YYYY", key=key)
    if not isinstance(chosen, date):
        raise InvalidInputError("Podaj dzień.", field="opens_on")
    return chosen


def _place_name(place: WindowPlace) -> str:
    return f"Budynek: {place.name}" if place.building_id else place.name


def _name(one: WindowView) -> str:
    return f"{one.place or 'Całe miasto'}, {formats.day(one.opens_on)} – {formats.day(one.closes_on)}"


def _when(one: WindowView) -> str:
    small = [f"dzień odczytu {formats.day(one.reading_day)}"] if one.reading_day else []
    if one.last_day != one.closes_on:
        small.append(f"wpisywanie do {formats.day(one.last_day)}")
    return with_small(f"{formats.day(one.opens_on)} – {formats.day(one.closes_on)}", ", ".join(small))


def _repeats(months: int | None) -> str:
    if months is None:
        return "jednorazowo"
    return "co miesiąc" if months == 1 else f"co {formats.plural(months, 'miesiąc', 'miesiące', 'miesięcy')}"
