"""Commands of accounts."""

import sys
from pathlib import Path

import click

from core.access.models import Realm
from core.access.scopes import Role
from core.accounts.attempts import normal_login
from core.accounts.creating import create_employee as create
from core.accounts.creating import create_portal_account
from core.accounts.locking import unlock_account
from core.accounts.passwords import generate_password
from core.accounts.terms import publish_terms as publish
from core.audit.models import Actor
from core.db import transaction

password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of generating one."
)


@click.command()
@click.option("--tenant", "tenant_no", required=True, metavar="NO", help="The landlord's number of the tenant.")
@click.option("--login", metavar="LOGIN", help="Identifier to sign in with; a random one by default.")
@click.option(
    "--email", metavar="ADDRESS", help="Where notices and recovery links go; without it there is no recovery."
)
@password_stdin
def create_account(tenant_no: str, login: str | None, email: str | None, password_stdin: bool) -> None:
    """Give a tenant an account in the portal; prints the identifier and a generated password, once."""
    password = _password(Realm.TENANT, password_stdin)
    with transaction() as session:
        login = create_portal_account(session, tenant_no=tenant_no, login=login, password=password, email=email).login
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
@click.option("--administrator", metavar="NAME", help="The property administrator (MAN) whom they stand for.")
@password_stdin
def create_employee(
    login: str,
    name: str,
    roles: tuple[str, ...],
    districts: tuple[str, ...],
    administrator: str | None,
    password_stdin: bool,
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
            administrator=administrator,
        )
        login = made.login
    _report(login, None if password_stdin else password)


@click.command()
@click.argument("login")
@click.option("--employee", is_flag=True, help="An employee's account, not a tenant's.")
def unlock(login: str, employee: bool) -> None:
    """Let a locked account sign in again with the password it has, and forget its wrong attempts."""
    with transaction() as session:
        was_locked = unlock_account(
            session,
            realm=Realm.STAFF if employee else Realm.TENANT,
            login=normal_login(login),
            actor=Actor.CONSOLE,
        )
    click.echo("Konto odblokowane." if was_locked else "Konto nie było zablokowane; licznik prób zaczyna się od nowa.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--version", required=True, metavar="VERSION", help="Its name, as 1.0.")
@click.option("--changes", default="", metavar="TEXT", help="What changed since the version before, in a sentence.")
def publish_terms(file: Path, version: str, changes: str) -> None:
    """Put a text of the terms (regulamin) in force: every tenant has to accept it before going on."""
    with transaction() as session:
        publish(session, version=version, text=file.read_text(encoding="utf-8"), changes=changes, actor=Actor.CONSOLE)
    click.echo(f"Obowiązuje regulamin w wersji {version}.")


def _password(realm: Realm, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return generate_password(realm)


def _report(login: str, password: str | None) -> None:
    click.echo(f"Identyfikator: {login}")
    if password is not None:
        click.echo(f"Hasło: {password}")


COMMANDS: tuple[click.Command, ...] = (create_account, create_employee, unlock, publish_terms)
