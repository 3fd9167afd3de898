"""Reads a file in blocks of text columns, strictly: every line becomes a record, a control line, a blank or a finding.

Readers that forgive swallow the rest of a file into one field on an unbalanced quote. Here each line is checked against
RFC 4180 before the fast reader sees it, so that it cannot guess.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.imports.dialect import BOM, DELIMITER_NAMES, MAX_LINE, Dialect
from core.imports.findings import Cause, Finding, Findings, Severity, unusable

BLOCK = 16 << 20  # bytes; memory stays flat however long the file
MULTILINE = 50  # lines that one quoted cell may span
BLANKS = " \t\r\u00a0\u202f\u200b\ufeff"
LINE_NO = "line_no"
_BLANK = "[ \u00a0\u202f\u200b\ufeff]*"
_CONTROL = r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
_UPPER_CONTROL = re.compile("[\x80-\x9f]")  # what ISO-8859-2 makes of letters that only cp1250 has
_WHOLE_LINE = "\x01"  # never inside a line that is passed on: control signs are refused before
_UNDECODED = "\x03"  # marks a line that is no text of the encoding and was reported


@dataclass(frozen=True, slots=True)
class Block:
    """Records of one stretch of the file: text columns c0…cN in the order of the heading, and `line_no`."""

    frame: pl.DataFrame
    rejected: int  # lines that are no records and were reported
    bytes_read: int


@dataclass(frozen=True, slots=True)
class ControlLine:
    """The file's own totals (`SUMA`): its line and cells."""

    line: int
    cells: tuple[str, ...]


