"""What a checked file would do, on screen: counts, sums, the effect on balances, findings, its first rows."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from core.imports.cause_words import CAUSES
from core.imports.dialect import DELIMITER_NAMES, Dialect
from core.imports.effect import BalanceEffect, GroupEffect
from core.imports.findings import Finding, FindingGroup, Findings, Severity
from core.imports.report import BatchReport
from core.imports.samples import Sample
from ui import formats
from ui.layout import Figure, kpi_row, kv, note, paragraph, section
from ui.tables import Column, table, with_small

SHOWN_FINDINGS = 50  # of each cause
NAMED_COLUMNS = 12  # as many as the widest contract has
POINT = "kropka"
ERRORS_FILE = "Pobierz wiersze z błędami (CSV)"  # the button that fetches every row in error
SEVERITIES = {
    Severity.SETUP: "Cały plik",
    Severity.ERROR: "Błąd",
    Severity.WARNING: "Ostrzeżenie",
    Severity.NOTICE: "Informacja",
}


def show_report(report: BatchReport, *, mendable: bool) -> None:
    """What the file is, what would become of its rows, what there is to say about it.

    `mendable`: its rows in error can be fetched as a file.
    """
    if report.dialect is not None:
        kv(_dialect(report.dialect), label="Zapis pliku")
    if report.rows:
        _counts(report)
    if report.debit or report.credit:
        kv(
            [
                ("Suma obciążeń w pliku (Wn)", formats.money(report.debit)),
                ("z tego do wczytania", formats.money(report.accepted_debit)),
                ("Suma uznań w pliku (Ma)", formats.money(report.credit)),
                ("z tego do wczytania", formats.money(report.accepted_credit)),
            ],
            label="Sumy",
        )
    if report.effect is not None:
        show_effect(report.effect)
    show_findings(report.findings, mendable=mendable)


def _counts(report: BatchReport) -> None:
    kpi_row(
        [
            Figure(report.rows, "wierszy w pliku"),
            Figure(report.accepted, "do wczytania"),
            Figure(report.repeated, "powtórzonych"),
            Figure(report.suspended, "do poczekalni", attention=report.suspended > 0),
            Figure(report.rejected, "błędnych", attention=report.rejected > 0),
        ],
        label="Wynik sprawdzenia",
    )


def show_findings(findings: Findings, *, mendable: bool) -> None:
    """One expander a cause with the places in the file, the gravest open; `mendable`: there is a file of rows in error."""
    if not findings.counts:
        return
    section("Uwagi do pliku")
    for nth, group in enumerate(findings.groups()):
        title = f"{SEVERITIES[group.severity]}: {CAUSES[group.cause]} ({formats.count(group.number)})"
        with st.expander(title, expanded=nth == 0):
            _places(group, mendable=mendable)


def _places(group: FindingGroup, *, mendable: bool) -> None:
    """The first places of a cause. A reason that they share is said once, above them."""
    shown = group.first(SHOWN_FINDINGS)
    shared = len({one.reason for one in shown}) == 1
    if shared:
        paragraph(shown[0].reason)
    if len(group.columns) > 1:
        paragraph(_columns(group))
    if group.number > len(shown):
        everything = f" Wszystkie błędne wiersze pobierzesz niżej: „{ERRORS_FILE}”."
        pointer = everything if mendable and group.severity is Severity.ERROR else ""
        paragraph(f"Pokazano {formats.count(len(shown))} z {formats.count(group.number)}.{pointer}")
    known: list[tuple[bool, Column[Finding]]] = [
        (any(one.line for one in shown), Column("Wiersz", lambda one: str(one.line or "—"), numeric=True)),
        (any(one.column for one in shown), Column("Kolumna", lambda one: one.column or "—")),
        (any(one.cell for one in shown), Column("Wartość", lambda one: one.cell or "—")),
        (not shared, Column("Co i dlaczego", lambda one: one.reason)),
    ]
    if columns := [column for told, column in known if told]:
        table(shown, columns, caption=f"{CAUSES[group.cause]}: miejsca w pliku")


def _columns(group: FindingGroup) -> str:
    named = ", ".join(f"{column} ({formats.count(number)})" for column, number in group.columns[:NAMED_COLUMNS])
    more = len(group.columns) - NAMED_COLUMNS
    return f"Kolumny: {named}{f' i jeszcze {more}' if more > 0 else ''}."


def show_effect(effect: BalanceEffect) -> None:
    """What becomes of balances."""
    section("Co zmieni się w saldach")
    if not effect.changed:
        note("Ten plik nie zmieni żadnego salda.")
        return
    kpi_row(
        [
            Figure(effect.changed, "umów zmieni saldo"),
            Figure(effect.to_owing, "zacznie mieć zaległość lub należność"),
            Figure(effect.to_overpaid, "przejdzie na nadpłatę"),
        ],
        label="Wpływ na salda",
    )
    kv([("Suma zmian sald", _change(effect.change))], label="Suma zmian")
    if effect.largest:
        table(
            effect.largest,
            [
                Column("Umowa", lambda one: with_small(one.tenancy_no, one.tenant)),
                Column("Przed", lambda one: formats.balance_phrase(one.before), numeric=True),
                Column("Po", lambda one: formats.balance_phrase(one.after), numeric=True),
                Column("Zmiana", lambda one: _change(one.change), numeric=True),
            ],
            caption="Największe zmiany",
        )
    with st.expander("Zmiany według rejonu i rodzaju dokumentu"):
        _groups(effect.by_district, name="Rejon", unit="Umowy", caption="Zmiany sald według rejonu")
        _groups(effect.by_type, name="Rodzaj", unit="Wiersze", caption="Zmiany sald według rodzaju dokumentu")


def _groups(groups: Sequence[GroupEffect], *, name: str, unit: str, caption: str) -> None:
    table(
        groups,
        [
            Column(name, lambda one: formats.document_type(one.name) if unit == "Wiersze" else one.name),
            Column(unit, lambda one: formats.count(one.number), numeric=True),
            Column("Zmiana", lambda one: _change(one.change), numeric=True),
        ],
        caption=caption,
    )


def _change(amount: Decimal) -> str:
    return f"+{formats.money(amount)}" if amount > 0 else formats.money(amount)


def show_sample(sample: Sample) -> None:
    """The first rows of the file as they stand, under its own heading."""
    with st.expander(f"Pierwsze wiersze pliku ({len(sample.rows)})"):
        columns = [
            Column(name or "—", lambda row, at=at: row[at])  # type: ignore[misc]
            for at, name in enumerate(sample.heading)
        ]
        table(sample.rows, columns, caption="Pierwsze wiersze, tak jak są zapisane")


def _dialect(dialect: Dialect) -> list[tuple[str, str]]:
    return [
        ("Kodowanie", dialect.encoding + (" z BOM" if dialect.has_bom else "")),
        ("Rozdzielnik", DELIMITER_NAMES[dialect.delimiter]),
        ("Znak dziesiętny", POINT if dialect.point_is_decimal else "przecinek"),
    ]
