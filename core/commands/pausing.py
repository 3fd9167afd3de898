"""The commands around work on the installation: both services pause, and go on."""

from datetime import datetime

import click

from core.clock import instant_of, local
from core.maintenance import end_pause, start_pause


@click.command()
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d %H:%M"]),
    help='When it is meant to end, on a Polish wall clock: "2026-12-01 06:00".',
)
def pause(until: datetime | None) -> None:
    """Let both services answer with the page of a technical pause; again to change its end."""
    started = start_pause(instant_of(until.date(), until.time()) if until else None)
    told = f" do {local(started.until):%d.%m.%Y, %H:%M}" if started.until else ""
    click.echo(f"Trwa przerwa techniczna{told}. Zakończ ją: python -m core resume")


@click.command()
def resume() -> None:
    """End the technical pause."""
    click.echo("Przerwa zakończona." if end_pause() else "Nie było przerwy.")


COMMANDS: tuple[click.Command, ...] = (pause, resume)
