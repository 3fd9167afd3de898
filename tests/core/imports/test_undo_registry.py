"""Taking registry batches back: all records at once, exactly as they were, or not at all."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from core import db
from core.imports.undo_refused import UndoRefusedError
from core.registry.models import Building, BuildingService, PropertyAdministrator, Tenancy, Tenant
from tests.core.imports.files import load_lines, load_registry, undo

BUILDINGS = "kod_budynku;ulica;nr_budynku;kod_pocztowy;miejscowosc;dzielnica;ron;administrator;administrator_telefon"
TENANTS = "nr_kontrahenta;rodzaj;nazwa"


@pytest.fixture
def folder(database: str, tmp_path: Path) -> Path:
    load_registry(tmp_path)
    return tmp_path


def _rows(model: type[db.Base]) -> list[tuple[Any, ...]]:
    table = model.__table__
    with db.reading() as session:
        return [tuple(row) for row in session.execute(select(table).order_by(table.c.id))]


def _statements(folder: Path, first: int, last: int) -> int:
    """How many statements it takes to undo a file that makes some tenants and changes one."""
    lines = [f"N{at};osoba;Nowy {at}" for at in range(first, last)]
    batch = load_lines(folder, [TENANTS, *lines, f"0001;osoba;Anna {first}"], kind="tenants")
    counted: list[str] = []
    listen = (Engine, "before_cursor_execute", lambda *about: counted.append(about[2]))
    event.listen(*listen)
    try:
        undo(batch)
    finally:
        event.remove(*listen)
    return len(counted)


def test_undo_takes_as_many_statements_for_many_records_as_for_few(folder: Path) -> None:
    before = _rows(Tenant)
    assert _statements(folder, 0, 5) == _statements(folder, 1_000, 1_300)
    assert _rows(Tenant) == before


def test_records_that_one_file_made_and_changed_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = (Building, BuildingService, PropertyAdministrator)
    before = [_rows(model) for model in models]
    monkeypatch.setattr("core.imports.reader.BLOCK", 200)
    rows = [f"X{at};Piotrkowska;{at};90-001;Łódź;Polesie;R{at};Jan A;{111 + (at > 9)}" for at in range(20)]
    batch = load_lines(folder, [BUILDINGS, *rows], kind="buildings", accept_warnings=True)
    assert batch.accepted == 20
    with db.reading() as session:
        assert session.scalar(select(PropertyAdministrator.phone).where(PropertyAdministrator.name == "Jan A")) == "112"
    undo(batch)
    assert [_rows(model) for model in models] == before


def test_refused_undo_names_the_record_and_changes_nothing(folder: Path) -> None:
    batch = load_lines(
        folder, [TENANTS, *(f"N{at};osoba;Nowy {at}" for at in range(9)), "0001;osoba;Inna"], kind="tenants"
    )
    lease = ["nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od", "U/N;N5;L1;najem;2020-01-01"]
    later = load_lines(folder, lease, kind="tenancies")
    before = _rows(Tenant)
    with pytest.raises(UndoRefusedError, match="„N5”"):
        undo(batch)
    assert _rows(Tenant) == before
    undo(later)
    undo(batch)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Tenant)) == 3


def test_record_changed_by_hand_refuses_the_undo(folder: Path) -> None:
    batch = load_lines(folder, [TENANTS, "N1;osoba;Nowy", "N2;osoba;Nowy"], kind="tenants")
    with db.transaction() as session:
        session.query(Tenant).filter(Tenant.tenant_no == "N2").update({"name": "Poprawiony"})
    with pytest.raises(UndoRefusedError, match="„N2”"):
        undo(batch)


def test_dates_and_areas_come_back_as_they_were(folder: Path) -> None:
    leases = _rows(Tenancy)
    heading = "nr_umowy;nr_kontrahenta;kod_lokalu;tytul;od;do"
    undo(load_lines(folder, [heading, "U/1;0001;L1;najem;2021-02-03;2026-12-31"], kind="tenancies"))
    assert _rows(Tenancy) == leases
