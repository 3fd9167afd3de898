"""Commands of the import desk."""

import codecs
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from core.accounts.sign_in import operator_scope
from core.batches.models import BatchState
from core.db import reading, transaction
from core.errors import DomainError
from core.imports.desk import import_file, rehearse_file
from core.imports.dialect import DELIMITERS, ENCODINGS
from core.imports.findings import Finding, Findings
from core.imports.history import history
from core.imports.invariants import broken_invariants, worth_knowing
from core.imports.kinds import KINDS
from core.imports.load import repetition_report
from core.imports.options import LoadOptions
from core.imports.report import AlreadyLoadedError, BatchReport, RefusedError
from core.imports.undo import undo_batch
from core.money import from_grosze, parse_grosze

DELIMITER_WORDS = {"semicolon": ";", "comma": ",", "tab": "\t"}
SHOWN_FINDINGS = 50


class Amount(click.ParamType[Decimal]):
    """An amount written the Polish or the English way."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Złote as Decimal."""
        try:
            return from_grosze(parse_grosze(str(value), point_is_decimal=True))
        except ValueError as refusal:
            self.fail(f"{value}: {refusal}", param, ctx)


class Encoding(click.ParamType[str]):
    """An encoding under any of its usual names (`cp1250`, `windows-1250`, `latin2`, `utf8`)."""

    name = "encoding"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name under which the reader knows it."""
        known = {codecs.lookup(name).name: name for name in ENCODINGS}
        try:
            return known[codecs.lookup(str(value).removesuffix("-sig")).name]
        except LookupError:
            self.fail(f"{value}: expected one of {', '.join(ENCODINGS)}", param, ctx)


class Delimiter(click.ParamType[str]):
    """A delimiter by its sign or its name."""

    name = "delimiter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The sign itself."""
        sign = DELIMITER_WORDS.get(str(value), "\t" if value == "\\t" else str(value))
        if sign not in DELIMITERS:
            self.fail(f"{value}: expected ; or , or tab", param, ctx)
        return sign


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the whole file and change nothing.")
@click.option("--encoding", type=Encoding(), help="Read the file in this encoding instead of detecting it.")
@click.option("--delimiter", type=Delimiter(), help="Delimiter: ; , or tab, instead of detecting it.")
@click.option("--expect-rows", type=click.IntRange(min=0), help="Control total: number of rows.")
@click.option("--expect-debit", type=Amount(), help="Control total: sum of debits, złote.")
@click.option("--expect-credit", type=Amount(), help="Control total: sum of credits, złote.")
@click.option("--accept-warnings", is_flag=True, help="Load although there are warnings; recorded with the batch.")
@click.option("--skip-errors", is_flag=True, help="Load the rows without errors, leave the others out.")
@click.option(
    "--equal-rows",
    type=click.Choice(["skip", "add"]),
    default="skip",
    help="Rows without a number that equal rows of another file: skip (default) or add.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_command(kind: str, file: Path, dry_run: bool, as_json: bool, **chosen: Any) -> None:
    """Load FILE of KIND; exit status 0 loaded, 1 refused (reason on stderr), 2 wrong call."""
    options = LoadOptions(**chosen, progress=_progress if sys.stderr.isatty() else None)
    run = rehearse_file if dry_run else import_file
    try:
        report, refusal = run(operator_scope(), kind=kind, path=file, options=options), None
    except RefusedError as refused:
        report, refusal = refused.report, refused.message
    except AlreadyLoadedError as again:
        with reading() as session:
            report, refusal = repetition_report(session, batch_id=again.batch_id), None
        click.echo(again.message, err=True)
    state = "dry-run" if dry_run and refusal is None else report.state.value
    if as_json:
        click.echo(json.dumps(_as_dict(report, state), ensure_ascii=False))
    else:
        _print(report, dry_run=dry_run)
    if refusal is not None:
        raise DomainError(refusal)


@click.command("undo")
@click.argument("batch", type=int)
def undo_command(batch: int) -> None:
    """Take BATCH back; refused when something was built on it."""
    with transaction() as session:
        receipt = undo_batch(session, operator_scope(), batch_id=batch)
    click.echo(
        f"Partia {batch} wycofana: usunięto {receipt.removed}, zachowano (także w innych partiach) {receipt.kept}."
    )


@click.command("batches")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many, newest first.")
def batches_command(limit: int) -> None:
    """List the batches, the newest first."""
    with reading() as session:
        lines = history(session, operator_scope(), limit=limit)
    for line in lines:
        click.echo(
            f"{line.id:>6}  {line.state:<9}  {line.received_at:%Y-%m-%d %H:%M}  {line.kind:<9}  {line.file_name}  "
            f"przyjęte {line.accepted}, powtórzone {line.repeated}, w poczekalni {line.suspended}, odrzucone {line.rejected}"
        )
    if not lines:
        click.echo("Nie wczytano jeszcze żadnego pliku.")


@click.command("check")
def check_command() -> None:
    """Check the invariants of ledger, closed months and readings; exit status 1 and a line for each broken one.

    What was accepted and has changed since (balances stated in files, months changed with consent) is listed.
    """
    with reading() as session:
        broken = broken_invariants(session, operator_scope())
        known = worth_knowing(session, operator_scope())
    for line in known:
        click.echo(line)
    if broken:
        raise DomainError("\n".join(broken))
    click.echo("Wszystkie niezmienniki zachowane.")


def _as_dict(report: BatchReport, state: str) -> dict[str, Any]:
    return {
        "batch": report.batch_id,
        "state": state,
        "rows": report.rows,
        "accepted": report.accepted,
        "repeated": report.repeated,
        "suspended": report.suspended,
        "rejected": report.rejected,
        "debit": str(report.debit),
        "credit": str(report.credit),
        "accepted_debit": str(report.accepted_debit),
        "accepted_credit": str(report.accepted_credit),
        "findings": [_finding(finding) for finding in report.findings.sorted()],
        "finding_counts": _counts(report.findings),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "cause": finding.cause.value,
        "line": finding.line,
        "column": finding.column,
        "cell": finding.cell,
        "reason": finding.reason,
    }


def _counts(findings: Findings) -> dict[str, int]:
    return {f"{severity.value}/{cause.value}": number for (severity, cause), number in sorted(findings.counts.items())}


def _print(report: BatchReport, *, dry_run: bool) -> None:
    for finding in report.findings.sorted()[:SHOWN_FINDINGS]:
        click.echo(f"{finding.severity.value:>7}  {finding}", err=True)
    hidden = sum(report.findings.counts.values()) - min(len(report.findings.kept), SHOWN_FINDINGS)
    if hidden > 0:
        click.echo(f"         … i jeszcze {hidden} (po 200 z każdej przyczyny i kolumny: --json)", err=True)
    if report.state is BatchState.REFUSED:
        return
    click.echo(
        f"{'Próba (nic nie zapisano)' if dry_run else f'Partia {report.batch_id}'}: wiersze {report.rows}, "
        f"przyjęte {report.accepted}, powtórzone {report.repeated}, w poczekalni {report.suspended}, "
        f"odrzucone {report.rejected}; Wn {report.debit}, Ma {report.credit}"
    )


def _progress(done: int, size: int) -> None:
    click.echo(f"\r{100 * done // max(size, 1):>3} %", nl=done >= size, err=True)


COMMANDS: tuple[click.Command, ...] = (import_command, undo_command, batches_command, check_command)
