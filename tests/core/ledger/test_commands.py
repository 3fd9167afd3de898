"""What the ledger's commands print where there is nothing, and what they refuse."""

import json

import pytest
from click.testing import CliRunner

from core import db
from core.commands import cli, main
from core.errors import NotFoundError
from tests.cast import make_entry, make_tenancy, make_tenant


def test_every_tenancy_is_listed_in_order_also_without_entries(database: str) -> None:
    with db.transaction() as session:
        anna = make_tenant(session)
        make_entry(session, make_tenancy(session, anna, tenancy_no="U/10"), "2026-11-01", credit="5")
        make_tenancy(session, anna, tenancy_no="U/02")

    printed = CliRunner().invoke(cli, ["balances", "--json"]).output

    assert list(json.loads(printed).items()) == [
        ("U/02", {"balance": "0.00", "overdue": "0.00"}),
        ("U/10", {"balance": "-5.00", "overdue": "0.00"}),
    ]


def test_empty_database_has_no_balances(database: str) -> None:
    assert json.loads(CliRunner().invoke(cli, ["balances", "--json"]).output) == {}


def test_plain_lines_carry_the_same_numbers(database: str) -> None:
    with db.transaction() as session:
        make_entry(session, make_tenancy(session, make_tenant(session), tenancy_no="U/1"), "2026-11-01", credit="5")

    one = CliRunner().invoke(cli, ["balance", "U/1", "--as-of", "2026-11-23"]).output
    every = CliRunner().invoke(cli, ["balances", "--as-of", "2026-11-23"]).output

    assert one == every
    assert "U/1" in one
    assert "-5.00" in one


def test_unknown_tenancy_is_refused(database: str) -> None:
    assert isinstance(CliRunner().invoke(cli, ["balance", "U/404"]).exception, NotFoundError)


def test_refusal_is_one_line_and_status_one(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["core", "balance", "U/404"])

    with pytest.raises(SystemExit) as end:
        main()

    assert end.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_day_that_is_no_day_is_a_wrong_call(database: str) -> None:
    assert CliRunner().invoke(cli, ["balances", "--as-of", "31.10.2026"]).exit_code == 2
