"""The command of correspondence."""

import click

from core.correspondence.making import make_letters


@click.command()
@click.option("--processes", type=click.IntRange(0, 64), help="How many beside this one; by default all processors.")
def letters(processes: int | None) -> None:
    """Make the PDFs of all letters that were ordered from templates, and end."""
    click.echo(f"Przygotowane pisma: {make_letters(processes=processes)}.")


COMMANDS: tuple[click.Command, ...] = (letters,)
