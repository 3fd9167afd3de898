"""Commands of the registry."""

import click

from core.db import transaction
from core.registry.districts import FIELDS, describe_district


@click.command()
@click.argument("code")
@click.option("--name", metavar="TEXT", help="What it is called.")
@click.option("--address", metavar="TEXT", help="Where its office is.")
@click.option("--phone", metavar="TEXT", help="Its telephone; several with commas between.")
@click.option("--email", metavar="TEXT", help="Its e-mail address.")
@click.option("--hours", metavar="TEXT", help="When it is open.")
def district(
    code: str, name: str | None, address: str | None, phone: str | None, email: str | None, hours: str | None
) -> None:
    """Tell tenants how to reach a service district (RON), by the CODE that the file of buildings gives it.

    Sets what is told, leaves the rest, and prints all that is known. An empty text clears a field.
    """
    with transaction() as session:
        known = describe_district(session, code=code, name=name, address=address, phone=phone, email=email, hours=hours)
    for field, (label, _) in FIELDS.items():
        click.echo(f"{label}: {getattr(known, field) or '-'}")


COMMANDS: tuple[click.Command, ...] = (district,)
