"""The command of the suspense queue: its list as a file; decisions come back by `import suspense`."""

from pathlib import Path

import click

from core.accounts.sign_in import operator_scope
from core.db import transaction
from core.imports.suspense.waiting_file import sent_back_file, waiting_file


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option(
    "--sent-back", is_flag=True, help="Rows that were sent back, with the reason, instead of those that wait."
)
def suspense(file: Path, sent_back: bool) -> None:
    """Write rows of unknown tenancies to FILE, to be filled in and loaded by `import suspense FILE`."""
    with transaction() as session:
        content = (sent_back_file if sent_back else waiting_file)(session, operator_scope())
    file.write_bytes(content)
    click.echo(f"Zapisano {file}.")


COMMANDS: tuple[click.Command, ...] = (suspense,)
