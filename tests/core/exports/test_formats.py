"""Each format read back by what people read it with: pandas, and LibreOffice where they open it in a spreadsheet."""

import csv
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from core.errors import DomainError
from core.exports import formats
from core.exports.columns import SCHEMA_TYPES, ZONE, FileColumn
from core.exports.formats import write

COLUMNS = (
    FileColumn("id", "id", "whole"),
    FileColumn("nr", "nr"),
    FileColumn("opis", "opis"),
    FileColumn("dzien", "dzien", "day"),
    FileColumn("stan", "stan", "volume"),
    FileColumn("chwila", "chwila", "instant"),
)
MONEY = (FileColumn("nr", "nr"), FileColumn("kwota", "kwota", "money"))
AMOUNTS = [123456, None, 0, -5, 10**12, 1, 999_999_999_999]
AT = datetime(2026, 11, 25, 14, 30, 5, tzinfo=UTC)
# (id, nr, opis, dzien, stan, chwila); the first row is empty where it may be: later ones must keep their types.
ROWS: list[tuple[object, ...]] = [
    (1, "00123", None, None, None, AT),
    (2, "1E5", 'Zażółć "gęślą"; jaźń, 1', date(2026, 11, 25), 123456, AT),
    (3, "007", "=2+3", date(2024, 2, 29), 0, AT),
    (4, "12345678901234567890", "+48", date(2026, 1, 1), 99_999_999_999, AT),
    (5, "1", "-1", date(2026, 1, 1), 1, AT),
    (6, "x", "@SUM(1)", date(2026, 1, 1), 10, AT),
    (7, "y", "\tx", date(2026, 1, 1), 100, AT),
]
SHOWN = ["", 'Zażółć "gęślą"; jaźń, 1', "'=2+3", "'+48", "'-1", "'@SUM(1)", "'\tx"]
VOLUMES = [None, "123.456", "0.000", "99999999.999", "0.001", "0.010", "0.100"]


def frames(rows: list[tuple[object, ...]], *, each: int = 3) -> list[pl.DataFrame]:
    schema = {column.name: pl.Int64() if column.type == "volume" else SCHEMA_TYPES[column.type] for column in COLUMNS}
    schema["chwila"] = pl.Datetime("ms", "UTC")
    whole = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("chwila").dt.convert_time_zone(ZONE))
    return list(whole.iter_slices(each)) if rows else []


def written(folder: Path, file_format: str, rows: list[tuple[object, ...]] | None = None) -> Path:
    path = folder / f"plik.{formats.SUFFIXES[file_format]}"
    chosen = ROWS if rows is None else rows
    write(frames(chosen), path, columns=COLUMNS, file_format=file_format, rows=len(chosen))
    return path


def test_polish_csv(tmp_path: Path) -> None:
    path = written(tmp_path, "csv-pl")
    assert path.read_bytes().startswith(
        b"\xef\xbb\xbfid;nr;opis;dzien;stan;chwila\r\n1;00123;;;;2026-11-25 15:30:05\r\n"
    )
    read = pd.read_csv(path, sep=";", decimal=",", dtype={"nr": str, "opis": str}, encoding="utf-8-sig")
    assert read["nr"].tolist() == [row[1] for row in ROWS]
    assert read["opis"].fillna("").tolist() == SHOWN
    assert [None if pd.isna(value) else f"{value:.3f}" for value in read["stan"]] == VOLUMES


def test_plain_csv(tmp_path: Path) -> None:
    with written(tmp_path, "csv").open(newline="", encoding="utf-8") as file:
        heading, *lines = csv.reader(file)
    assert heading == [column.name for column in COLUMNS]
    assert [line[4] or None for line in lines] == VOLUMES
    assert [line[2] for line in lines] == SHOWN


def test_parquet_keeps_the_types(tmp_path: Path) -> None:
    read = pd.read_parquet(written(tmp_path, "parquet"), dtype_backend="pyarrow")
    assert read["stan"].tolist()[1:] == [Decimal(value or 0) for value in VOLUMES[1:]]
    assert pd.isna(read["stan"][0])
    assert read["dzien"].tolist()[1] == date(2026, 11, 25)
    assert read["nr"].tolist() == [row[1] for row in ROWS]
    assert read["opis"].tolist()[2] == "=2+3"  # no spreadsheet opens it as a formula
    assert read["chwila"][0] == pd.Timestamp(AT)


