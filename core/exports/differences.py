"""Balances that a file states and the ledger does not make, as a file for whoever clears them up."""

import tempfile
from pathlib import Path

import polars as pl
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.errors import InvalidInputError
from core.exports.columns import SCHEMA_TYPES, FileColumn
from core.exports.formats import SUFFIXES, write
from core.ledger.differences import Difference, differences_of
from core.money import to_grosze

COLUMNS = (
    FileColumn("nr_umowy", "tenancy_no"),
    FileColumn("zrodlo", "source"),
    FileColumn("stan_na", "balance_on", "day"),
    FileColumn("wiersz", "line_no", "whole"),
    FileColumn("saldo_w_pliku", "stated", "money"),
    FileColumn("saldo_wyliczone", "computed", "money"),
    FileColumn("roznica", "difference", "money"),
)
MONEY = {column.field for column in COLUMNS if column.type == "money"}
READ_AS = {"money": pl.Int64()}  # grosze, until they are written


def export_differences(session: Session, scope: EmployeeScope, *, batch_id: int, file_format: str = "csv-pl") -> bytes:
    """All differences of a batch, the largest first, in any format of exports; noted in the log.

    Raises InvalidInputError (field `file_format`).
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    if file_format not in SUFFIXES:
        raise InvalidInputError(f"Nieznany format. Dostępne: {', '.join(SUFFIXES)}.", field="file_format")
    lines = differences_of(session, scope, batch_id=batch_id)
    frame = pl.DataFrame(
        {column.name: [_cell(line, column.field) for line in lines] for column in COLUMNS},
        schema={column.name: READ_AS.get(column.type, SCHEMA_TYPES[column.type]) for column in COLUMNS},
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roznice"
        write([frame], path, columns=COLUMNS, file_format=file_format, rows=len(lines), sheet="Różnice sald")
        content = path.read_bytes()
    record_by(
        session,
        scope,
        "differences_exported",
        object_kind="import_batch",
        object_id=batch_id,
        details={"rows": len(lines)},
    )
    return content


def _cell(line: Difference, field: str) -> object:
    value = getattr(line, field)
    return to_grosze(value) if field in MONEY and value is not None else value
