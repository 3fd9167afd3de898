"""The command of the scheduled import."""

import sys
import time
from pathlib import Path

import click

from core.accounts.sign_in import operator_scope
from core.clock import local, now
from core.errors import DomainError
from core.imports.watching import Fate, Outcome, Watcher, causes, checked_patterns, counts, only_watcher

SAID = {
    Fate.LOADED: "wczytano",
    Fate.STOOD: "treść jest już wczytana",
    Fate.LEFT: "zostawiono do sprawdzenia",
    Fate.WAITS: "czeka",
    Fate.REFUSED: "pominięto",
    Fate.FAILED: "nie wczytano",
}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path))
@click.option(
    "--pattern",
    "patterns",
    multiple=True,
    metavar="NAME=KIND",
    help='Which names are which kind, as "kartoteka*.csv=ledger"; several times. By default the names of the contract.',
)
@click.option(
    "--once", is_flag=True, help="Take what is there and end, for cron; exit status 1 where a file was not loaded."
)
@click.option(
    "--pause", type=click.IntRange(1, 3600), default=10, show_default=True,
    help="Seconds between two looks: a file that did not change from one to the next is finished.",
)  # fmt: skip
def watch(folder: Path, patterns: tuple[str, ...], once: bool, pause: int) -> None:
    """Load files from FOLDER that nothing is to be said about; leave the others for the desk, with a mail to accounting.

    Loaded ones go to wczytane/, others to do-sprawdzenia/, with the number of the batch before the name. Names that end in
    .part are not looked at: write under such a name and rename.
    """
    try:
        chosen = checked_patterns(patterns)
    except DomainError as refusal:
        raise click.BadParameter(refusal.message, param_hint="--pattern") from None
    watcher = Watcher(folder, chosen)
    with only_watcher():
        list(watcher.look(operator_scope()))  # the first look takes nothing
        while True:
            time.sleep(pause)
            done = []
            for outcome in watcher.look(operator_scope()):
                click.echo(_line(outcome))
                done.append(outcome.fate)
            if once:
                sys.exit(0 if {Fate.LOADED, Fate.STOOD}.issuperset(done) else 1)


def _line(outcome: Outcome) -> str:
    report = outcome.report
    told = [
        f"{local(now()):%Y-%m-%d %H:%M:%S}  {outcome.name}: {SAID[outcome.fate]}",
        f"partia {outcome.batch_id}" if outcome.batch_id is not None else "",
        counts(report).removesuffix(".") if report else "",
        causes(report.findings) if report else "",
        outcome.why.removesuffix("."),
    ]
    return "; ".join(part for part in told if part) + "."


COMMANDS: tuple[click.Command, ...] = (watch,)