class Reader:
    """One pass over one file. `findings` take what is wrong.

    Once the pass is over, `control` is the control line and `spans` has the last line of each record of several lines.
    """

    def __init__(self, path: Path, dialect: Dialect, findings: Findings) -> None:
        self.path = path
        self.dialect = dialect
        self.findings = findings
        self.control: ControlLine | None = None
        self.spans: dict[int, int] = {}
        self._rejected = 0
        sign = r"\t" if dialect.delimiter == "\t" else dialect.delimiter
        self._sign = sign
        plain, quoted = f'[^"{sign}]*', '"(?:[^"]|"")*"'
        self._record = re.compile(f"(?:{plain}|{quoted})(?:{sign}(?:{plain}|{quoted}))*")
        self._pattern = f"^(?s:{self._record.pattern})$"
        self._control = rf'^{_BLANK}(?:(?i:SUMA)|"{_BLANK}(?i:SUMA){_BLANK}"){_BLANK}(?:{sign}|\r?$)'
        self._size = path.stat().st_size

    def blocks(self) -> Iterator[Block]:
        """The file's records, block by block."""
        line, rest, done = 1, b"", 0
        with self.path.open("rb") as stream:
            if self.dialect.has_bom:
                stream.read(len(BOM))
            while True:
                chunk = stream.read(BLOCK)
                done += len(chunk)
                last = len(chunk) < BLOCK
                data, rest = self._whole_lines(rest + chunk, last=last, line=line)
                if data:
                    yield self._block(data, line, done)
                    line += data.count(b"\n")
                if last:
                    return

    def _whole_lines(self, data: bytes, *, last: bool, line: int) -> tuple[bytes, bytes]:
        end = len(data) if last else data.rfind(b"\n") + 1
        tail = data[end:]
        if len(tail) > MAX_LINE and b"\n" not in tail:
            number = line + data.count(b"\n", 0, end)
            raise unusable(
                Cause.LINE,
                f"Wiersz {number} ma ponad {MAX_LINE // 1024} kB: brakuje końca wiersza albo to nie jest plik CSV. "
                "Wyeksportuj plik ponownie.",
                line=number,
            )
        if last:
            return (data if data.endswith(b"\n") or not data else data + b"\n"), b""
        end = _start_of_open_quote(data, end)
        return data[:end], data[end:]

    def _block(self, data: bytes, first_line: int, bytes_read: int) -> Block:
        self._rejected = 0
        text = self._decode(data, first_line)
        lines = _as_lines(text).with_row_index(LINE_NO, offset=first_line).with_columns(pl.col(LINE_NO).cast(pl.Int64))
        if first_line == 1:
            lines = lines.slice(1)
        quoted = pl.col("text").str.contains('"', literal=True)
        lines = lines.with_columns((~quoted | pl.col("text").str.contains(self._pattern)).alias("fits"))
        # Records are whole before anything is left out: a blank line or a word inside a quoted cell belongs to it.
        if not lines["fits"].all():
            lines = self._join_quoted(lines)
        frame = self._split(self._take_control(self._drop_unreadable(lines)))
        return Block(frame, self._rejected, bytes_read)

    def _decode(self, data: bytes, first_line: int) -> str:
        try:
            return data.decode(self.dialect.encoding).replace(_UNDECODED, "\x02")
        except UnicodeDecodeError:
            pass
        decoded = []
        for offset, line in enumerate(data.split(b"\n")):
            try:
                decoded.append(line.decode(self.dialect.encoding).replace(_UNDECODED, "\x02"))
            except UnicodeDecodeError as error:
                self._undecodable(line, error, first_line + offset)
                decoded.append(_UNDECODED + line.decode(self.dialect.encoding, "replace"))
        return "\n".join(decoded)

    def _undecodable(self, line: bytes, error: UnicodeDecodeError, number: int) -> None:
        cell = line[: error.start].count(self.dialect.delimiter.encode())
        reason = (
            f"Bajt 0x{line[error.start]:02X} (znak {error.start + 1}) nie istnieje w kodowaniu {self.dialect.encoding}. "
            "Wybierz właściwe kodowanie albo wyeksportuj plik ponownie."
        )
        shown = line[:80].decode(self.dialect.encoding, "replace")
        self.findings.add(Finding(Severity.ERROR, Cause.ENCODING, reason, number, self._heading(cell), shown))

    def _drop_unreadable(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Leave out blank records; report those that are too long or hold control signs."""
        text = pl.col("text")
        blank = text.str.strip_chars(BLANKS + self.dialect.delimiter) == ""
        bad = (text.str.len_bytes() > MAX_LINE) | text.str.contains(_CONTROL)
        lines = lines.with_columns(blank.alias("blank"), bad.alias("bad"))
        if lines["bad"].any():
            for number, content in lines.filter(pl.col("bad")).select(LINE_NO, "text").iter_rows():
                self._rejected += 1
                if _UNDECODED not in content:  # reported when it was decoded
                    self.findings.add(self._unreadable(number, content))
        return lines.filter(~pl.col("bad") & ~pl.col("blank")).select(LINE_NO, "text")

    def _unreadable(self, number: int, content: str) -> Finding:
        cause, column, reason = Cause.LINE, None, "Wiersz zawiera znaki sterujące; usuń je i wczytaj ponownie."
        if len(content.encode()) > MAX_LINE:
            reason = "Wiersz jest za długi."
        elif self.dialect.encoding == "iso-8859-2" and (sign := _UPPER_CONTROL.search(content)):
            cause, column = Cause.ENCODING, self._heading(content[: sign.start()].count(self.dialect.delimiter))
            reason = (
                f"W iso-8859-2 nie ma litery o bajcie 0x{ord(sign[0]):02X}, jest w cp1250. Wybierz kodowanie cp1250."
            )
        return Finding(Severity.ERROR, cause, reason, number, column, content[:80])

    def _heading(self, place: int) -> str | None:
        return self.dialect.heading[place] if place < len(self.dialect.heading) else None

    def _take_control(self, lines: pl.DataFrame) -> pl.DataFrame:
        control = pl.col("text").str.contains(self._control)
        found = lines.filter(control)
        for number, content in found.iter_rows():
            if self.control is not None:
                self._error(Cause.TOTALS, number, f"Drugi wiersz SUMA; pierwszy jest w wierszu {self.control.line}.")
                continue
            cells = tuple(
                cell.strip(BLANKS)
                for cell in next(csv.reader([content.replace("\r", "")], delimiter=self.dialect.delimiter))
            )
            self.control = ControlLine(number, cells)
        if self.control is not None:
            after = lines.filter(~control & (pl.col(LINE_NO) > self.control.line))
            for number, content in after.iter_rows():
                self._error(Cause.TOTALS, number, "Wiersz za wierszem SUMA: suma musi być na końcu.", cell=content[:80])
            lines = lines.filter(pl.col(LINE_NO) <= self.control.line)
        return lines.filter(~control) if len(found) else lines

    def _join_quoted(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Join the lines of quoted cells that hold line breaks; report quotes that never close."""
        numbers, texts = lines[LINE_NO].to_list(), lines["text"].to_list()
        fits = lines["fits"].to_list()
        joined: dict[int, str] = {}
        dropped: set[int] = set()
        at = 0
        while at < len(fits):
            if fits[at]:
                at += 1
                continue
            record, used = self._close_quote(texts, at)
            if record is None:
                self._error(
                    Cause.QUOTE,
                    numbers[at],
                    'Cudzysłów jest niezamknięty albo stoi w środku pola. W polu w cudzysłowie podwój cudzysłów („""”).',
                    cell=texts[at][:80],
                )
                dropped.add(numbers[at])
                at += 1
                continue
            joined[numbers[at]] = record
            self.spans[numbers[at]] = numbers[at + used - 1]
            self._warn_of_swallowed(texts[at + 1 : at + used], numbers[at])
            dropped.update(numbers[at + 1 : at + used])
            at += used
        return _with_joined(lines.filter(~pl.col(LINE_NO).is_in(list(dropped))), joined)

    def _close_quote(self, texts: list[str], at: int) -> tuple[str | None, int]:
        """The record that starts at a line with an open quote and how many lines it takes; None if it never closes."""
        record, used = texts[at], 1
        while record.count('"') % 2 and used < MULTILINE and at + used < len(texts):
            record += "\n" + texts[at + used]
            used += 1
        whole = record.count('"') % 2 == 0 and self._record.fullmatch(record) is not None
        return (record if whole else None), used

    def _warn_of_swallowed(self, continued: list[str], line: int) -> None:
        """Two faulty quotes make one legal cell of all that stands between them; a whole row inside gives it away."""
        width = len(self.dialect.heading)
        for offset, text in enumerate(continued, start=1):
            if width > 1 and text.count(self.dialect.delimiter) == width - 1:
                reason = (
                    f"Ten wiersz leży w polu w cudzysłowie otwartym w wierszu {line}, a wygląda jak osobny wiersz danych. "
                    "Sprawdź cudzysłowy."
                )
                self.findings.add(Finding(Severity.WARNING, Cause.QUOTE, reason, line + offset, None, text[:80]))

    def _split(self, lines: pl.DataFrame) -> pl.DataFrame:
        width = len(self.dialect.heading)
        names = [f"c{index}" for index in range(width)]
        outside = pl.col("text").str.replace_all(r'"[^"]*"', "")
        quoted = pl.col("text").str.contains('"', literal=True)
        count = (
            pl.when(quoted)
            .then(outside)
            .otherwise(pl.col("text"))
            .str.count_matches(self.dialect.delimiter, literal=True)
        )
        lines = lines.with_columns((count.cast(pl.Int64) + 1).alias("cells"))
        if not (lines["cells"] == width).all():
            lines = self._mend_width(lines, width)
        schema = dict.fromkeys(names, pl.String)
        if lines.is_empty():
            return pl.DataFrame(schema=schema).with_columns(pl.Series(LINE_NO, [], pl.Int64))
        frame = pl.read_csv(
            io.BytesIO(lines["text"].str.join("\n").item().encode()),
            separator=self.dialect.delimiter,
            has_header=False,
            schema=schema,
            quote_char='"',
            empty_string_is_null=False,
        )
        if len(frame) != len(lines):
            raise AssertionError(f"{len(lines)} lines became {len(frame)} records")
        return frame.with_columns(lines[LINE_NO])

    def _mend_width(self, lines: pl.DataFrame, width: int) -> pl.DataFrame:
        """Take off empty cells beyond the heading (spreadsheets add them); report every other wrong width."""
        surplus = pl.col("cells") - width
        trimmed = pl.col("text").str.replace(rf"(?:{self._sign}[ \r]*)+$", "")
        lost = pl.col("text").str.count_matches(self.dialect.delimiter, literal=True).cast(
            pl.Int64
        ) - trimmed.str.count_matches(self.dialect.delimiter, literal=True).cast(pl.Int64)
        padded = trimmed + pl.lit(self.dialect.delimiter).repeat_by((lost - surplus).clip(lower_bound=0)).list.join("")
        mendable = (surplus > 0) & (lost >= surplus)
        lines = lines.with_columns(
            pl.when(mendable).then(padded).otherwise(pl.col("text")).alias("text"),
            pl.when(mendable).then(width).otherwise(pl.col("cells")).alias("cells"),
        )
        for number, content, cells in (
            lines.filter(pl.col("cells") != width).select(LINE_NO, "text", "cells").iter_rows()
        ):
            self._error(
                Cause.FIELDS,
                number,
                f"Liczba pól w wierszu: {cells} zamiast {width} (rozdzielnik: {DELIMITER_NAMES[self.dialect.delimiter]}).",
                cell=content[:80],
            )
        return lines.filter(pl.col("cells") == width)

    def _error(self, cause: Cause, line: int, reason: str, *, cell: str | None = None) -> None:
        """Report a record that is left out."""
        self._rejected += 1
        self.findings.add(Finding(Severity.ERROR, cause, reason, line=line, cell=cell))


def _as_lines(text: str) -> pl.DataFrame:
    body = text.replace(_WHOLE_LINE, "\x02").encode()  # \x02 is reported as a control sign just the same
    return pl.read_csv(
        body,
        separator=_WHOLE_LINE,
        has_header=False,
        schema={"text": pl.String},
        quote_char=None,
        empty_string_is_null=False,
    )


def _with_joined(lines: pl.DataFrame, joined: dict[int, str]) -> pl.DataFrame:
    if not joined:
        return lines
    texts = [joined.get(number, text) for number, text in lines.select(LINE_NO, "text").iter_rows()]
    return lines.with_columns(pl.Series("text", texts))


def _start_of_open_quote(data: bytes, end: int) -> int:
    """Where to cut complete lines so that a quoted cell with line breaks is not torn: `end`, or a line before it."""
    start = end
    for _ in range(MULTILINE):
        start = data.rfind(b"\n", 0, max(start - 1, 0)) + 1
        if start == 0:
            break
    at, opened = start, (start if data.count(b'"', 0, start) % 2 else None)
    while at < end:
        after = data.index(b"\n", at) + 1
        if data.count(b'"', at, after) % 2:
            opened = at if opened is None else None
        at = after
    return opened if opened else end
