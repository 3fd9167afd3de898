"""Commands of the ledger: balances as of any day, and its figures made anew."""

import json
from datetime import date, datetime

import click

from core.accounts.sign_in import operator_scope
from core.clock import today
from core.db import reading, transaction
from core.ledger.balances import TenancyBalance, all_balances, balance_by_number
from core.ledger.maintained import rebuild

_as_of = click.option(
    "--as-of", "instant", type=click.DateTime(["%Y-%m-%d"]), help="Day to look at, RRRR-MM-DD; today by default."
)
_as_json = click.option("--json", "as_json", is_flag=True, help="JSON on one line, amounts as decimal strings.")


@click.command()
@click.argument("tenancy_no", metavar="TENANCY")
@_as_of
@_as_json
def balance(tenancy_no: str, instant: datetime | None, as_json: bool) -> None:
    """Balance and overdue of one TENANCY, by its number."""
    with reading() as session:
        found = balance_by_number(session, operator_scope(), tenancy_no=tenancy_no, as_of=_day(instant))
    if as_json:
        click.echo(json.dumps({"tenancy": found.tenancy_no, "as_of": found.as_of.isoformat(), **_amounts(found)}))
        return
    click.echo(_line(found))


@click.command()
@_as_of
@_as_json
def balances(instant: datetime | None, as_json: bool) -> None:
    """Balance and overdue of every tenancy, ordered by number."""
    with reading() as session:
        found = all_balances(session, operator_scope(), as_of=_day(instant))
    if as_json:
        click.echo(json.dumps({each.tenancy_no: _amounts(each) for each in found}))
        return
    for each in found:
        click.echo(_line(each))


@click.command("rebuild-figures")
def rebuild_figures() -> None:
    """Make the figures kept beside the ledger anew from its entries, where `check` finds them wrong."""
    with transaction() as session:
        rebuild(session)
    click.echo("Przeliczono.")


def _day(instant: datetime | None) -> date:
    return instant.date() if instant else today()


def _amounts(found: TenancyBalance) -> dict[str, str]:
    return {"balance": f"{found.balance:.2f}", "overdue": f"{found.overdue:.2f}"}


def _line(found: TenancyBalance) -> str:
    return f"{found.tenancy_no}: saldo {found.balance:.2f} zł, wymagalne {found.overdue:.2f} zł, stan na {found.as_of}"


COMMANDS: tuple[click.Command, ...] = (balance, balances, rebuild_figures)
