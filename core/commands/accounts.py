"""Commands of accounts."""

import sys

import click

from core.access.models import Realm
from core.access.scopes import Role
from core.accounts.creating import create_employee as create
from core.accounts.creating import create_portal_account
from core.accounts.passwords import generate_password
from core.db import transaction

password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of generating one."
)


@click.command()
@click.option("--tenant", "tenant_no", required=True, metavar="NO", help="The landlord's number of the tenant.")
@click.option("--login", metavar="LOGIN", help="Identifier to sign in with; a random one by default.")
@password_stdin
def create_account(tenant_no: str, login: str | None, password_stdin: bool) -> None:
    """Give a tenant an account in the portal; prints the identifier and a generated password, once."""
    password = _password(Realm.TENANT, password_stdin)
    with transaction() as session:
        login = create_portal_account(session, tenant_no=tenant_no, login=login, password=password).login
    _report(login, None if password_stdin else password)


@click.command()
@click.option("--login", required=True, metavar="LOGIN", help="Identifier to sign in with.")
@click.option("--name", required=True, metavar="NAME", help="Name and surname.")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="A role; give several if needed.",
)
@click.option(
    "--district", "districts", multiple=True, metavar="CODE", help="A service district (RON); all of them by default."
)
@password_stdin
def create_employee(
    login: str, name: str, roles: tuple[str, ...], districts: tuple[str, ...], password_stdin: bool
) -> None:
    """Make a user of the staff dashboard; prints the identifier and a generated password, once."""
    password = _password(Realm.STAFF, password_stdin)
    with transaction() as session:
        made = create(
            session,
            login=login,
            name=name,
            password=password,
            roles=[Role(role) for role in roles],
            district_codes=districts,
        )
        login = made.login
    _report(login, None if password_stdin else password)


def _password(realm: Realm, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return generate_password(realm)


def _report(login: str, password: str | None) -> None:
    click.echo(f"Identyfikator: {login}")
    if password is not None:
        click.echo(f"Hasło: {password}")


COMMANDS: tuple[click.Command, ...] = (create_account, create_employee)
