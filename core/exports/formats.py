"""Writing frames as CSV, XLSX and Parquet, a frame at a time: a million rows take no more memory than a hundred."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from rustpy_xlsxwriter import write_worksheets

from core.errors import DomainError
from core.exports.columns import SCHEMA_TYPES, FileColumn
from core.words import FORMULA

SHEET_ROWS = 1_048_575  # of an Excel sheet, below its heading
SUFFIXES = {"csv-pl": "csv", "csv": "csv", "xlsx": "xlsx", "parquet": "parquet"}

Frames = Iterable[pl.DataFrame]


def write(
    frames: Frames,
    path: Path,
    *,
    columns: Sequence[FileColumn],
    file_format: str,
    rows: int,
    sheet: str = "Odczyty",
) -> None:
    """Write frames with the file's columns (volumes as integers of 0.001 m³, money as grosze), always with a heading.

    `rows`: how many there are in all, or a few less; `sheet`: the name of a workbook's sheet. Raises
    DomainError where so many more came that XLSX has no room.
    """
    WRITERS[file_format](frames, path, columns, rows, sheet)


def _write_polish_csv(frames: Frames, path: Path, columns: Sequence[FileColumn], *_: object) -> None:
    """As Excel in Poland reads it: byte order mark, semicolons, decimal commas."""
    _write_csv(frames, path, columns, separator=";", decimal=",", start=b"\xef\xbb\xbf")


def _write_plain_csv(frames: Frames, path: Path, columns: Sequence[FileColumn], *_: object) -> None:
    """RFC 4180: commas, decimal points."""
    _write_csv(frames, path, columns, separator=",", decimal=".", start=b"")


def _write_csv(
    frames: Frames, path: Path, columns: Sequence[FileColumn], *, separator: str, decimal: str, start: bytes
) -> None:
    def written(column: FileColumn) -> pl.Expr:
        cell = pl.col(column.name)
        if column.type == "volume":
            return cell / 1000.0  # for printing only: to three places a float is exact far beyond any dial
        if column.type == "money":
            return _typed(column)
        if column.type == "instant":
            return cell.dt.strftime("%Y-%m-%d %H:%M:%S")
        return _harmless(cell).alias(column.name) if column.type == "text" else cell

    with path.open("wb") as out:
        out.write(start + separator.join(column.name for column in columns).encode() + b"\r\n")
        for frame in frames:
            frame.select(written(column) for column in columns).write_csv(
                out,
                include_header=False,
                separator=separator,
                line_terminator="\r\n",
                float_precision=3,
                decimal_comma=decimal == ",",
            )


def _harmless(cell: pl.Expr) -> pl.Expr:
    return pl.when(cell.str.contains(FORMULA)).then(pl.concat_str(pl.lit("'"), cell)).otherwise(cell)


def _write_parquet(frames: Frames, path: Path, columns: Sequence[FileColumn], *_: object) -> None:
    empty = pl.DataFrame(schema={column.name: SCHEMA_TYPES[column.type] for column in columns})
    with pq.ParquetWriter(path, empty.to_arrow().schema) as writer:
        for frame in frames:
            writer.write_table(frame.select(_typed(column) for column in columns).to_arrow())


def _typed(column: FileColumn) -> pl.Expr:
    cell, kind = pl.col(column.name), SCHEMA_TYPES[column.type]
    if column.type == "volume":
        return (cell.cast(pl.Decimal(18, 3)) / pl.lit(1000).cast(pl.Decimal(18, 3))).cast(kind)
    if column.type == "money":
        return (cell.cast(pl.Decimal(18, 2)) / pl.lit(100).cast(pl.Decimal(18, 2))).cast(kind)
    return cell.cast(kind)


def _write_xlsx(frames: Frames, path: Path, columns: Sequence[FileColumn], rows: int, sheet: str) -> None:
    """Numbers of devices and tenancies as text, days as days; on to another sheet where one is full."""
    shown = (frame.select(_in_sheet(column) for column in columns) for frame in frames)
    lines = (line for frame in shown for line in frame.iter_rows(named=True))
    if rows:
        pieces: list[tuple[str, Any]] = [
            (f"{sheet} {nth}" if nth > 1 else sheet, islice(lines, SHEET_ROWS))
            for nth in range(1, -(-rows // SHEET_ROWS) + 1)  # the library asks for all sheets at once
        ]
    else:  # from no row the heading cannot be told
        pieces = [(sheet, pl.DataFrame(schema={column.name: pl.String for column in columns}))]
    write_worksheets(
        pieces,
        str(path),
        freeze_panes={"general": {"row": 1, "col": 0}},
        float_format="#,##0.00" if any(column.type == "money" for column in columns) else "0.000",
        datetime_format="yyyy-mm-dd hh:mm:ss",
        bold_headers=True,
    )
    if next(lines, None) is not None:
        raise DomainError("W trakcie eksportu przybyło wierszy i nie mieszczą się w arkuszu. Powtórz eksport.")


def _in_sheet(column: FileColumn) -> pl.Expr:
    cell = pl.col(column.name)
    if column.type == "volume":
        return cell / 1000.0
    if column.type == "money":
        return cell / 100.0
    if column.type == "instant":
        return cell.dt.replace_time_zone(None)
    return _harmless(cell).alias(column.name) if column.type == "text" else cell


WRITERS: Mapping[str, Callable[[Frames, Path, Sequence[FileColumn], int, str], None]] = {
    "csv-pl": _write_polish_csv,
    "csv": _write_plain_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
}
