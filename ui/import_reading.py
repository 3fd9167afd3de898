"""How a file is read and what it must add up to, as the clerk says it: where detection errs, where columns have other names."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

import streamlit as st

from core.errors import InvalidInputError
from core.imports.columns import Column
from core.imports.dialect import DELIMITER_NAMES, ENCODINGS, plain
from core.imports.findings import Cause
from core.imports.kinds import KINDS
from core.imports.options import LoadOptions
from core.imports.report import BatchReport
from core.imports.samples import Sample
from ui import formats
from ui.import_report import POINT
from ui.layout import note

DETECT, NO_COLUMN = "wykryj z pliku", "nie ma jej w pliku"
OTHERWISE = "Odczytaj plik inaczej albo podaj sumy kontrolne"  # the form's title
Value = TypeVar("Value")


def writing() -> LoadOptions:
    """How files that are handed in are written, where detection errs."""
    return _read_as(*_writing())


def printed_totals(key: str = "", before: LoadOptions | None = None, *, sums: bool = True) -> tuple[str, str, str]:
    """Control totals from the accounting system's printout, as typed: rows, debits, credits.

    `key` tells one form's fields from another's, `before` fills them with what was given last time; `sums`: the file may
    hold amounts.
    """
    rows, debit, credit = (before.expect_rows, before.expect_debit, before.expect_credit) if before else (None,) * 3
    typed = st.text_input("Liczba wierszy według wydruku", _typed(rows), key=f"{key}rows") or ""
    if not sums:
        return typed, "", ""
    return (
        typed,
        st.text_input("Suma obciążeń według wydruku (zł)", _typed(debit), key=f"{key}debit") or "",
        st.text_input("Suma uznań według wydruku (zł)", _typed(credit), key=f"{key}credit") or "",
    )


def expecting(options: LoadOptions, totals: tuple[str, str, str]) -> LoadOptions:
    """The options with these control totals, and with no others. Raises InvalidInputError for what is no number."""
    rows, debit, credit = totals
    return replace(
        options,
        expect_rows=_read("Liczba wierszy", rows, formats.parse_count),
        expect_debit=_read("Suma obciążeń", debit, formats.parse_amount),
        expect_credit=_read("Suma uznań", credit, formats.parse_amount),
    )


def reread(kind: str, batch_id: int, report: BatchReport, options: LoadOptions, sample: Sample) -> LoadOptions | None:
    """How to read a checked file otherwise, and which of its columns are which; options to check it anew once sent."""
    known = {plain(name) for name in sample.heading}
    absent = [one for one in KINDS[kind].columns if plain(one.name) not in known]
    required = [one for one in absent if one.required]
    title = "Wskaż kolumny, które w pliku nazywają się inaczej" if required else OTHERWISE
    missing = report.findings.has(Cause.MISSING_COLUMN)
    with st.expander(title, expanded=missing), st.form(f"reread-{batch_id}", border=False):
        if options.columns or options.encoding or options.delimiter or options.point_is_decimal is not None:
            note("Plik odczytano z ustawieniami zapamiętanymi dla tego źródła albo wybranymi teraz.")
        read_as = _read_as(*_writing(f"again-{batch_id}-"))
        columns = {}
        for one in [*required, *(each for each in absent if not each.required)]:
            if (chosen := _column(one, sample, options.columns.get(one.name), batch_id)) is not None:
                columns[one.name] = chosen
        totals = printed_totals(f"again-{batch_id}-", options, sums=kind == "ledger")
        sent = st.form_submit_button("Sprawdź jeszcze raz")
    if not sent:
        return None
    chosen_now = replace(
        options, encoding=read_as.encoding, delimiter=read_as.delimiter, point_is_decimal=read_as.point_is_decimal,
        columns=columns, expect_digest=None,
    )  # fmt: skip
    return expecting(chosen_now, totals)


def _column(column: Column, sample: Sample, before: str | None, batch_id: int) -> str | None:
    """Under which heading of the file a column of the contract stands; None: it is not there."""
    choices = [NO_COLUMN, *dict.fromkeys(name for name in sample.heading if name)]
    chosen = st.selectbox(
        f"Kolumna {column.name}{' (wymagana)' if column.required else ''}", choices,
        choices.index(before) if before in choices else 0, key=f"column-{batch_id}-{column.name}",
    )  # fmt: skip
    return None if chosen in (None, NO_COLUMN) else chosen


def _writing(key: str = "") -> tuple[str, str, str]:
    return (
        st.selectbox("Kodowanie", [DETECT, *ENCODINGS], key=f"{key}encoding"),
        st.selectbox(
            "Rozdzielnik",
            [DETECT, *DELIMITER_NAMES],
            format_func=lambda sign: DELIMITER_NAMES.get(sign, sign),
            key=f"{key}delimiter",
        ),
        st.selectbox("Znak dziesiętny", [DETECT, "przecinek", POINT], key=f"{key}decimal"),
    )


def _read_as(encoding: str, delimiter: str, decimal: str) -> LoadOptions:
    return LoadOptions(
        encoding=None if encoding == DETECT else encoding,
        delimiter=None if delimiter == DETECT else delimiter,
        point_is_decimal=None if decimal == DETECT else decimal == POINT,
    )


def _typed(total: int | Decimal | None) -> str:
    return "" if total is None else str(total).replace(".", ",")


def _read(label: str, typed: str, parse: Callable[[str], Value]) -> Value | None:
    if not typed.strip():
        return None
    try:
        return parse(typed)
    except InvalidInputError as refusal:
        raise InvalidInputError(f"{label} według wydruku: {refusal.message}") from None
