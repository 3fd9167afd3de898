"""How files are written: every dialect of the contract reads the same."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import db
from core.imports.dialect import Dialect, detect
from core.imports.findings import Findings, Severity, UnusableFileError
from core.imports.kinds import LEDGER
from core.imports.parsers import AMOUNT, Parser, code, parse_day, text
from core.imports.reader import BLANKS, Reader
from core.ledger.models import LedgerEntry
from core.money import parse_grosze
from tests.core.imports.files import HEADER, ledger_lines, load_lines, load_registry, write

ROW = "0001;U/1;D/1;1;WPL;2026-10-05;;Wpłata źródło;;1234,50"
DIALECT = Dialect("utf-8", ";", point_is_decimal=False, has_bom=False, heading=())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "iso-8859-2"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encoding_delimiter_and_line_end_are_detected(
    database: str, tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    load_registry(tmp_path)
    row = ROW.replace("1234,50", '"1234,50"').replace(";", delimiter)
    report = load_lines(tmp_path, end.join([HEADER.replace(";", delimiter), row]).encode(encoding))
    assert (report.accepted, str(report.credit)) == (1, "1234.50")
    assert report.dialect is not None
    assert report.dialect.encoding == encoding.removesuffix("-sig")
    with db.reading() as session:
        assert session.scalar(select(LedgerEntry.description)) == "Wpłata źródło"


@pytest.mark.parametrize(
    ("written", "grosze"),
    [
        ("1234,56", 123456),
        ("1 234,56", 123456),
        ("1\u00a0234,56", 123456),
        ("1\u202f234,56", 123456),
        ("1.234,56", 123456),
        ("1234.56", 123456),
        ("1 234.56", 123456),
        ("-12,00", -1200),
        ("12,00-", -1200),
        ("\u221212,00", -1200),
        ("(12,00)", -1200),
        ("12,5", 1250),
        ("12", 1200),
        ("1.234", 123400),
        ("12,00 zł", 1200),
        ("12,00 PLN", 1200),
        ("+3,00", 300),
        ("0,01", 1),
    ],
)
def test_amounts(database: str, tmp_path: Path, written: str, grosze: int) -> None:
    load_registry(tmp_path)
    report = load_lines(tmp_path, ledger_lines(ROW.replace(";1234,50", f';"{written}"')))
    assert (report.accepted, int(report.credit * 100)) == (1, grosze)


def test_point_is_decimal_where_the_file_writes_points(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    rows = ledger_lines(*(f"0001;U/1;D/{at};1;WPL;2026-10-05;;W;;{at}.50" for at in range(1, 9)))
    assert load_lines(tmp_path, rows).accepted == 8
    damaged = ledger_lines(*(row.replace("8.50", "1.234").replace("D/", "E/") for row in rows[1:]))
    report = load_lines(tmp_path, damaged)
    assert [(one.line, one.column) for one in report.findings.sorted()] == [(9, "uznanie")]


@pytest.mark.parametrize("written", ["2026-10-05", "05.10.2026", "5.10.2026", "05-10-2026", "05/10/2026"])
def test_days(written: str) -> None:
    assert parse_day(written).isoformat() == "2026-10-05"


def test_headings_ignore_case_diacritics_blanks_and_order(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    heading = "UZNANIE; Obciążenie ;Data_Księgowania;typ_dokumentu;\u200bnr_umowy;NR_KONTRAHENTA;nr_dokumentu;tresc"
    report = load_lines(tmp_path, [heading, "5,00;;2026-10-05;WPL;U/1;0001;D/1;x"])
    assert (report.accepted, report.rejected) == (1, 0)


def test_quoted_cell_may_hold_delimiters_quotes_and_line_breaks(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    rows = ledger_lines('0001;U/1;D/1;1;WPL;2026-10-05;;"a;b ""c""\r\n\r\nd";;5,00', ROW.replace("D/1", "D/2"))
    report = load_lines(tmp_path, rows)
    assert report.accepted == 2
    with db.reading() as session:
        found = session.execute(
            select(LedgerEntry.line_no, LedgerEntry.description).order_by(LedgerEntry.line_no)
        ).all()
    assert [line for line, _ in found] == [2, 5]
    assert found[0][1].replace("\r", "") == 'a;b "c"\n\nd'


def test_blocks_do_not_tear_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.imports.reader.BLOCK", 400)
    rows = [f'000{at % 3};U/1;D/{at};1;WPL;2026-10-05;;"linia\r\ndruga {at}";;5,00' for at in range(200)]
    path = write(tmp_path, ledger_lines(*rows, "SUMA;200"))
    findings = Findings()
    reader = Reader(path, detect(path, columns=LEDGER.headings), findings)
    frames = [block.frame for block in reader.blocks()]
    assert len(frames) > 10
    assert [line for frame in frames for line in frame["line_no"]] == list(range(2, 402, 2))
    assert [cell for frame in frames for cell in frame["c2"]] == [f"D/{at}" for at in range(200)]
    assert reader.control is not None
    assert findings.kept == []


@pytest.mark.parametrize(
    ("parser", "alphabet"),
    [
        (AMOUNT, "0123456789,.- \u00a0\u202f()zł"),
        (code(12), "abzŻ019/.-E+,;\t "),
        (text(5), "aą \x07é"),
    ],
)
def test_fast_parser_agrees_with_the_rule(parser: Parser, alphabet: str) -> None:
    import polars as pl

    @settings(max_examples=1500, deadline=None)
    @given(st.text(alphabet, min_size=1, max_size=14))
    def agrees(written: str) -> None:
        assert parser.fast is not None
        cell = written.strip(BLANKS)  # as the reader hands cells over
        fast = pl.select(parser.fast(pl.lit(pl.Series([cell])))).to_series()[0]
        if fast is not None:
            assert parser.scalar(cell, DIALECT) == fast

    agrees()


def test_detected_dialect_can_be_overridden(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b;c\n1,2;3\n")
    assert detect(path, columns=["a", "b"]).delimiter == ","
    assert detect(path, columns=["a", "b"], delimiter=";").heading == ("a,b", "c")
    with pytest.raises(UnusableFileError):
        detect(write(tmp_path, "ą;b".encode("cp1250")), columns=["b"], encoding="utf-8")


def test_damaged_byte_does_not_turn_utf8_into_something_else(database: str, tmp_path: Path) -> None:
    load_registry(tmp_path)
    rows = ledger_lines(ROW, ROW.replace("D/1", "D/2")).copy()
    report = load_lines(tmp_path, "\r\n".join(rows).encode().replace(b"D/2;1;WPL", b"D/2;1;W\xb3L"))
    assert [(one.cause.value, one.line) for one in report.findings.sorted()] == [("encoding", 3)]


@pytest.mark.parametrize("content", [HEADER, HEADER + "\r" + ROW + "\r"])
def test_file_without_rows_is_refused(database: str, tmp_path: Path, content: str) -> None:
    assert load_lines(tmp_path, content).findings.number(Severity.SETUP) == 1


@pytest.mark.parametrize("written", ["0.500", "1234.567", "1.2345"])
def test_point_with_too_many_decimals_is_no_group_of_thousands(written: str) -> None:
    with pytest.raises(ValueError, match="miejsc"):
        parse_grosze(written)


def test_blocks_do_not_tear_records_of_many_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.imports.reader.BLOCK", 9000)
    rows = [f'0001;U/1;D/{at};1;WPL;2026-10-05;;"{"a" * (at % 7)}\r\nb\r\nc";;5,00' for at in range(900)]
    path = write(tmp_path, ledger_lines(*rows))
    findings = Findings()
    reader = Reader(path, detect(path, columns=LEDGER.headings), findings)
    assert sum(len(block.frame) for block in reader.blocks()) == 900
    assert findings.kept == []


@pytest.mark.parametrize("delimiter", [";", ","])
def test_heading_in_quotes_may_hold_the_delimiter(database: str, tmp_path: Path, delimiter: str) -> None:
    load_registry(tmp_path)
    heading, row = HEADER.replace(";", delimiter), ROW.replace("1234,50", '"1234,50"').replace(";", delimiter)
    unknown = f'"uwagi{delimiter} ""wewnętrzne"""'
    report = load_lines(tmp_path, [f"{unknown}{delimiter}{heading}", f"x{delimiter}{row}"])
    assert report.accepted == 1
    assert [one.column for one in report.findings.sorted()] == [f'uwagi{delimiter} "wewnętrzne"']
