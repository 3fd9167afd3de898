"""`python -m core export` and `api-token`: what the console gives and prints."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from core import db
from core.commands import cli
from core.documents.storage import hash_file
from core.errors import NotFoundError
from core.exports.models import ApiConsumer
from tests.cast import make_building, make_district, make_meter, make_premises, make_reading


@pytest.fixture
def folder(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with db.transaction() as session:
        premises = make_premises(session, building=make_building(session, district=make_district(session)))
        make_reading(session, make_meter(session, premises), "2026-01-10", "5")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def test_delta_is_written_here_and_the_next_is_empty(folder: Path) -> None:
    first = json.loads(run("export", "readings", "--since-last", "--json").stdout)
    assert (first["przyrost"], first["wiersze"], first["pseudonimy"]) == (1, 1, False)
    assert hash_file(folder / first["plik"]) == first["sha256"]
    second = json.loads(run("export", "readings", "--since-last", "--json").stdout)
    assert (second["przyrost"], second["wiersze"], second["od_przyrostu"]) == (2, 0, 1)


def test_filters_profile_and_place(folder: Path) -> None:
    options = ("--profile", "exchange", "--format", "csv", "--district", "CENTRUM", "--medium", "cold")
    days = ("--from", "2026-01-10", "--to", "2026-01-10")
    assert "wiersze 1" in run("export", "readings", *options, *days, "--output", "x.csv").output
    assert (folder / "x.csv").read_text().splitlines()[0] == "MIE,TYP,NR,DATA,WAR"
    assert "wiersze 0" in run("export", "readings", "--from", "2026-01-11").output


def test_unknown_district_is_refused(folder: Path) -> None:
    with pytest.raises(NotFoundError, match="BEMOWO"):
        run("export", "readings", "--district", "BEMOWO")
    assert run("export", "salaries").exit_code == 2


def test_money_is_exported_too_and_takes_no_options_of_readings(folder: Path) -> None:
    for kind, word in (("arrears", "zaleglosci"), ("turnover", "wplywy"), ("ledger", "ksiega")):
        manifest = json.loads(run("export", kind, "--district", "CENTRUM", "--json").stdout)
        assert (manifest["rodzaj"], manifest["filtr"]["rejony"]) == (word, ["CENTRUM"])
        assert hash_file(folder / manifest["plik"]) == manifest["sha256"]
    for option in (("--since-last",), ("--medium", "cold"), ("--profile", "exchange")):
        assert run("export", "ledger", *option).exit_code == 2


def test_token_is_printed_once_and_kept_as_a_hash(folder: Path) -> None:
    token = run("api-token", "Rozliczenia").output.strip()
    with db.reading() as session:
        kept = session.scalars(select(ApiConsumer.token_hash)).one()
    assert token.startswith("iok_")
    assert token not in kept
    assert token not in run("api-token").output
    assert "unieważniono" in run("api-token", "Rozliczenia", "--revoke").output
    assert "unieważniony" in run("api-token").output
