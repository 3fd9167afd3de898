"""Commands of ledger."""

import click

COMMANDS: tuple[click.Command, ...] = ()
