"""Commands of the database as a whole."""

import click

from core import db


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema (makes it when there is none)."""
    db.migrate()
    click.echo("Baza danych jest aktualna.")


COMMANDS: tuple[click.Command, ...] = (migrate,)
