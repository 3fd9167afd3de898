"""The list of what waits, as a file to be filled in and handed in at the import desk (kind `suspense`)."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.imports.kinds import SUSPENSE
from core.imports.models import SuspendedRow
from core.imports.suspense.candidates import WEIGHTS, Directory, Sign, TenancyCandidate
from core.imports.suspense.models import Decision, SuspendedAssignment, standing, waiting
from core.imports.suspense.queue import WaitingRow, clue_of, row_of
from core.words import harmless_cell

AT_ONCE = 2_000  # rows in memory
PROPOSED = WEIGHTS[Sign.ONE_APART]  # a weaker sign would be copied without a look
SENT_BACK_HEADING = ("partia", "wiersz", "nr_kontrahenta", "nr_umowy", "nr_dokumentu", "typ_dokumentu",
    "data_ksiegowania", "tresc", "obciazenie", "uznanie", "powod")  # fmt: skip


def waiting_file(session: Session, scope: EmployeeScope) -> bytes:
    """Everything that waits, by batch and line, with the likeliest tenancy and why; CSV as the contract of files has it.

    `umowa` is left empty on purpose: what is filled in is somebody's decision.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    rows = list(_waiting(session))
    best = _best(session, rows)
    record_by(session, scope, "suspense_fetched", object_kind="suspended_row", object_id=0, details={"rows": len(rows)})
    return _csv(SUSPENSE.headings, ([*_cells(row), *_proposal(best.get(row.id)), "", "", ""] for row in rows))


def sent_back_file(session: Session, scope: EmployeeScope) -> bytes:
    """Rows that stand sent back, with the reason: for whoever makes the files. CSV."""
    require_live(session, scope, Permission.IMPORT_FILES)
    found = session.execute(
        select(SuspendedRow, SuspendedAssignment.reason)
        .join(SuspendedAssignment, SuspendedAssignment.row_id == SuspendedRow.id)
        .where(standing(), SuspendedAssignment.decision == Decision.SENT_BACK)
        .order_by(SuspendedRow.batch_id, SuspendedRow.line_no)
    ).all()
    record_by(
        session, scope, "suspense_fetched", object_kind="suspended_row", object_id=0, details={"rows": len(found)}
    )
    return _csv(SENT_BACK_HEADING, ([*_cells(row_of(row)), harmless_cell(reason or "")] for row, reason in found))


def _waiting(session: Session) -> Iterator[WaitingRow]:
    query = select(SuspendedRow).where(waiting()).order_by(SuspendedRow.batch_id, SuspendedRow.line_no)
    for row in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        yield row_of(row)


def _best(session: Session, rows: Sequence[WaitingRow]) -> dict[int, TenancyCandidate]:
    """The likeliest tenancy of each row; rows of one payer are asked about together, those without any number alone."""
    payers: dict[tuple[str, str, int], list[WaitingRow]] = defaultdict(list)
    for row in rows:
        numbered = row.tenant_no or row.tenancy_no
        payers[row.tenant_no, row.tenancy_no, 0 if numbered else row.id].append(row)
    if not payers:
        return {}
    likeliest = Directory(session).candidates([clue_of(own) for own in payers.values()], most=1)
    return {
        row.id: candidates[0]
        for own, candidates in zip(payers.values(), likeliest, strict=True)
        if candidates and candidates[0].score >= PROPOSED
        for row in own
    }


def _cells(row: WaitingRow) -> list[str]:
    return [
        str(row.batch_id), str(row.line_no), row.tenant_no, row.tenancy_no, row.document_no, row.document_type,
        _day(row.booked_on), harmless_cell(row.description), _money(row.debit), _money(row.credit),
    ]  # fmt: skip


def _proposal(candidate: TenancyCandidate | None) -> list[str]:
    return ["", ""] if candidate is None else [candidate.tenancy_no, candidate.why]


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _money(amount: Decimal) -> str:
    return str(amount).replace(".", ",") if amount else ""


def _csv(heading: Sequence[str], rows: Iterator[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
