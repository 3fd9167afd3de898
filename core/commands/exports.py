"""Commands of the exports: readings and money as files, and the machines that may fetch them."""

import json
import shutil
import sys
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.sign_in import operator_scope
from core.db import reading, transaction
from core.documents.storage import kept_file
from core.errors import NotFoundError
from core.exports.columns import PROFILES
from core.exports.finance import KINDS, FinanceOrder, export_finance
from core.exports.formats import WRITERS
from core.exports.machines import SCOPES, add_consumer, consumers, revoke_consumer
from core.exports.reading_source import ReadingFilter
from core.exports.readings import ReadingOrder, export_readings
from core.meters.models import Medium
from core.registry.models import ServiceDistrict

_day = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("what", type=click.Choice(["readings", *KINDS]))
@click.option("--since-last", is_flag=True, help="Only what no earlier delta carried; marks and settles it.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default="full", help="Columns; full by default.")
@click.option("--format", "file_format", type=click.Choice(list(WRITERS)), default="csv-pl", help="csv-pl by default.")
@click.option("--district", multiple=True, metavar="CODE", help="Only this service district; more than once for more.")
@click.option("--medium", type=click.Choice([one.value for one in Medium]), help="Only this water.")
@click.option("--from", "since", type=_day, help="Readings, entries or months of this day and later, RRRR-MM-DD.")
@click.option("--to", "until", type=_day, help="Readings, entries or months of this day and earlier, RRRR-MM-DD.")
@click.option("--as-of", type=_day, help="Arrears as of this day of the last year, RRRR-MM-DD; today by default.")
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
    since: datetime | None,
    until: datetime | None,
    as_of: datetime | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Export WHAT (readings, arrears, turnover, ledger) to a file; cut off in the middle, nothing was exported."""
    if what != "readings" and (since_last or medium or profile != "full"):
        raise click.UsageError("--since-last, --profile and --medium are for readings.")
    progress = _progress if sys.stderr.isatty() else None
    with transaction() as session:
        districts = _districts(session, district)
        if what == "readings":
            chosen = ReadingFilter(
                district_ids=districts,
                medium=Medium(medium) if medium else None,
                read_from=_date(since),
                read_to=_date(until),
            )
            order = ReadingOrder(since_last, profile, file_format, chosen)
            made = export_readings(session, operator_scope(), order=order, progress=progress)
        else:
            money = FinanceOrder(what, file_format, districts, _date(since), _date(until), _date(as_of))
            made = export_finance(session, operator_scope(), order=money, progress=progress)
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


def _districts(session: Session, codes: tuple[str, ...]) -> frozenset[int]:
    ids = {code: session.scalar(select(ServiceDistrict.id).where(ServiceDistrict.code == code)) for code in codes}
    if unknown := [code for code, found in ids.items() if found is None]:
        raise NotFoundError(f"Nie ma rejonu o kodzie {', '.join(unknown)}.")
    return frozenset(one for one in ids.values() if one is not None)


def _date(instant: datetime | None) -> date | None:
    return instant.date() if instant else None


def _progress(done: int, whole: int) -> None:
    click.echo(f"\r{done}/{whole}", nl=done >= whole, err=True)


COMMANDS: tuple[click.Command, ...] = (export, api_token)
