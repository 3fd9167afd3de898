"""Commands of imports."""

import click

COMMANDS: tuple[click.Command, ...] = ()
