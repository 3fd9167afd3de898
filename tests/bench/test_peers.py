"""The file that every peer is given has the landlord's rows, and nothing that only we can read."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from bench.import_peers import NAMES, write_plain
from bench.ledger_file import write_ledger
from bench.peer_loads import PEERS

ROWS = 300


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, str]]:
    """The plain file of a landlord's."""
    write_ledger(tmp_path / "ledger.csv", rows=ROWS, tenancies=50)
    assert write_plain(tmp_path / "ledger.csv", tmp_path / "plain.csv") == ROWS
    with (tmp_path / "plain.csv").open(encoding="utf-8", newline="") as plain:
        return list(csv.DictReader(plain))


def test_amounts_are_those_of_the_control_line(rows: list[dict[str, str]], tmp_path: Path) -> None:
    control = (tmp_path / "ledger.csv").read_text(encoding="cp1250").splitlines()[-1].split(";")
    stated = [Decimal(cell.replace("\u00a0", "").replace(",", ".")) for cell in control[-2:]]
    assert [sum(Decimal(row[side]) for row in rows) for side in ("obciazenie", "uznanie")] == stated
    assert control[1] == str(len(rows))


def test_every_row_has_a_document_and_a_line_of_its_own(rows: list[dict[str, str]]) -> None:
    keys = [(row["nr_dokumentu"], row["pozycja"]) for row in rows]
    assert len(set(keys)) == ROWS
    assert all(number and position for number, position in keys)


def test_every_peer_has_a_name() -> None:
    assert PEERS.keys() == NAMES.keys()
