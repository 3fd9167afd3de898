"""Blocks of the staff screen Finanse: what to look at, tables that go with the charts, the largest debtors."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.clock import today
from core.ledger.arrears import YEAR, CityArrears
from core.ledger.debtors import SHOWN, Debtor, Part
from ui import finance_charts as charts
from ui import formats
from ui.layout import link_list, note, section, status
from ui.tables import Column, table, with_small

ASKED = "tenants_asked"  # in st.session_state of the screen Najemcy: what to search for
PARTS = {"RON": "by_district", "Dzielnica": "by_borough", "Rodzaj lokalu": "by_kind"}
ALL = "Wszystkie"
LABELS = {"as_of": "Stan na dzień", "since": "Od miesiąca"}


def day_field() -> date:
    """As of which day arrears are looked at."""
    chosen = st.date_input(
        "Stan na dzień", "today", min_value=today() - YEAR, max_value=today(), format="DD.MM.YYYY", key="finance_day"
    )
    return chosen if isinstance(chosen, date) else today()


def months_field() -> tuple[date | None, date | None]:
    """From which month to which charged and paid are looked at."""
    left, right = st.columns(2)
    since = left.date_input("Od miesiąca", None, max_value=today(), format="DD.MM.YYYY", key="finance_since",
                            help="Bez wyboru: ostatnie dwa lata.")  # fmt: skip
    until = right.date_input("Do miesiąca", None, max_value=today(), format="DD.MM.YYYY", key="finance_until")
    return since if isinstance(since, date) else None, until if isinstance(until, date) else None


def show_arrears(found: CityArrears) -> None:
    """By age, then by part of the city."""
    if not found.whole.debtors:
        note(f"Na {formats.day(found.as_of)} nikt w Twoim rejonie nie ma zaległości.")
        return
    charts.by_age(found.whole, day=found.as_of)
    section("Podział")
    name = st.radio("Według", list(PARTS), horizontal=True, key="finance_parts") or "RON"
    charts.by_part(getattr(found, PARTS[name]), name=name)


def part_fields(found: CityArrears) -> Part:
    """Which part of the city's debtors to list."""
    left, middle, right = st.columns(3)
    district = left.selectbox("RON", [ALL, *(one.name for one in found.by_district)], key="finance_district")
    borough = middle.selectbox("Dzielnica", [ALL, *(one.name for one in found.by_borough)], key="finance_borough")
    kind = right.selectbox("Rodzaj lokalu", [ALL, *(one.name for one in found.by_kind)], key="finance_kind")
    chosen = ("" if one is None or one == ALL else one for one in (district, borough, kind))
    return Part(*chosen)


def show_debtors(rows: Sequence[Debtor], *, named: bool) -> None:
    """The largest debtors; who may see tenants goes from one of them to the screen Najemcy."""
    if not rows:
        note("Nikt nie ma zaległości.")
        return
    status(f"Największe zaległości, najwyżej {SHOWN} umów, od największej.")
    if named:
        _pick(rows)
    columns: list[Column[Debtor]] = (
        [
            Column("Najemca", lambda one: with_small(one.name, f"nr {one.tenant_no}")),
            Column("Lokal", lambda one: with_small(one.address, f"umowa {one.tenancy_no}")),
        ]
        if named
        else [Column("Umowa (pseudonim)", lambda one: with_small(one.tenancy_no, f"najemca {one.tenant_no}"))]
    )
    columns += [
        Column("RON", lambda one: with_small(formats.district(one.district), one.kind)),
        Column("Zaległość", lambda one: formats.money(one.overdue), numeric=True),
        Column("Starsze niż 180 dni", lambda one: formats.money(sum(one.buckets[3:])), numeric=True),  # type: ignore[arg-type]
    ]
    table(rows, columns, caption="Najwięksi dłużnicy")


def _pick(rows: Sequence[Debtor]) -> None:
    names = {one.tenancy_no: f"{one.name}, umowa {one.tenancy_no}" for one in rows}
    chosen = st.selectbox(
        "Pokaż najemcę",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Wybierz",
        key="finance_debtor",
    )
    if chosen is not None:
        st.session_state[ASKED] = chosen
        st.switch_page("pages/staff/tenants.py")


def exports_link() -> None:
    """Where the same comes as files."""
    link_list([("Pobierz jako plik: zaległości, wpływy, księga", "/eksporty")], label="Eksporty")
