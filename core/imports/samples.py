"""A first look at a file: how it is written, its heading and rows as they stand, and which kind it may be."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import ImportBatch
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.imports.dialect import Dialect, detect, plain
from core.imports.findings import UnusableFileError
from core.imports.kinds import KINDS
from core.imports.options import LoadOptions

SAMPLE_ROWS = 20
CELL_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file as text; rows have as many cells as the heading."""

    dialect: Dialect
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sample_of(session: Session, scope: EmployeeScope, *, batch_id: int, options: LoadOptions) -> Sample:
    """The first rows of a batch's file, read as the options say.

    Raises UnusableFileError for what is no text, NotFoundError.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFoundError("Nie ma takiej partii.")
    path = kept_file(batch.sha256)
    columns = [*KINDS[batch.kind].headings, *options.columns.values()]
    dialect = detect(path, columns=columns, encoding=options.encoding, delimiter=options.delimiter)
    width = len(dialect.heading)
    rows = [
        tuple(cell[:CELL_SHOWN] for cell in (*row, *[""] * width)[:width])
        for row in itertools.islice(_rows(path, dialect), 1, SAMPLE_ROWS + 1)
    ]
    return Sample(dialect, dialect.heading, tuple(rows))


def guessed_kind(path: Path) -> str | None:
    """The kind most of whose columns the file's heading has, all required ones among them; None where none fits."""
    best: tuple[int, str] | None = None
    for kind in KINDS.values():
        try:
            heading = {plain(name) for name in detect(path, columns=kind.headings).heading}
        except UnusableFileError:
            return None
        if all(plain(column.name) in heading for column in kind.columns if column.required):
            hits = sum(plain(name) in heading for name in kind.headings)
            best = max(best or (0, ""), (hits, kind.name))
    return best[1] if best else None


def _rows(path: Path, dialect: Dialect) -> Iterator[list[str]]:
    encoding = "utf-8-sig" if dialect.has_bom else dialect.encoding
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        try:
            yield from csv.reader(stream, delimiter=dialect.delimiter)
        except csv.Error:  # the check says what is wrong and where; a look stops here
            return
