"""Control totals: those in the file (`SUMA`) and those given by hand, against what the rows make."""

import re
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from core.imports.columns import Layout
from core.imports.dialect import Dialect
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.options import LoadOptions
from core.imports.reader import ControlLine
from core.money import in_zloty, parse_grosze, to_grosze

_THOUSANDS = re.compile(r"(?<=[0-9])[ .\u00a0\u202f](?=[0-9]{3}\b)")
_COUNT = re.compile(r"[0-9]{1,12}")
_DIGIT = re.compile(r"[0-9]")
_SUMS = {"debit": "suma obciążeń", "credit": "suma uznań"}
SHORT_LINE = 4  # cells of a control line that ends behind its sums: SUMA;rows;debit;credit


@dataclass(slots=True)
class Totals:
    """What was read: all records of the file, whatever becomes of them; grosze."""

    rows: int = 0
    debit: int = 0
    credit: int = 0
    unread: int = 0  # rows whose amounts could not be read: the sums are without them

    def add(self, rows: pl.DataFrame, rejected: int) -> None:
        """Count a block: its rows and the lines that were no records."""
        self.rows += len(rows) + rejected
        if "debit" in rows.columns:
            self.debit += int(rows["debit"].sum())
            self.credit += int(rows["credit"].sum())
            self.unread += rejected + int((rows["debit"].is_null() | rows["credit"].is_null()).sum())


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
    for name, expected, found, unread in (
        ("liczba wierszy", options.expect_rows, totals.rows, 0),
        ("suma obciążeń", _grosze(options.expect_debit), totals.debit, totals.unread),
        ("suma uznań", _grosze(options.expect_credit), totals.credit, totals.unread),
    ):
        if expected is not None and expected != found:
            _differs(findings, name, expected, found, unread=unread)


def _grosze(amount: Decimal | None) -> int | None:
    return None if amount is None else to_grosze(amount)


def _places_of_sums(cells: tuple[str, ...], layout: Layout) -> dict[str, int]:
    """Where the control line has its sums: under their headings, or right behind the count where the line ends there."""
    under = {field: place for field in _SUMS if (place := layout.places.get(field, 0)) > 1}
    short = under and not any(cells[4:]) and min(under.values()) >= SHORT_LINE
    return {"debit": 2, "credit": 3} if short and any(cells[2:4]) else under


def _note_unchecked(cells: tuple[str, ...], places: dict[str, int], line: int, findings: Findings) -> None:
    """Warn of numbers in the control line that are compared with nothing: a sum that slipped into another column."""
    for place, cell in enumerate(cells):
        if place > 1 and place not in places.values() and _DIGIT.search(cell):
            reason = (
                f"Wiersz SUMA: pola {place + 1} z niczym nie porównano. Sumy stoją pod nagłówkami obciazenie i uznanie."
            )
            findings.add(Finding(Severity.WARNING, Cause.TOTALS, reason, line, cell=cell))


def _compare_line(totals: Totals, control: ControlLine, layout: Layout, dialect: Dialect, findings: Findings) -> None:
    cells, line = control.cells, control.line
    places = _places_of_sums(cells, layout)
    _note_unchecked(cells, places, line, findings)
    stated = _THOUSANDS.sub("", cells[1]) if len(cells) > 1 else ""
    if stated:
        if not _COUNT.fullmatch(stated):
            reason = f"Wiersz SUMA: „{stated[:40]}” to nie liczba wierszy."
            findings.add(Finding(Severity.SETUP, Cause.TOTALS, reason, line))
        elif int(stated) != totals.rows:
            _differs(findings, "liczba wierszy", int(stated), totals.rows, line=line)
    for field, name in _SUMS.items():
        place, found = places.get(field, 0), getattr(totals, field)
        cell = cells[place] if 0 < place < len(cells) else ""
        if not cell:
            continue
        try:
            expected = parse_grosze(cell, point_is_decimal=dialect.point_is_decimal)
        except ValueError as refusal:
            findings.add(Finding(Severity.SETUP, Cause.TOTALS, f"Wiersz SUMA, {name}: {refusal}.", line, cell=cell))
            continue
        if expected != found:
            _differs(findings, name, expected, found, line=line, unread=totals.unread)


def _differs(
    findings: Findings, name: str, expected: int, found: int, *, line: int | None = None, unread: int = 0
) -> None:
    shown = (str(expected), str(found)) if name == "liczba wierszy" else (in_zloty(expected), in_zloty(found))
    where, without = ("w pliku", "usuń wiersz SUMA") if line else ("podano", "nie podawaj sum kontrolnych")
    remedy = (
        f"Suma jest bez wierszy z nieczytelną kwotą ({unread}), a pominięcie błędnych jej nie uzgodni: "
        f"popraw te wiersze albo {without}."
        if unread
        else "Plik jest niekompletny albo zmieniony: wyeksportuj go ponownie."
    )
    reason = f"Niezgodna {name}: {where} {shown[0]}, z wierszy wynika {shown[1]}. {remedy}"
    findings.add(Finding(Severity.SETUP, Cause.TOTALS, reason, line))