def test_workbook_by_pandas(tmp_path: Path) -> None:
    read = pd.read_excel(written(tmp_path, "xlsx"), dtype={"nr": str})
    assert read["nr"].tolist() == [row[1] for row in ROWS]
    assert read["opis"].fillna("").tolist() == SHOWN
    assert [None if pd.isna(value) else f"{value:.3f}" for value in read["stan"]] == VOLUMES
    assert read["dzien"].tolist()[1] == pd.Timestamp("2026-11-25")
    assert read["chwila"].tolist()[0] == pd.Timestamp("2026-11-25 15:30:05")


@pytest.mark.parametrize("file_format", ["xlsx", "csv-pl"])
def test_spreadsheet_by_libreoffice(tmp_path: Path, file_format: str) -> None:
    """Opened by LibreOffice and saved by it as CSV: every cell, as a person sees it there."""
    path = written(tmp_path, file_format)
    # 59: semicolon, 34: quote, 76: UTF-8, then types of columns: 2 is text, 10 a number in the user's language.
    reading = (
        [] if file_format == "xlsx" else ["--infilter=CSV:59,34,76,1,1/1/2/2/3/2/4/5/5/1/6/2,1045,false,false,false"]
    )
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", *reading,
            "--convert-to", "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,false", "--outdir", tmp_path / "out",
            path,
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / "out" / "plik.csv").open(newline="", encoding="utf-8-sig") as file:
        _, *lines = csv.reader(file, delimiter="\t")
    assert [line[1] for line in lines] == [row[1] for row in ROWS]
    assert [line[2] for line in lines] == SHOWN
    seen = [Decimal(line[4].replace(",", ".")) if line[4] else None for line in lines]
    assert seen == [Decimal(value) if value else None for value in VOLUMES]
    assert lines[1][3].startswith("2026-11-25")


@pytest.mark.parametrize("file_format", formats.WRITERS)
def test_nothing_has_its_heading_still(tmp_path: Path, file_format: str) -> None:
    path = written(tmp_path, file_format, [])
    if file_format == "parquet":
        read = pd.read_parquet(path)
    elif file_format == "xlsx":
        read = pd.read_excel(path)
    else:
        read = pd.read_csv(path, sep=";" if file_format == "csv-pl" else ",", encoding="utf-8-sig")
    assert list(read.columns) == [column.name for column in COLUMNS]
    assert len(read) == 0


def test_full_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "SHEET_ROWS", 3)
    sheets = pd.read_excel(written(tmp_path, "xlsx"), sheet_name=None, dtype={"nr": str})
    assert list(sheets) == ["Odczyty", "Odczyty 2", "Odczyty 3"]
    assert [row for sheet in sheets.values() for row in sheet["nr"]] == [row[1] for row in ROWS]


def test_rows_that_came_meanwhile_are_never_lost_silently(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "SHEET_ROWS", 6)
    with pytest.raises(DomainError, match="Powtórz"):
        write(frames(ROWS), tmp_path / "x.xlsx", columns=COLUMNS, file_format="xlsx", rows=6)


def money_written(folder: Path, file_format: str) -> Path:
    path = folder / f"kwoty.{formats.SUFFIXES[file_format]}"
    rows = pl.DataFrame([(str(nth), one) for nth, one in enumerate(AMOUNTS)], schema=["nr", "kwota"], orient="row")
    write([rows], path, columns=MONEY, file_format=file_format, rows=len(rows), sheet="Kartoteka")
    return path


@pytest.mark.parametrize(("file_format", "delimiter", "point"), [("csv-pl", ";", ","), ("csv", ",", ".")])
def test_money_in_text_is_exact_to_the_grosz(tmp_path: Path, file_format: str, delimiter: str, point: str) -> None:
    with money_written(tmp_path, file_format).open(newline="", encoding="utf-8-sig") as file:
        _, *lines = csv.reader(file, delimiter=delimiter)
    assert [line[1] for line in lines] == [
        f"{Decimal(one).scaleb(-2):.2f}".replace(".", point) if one is not None else "" for one in AMOUNTS
    ]


def test_money_in_a_workbook_and_in_parquet(tmp_path: Path) -> None:
    read = pd.read_excel(money_written(tmp_path, "xlsx"), sheet_name="Kartoteka", dtype={"nr": str})
    exact = [None if one is None else Decimal(one).scaleb(-2) for one in AMOUNTS]
    assert [None if pd.isna(one) else round(Decimal(one), 2) for one in read["kwota"]] == exact
    typed = pd.read_parquet(money_written(tmp_path, "parquet"), dtype_backend="pyarrow")
    assert [None if pd.isna(one) else one for one in typed["kwota"]] == exact
