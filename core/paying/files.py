"""The filtered ledger as a file for a spreadsheet: CSV as Excel in Poland reads it, or XLSX."""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import polars as pl
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.exports.columns import FileColumn
from core.exports.finance_source import LEDGER
from core.exports.formats import SUFFIXES, write
from core.ledger.entries import LedgerFilter
from core.ledger.lines import CHUNK, LedgerLine, every_line, number_of_lines
from core.ledger.models import place_in_document
from core.money import to_grosze
from core.paying.tenancy import Parties, parties

# The file `ksiega` of the contract, with the balance after each line.
COLUMNS = (*LEDGER, FileColumn("saldo", "balance_after", "money"))
TYPES: dict[str, pl.DataType] = {"text": pl.String(), "whole": pl.Int64(), "day": pl.Date(), "money": pl.Int64()}
SCHEMA = {column.name: TYPES[column.type] for column in COLUMNS}
SHEET = "Kartoteka"


def ledger_file(
    session: Session, scope: TenantScope, *, tenancy_id: int, chosen: LedgerFilter, file_format: str
) -> bytes:
    """All that a filter shows of the tenant's own ledger, oldest line first, as `csv-pl` or `xlsx`.

    Amounts of the side that a line does not have are empty. Raises NotFoundError for another's tenancy.
    """
    require_live(session, scope, proxy=ProxyLevel.SEE)
    whose = parties(session, scope, tenancy_id=tenancy_id)
    number = number_of_lines(session, scope, tenancy_id=tenancy_id, chosen=chosen)
    lines = every_line(session, scope, tenancy_id=tenancy_id, chosen=chosen)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"ledger.{SUFFIXES[file_format]}"
        write(_frames(lines, whose), path, columns=COLUMNS, file_format=file_format, rows=number, sheet=SHEET)
        return path.read_bytes()


def _frames(lines: Iterable[LedgerLine], whose: Parties) -> Iterator[pl.DataFrame]:
    left = iter(lines)
    while some := list(islice(left, CHUNK)):
        yield pl.DataFrame([_row(line, whose) for line in some], schema=SCHEMA, orient="row")


def _row(line: LedgerLine, whose: Parties) -> tuple[object, ...]:
    return (
        whose.tenant_no,
        whose.tenancy_no,
        line.document_no or None,
        place_in_document(line.position),
        line.document_type,
        line.booked_on,
        line.due_on,
        line.period,
        line.component,
        line.description or None,
        to_grosze(line.debit) or None,
        to_grosze(line.credit) or None,
        to_grosze(line.balance_after),
    )
