"""The one path of a file into the database: received, read, checked, brought in, counted, and only then committed.

A rehearsal takes exactly the same path and rolls back at its end; there is no second validator. Everything between the
record of the file's arrival and its final state happens in one transaction: killed at any moment, the database holds all
of a batch or nothing, and the batch says which.
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.clock import now
from core.db import changed_rows
from core.documents.storage import DamagedFileError, hash_file, keep_file, kept_file
from core.errors import InvalidInputError, NotFoundError
from core.imports.closed_periods import is_confirmed
from core.imports.columns import Layout, lay_out, parse
from core.imports.dialect import Dialect, detect, with_overrides
from core.imports.effect import balance_effect
from core.imports.findings import Cause, Findings, Severity, UnusableFileError, unusable
from core.imports.kinds import KINDS, Kind
from core.imports.ledger_rows import LedgerWriter
from core.imports.locking import one_at_a_time
from core.imports.models import BatchFinding
from core.imports.options import LoadOptions
from core.imports.period_models import PeriodAction
from core.imports.posted import LEDGER, SUSPENSE, posted_by
from core.imports.reader import Reader
from core.imports.reading_rows import ReadingsWriter
from core.imports.registry_rows import RegistryWriter
from core.imports.report import (
    AlreadyLoadedError,
    BatchReport,
    PreviewOutdatedError,
    RefusedError,
    SecondPersonNeededError,
)
from core.imports.rules import apply_rules
from core.imports.suspense.file_rows import SuspenseWriter
from core.imports.totals import Totals, compare_totals
from core.imports.writer import Writer, WriterMaker
from core.ledger.differences import keep_differences
from core.ledger.models import LedgerEntry
from core.money import from_grosze


def loaded_before(session: Session, *, kind: str, sha256: str) -> tuple[int, int] | None:
    """The committed batch that holds this very content whole, with its number of rows.

    One that left rows out does not count: what was wrong with them may be mended elsewhere by now.
    """
    found = session.execute(
        select(ImportBatch.id, ImportBatch.rows).where(
            ImportBatch.kind == kind,
            ImportBatch.sha256 == sha256,
            ImportBatch.state == BatchState.COMMITTED,
            ImportBatch.rejected == 0,
        )
    ).first()
    return None if found is None else (found[0], found[1])


def repetition_report(session: Session, *, batch_id: int) -> BatchReport:
    """What importing the content of a committed batch again does: every row is repeated, nothing is added."""
    batch = session.get_one(ImportBatch, batch_id)
    return BatchReport(
        batch_id=batch_id,
        state=BatchState(batch.state),
        rows=batch.rows,
        accepted=0,
        repeated=batch.rows,
        suspended=0,
        rejected=0,
        debit=batch.debit,
        credit=batch.credit,
        accepted_debit=from_grosze(0),
        accepted_credit=from_grosze(0),
        findings=Findings(),
    )


def receive(session: Session, scope: EmployeeScope, *, kind: str, path: Path, file_name: str, keep: bool = True) -> int:
    """Keep the file by its hash (a rehearsal does not) and record its arrival; returns the batch.

    Raises InvalidInputError for an unknown kind, AlreadyLoadedError for content that a committed batch holds.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    if kind not in KINDS:
        raise InvalidInputError(f"Nieznany rodzaj pliku „{kind}”. Dostępne: {', '.join(KINDS)}.", field="kind")
    sha256 = hash_file(path)
    if before := loaded_before(session, kind=kind, sha256=sha256):
        raise AlreadyLoadedError(*before)
    if keep:
        keep_file(path, sha256)
    made = session.execute(
        insert(ImportBatch)
        .values(
            kind=kind,
            file_name=file_name[:255],
            sha256=sha256,
            size=path.stat().st_size,
            state=BatchState.RECEIVED,
            received_at=now(),
            employee_id=scope.employee_id,
            employee_login=scope.login,
        )
        .returning(ImportBatch.id)
    )
    return int(made.scalar_one())


