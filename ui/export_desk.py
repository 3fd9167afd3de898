"""Blocks of the screen Eksporty: what is wanted, and the exports that were made."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading, transaction
from core.exports.archive import ExportLine
from core.exports.finance import FinanceOrder, export_finance
from core.exports.reading_source import ReadingFilter
from core.exports.readings import Exported, Progress, ReadingOrder, export_readings
from core.meters.models import Medium
from core.registry.districts import district_choices
from ui import formats
from ui.export_routes import export_link
from ui.layout import link_list, note, paragraph, section
from ui.markup import Safe, text
from ui.meters import MEDIA
from ui.tables import Column, table, with_small

RECEIPT = "exports_receipt"
LABELS = {
    "read_to": "Odczyty do",
    "until": "Do dnia",
    "as_of": "Stan na dzień",
    "profile": "Układ",
    "file_format": "Format",
}
SCOPES = {
    False: "Stan: kopia wszystkich odczytów, niczego nie zmienia",
    True: "Przyrost: nowe od ostatniego przyrostu; oznacza je jako rozliczone i najemca już ich nie zmieni",
}
PROFILES = {"full": "Pełny (26 kolumn)", "exchange": "Wymiany (MIE;TYP;NR;DATA;WAR)"}
KINDS = {"arrears": "Zaległości", "turnover": "Wpływy", "ledger": "Księga"}
TOLD = {
    "arrears": "Zaległości: wiersz na umowę, saldo i kwoty po terminie według wieku na wybrany dzień",
    "turnover": "Wpływy: naliczono i wpłacono według miesiąca, rejonu i składnika",
    "ledger": "Księga: każda operacja; plik wczytany z powrotem niczego nie doda",
}
FORMATS = {
    "csv-pl": "CSV do polskiego Excela",
    "csv": "CSV zwykły (przecinki, kropka)",
    "xlsx": "Excel (XLSX)",
    "parquet": "Parquet (analizy)",
}


def order_form(scope: EmployeeScope, *, pseudonymous: bool) -> None:
    """Ask what is wanted and make it, with its progress; refusals are the caller's to show."""
    section("Nowy eksport odczytów")
    with reading() as session:
        districts = dict(district_choices(session, scope))
    if pseudonymous:
        note("Numery umów zastępujemy pseudonimami: takimi samymi w każdym Twoim eksporcie.")
    with st.form("export"):
        since_last = st.radio("Zakres", list(SCOPES), format_func=SCOPES.__getitem__, key="export_scope")
        profile = st.selectbox("Układ", list(PROFILES), format_func=PROFILES.__getitem__, key="export_profile")
        file_format = st.selectbox("Format", list(FORMATS), format_func=FORMATS.__getitem__, key="export_format")
        district = st.selectbox(
            "Rejon",
            [None, *districts],
            format_func=lambda one: districts[one] if one else "Wszystkie, które obsługujesz",
            key="export_district",
        )
        medium = st.selectbox(
            "Woda",
            [None, *Medium],
            format_func=lambda one: MEDIA[one] if one else "Zimna i ciepła",
            key="export_medium",
        )
        read_from, read_to = _day("Odczyty od", key="export_from"), _day("Odczyty do", key="export_to")
        sent = st.form_submit_button("Eksportuj", type="primary")
    if not sent:
        return
    chosen = ReadingFilter(
        district_ids=frozenset({district} if district else ()), medium=medium, read_from=read_from, read_to=read_to
    )
    order = ReadingOrder(bool(since_last), profile or "full", file_format or "csv-pl", chosen)
    _done(_with_bar(lambda progress: _make(scope, order, progress)))


def _done(made: Exported) -> None:
    rows = formats.plural(made.manifest["wiersze"], "wiersz", "wiersze", "wierszy")
    st.session_state[RECEIPT] = (made.export_id, f"Eksport gotowy: {made.file_name}, {rows}.")
    st.rerun()


def _make(scope: EmployeeScope, order: ReadingOrder, progress: Progress) -> Exported:
    with transaction() as session:
        return export_readings(session, scope, order=order, progress=progress)


def _with_bar(make: Callable[[Progress], Exported]) -> Exported:
    bar = st.progress(0.0, "Przygotowuję eksport…")

    def progress(done: int, whole: int) -> None:
        bar.progress(done / whole if whole else 1.0, f"Zapisano {formats.count(done)} z {formats.count(whole)}")

    try:
        return make(progress)
    finally:
        bar.empty()


