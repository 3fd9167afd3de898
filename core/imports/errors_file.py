"""The errors file: the rows in error as they were written, with a column that says what is wrong, to be mended and loaded.

It is made by the same load that found the errors, taken back at its end, so it knows each of them and not only the first ones.
"""

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.db import reading, rehearsal
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.imports.columns import REMARKS
from core.imports.dialect import Dialect
from core.imports.load import load
from core.imports.options import LoadOptions, Remarks
from core.imports.report import RefusedError

MOST_ROWS = 100_000


def errors_file(scope: EmployeeScope, *, batch_id: int, options: LoadOptions) -> tuple[str, bytes]:
    """Name and content of the errors file of a batch that was checked: at most 100,000 rows, in the file's own dialect.

    Opens its own transactions. Raises NotFoundError for a batch that is not waiting, or without a row in error.
    """
    with reading() as session:
        require_live(session, scope, Permission.IMPORT_FILES)
        batch = session.get(ImportBatch, batch_id)
        if batch is None or batch.state not in (BatchState.RECEIVED, BatchState.CHECKED):
            raise NotFoundError("Ta partia nie czeka już na wczytanie. Prześlij plik ponownie.")
        name, path = batch.file_name, kept_file(batch.sha256)
    remarks, dialect = Remarks(), None
    with rehearsal() as session:
        asked = replace(options, remarks=remarks, expect_digest=None, skip_errors=True, accept_warnings=True)
        try:
            dialect = load(session, scope, batch_id=batch_id, options=asked).dialect
        except RefusedError as refused:  # the rows in error are known all the same
            dialect = refused.report.dialect
    if dialect is None or not remarks.lines:
        raise NotFoundError("W tym pliku nie ma wierszy z błędami.")
    return f"{Path(name).stem}-bledy.csv", b"".join(_written(path, dialect, remarks))


def _written(path: Path, dialect: Dialect, remarks: Remarks) -> Iterator[bytes]:
    wanted = sorted(remarks.lines)[:MOST_ROWS]
    last = {line: remarks.spans.get(line, line) for line in wanted}
    number, at, record = 0, 0, b""
    with path.open("rb") as stream:
        for raw in stream:
            number += 1
            end = b"\r\n" if raw.endswith(b"\r\n") else b"\n"
            line = raw.rstrip(b"\r\n")
            if number == 1:
                yield line + dialect.delimiter.encode() + REMARKS.encode() + end
            while at < len(wanted) and last[wanted[at]] < number:
                at += 1
            if at == len(wanted):
                return
            if not wanted[at] <= number <= last[wanted[at]]:
                continue
            record += raw  # with its line breaks, where a cell holds some
            if number == last[wanted[at]]:
                record = record.rstrip(b"\r\n")
                yield record + _remark(record, dialect, remarks.lines[wanted[at]]) + end
                record = b""


def _remark(record: bytes, dialect: Dialect, reasons: list[str]) -> bytes:
    """What is added to a row, under its heading also where cells are missing before it."""
    with suppress(csv.Error):
        text = record.decode(dialect.encoding, "replace")
        cells = len(next(csv.reader(text.split("\n"), delimiter=dialect.delimiter), []))
        missing = max(len(dialect.heading) - cells, 0)
        said = " | ".join(dict.fromkeys(reasons)).replace('"', '""')
        return f'{dialect.delimiter * (missing + 1)}"{said}"'.encode(dialect.encoding, "replace")
    return b""
