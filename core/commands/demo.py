"""The command that makes the demo city."""

from collections.abc import Iterator

import click

from core.demo import cast
from core.demo.load import make_demo


@click.command()
@click.option(
    "--tenancies", type=click.IntRange(20, 100_000), default=2000, show_default=True, help="How many tenancies."
)
@click.option("--years", type=click.IntRange(1, 10), default=3, show_default=True, help="Years of ledger, until today.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another city; the same, the same.")
def demo(tenancies: int, years: int, seed: int) -> None:
    """Make the demo city of Łódź in an empty database: files under var/demo/, loaded by the import, and sign-ins."""
    report = make_demo(tenancies=tenancies, years=years, seed=seed, said=lambda line: click.echo(line, err=True))
    ledger = report.batches["ledger"]
    click.echo(
        f"Miasto demonstracyjne gotowe: umowy {report.batches['tenancies'].accepted}, "
        f"wpisy kartoteki {ledger.accepted}, w poczekalni {ledger.suspended}. Pliki: {report.folder}"
    )
    for line in sign_in_lines():
        click.echo(line)


def sign_in_lines() -> Iterator[str]:
    """Who can sign in to the demo city, ready to be printed (Polish)."""
    yield f"Portal najemcy – hasło każdego konta: {cast.TENANT_PASSWORD}"
    yield from (f"  {tenant.login:<18} {tenant.name}: {tenant.affairs}" for tenant in cast.TENANTS)
    yield f"Panel pracownika – hasło każdego konta: {cast.EMPLOYEE_PASSWORD}"
    yield from (f"  {employee.login:<18} {employee.name}: {employee.title}" for employee in cast.EMPLOYEES)


COMMANDS: tuple[click.Command, ...] = (demo,)
