"""Balances that files state otherwise than the ledger: of a file that is checked, and of those in the history."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.access.scopes import EmployeeScope
from core.db import reading, transaction
from core.exports.differences import export_differences
from core.ledger.differences import BatchDifferences, Difference, batches_with_differences, differences_of
from ui import formats
from ui.layout import note, section
from ui.tables import Column, table, with_small

SHOWN = 20  # on screen; the file has all
FORMATS = (("csv-pl", "CSV do polskiego Excela", "csv", "text/csv"), ("xlsx", "Excel (XLSX)", "xlsx", None))
SOURCES = {"saldo": "saldo po wierszu", "BO": "bilans otwarcia"}


def differences(scope: EmployeeScope, *, batch_id: int, number: int) -> None:
    """The differences of one checked or loaded batch, the largest first, and all of them as a file; nothing for none."""
    if not number:
        return
    with reading() as session:
        lines = differences_of(session, scope, batch_id=batch_id, limit=SHOWN)
    more = f", {len(lines)} największych z {formats.count(number)}" if number > len(lines) else ""
    _table(lines, caption=f"Salda inne niż w pliku{more}")
    with st.container(horizontal=True):
        for name, label, suffix, mime in FORMATS:
            st.download_button(
                f"Pobierz różnice: {label}",
                partial(_file, scope, batch_id, name),
                file_name=f"roznice-sald-partia-{batch_id}.{suffix}",
                mime=mime,
                on_click="ignore",
                key=f"differences-{batch_id}-{name}",
            )


def history(scope: EmployeeScope) -> None:
    """Batches that stated other balances, and the differences of the one that is chosen."""
    section("Różnice sald")
    with reading() as session:
        batches = {one.batch_id: one for one in batches_with_differences(session, scope)}
    if not batches:
        note("Żaden plik nie podał salda innego niż wyliczone.")
        return
    chosen = st.selectbox("Partia", list(batches), format_func=lambda one: _name(batches[one]), key="differences_batch")
    batch = batches[chosen if chosen in batches else next(iter(batches))]
    said = f"Potwierdzone przy wczytaniu: {batch.employee_login}." if batch.accepted else "Niewczytane albo wycofane."
    note(f"{said} Różnic: {formats.count(batch.number)}.")
    differences(scope, batch_id=batch.batch_id, number=batch.number)


def _file(scope: EmployeeScope, batch_id: int, file_format: str) -> bytes:
    with transaction() as session:
        return export_differences(session, scope, batch_id=batch_id, file_format=file_format)


def _table(lines: Sequence[Difference], *, caption: str) -> None:
    columns: tuple[Column[Difference], ...] = (
        Column("Umowa", lambda one: with_small(one.tenancy_no, f"{SOURCES[one.source]}, wiersz {one.line_no}")),
        Column("Na dzień", lambda one: formats.day(one.balance_on)),
        Column("W pliku", lambda one: formats.money(one.stated), numeric=True),
        Column(
            "Wyliczone",
            lambda one: "brak wpisów" if one.computed is None else formats.money(one.computed),
            numeric=True,
        ),
        Column("Różnica", lambda one: formats.money(one.difference), numeric=True),
    )
    table(lines, columns, caption=caption)


def _name(one: BatchDifferences) -> str:
    return f"Partia {one.batch_id}: {one.file_name}, {formats.day_of(one.received_at)}"
