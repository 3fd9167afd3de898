"""The command that removes what is old."""

import sys

import click

from core.housekeeping import expire as run


@click.command()
def expire() -> None:
    """Expire applications without paper and remove what is kept no longer; exit status 1 when something could not be.

    Running it again changes nothing more. The apps do the same once a day, unless IOK_MAIL_WORKER=0. How many days things
    are kept is set by IOK_KEEP_REQUESTS, IOK_KEEP_ATTEMPTS, IOK_KEEP_SESSIONS, IOK_KEEP_AUDIT and IOK_KEEP_MAIL.
    """
    refused = False
    for removal in run():
        refused = refused or removal.refusal is not None
        click.echo(f"{removal.kind}: {removal.refusal or removal.count}", err=removal.refusal is not None)
    sys.exit(1 if refused else 0)


COMMANDS: tuple[click.Command, ...] = (expire,)
