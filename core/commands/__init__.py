"""`python -m core …`: the same functions as the pages, from the console.

A refusal is one line on stderr and exit status 1; a wrong call is exit status 2.
"""

import functools
import sys
from importlib import import_module
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from core import db
from core.commands import database
from core.errors import DomainError

# Which module of this package has a command.
MODULES = {
    "api-token": "exports",
    "audit": "mail",
    "balance": "ledger",
    "balances": "ledger",
    "batches": "imports",
    "check": "imports",
    "create-account": "accounts",
    "create-employee": "accounts",
    "demo": "demo",
    "district": "registry",
    "expire": "housekeeping",
    "export": "exports",
    "import": "imports",
    "letters": "letters",
    "mail": "mail",
    "migrate": "database",
    "own-data": "own_data",
    "pause": "pausing",
    "publish-terms": "accounts",
    "rebuild-figures": "ledger",
    "resume": "pausing",
    "suspense": "suspense",
    "undo": "imports",
    "unlock": "accounts",
    "watch": "watching",
}


# Modules whose commands look at no table, or look after the schema themselves.
WITHOUT_SCHEMA = {"database", "pausing"}


class Commands(click.Group):
    """All commands, each imported when it is called: importing all of them takes longer than most of them run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, by the alphabet."""
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name in MODULES and cmd_name not in self.commands:
            module = import_module(f"{__name__}.{MODULES[cmd_name]}")
            for command in module.COMMANDS:
                is_free = MODULES[cmd_name] in WITHOUT_SCHEMA
                self.add_command(command if is_free else on_ready_database(command))
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """IOK: tenant portal and staff dashboard of a municipal landlord."""


def on_ready_database(command: click.Command) -> click.Command:
    """The command, after a look at the schema: an empty database is made ready, an older one is refused."""
    run = command.callback
    if run is None:
        raise TypeError(f"{command.name} does nothing")

    @functools.wraps(run)
    def checked(*arguments: Any, **options: Any) -> Any:
        if database.is_new():
            database.make_ready()
        db.require_schema()
        return run(*arguments, **options)

    command.callback = checked
    return command


def main() -> None:
    """Run a command; turn a refusal into one line and exit status 1."""
    try:
        cli()
    except DomainError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    except OperationalError as error:
        if not db.is_busy(error):
            raise
        click.echo(db.BUSY, err=True)
        sys.exit(1)