def load(
    session: Session, scope: EmployeeScope, *, batch_id: int, options: LoadOptions, source: Path | None = None
) -> BatchReport:
    """Bring a received or checked batch into the database, in the caller's transaction; `source`: a file not kept.

    Returns the report of a batch that may be committed. Raises RefusedError (findings inside) where it may not,
    PreviewOutdatedError where it is not what `options.expect_digest` stands for, SecondPersonNeededError where rows are in
    closed months, AlreadyLoadedError where another batch brought the content meanwhile, DamagedFileError for a kept file that
    is not what was handed in, NotFoundError for no such batch. On any of them the caller's transaction rolls back.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    one_at_a_time(session)
    batch = session.get(ImportBatch, batch_id)
    if batch is None or batch.state not in (BatchState.RECEIVED, BatchState.CHECKED):
        raise NotFoundError("Tej partii nie można już wczytać. Prześlij plik ponownie.")
    if before := loaded_before(session, kind=batch.kind, sha256=batch.sha256):
        raise AlreadyLoadedError(*before)
    load_of = _Load(session, batch_id, KINDS[batch.kind], source or _as_received(batch.sha256), options)
    try:
        report = load_of.run(scope)
    except UnusableFileError as refusal:
        load_of.findings.add(refusal.finding)
        raise RefusedError(refusal.message, load_of.report(BatchState.REFUSED), unusable=True) from None
    if options.effect and batch.kind in (LEDGER, SUSPENSE):
        report = replace(report, effect=balance_effect(session, posted_by(batch.kind, batch_id)))
    if options.expect_digest is not None and report.digest != options.expect_digest:
        raise PreviewOutdatedError
    _refuse_unless_clean(report, options)
    if report.closed and not is_confirmed(session, batch_id, PeriodAction.LOAD, report.figures()):
        raise SecondPersonNeededError(replace(report, state=BatchState.REFUSED))
    _check_sums(session, report, KINDS[batch.kind])
    _record(session, report, options)
    return report


def _as_received(sha256: str) -> Path:
    """The kept file, which must be what was handed in and checked: its hash decides, whatever lies under its name."""
    path = kept_file(sha256)
    if hash_file(path) != sha256:
        raise DamagedFileError
    return path


def record_refusal(session: Session, *, report: BatchReport, reason: str) -> None:
    """Note on the batch that it was refused and why; its findings are kept for the history."""
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == report.batch_id, ImportBatch.state.in_((BatchState.RECEIVED, BatchState.CHECKED)))
        .values(state=BatchState.REFUSED, refusal=reason[:500])
    )
    keep_findings(session, report)


def keep_findings(session: Session, report: BatchReport) -> None:
    """Keep the report's findings and differences of balances with its batch, in place of those of an earlier check."""
    keep_differences(session, batch_id=report.batch_id, differences=report.differences)
    session.query(BatchFinding).filter(BatchFinding.batch_id == report.batch_id).delete()
    rows = [
        {
            "batch_id": report.batch_id,
            "severity": finding.severity,
            "line_no": finding.line,
            "column": finding.column[:60] if finding.column else None,
            "cell": finding.cell[:200] if finding.cell is not None else None,
            "cause": finding.cause,
            "reason": finding.reason[:500],
        }
        for finding in report.findings.sorted()
    ]
    if rows:
        session.execute(insert(BatchFinding), rows)


class _Load:
    """One run of one file through reader, parsers, rules and writer."""

    def __init__(self, session: Session, batch_id: int, kind: Kind, path: Path, options: LoadOptions) -> None:
        self.session, self.batch_id, self.kind, self.path, self.options = session, batch_id, kind, path, options
        self.findings = Findings(remarks=options.remarks.lines if options.remarks else None)
        self.totals = Totals()
        self.dialect: Dialect | None = None
        self.writer: Writer | None = None
        self.rejected = 0

    def run(self, scope: EmployeeScope) -> BatchReport:
        self.dialect = self._detect()
        layout = lay_out(self.kind.columns, self.dialect, self.findings, self.options.columns)
        self.writer = make_writer(self.kind, self.session, self.batch_id, layout, self.options, self.findings)
        reader = Reader(self.path, self.dialect, self.findings)
        size = self.path.stat().st_size
        for block in reader.blocks():
            self.rejected += block.rejected
            rows = apply_rules(self.kind, parse(block.frame, layout, self.dialect, self.findings), self.findings)
            self.totals.add(rows, block.rejected)
            good = rows.filter("ok")
            self.rejected += len(rows) - len(good)
            self.writer.write(good)
            self.writer.spoil(rows.filter(~rows["ok"]))
            if self.options.progress is not None:
                self.options.progress(block.bytes_read, size)
        if not self.totals.rows:
            raise unusable(Cause.FILE, "Plik nie zawiera wierszy z danymi, tylko nagłówek. Wyeksportuj go ponownie.")
        self.writer.finish()
        self.writer.post(scope)
        if self.options.remarks is not None:
            self.options.remarks.spans.update(reader.spans)
        compare_totals(self.totals, reader.control, layout, self.options, self.dialect, self.findings)
        return self.report(BatchState.COMMITTED)

    def report(self, state: BatchState) -> BatchReport:
        """The counts as they stand."""
        writer = self.writer
        accepted, repeated, suspended = (writer.accepted, writer.repeated, writer.suspended) if writer else (0, 0, 0)
        rejected = self.rejected + (writer.rejected if writer else 0)
        debit, credit = (writer.debit, writer.credit) if writer else (0, 0)
        return BatchReport(
            batch_id=self.batch_id,
            state=state,
            rows=accepted + repeated + suspended + rejected,
            accepted=accepted,
            repeated=repeated,
            suspended=suspended,
            rejected=rejected,
            debit=from_grosze(self.totals.debit),
            credit=from_grosze(self.totals.credit),
            accepted_debit=from_grosze(debit),
            accepted_credit=from_grosze(credit),
            findings=self.findings,
            dialect=self.dialect,
            closed=writer.closed if writer else (),
            differences=tuple(writer.differences) if writer else (),
        )

    def _detect(self) -> Dialect:
        found = detect(
            self.path,
            columns=[*self.kind.headings, *self.options.columns.values()],
            encoding=self.options.encoding,
            delimiter=self.options.delimiter,
        )
        if self.options.point_is_decimal is None:
            return found
        return with_overrides(found, point_is_decimal=self.options.point_is_decimal)


