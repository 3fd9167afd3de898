"""`python -m core …`: the same functions as the pages, from the console.

A refusal is one line on stderr and exit status 1; a wrong call is exit status 2.
"""

import functools
import sys
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from core import db
from core.commands import (
    accounts,
    database,
    demo,
    exports,
    housekeeping,
    imports,
    ledger,
    letters,
    mail,
    own_data,
    registry,
    suspense,
    watching,
)
from core.errors import DomainError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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


for command in database.COMMANDS:
    cli.add_command(command)
for command in (
    *imports.COMMANDS,
    *watching.COMMANDS,
    *suspense.COMMANDS,
    *ledger.COMMANDS,
    *accounts.COMMANDS,
    *exports.COMMANDS,
    *demo.COMMANDS,
    *mail.COMMANDS,
    *letters.COMMANDS,
    *own_data.COMMANDS,
    *registry.COMMANDS,
    *housekeeping.COMMANDS,
):
    cli.add_command(on_ready_database(command))


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
