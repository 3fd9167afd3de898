"""The queue of fault reports as a file for a spreadsheet: what the filter shows, all its pages."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.exports.columns import SCHEMA_TYPES, FileColumn
from core.exports.formats import write
from core.faults.categories import category_name
from core.faults.queue import OPEN_ONES, FaultFilter, FaultLine, all_in_queue
from core.faults.words import STATUS_WORDS

COLUMNS = (
    FileColumn("nr_zgloszenia", "number"),
    FileColumn("rodzaj", "category_word"),
    FileColumn("stan", "status_word"),
    FileColumn("termin", "due_on", "day"),
    FileColumn("po_terminie", "late_word"),
    FileColumn("zgloszono", "created_at", "instant"),
    FileColumn("zamknieto", "closed_at", "instant"),
    FileColumn("adres", "address"),
    FileColumn("ron", "district"),
    FileColumn("administrator", "administrator"),
    FileColumn("najemca", "tenant"),
    FileColumn("nr_najemcy", "tenant_no"),
    FileColumn("prowadzi", "assigned_to"),
    FileColumn("opis", "description"),
    FileColumn("ocena", "rating", "whole"),
)
WORDS: Mapping[str, Callable[[FaultLine], str]] = {
    "category_word": lambda line: category_name(line.category),
    "status_word": lambda line: STATUS_WORDS[line.status],
    "late_word": lambda line: "tak" if line.is_late else "nie",
}


def export_faults(session: Session, scope: EmployeeScope, *, wanted: FaultFilter = OPEN_ONES) -> bytes:
    """The filtered queue as CSV as Excel in Poland reads it, formulas made harmless; the export is noted in the log."""
    require_live(session, scope, Permission.MANAGE_FAULTS)
    lines = all_in_queue(session, scope, wanted=wanted)
    frame = pl.DataFrame(
        {column.name: [_cell(line, column.field) for line in lines] for column in COLUMNS},
        schema={column.name: SCHEMA_TYPES[column.type] for column in COLUMNS},
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zgloszenia.csv"
        write([frame], path, columns=COLUMNS, file_format="csv-pl", rows=len(lines))
        content = path.read_bytes()
    record_by(session, scope, "faults_exported", object_kind="fault_report", object_id="", details={"rows": len(lines)})
    return content


def _cell(line: FaultLine, field: str) -> object:
    return WORDS[field](line) if field in WORDS else getattr(line, field)
