"""Short ways to write small files and load them."""

from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from core import db
from core.accounts.sign_in import operator_scope
from core.imports.desk import import_file
from core.imports.invariants import broken_invariants
from core.imports.models import RepeatedEntry, SuspendedRow
from core.imports.options import LoadOptions
from core.imports.report import BatchReport, RefusedError
from core.imports.undo import undo_batch
from core.ledger.models import LedgerEntry

CITY = Path(__file__).parents[2] / "data" / "city-a"
CITY_FILES = (
    ("buildings", "budynki.csv"),
    ("premises", "lokale.csv"),
    ("tenants", "kontrahenci.csv"),
    ("tenancies", "umowy.csv"),
    ("ledger", "kartoteka.csv"),
)
HEADER = "nr_kontrahenta;nr_umowy;nr_dokumentu;pozycja;typ_dokumentu;data_ksiegowania;termin_platnosci;tresc;obciazenie;uznanie"


def load_city(*, ledger: bool = True) -> list[BatchReport]:
    """Load the small landlord's files in their order."""
    return [
        import_file(operator_scope(), kind=kind, path=CITY / name)
        for kind, name in CITY_FILES[: None if ledger else -1]
    ]


def load_registry(folder: Path, *, tenancies: int = 3) -> None:
    """A registry with tenancies U/1, U/2, … of tenants 0001, 0002, …"""
    numbers = range(1, tenancies + 1)
    for kind, lines in (
        (
            "buildings",
            [
                "kod_budynku;ulica;nr_budynku;kod_pocztowy;miejscowosc;dzielnica;ron;administrator",
                "B1;Piotrkowska;1;90-001;Łódź;Śródmieście;CENTRUM;Jan Nowak",
            ],
        ),
        (
            "premises",
            [
                "kod_lokalu;kod_budynku;nr_lokalu;rodzaj;pow_uzytkowa",
                *(f"L{n};B1;{n};mieszkalny;48,30" for n in numbers),
            ],
        ),
        ("tenants", ["nr_kontrahenta;rodzaj;nazwa", *(f"{n:04d};osoba;Anna {n}" for n in numbers)]),
        (
            "tenancies",
            ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", *(f"U/{n};{n:04d};L{n};najem;2020-01-01" for n in numbers)],
        ),
    ):
        load_lines(folder, lines, kind=kind)


def write(folder: Path, content: str | bytes | list[str], name: str = "") -> Path:
    """A file with this content (lines are joined by CRLF and written as UTF-8)."""
    if isinstance(content, list):
        content = "\r\n".join(content) + "\r\n"
    data = content.encode() if isinstance(content, str) else content
    path = folder / (name or f"file-{len(list(folder.glob('file-*')))}.csv")
    path.write_bytes(data)
    return path


def load_lines(folder: Path, content: str | bytes | list[str], kind: str = "ledger", **options: Any) -> BatchReport:
    """Write and load; a refusal's report comes back like any other."""
    try:
        return import_file(operator_scope(), kind=kind, path=write(folder, content), options=LoadOptions(**options))
    except RefusedError as refusal:
        return refusal.report


def ledger_lines(*rows: str, header: str = HEADER) -> list[str]:
    """A ledger file of these rows."""
    return [header, *rows]


def ledger_state() -> list[tuple[Any, ...]]:
    """Every entry, suspended row and repetition as plain values, without ids: what a state is compared by."""
    with db.reading() as session:
        entries = session.execute(
            select(
                LedgerEntry.tenancy_id,
                LedgerEntry.document_no,
                LedgerEntry.content_key,
                LedgerEntry.position,
                LedgerEntry.booked_on,
                LedgerEntry.debit,
                LedgerEntry.credit,
                LedgerEntry.batch_id,
                LedgerEntry.line_no,
            ).order_by(LedgerEntry.document_no, LedgerEntry.content_key, LedgerEntry.position)
        ).all()
        waiting = session.execute(
            select(
                SuspendedRow.document_no, SuspendedRow.content_key, SuspendedRow.batch_id, SuspendedRow.line_no
            ).order_by(SuspendedRow.document_no, SuspendedRow.content_key, SuspendedRow.position)
        ).all()
        repeated = session.execute(
            select(RepeatedEntry.batch_id, RepeatedEntry.line_no).order_by(
                RepeatedEntry.batch_id, RepeatedEntry.line_no
            )
        ).all()
    return [*map(tuple, entries), *map(tuple, waiting), *map(tuple, repeated)]


def count_entries() -> int:
    """How many entries the ledger has."""
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def undo(report: BatchReport) -> tuple[int, int]:
    """Take a batch back, see that the invariants hold; how many rows were removed and how many kept."""
    with db.transaction() as session:
        receipt = undo_batch(session, operator_scope(), batch_id=report.batch_id)
        assert broken_invariants(session, operator_scope()) == []
    return receipt.removed, receipt.kept