def finance_form(scope: EmployeeScope, *, pseudonymous: bool) -> None:
    """Ask which money is wanted and make the file; refusals are the caller's to show."""
    section("Nowy eksport finansowy")
    with reading() as session:
        districts = dict(district_choices(session, scope))
    if pseudonymous:
        note("Numery najemców i umów zastępujemy pseudonimami, a treść operacji pomijamy.")
    kind = st.radio("Rodzaj", list(TOLD), format_func=TOLD.__getitem__, key="finance_export_kind") or "arrears"
    with st.form("finance_export"):
        file_format = st.selectbox("Format", list(FORMATS), format_func=FORMATS.__getitem__, key="finance_format")
        district = st.selectbox(
            "Rejon",
            [None, *districts],
            format_func=lambda one: districts[one] if one else "Wszystkie, które obsługujesz",
            key="finance_export_district",
        )
        as_of = (
            _day("Stan na dzień", key="finance_as_of", help_text="Bez wyboru: dzisiaj.") if kind == "arrears" else None
        )
        since = until = None
        if kind != "arrears":
            since, until = _day("Od dnia", key="finance_from"), _day("Do dnia", key="finance_to")
        sent = st.form_submit_button("Eksportuj", type="primary")
    if sent:
        order = FinanceOrder(
            kind, file_format or "csv-pl", frozenset({district} if district else ()), since, until, as_of
        )
        _done(_with_bar(lambda progress: _make_finance(scope, order, progress)))


def _make_finance(scope: EmployeeScope, order: FinanceOrder, progress: Progress) -> Exported:
    with transaction() as session:
        return export_finance(session, scope, order=order, progress=progress)


def receipt(made: tuple[int, str]) -> None:
    """What was just made, with the way to fetch it."""
    export_id, _ = made
    link_list([("Pobierz plik", export_link(export_id))], label="Gotowy eksport")


def history(lines: Sequence[ExportLine]) -> None:
    """The exports that were made, each to be fetched again byte for byte."""
    section("Zrobione eksporty")
    if not lines:
        note("Nie ma jeszcze eksportów, które możesz pobrać.")
        return
    columns: tuple[Column[ExportLine], ...] = (
        Column("Plik", _link),
        Column("Kiedy", lambda one: with_small(formats.instant(one.created_at), one.employee_login or "konsola")),
        Column("Wiersze", lambda one: with_small(formats.count(one.rows), _records(one)), numeric=True),
        Column("Suma", _sum, numeric=True),
        Column("Skrót SHA-256", lambda one: one.manifest["sha256"][:12] + "…"),
    )
    table(lines, columns, caption="Zrobione eksporty, od najnowszych")
    paragraph("Pobranie jeszcze raz daje ten sam plik, bajt w bajt; skrót jest w manifeście.")
    chosen = st.selectbox(
        "Manifest eksportu", [one.export_id for one in lines], index=None, placeholder="Wybierz",
        format_func={one.export_id: one.file_name for one in lines}.__getitem__, key="manifest",
    )  # fmt: skip
    shown = next((one for one in lines if one.export_id == chosen), None)
    if shown is not None:
        st.json(shown.manifest)


def _sum(one: ExportLine) -> str:
    if "sumy" not in one.manifest:
        return with_small(formats.volume(Decimal(one.manifest["suma_zuzycie_m3"])), "zużycie")
    (first, amount), *others = ((name, formats.money(Decimal(told))) for name, told in one.manifest["sumy"].items())
    return with_small(amount, "; ".join([first, *(f"{name} {told}" for name, told in others)]))


def _link(one: ExportLine) -> Safe:
    kind = KINDS[one.kind].lower() if one.kind in KINDS else f"przyrost {one.delta_no}" if one.delta_no else "stan"
    small = f"{kind}, {FORMATS[one.file_format]}{', pseudonimy' if one.pseudonymous else ''}"
    return Safe(
        f'<a href="{export_link(one.export_id)}" download>{text(one.file_name)}</a>'
        f'<span class="kit-small">{text(small)}</span>'
    )


def _records(one: ExportLine) -> str:
    told = one.manifest.get("zapisy", {})
    parts = [f"{name}: {formats.count(told[name])}" for name in ("korekta", "anulowanie") if told.get(name)]
    return ", ".join(parts)


def _day(label: str, *, key: str, help_text: str | None = None) -> date | None:
    chosen = st.date_input(label, value=None, format="DD.MM.YYYY", key=key, help=help_text)
    return chosen if isinstance(chosen, date) else None