def make_writer(
    kind: Kind, session: Session, batch_id: int, layout: Layout, options: LoadOptions, findings: Findings
) -> Writer:
    """The writer of a kind's rows."""
    writers: dict[str, WriterMaker] = {LEDGER: LedgerWriter, "readings": ReadingsWriter, SUSPENSE: SuspenseWriter}
    return writers.get(kind.name, RegistryWriter)(session, batch_id, layout, options, findings)


def _refuse_unless_clean(report: BatchReport, options: LoadOptions) -> None:
    findings = report.findings
    report = replace(report, state=BatchState.REFUSED)
    if findings.number(Severity.SETUP):
        raise RefusedError("Suma kontrolna się nie zgadza: plik nie został wczytany.", report)
    if (number := findings.number(Severity.ERROR)) and not options.skip_errors:
        raise RefusedError(
            f"Plik ma błędy ({number}): nic nie wczytano. Popraw wskazane wiersze albo wczytaj plik z pominięciem błędnych.",
            report,
        )
    if (number := findings.number(Severity.WARNING)) and not options.accept_warnings:
        raise RefusedError(f"Plik ma ostrzeżenia ({number}): sprawdź je i potwierdź. Nic jeszcze nie wczytano.", report)


def _check_sums(session: Session, report: BatchReport, kind: Kind) -> None:
    """What was counted must be what stands in the database; anything else is a bug and stops the load."""
    if kind.name not in (LEDGER, SUSPENSE):
        return
    money = LedgerEntry.debit.type
    found = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(LedgerEntry.debit, type_=money), Decimal(0), type_=money),
            func.coalesce(func.sum(LedgerEntry.credit, type_=money), Decimal(0), type_=money),
        ).where(posted_by(kind.name, report.batch_id))
    ).one()
    posted = report.accepted if kind.name == LEDGER else found[0]  # what is sent back posts nothing
    if tuple(found) != (posted, report.accepted_debit, report.accepted_credit):
        raise AssertionError(f"batch {report.batch_id}: counted {report}, found {found}")


def _record(session: Session, report: BatchReport, options: LoadOptions) -> None:
    changed = changed_rows(
        session,
        update(ImportBatch)
        .where(ImportBatch.id == report.batch_id, ImportBatch.state.in_((BatchState.RECEIVED, BatchState.CHECKED)))
        .values(
            state=BatchState.COMMITTED,
            committed_at=now(),
            dialect=report.dialect.to_json() if report.dialect else "",
            rows=report.rows,
            accepted=report.accepted,
            repeated=report.repeated,
            suspended=report.suspended,
            rejected=report.rejected,
            debit=report.debit,
            credit=report.credit,
            accepted_debit=report.accepted_debit,
            accepted_credit=report.accepted_credit,
            effect=report.effect.to_json() if report.effect else None,
            warnings_accepted=options.accept_warnings and report.findings.number(Severity.WARNING) > 0,
        ),
    )
    if changed != 1:
        raise NotFoundError("Tę partię wczytano już w innym oknie.")
    keep_findings(session, report)
