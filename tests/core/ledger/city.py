"""A small landlord's files, read the plainest way: what they say goes into the tables, nothing is checked."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.ledger.models import LedgerEntry
from tests.cast import make_batch, make_premises, make_tenancy, make_tenant

FOLDER = Path(__file__).resolve().parents[2] / "data" / "city-a"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one file, without its control line."""
    with (FOLDER / name).open(encoding="cp1250", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["nr_kontrahenta"] != "SUMA":
                yield row


def expected() -> dict[str, Any]:
    """The right answers, in grosze."""
    answers: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text("ascii"))
    return answers


def load_city(session: Session) -> None:
    """All tenancies of the city and the ledger entries that belong to them."""
    premises = make_premises(session)
    tenants: dict[str, Any] = {}
    tenancies: dict[str, int] = {}
    for row in rows("umowy.csv"):
        number = row["nr_kontrahenta"]
        if number not in tenants:
            tenants[number] = make_tenant(session, f"Najemca {number}", tenant_no=number)
        made = make_tenancy(session, tenants[number], tenancy_no=row["nr_umowy"], premises=premises)
        tenancies[row["nr_umowy"]] = made.id
    batch = make_batch(session)
    session.execute(
        insert(LedgerEntry),
        [
            _entry(row, line_no, batch.id, tenancies[row["nr_umowy"]])
            for line_no, row in enumerate(rows("kartoteka.csv"), start=2)
            if row["nr_umowy"] in tenancies
        ],
    )


def _entry(row: dict[str, str], line_no: int, batch_id: int, tenancy_id: int) -> dict[str, Any]:
    return {
        "tenancy_id": tenancy_id,
        "batch_id": batch_id,
        "line_no": line_no,
        "document_no": row["nr_dokumentu"],
        "content_key": "" if row["nr_dokumentu"] else str(line_no),
        "position": int(row["pozycja"] or 1),
        "document_type": row["typ_dokumentu"],
        "booked_on": date.fromisoformat(row["data_ksiegowania"]),
        "due_on": date.fromisoformat(row["termin_platnosci"]) if row["termin_platnosci"] else None,
        "period": row["okres"] or None,
        "description": row["tresc"],
        "debit": _amount(row["obciazenie"]),
        "credit": _amount(row["uznanie"]),
    }


def _amount(text: str) -> Decimal:
    """A second reading of amounts, independent of the product's own parser."""
    digits = text.replace("\u00a0", "").replace(" ", "").replace(",", ".") or "0"
    return -Decimal(digits[:-1]) if digits.endswith("-") else Decimal(digits)
