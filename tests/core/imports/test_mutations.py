"""Damaged files: ten thousand of them, no unhandled exception, every line accounted for."""

import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from core import db
from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState
from core.imports.columns import lay_out, parse
from core.imports.dialect import detect
from core.imports.findings import Findings, Severity, UnusableFileError
from core.imports.invariants import broken_invariants
from core.imports.kinds import LEDGER
from core.imports.reader import Reader
from core.imports.report import AlreadyLoadedError
from core.imports.rules import apply_rules
from tests.core.imports.files import HEADER, count_entries, load_lines, load_registry
from tests.repeats import repeats, sampled

FILES = repeats(10_000, sample=800)
LOADED = repeats(150, sample=50)
SPECIAL = b'\0"";;,\t\n\r\n\xff\xb9\xbc\x81 -+0E'

BASE = "\r\n".join(
    [
        HEADER,
        '0001;U/1;NAL/1;1;NAL;2026-10-01;2026-10-10;"Czynsz; najem";1 100,00;',
        "0002;U/2;NAL/2;1;NAL;2026-10-01;2026-10-10;Woda i ścieki;-60,67;",
        '0003;U/3;WPL/3;1;WPL;06.10.2026;;"Przelew ""czynsz""";;1\u00a0156,11',
        "0001;U/1;;;WPL;2026-10-15;;Wpłata w kasie;;50,00",
        "0001;U/1;;;WPL;2026-10-15;;Wpłata w kasie;;50,00",
        '0002;U/2;KOR/4;2;KOR;2026-10-20;;"dwie\r\nlinie";12,00-;',
        "SUMA;6;;;;;;;1027,33;1256,11",
        "",
    ]
)


def _mutated(seed: int) -> bytes:
    chance = random.Random(seed)
    data = bytearray(BASE.encode("utf-8" if seed % 2 else "cp1250"))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data)) if data else 0
        what = chance.randrange(7)
        if what == 0:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif what == 1:
            data[at:at] = bytes([chance.choice(SPECIAL)]) * chance.randint(1, 3)
        elif what == 2:
            del data[at : at + chance.randint(1, 40)]
        elif what == 3:
            lines = bytes(data).split(b"\n")
            lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
            data = bytearray(b"\n".join(lines))
        elif what == 4:
            lines = bytes(data).split(b"\n")
            chance.shuffle(lines)
            data = bytearray(b"\n".join(lines))
        elif what == 5:
            del data[at:]
        else:
            data[at : at + 2] = chance.choice((b";;", b'"', b"1E+18", "\ufeff".encode(), b"\r", b"\x1a", b"(1,0)"))
    return bytes(data)


def _accounted(path: Path) -> Iterator[int]:
    """Numbers of the lines that became records, findings, blanks or the control line; raises UnusableFileError."""
    findings = Findings()
    dialect = detect(path, columns=LEDGER.headings)
    layout = lay_out(LEDGER.columns, dialect, findings)
    reader = Reader(path, dialect, findings)
    yield 1
    for block in reader.blocks():
        rows = apply_rules(LEDGER, parse(block.frame, layout, dialect, findings), findings)
        yield from block.frame["line_no"]
        bad = set(rows.filter(~pl.col("ok"))["line_no"])
        named = {finding.line for finding in findings.kept if finding.severity is Severity.ERROR}
        assert bad <= named
    for line, last in reader.spans.items():
        yield from range(line, last + 1)
    if reader.control is not None:
        yield reader.control.line
    for finding in findings.kept:
        if finding.line is not None:
            yield finding.line
    text = path.read_bytes().decode(dialect.encoding, "replace")
    for number, content in enumerate(text.split("\n"), 1):
        if not content.strip(" \t\r\u00a0\u202f\u200b\ufeff" + dialect.delimiter):
            yield number


@sampled
def test_every_line_of_thousands_of_damaged_files_is_accounted_for(tmp_path: Path) -> None:
    path, readable = tmp_path / "file.csv", 0
    refusals: list[UnusableFileError] = []
    for seed in range(FILES):
        data = _mutated(seed)
        path.write_bytes(data)
        try:
            seen = set(_accounted(path))
        except UnusableFileError as refusal:
            refusals.append(refusal)
            continue
        readable += 1
        lines = data.count(b"\n") + (not data.endswith(b"\n"))
        assert set(range(1, lines + 1)) <= seen, (seed, sorted(set(range(1, lines + 1)) - seen))
    assert readable > FILES / 4
    assert readable + len(refusals) == FILES
    assert all(refusal.message and refusal.finding.severity is Severity.SETUP for refusal in refusals)


@sampled
@pytest.mark.parametrize("start", [0, 100_000])
def test_damaged_files_load_whole_or_not_at_all(database: str, tmp_path: Path, start: int) -> None:
    load_registry(tmp_path)
    committed = 0
    for seed in range(start, start + LOADED):
        before = count_entries()
        try:
            report = load_lines(tmp_path, _mutated(seed), accept_warnings=True, skip_errors=seed % 3 == 0)
        except AlreadyLoadedError:
            continue
        assert report.rows == report.accepted + report.repeated + report.suspended + report.rejected
        grown = report.accepted if report.state is BatchState.COMMITTED else 0
        committed += report.state is BatchState.COMMITTED
        assert count_entries() == before + grown
    assert committed > 0
    with db.reading() as session:
        assert broken_invariants(session, operator_scope()) == []
