"""Commands of the database as a whole."""

import click
from sqlalchemy import inspect

from core import db
from core.accounts.terms import publish_shipped_terms
from core.landlord import is_made_up
from core.settings import settings


def is_new() -> bool:
    """Whether the database has no tables yet."""
    return not inspect(db.read_engine()).get_table_names()


def make_ready() -> None:
    """Bring the database to the newest schema, and put the terms that ship in force where none are yet.

    In production not before it is said in whose name.
    """
    db.migrate()
    if settings().production and is_made_up():
        click.echo(
            "Regulaminu nie opublikowano: ustaw IOK_LANDLORD_NAME i pozostałe dane, potem ponów migrate.", err=True
        )
        return
    with db.transaction() as session:
        publish_shipped_terms(session)


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema (makes it when there is none)."""
    make_ready()
    click.echo("Baza danych jest aktualna.")


COMMANDS: tuple[click.Command, ...] = (migrate,)
