"""`python -m core …`: the same functions as the pages, from the console.

A refusal is one line on stderr and exit status 1; a wrong call is exit status 2.
"""

import sys

import click

from core.commands import accounts, database, demo, imports, ledger
from core.errors import DomainError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """IOK: tenant portal and staff dashboard of a municipal landlord."""


for command in (
    *database.COMMANDS,
    *imports.COMMANDS,
    *ledger.COMMANDS,
    *accounts.COMMANDS,
    *demo.COMMANDS,
):
    cli.add_command(command)


def main() -> None:
    """Run a command; turn a refusal into one line and exit status 1."""
    try:
        cli()
    except DomainError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
