"""The list that comes with a parcel of letters: which file is whose, and what it is (`data-contracts.md`)."""

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from core.correspondence.kinds import NAMES, LetterKind, kind_named
from core.errors import InvalidFormError, InvalidInputError
from core.imports import parsers
from core.imports.columns import Column, lay_out, parse
from core.imports.dialect import detect
from core.imports.findings import Cause, Finding, Findings, Severity
from core.imports.reader import LINE_NO, Reader
from core.words import plain

SHOWN = 20  # findings told at once


def _kind(cell: str, _: object) -> str:
    try:
        return kind_named(cell)
    except InvalidInputError as refusal:
        raise ValueError(refusal.message[:1].lower() + refusal.message[1:].rstrip(".")) from None


KIND = parsers.Parser(_kind, pl.String, f"jedno z: {', '.join(NAMES.values())}")
COLUMNS = (
    Column("plik", "file_name", parsers.text(150), required=True, filled=True),
    Column("nr_kontrahenta", "tenant_no", parsers.code(40), default=""),
    Column("nr_umowy", "tenancy_no", parsers.code(40), default=""),
    Column("rodzaj", "kind", KIND, default=""),
    Column("numer", "letter_no", parsers.text(60), default=""),
    Column("data", "dated", parsers.DAY),
    Column("tytul", "title", parsers.text(200), default=""),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list; what it leaves open is None or empty."""

    line: int
    file_name: str
    tenant_no: str
    tenancy_no: str
    kind: LetterKind | None
    letter_no: str
    dated: date | None
    title: str


def read_manifest(content: bytes) -> dict[str, Listed]:
    """The lines by the name of their file, compared without case and marks (`file_key`).

    Raises UnusableFileError for what is no such list, InvalidFormError with every line that is wrong.
    """
    with tempfile.TemporaryDirectory(prefix="iok-") as folder:
        path = Path(folder) / "manifest.csv"
        path.write_bytes(content)
        findings = Findings()
        dialect = detect(path, columns=[column.name for column in COLUMNS])
        layout = lay_out(COLUMNS, dialect, findings)
        if not {"tenant_no", "tenancy_no"} & layout.present:
            raise InvalidInputError("W wykazie brakuje kolumny nr_kontrahenta albo nr_umowy.", field="files")
        rows = [
            row
            for block in Reader(path, dialect, findings).blocks()
            for row in parse(block.frame, layout, dialect, findings).iter_rows(named=True)
        ]
    found: dict[str, Listed] = {}
    for row in rows:
        listed = _listed(row)
        if not listed.tenant_no and not listed.tenancy_no:
            findings.add(_error("Podaj nr_kontrahenta albo nr_umowy.", listed.line))
        if file_key(listed.file_name) in found:
            findings.add(_error(f"Plik „{listed.file_name}” jest w wykazie drugi raz.", listed.line))
        found[file_key(listed.file_name)] = listed
    _refuse(findings)
    return found


def file_key(name: str) -> str:
    """By what a file's name is compared: its last part, without case and Polish marks."""
    return plain(name.replace("\\", "/").rpartition("/")[2]).strip()


def _listed(row: dict[str, object]) -> Listed:
    text = {
        name: str(row[name] or "") for name in ("file_name", "tenant_no", "tenancy_no", "kind", "letter_no", "title")
    }
    return Listed(
        line=int(str(row[LINE_NO])),
        file_name=text["file_name"],
        tenant_no=text["tenant_no"],
        tenancy_no=text["tenancy_no"],
        kind=LetterKind(text["kind"]) if text["kind"] else None,
        letter_no=text["letter_no"],
        dated=row["dated"] if isinstance(row["dated"], date) else None,
        title=text["title"],
    )


def _error(reason: str, line: int) -> Finding:
    return Finding(Severity.ERROR, Cause.VALUE, reason, line=line)


def _refuse(findings: Findings) -> None:
    wrong = [one for one in findings.sorted() if one.severity in (Severity.SETUP, Severity.ERROR)]
    if wrong:
        told = [("files", f"wykaz, {one}") for one in wrong[:SHOWN]]
        if (number := findings.number(Severity.ERROR)) > SHOWN:
            told.append(("files", f"wykaz, pozostałe błędy: {number - SHOWN}"))
        raise InvalidFormError(told)
