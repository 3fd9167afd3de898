"""The command of own data."""

import click

from core.own_data.making import make_data_exports


@click.command("own-data")
def own_data() -> None:
    """Make the files with their own data that tenants asked for, and end."""
    click.echo(f"Przygotowane pliki z danymi: {make_data_exports()}.")


COMMANDS: tuple[click.Command, ...] = (own_data,)
