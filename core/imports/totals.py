"""Control totals: those in the file (`SUMA`) and those given by hand, against what the rows make."""

import re
from dataclasses import dataclass

import polars as pl

from core.imports.columns import Layout
from core.imports.dialect import Dialect
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.options import LoadOptions
from core.imports.reader import ControlLine
from core.money import in_zloty, parse_grosze, to_grosze


@dataclass(slots=True)
class Totals:
    """What was read: all records of the file, whatever becomes of them; grosze."""

    rows: int = 0
    debit: int = 0
    credit: int = 0

    def add(self, rows: pl.DataFrame, rejected: int) -> None:
        """Count a block: its rows and the lines that were no records."""
        self.rows += len(rows) + rejected
        if "debit" in rows.columns:
            self.debit += int(rows["debit"].sum())
            self.credit += int(rows["credit"].sum())


def compare_totals(
    totals: Totals,
    control: ControlLine | None,
    layout: Layout,
    options: LoadOptions,
    dialect: Dialect,
    findings: Findings,
) -> None:
    """Refuse the file (a finding of severity setup) for each total that differs."""
    if control is not None:
        _compare_line(totals, control, layout, dialect, findings)
    for name, expected, found in (
        ("liczba wierszy", options.expect_rows, totals.rows),
        ("suma obciążeń", None if options.expect_debit is None else to_grosze(options.expect_debit), totals.debit),
        ("suma uznań", None if options.expect_credit is None else to_grosze(options.expect_credit), totals.credit),
    ):
        if expected is not None and expected != found:
            _differs(findings, name, "podano", expected, found, None)


def _compare_line(totals: Totals, control: ControlLine, layout: Layout, dialect: Dialect, findings: Findings) -> None:
    cells = control.cells
    stated = cells[1] if len(cells) > 1 else ""
    stated = re.sub(r"(?<=[0-9])[ .\u00a0\u202f](?=[0-9]{3}\b)", "", stated)  # thousands
    if stated:
        if not (stated.isascii() and stated.isdigit()):
            reason = f"Wiersz SUMA: „{stated}” to nie liczba wierszy."
            findings.add(Finding(Severity.SETUP, Cause.TOTALS, reason, control.line))
        elif int(stated) != totals.rows:
            _differs(findings, "liczba wierszy", "w pliku", int(stated), totals.rows, control.line)
    for field, name, found in (("debit", "suma obciążeń", totals.debit), ("credit", "suma uznań", totals.credit)):
        place = layout.places.get(field)
        cell = cells[place] if place is not None and place > 1 and place < len(cells) else ""
        if not cell:
            continue
        try:
            expected = parse_grosze(cell, point_is_decimal=dialect.point_is_decimal)
        except ValueError as refusal:
            findings.add(
                Finding(Severity.SETUP, Cause.TOTALS, f"Wiersz SUMA, {name}: {refusal}.", control.line, cell=cell)
            )
            continue
        if expected != found:
            _differs(findings, name, "w pliku", expected, found, control.line)


def _differs(findings: Findings, name: str, where: str, expected: int, found: int, line: int | None) -> None:
    shown = (str(expected), str(found)) if name == "liczba wierszy" else (in_zloty(expected), in_zloty(found))
    reason = (
        f"Niezgodna {name}: {where} {shown[0]}, z wierszy wynika {shown[1]}. Plik jest niekompletny albo zmieniony: "
        "wyeksportuj go ponownie."
    )
    findings.add(Finding(Severity.SETUP, Cause.TOTALS, reason, line))
