"""What a checked file would do, on screen: counts, sums, the effect on balances, findings, its first rows."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from core.imports.cause_words import CAUSES
from core.imports.dialect import DELIMITER_NAMES, Dialect
from core.imports.effect import BalanceEffect, GroupEffect
from core.imports.findings import Finding, Findings, Severity
from core.imports.report import BatchReport
from core.imports.samples import Sample
from ui import formats
from ui.layout import Figure, Tone, badge, kpi_row, kv, section
from ui.tables import Column, table, with_small

SHOWN_FINDINGS = 50
POINT = "kropka"
SEVERITIES: dict[Severity, tuple[str, Tone]] = {
    Severity.SETUP: ("cały plik", "attention"),
    Severity.ERROR: ("błąd", "attention"),
    Severity.WARNING: ("ostrzeżenie", "information"),
    Severity.NOTICE: ("informacja", "neutral"),
}


def show_report(report: BatchReport) -> None:
    """What the file is, what would become of its rows, what there is to say about it."""
    if report.dialect is not None:
        kv(_dialect(report.dialect), label="Zapis pliku")
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
    show_findings(report.findings)


def show_findings(findings: Findings) -> None:
    """Counts by cause, then the findings themselves, worst first."""
    if not findings.counts:
        return
    causes = sorted(findings.counts.items(), key=lambda item: (list(Severity).index(item[0][0]), -item[1]))
    table(
        causes,
        [
            Column("Przyczyna", lambda item: CAUSES[item[0][1]]),
            Column("Waga", lambda item: badge(*SEVERITIES[item[0][0]])),
            Column("Ile", lambda item: formats.count(item[1]), numeric=True),
        ],
        caption="Uwagi według przyczyny",
    )
    finding_table(findings.sorted(), total=sum(findings.counts.values()))


def finding_table(findings: Sequence[Finding], *, total: int) -> None:
    """The first findings with their place; says how many there are in all."""
    shown = findings[:SHOWN_FINDINGS]
    more = f", pierwsze {len(shown)} z {formats.count(total)}" if total > len(shown) else ""
    table(
        shown,
        [
            Column("Wiersz", lambda one: str(one.line) if one.line else "—", numeric=True),
            Column("Waga", lambda one: badge(*SEVERITIES[one.severity])),
            Column("Kolumna", lambda one: one.column or "—"),
            Column("Wartość", lambda one: one.cell or "—"),
            Column("Co i dlaczego", lambda one: one.reason),
        ],
        caption=f"Miejsca w pliku{more}",
    )


def show_effect(effect: BalanceEffect) -> None:
    """What becomes of balances."""
    section("Co zmieni się w saldach")
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
