"""Commands of mail and of the audit log."""

import sys
import time

import click

from core.audit.events import broken_link
from core.db import reading
from core.delivery import deliver_mail

PAUSE = 5  # seconds between looks


@click.command()
@click.option("--once", is_flag=True, help="Deliver what is due and end, instead of going on for ever.")
def mail(once: bool) -> None:
    """Deliver outgoing mail: to IOK_SMTP_URL, or into files under var/mail/."""
    while True:
        done = deliver_mail()
        if once or done.sent or done.failed or done.dead or done.dropped:
            click.echo(
                f"Wysłane: {done.sent}, do ponowienia: {done.failed}, nieudane: {done.dead}, zbędne: {done.dropped}."
            )
        if once:
            sys.exit(0)
        time.sleep(PAUSE)


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
def verify() -> None:
    """Check the chain of the audit log; exit status 1 and the first broken event when somebody changed it."""
    with reading() as session:
        checked, broken = broken_link(session)
    if broken is not None:
        click.echo(f"Dziennik zdarzeń jest naruszony: zdarzenie {broken} nie pasuje do poprzednich.", err=True)
        sys.exit(1)
    click.echo(f"Dziennik zdarzeń jest nienaruszony, zdarzenia: {checked}.")


COMMANDS: tuple[click.Command, ...] = (mail, audit)
