"""Turns text columns into typed ones, whole columns at a time, with every finding of every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from core.imports.dialect import Dialect, plain
from core.imports.findings import Cause, Finding, Findings, Severity, unusable
from core.imports.parsers import Parser
from core.imports.reader import BLANKS, LINE_NO
from core.words import FORMULA

REMARKS = "bledy"  # the column of an errors file that says what was wrong; a mended file may carry it still


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file's contract: its heading, our name, its type; `filled`: no cell may be empty."""

    name: str
    field: str
    parser: Parser
    required: bool = False
    filled: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of the contract stands where in the file: field → index in the heading."""

    columns: tuple[Column, ...]
    places: dict[str, int]

    @property
    def present(self) -> frozenset[str]:
        """Fields that the file carries."""
        return frozenset(self.places)


def lay_out(
    columns: Sequence[Column], dialect: Dialect, findings: Findings, named: Mapping[str, str] | None = None
) -> Layout:
    """Match the heading with the contract; `named`: the file's own headings by those of the contract, where they differ.

    Raises UnusableFileError for missing and doubled columns.
    """
    known = {plain(column.name): column for column in columns}
    for theirs, ours in ((plain(theirs), plain(ours)) for ours, theirs in (named or {}).items()):
        if ours in known and theirs:
            known[theirs] = known[ours] if theirs == ours else known.pop(ours)
    places: dict[str, int] = {}
    for index, name in enumerate(dialect.heading):
        column = known.get(plain(name))
        if column is None:
            if plain(name) and plain(name) != REMARKS:
                findings.add(
                    Finding(Severity.NOTICE, Cause.UNKNOWN_COLUMN, "Nieznana kolumna, pominięta.", line=1, column=name)
                )
        elif column.field in places:
            raise unusable(Cause.FILE, f"Kolumna {column.name} występuje dwa razy.", line=1, column=column.name)
        else:
            places[column.field] = index
    missing = [column.name for column in columns if column.required and column.field not in places]
    if missing:
        raise unusable(
            Cause.MISSING_COLUMN,
            f"W nagłówku brakuje {'kolumny' if len(missing) == 1 else 'kolumn'}: {', '.join(missing)}. "
            f"Znaleziono: {', '.join(name for name in dialect.heading if name)[:300]}. "
            "Dodaj brakujące kolumny albo wybierz inny rodzaj pliku lub rozdzielnik.",
            line=1,
            column=missing[0],
        )
    return Layout(tuple(columns), places)


def parse(frame: pl.DataFrame, layout: Layout, dialect: Dialect, findings: Findings) -> pl.DataFrame:
    """Typed columns by field name, `line_no`, and `ok`: whether the row carries no error so far.

    Cells that are empty become the column's default; cells that cannot be read become null and a finding.
    """
    typed: list[pl.Series] = [frame[LINE_NO]]
    ok = pl.Series("ok", [True]).new_from_index(0, len(frame)) if len(frame) else pl.Series("ok", [], pl.Boolean)
    for column in layout.columns:
        place = layout.places.get(column.field)
        if place is None:
            typed.append(_constant(column, len(frame)))
            continue
        cells = _as_typed(frame[f"c{place}"].str.strip_chars(BLANKS), column)
        values, bad = _parse_column(column, cells, frame[LINE_NO], dialect, findings)
        typed.append(values.alias(column.field))
        ok = ok & ~bad
    return pl.DataFrame(typed).with_columns(ok.alias("ok"))


def _as_typed(cells: pl.Series, column: Column) -> pl.Series:
    """Texts without the apostrophe that exports put before what a spreadsheet would take for a formula."""
    if column.parser.dtype is not pl.String or not cells.str.starts_with("'").any():
        return cells
    return cells.str.replace(rf"^'({FORMULA[1:]})", "$1")


def _constant(column: Column, length: int) -> pl.Series:
    return pl.Series(column.field, [column.default], column.parser.dtype).new_from_index(0, length)


def _parse_column(
    column: Column, cells: pl.Series, lines: pl.Series, dialect: Dialect, findings: Findings
) -> tuple[pl.Series, pl.Series]:
    parser = column.parser
    empty = cells == ""
    if parser.fast is not None:
        values = pl.select(parser.fast(pl.lit(cells))).to_series()
        rest = cells.filter(values.is_null() & ~empty).unique()
        values = values.set(empty, None) if values.dtype == pl.String else values
    else:
        values, rest = None, cells.filter(~empty).unique()
    read, reasons = _read_each(parser, rest, dialect)
    if values is None:
        values = _mapped(cells, read, parser)
    elif read:
        values = values.zip_with(values.is_not_null() | empty, _mapped(cells, read, parser))
    bad = cells.is_in(list(reasons)) if reasons else empty & False
    for line, cell in zip(lines.filter(bad), cells.filter(bad), strict=True):
        findings.add(Finding(Severity.ERROR, Cause.VALUE, reasons[cell], line=line, column=column.name, cell=cell))
    if column.filled:
        bad = bad | empty
        reason = f"Brak wartości; oczekiwane: {parser.expects}."
        findings.extend(
            Finding(Severity.ERROR, Cause.REQUIRED, reason, line=line, column=column.name)
            for line in lines.filter(empty)
        )
    elif column.default is not None:
        values = values.set(empty, column.default)
    return values, bad


def _read_each(parser: Parser, cells: pl.Series, dialect: Dialect) -> tuple[dict[str, Any], dict[str, str]]:
    read: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for cell in cells:
        try:
            read[cell] = parser.scalar(cell, dialect)
        except ValueError as refusal:
            reason = str(refusal)
            reasons[cell] = f"{reason[:1].upper()}{reason[1:]}."
    return read, reasons


def _mapped(cells: pl.Series, read: dict[str, Any], parser: Parser) -> pl.Series:
    if not read:
        return pl.Series([None], dtype=parser.dtype).new_from_index(0, len(cells))
    return cells.replace_strict(
        list(read), pl.Series(list(read.values()), dtype=parser.dtype), default=None, return_dtype=parser.dtype
    )
