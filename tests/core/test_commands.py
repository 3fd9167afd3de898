"""`python -m core`: what a console sees."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

import core.commands
from core import db
from core.accounts.models import TermsVersion
from core.accounts.terms import current_terms
from core.commands import MODULES, cli, main
from core.settings import ROOT
from tests.cast import make_tenant
from tests.conftest import forget_settings
from tests.console import command, process


def test_help_lists_every_command() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    assert [name for name in MODULES if name not in result.output] == []


def test_every_command_is_found_in_its_module() -> None:
    """Those of every module of the package, and no other: they are imported by name, and only when they are called."""
    modules = [import_module(f"core.commands.{found.name}") for found in iter_modules(core.commands.__path__)]
    brought = {command.name: name_of(module) for module in modules for command in module.COMMANDS}
    assert brought == MODULES


def name_of(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def test_short_command_imports_nothing_heavy() -> None:
    """What others need would make each call of a shell script several times as long."""
    program = (
        "import runpy, sys; sys.argv = ['core', 'unlock', '--help']\n"
        "try: runpy.run_module('core', run_name='__main__')\n"
        "except SystemExit: print(sorted({'alembic', 'fpdf', 'pandas', 'pikepdf', 'polars'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", MODULES)
def test_every_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_wrong_call_is_status_2() -> None:
    assert CliRunner().invoke(cli, ["nonsense"]).exit_code == 2
    assert CliRunner().invoke(cli, ["demo", "--tenancies", "nineteen"]).exit_code == 2
    assert CliRunner().invoke(cli, ["demo", "--tenancies", "19"]).exit_code == 2


def test_migrate_makes_a_database_and_may_be_repeated(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_VAR", f"{tmp_path}/var")
    monkeypatch.delenv("IOK_DATABASE_URL", raising=False)
    for _ in range(2):
        done = process("migrate")
        assert (done.status, done.stderr) == (0, "")
    forget_settings()
    with db.reading() as session:
        assert [one.version for one in session.scalars(select(TermsVersion))] == ["1.0"]
    forget_settings()


def test_no_terms_are_published_in_the_name_of_a_landlord_that_is_made_up(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOK_PRODUCTION", "1")
    monkeypatch.delenv("IOK_LANDLORD_NAME", raising=False)
    assert "IOK_LANDLORD_NAME" in process("migrate").stderr
    with db.reading() as session:
        assert current_terms(session) is None

    monkeypatch.setenv("IOK_LANDLORD_NAME", "Gmina Przykładów")
    assert process("migrate").stderr == ""
    with db.reading() as session:
        terms = current_terms(session)
    assert terms is not None
    assert "prowadzi wynajmujący: Gmina Przykładów" in terms.text


def test_empty_database_is_made_ready_by_the_first_command(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_VAR", f"{tmp_path}/var")
    monkeypatch.delenv("IOK_DATABASE_URL", raising=False)
    done = process("balances", "--json")
    assert (done.status, done.stdout, done.stderr) == (0, "{}\n", "")
    forget_settings()
    with db.reading() as session:
        assert current_terms(session) is not None
    forget_settings()


def test_schema_of_another_version_is_refused(database: str) -> None:
    with db.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    done = process("balances", "--json")
    assert (done.status, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "python -m core migrate" in done.stderr


def test_refusal_is_one_line_on_stderr_and_status_1(database: str) -> None:
    with db.transaction() as session:
        make_tenant(session)

    done = command("demo", "--tenancies", "20", "--years", "1")

    assert done.status == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "nie jest pusta" in done.stderr


def test_unserved_database_url_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_DATABASE_URL", "mysql://localhost/iok")
    done = process("migrate")
    assert done.status != 0
    assert "IOK_DATABASE_URL" in done.stderr


def test_busy_database_is_one_line_and_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IOK_VAR", str(tmp_path))
    monkeypatch.delenv("IOK_DATABASE_URL", raising=False)
    monkeypatch.setattr(db, "BUSY_TIMEOUT", 50)
    forget_settings()
    db.migrate()
    monkeypatch.setattr(sys, "argv", ["core", "create-account", "--tenant", "1"])
    with db.engine().connect() as writer:
        writer.execute(text("SELECT 1"))  # BEGIN IMMEDIATE: it holds the database
        with pytest.raises(SystemExit) as ended:
            main()
    forget_settings()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "zajęta" in said
