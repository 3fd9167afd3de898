"""Commands of the exports: readings as a file, and the machines that may fetch them."""

import json
import shutil
import sys
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select

from core.accounts.sign_in import operator_scope
from core.db import reading, transaction
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.exports.columns import PROFILES
from core.exports.formats import WRITERS
from core.exports.machines import SCOPES, add_consumer, consumers, revoke_consumer
from core.exports.reading_source import ReadingFilter
from core.exports.readings import ReadingOrder, export_readings
from core.meters.models import Medium
from core.registry.models import ServiceDistrict

_day = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("what", type=click.Choice(["readings"]))
@click.option("--since-last", is_flag=True, help="Only what no earlier delta carried; marks and settles it.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default="full", help="Columns; full by default.")
@click.option("--format", "file_format", type=click.Choice(list(WRITERS)), default="csv-pl", help="csv-pl by default.")
@click.option("--district", multiple=True, metavar="CODE", help="Only this service district; more than once for more.")
@click.option("--medium", type=click.Choice([one.value for one in Medium]), help="Only this water.")
@click.option("--from", "read_from", type=_day, help="Readings of this day and later, RRRR-MM-DD.")
@click.option("--to", "read_to", type=_day, help="Readings of this day and earlier, RRRR-MM-DD.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="Where to put the file; by default here, by its own name."
)
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as one JSON object.")
def export(
    what: str,
    since_last: bool,
    profile: str,
    file_format: str,
    district: tuple[str, ...],
    medium: str | None,
    read_from: datetime | None,
    read_to: datetime | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Export WHAT (readings) to a file; cut off in the middle, nothing was exported."""
    with transaction() as session:
        ids = {
            code: session.scalar(select(ServiceDistrict.id).where(ServiceDistrict.code == code)) for code in district
        }
        if unknown := [code for code, found in ids.items() if found is None]:
            raise NotFoundError(f"Nie ma rejonu o kodzie {', '.join(unknown)}.")
        chosen = ReadingFilter(
            district_ids=frozenset(one for one in ids.values() if one is not None),
            medium=Medium(medium) if medium else None,
            read_from=_date(read_from),
            read_to=_date(read_to),
        )
        order = ReadingOrder(since_last, profile, file_format, chosen)
        made = export_readings(
            session, operator_scope(), order=order, progress=_progress if sys.stderr.isatty() else None
        )
    target = output or Path(made.file_name)
    shutil.copyfile(kept_file(made.sha256), target)
    if as_json:
        click.echo(json.dumps(made.manifest, ensure_ascii=False))
    else:
        click.echo(f"{target}: wiersze {made.manifest['wiersze']}, SHA-256 {made.sha256}")


@click.command("api-token")
@click.argument("name", required=False)
@click.option("--scope", "token_scope", type=click.Choice(SCOPES), default=SCOPES[0], help="What it may fetch.")
@click.option("--revoke", is_flag=True, help="Let the machine NAME in no more, at once.")
def api_token(name: str | None, token_scope: str, revoke: bool) -> None:
    """Let a machine called NAME fetch exports over HTTP and print its token, once; without NAME list them."""
    if name is None:
        with reading() as session:
            lines = consumers(session, operator_scope())
        for one in lines:
            state = f"unieważniony {one.revoked_at}" if one.revoked_at else f"używany {one.used_at or 'nigdy'}"
            click.echo(f"{one.name}: {one.scope}, od {one.created_at}, {state}")
        return
    with transaction() as session:
        if revoke:
            revoke_consumer(session, operator_scope(), name=name)
            click.echo(f"{name}: unieważniono.")
        else:
            click.echo(add_consumer(session, operator_scope(), name=name, token_scope=token_scope))


def _date(instant: datetime | None) -> date | None:
    return instant.date() if instant else None


def _progress(done: int, whole: int) -> None:
    click.echo(f"\r{done}/{whole}", nl=done >= whole, err=True)


COMMANDS: tuple[click.Command, ...] = (export, api_token)
