"""What waits in suspense, by unknown payer, and what was decided about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.errors import NotFoundError
from core.imports.models import SuspendedReading, SuspendedRow
from core.imports.suspense.candidates import Clue, Directory, TenancyCandidate
from core.imports.suspense.models import AssignedEntry, Decision, SuspendedAssignment, standing, waiting
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy, Tenant

PAGE = 20
MOST_ROWS = 200  # of one payer, on screen


@dataclass(frozen=True, slots=True)
class Payer:
    """Rows of one unknown payer that wait: the numbers the file gave, how many rows, PLN, days of booking."""

    tenant_no: str
    tenancy_no: str
    rows: int
    debit: Decimal
    credit: Decimal
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One row that waits; PLN. `batch_id` and `line_no` are its place in the file that brought it."""

    id: int
    batch_id: int
    line_no: int
    tenant_no: str
    tenancy_no: str
    document_no: str
    document_type: str
    booked_on: date
    description: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """A row about which somebody has decided: whose it became (one part a tenancy), or why it was sent back."""

    decision_id: int
    row: WaitingRow
    decided_at: datetime
    decided_login: str
    reason: str | None
    parts: tuple[tuple[str, str, Decimal], ...]  # tenancy, tenant's name, PLN on the row's side


@dataclass(frozen=True, slots=True)
class SuspenseCounts:
    """How many rows wait, stand assigned and stand sent back; beside them readings of devices that nobody knows."""

    waiting: int
    assigned: int
    sent_back: int
    readings: int


def suspense_counts(session: Session, scope: EmployeeScope) -> SuspenseCounts:
    """How much there is of each."""
    require_live(session, scope, Permission.IMPORT_FILES)
    decided = dict(
        session.execute(
            select(SuspendedAssignment.decision, func.count()).where(standing()).group_by(SuspendedAssignment.decision)
        ).all()
    )
    return SuspenseCounts(
        waiting=rows_waiting(session),
        assigned=decided.get(Decision.ASSIGNED, 0),
        sent_back=decided.get(Decision.SENT_BACK, 0),
        readings=readings_waiting(session),
    )


def rows_waiting(session: Session) -> int:
    """How many rows wait; the caller has asked who may know."""
    return session.scalar(select(func.count()).select_from(SuspendedRow).where(waiting())) or 0


def readings_waiting(session: Session) -> int:
    """How many readings wait for their device; the caller has asked who may know."""
    query = select(func.count()).select_from(SuspendedReading).where(SuspendedReading.reading_id.is_(None))
    return session.scalar(query) or 0


def payer_count(session: Session, scope: EmployeeScope, *, text: str = "") -> int:
    """How many unknown payers have rows that wait, under a search."""
    require_live(session, scope, Permission.IMPORT_FILES)
    payers = select(SuspendedRow.tenant_no).where(waiting(), _found_by(text))
    grouped = payers.group_by(SuspendedRow.tenant_no, SuspendedRow.tenancy_no).subquery()
    return session.scalar(select(func.count()).select_from(grouped)) or 0


def payers(session: Session, scope: EmployeeScope, *, text: str = "", skip: int = 0) -> list[Payer]:
    """A page of unknown payers, those with the most rows first; `text`: in a number, a document or what the row says."""
    require_live(session, scope, Permission.IMPORT_FILES)
    return [Payer(*row) for row in session.execute(_payers(waiting() & _found_by(text)).offset(skip).limit(PAGE))]


def one_payer(
    session: Session, scope: EmployeeScope, *, tenant_no: str, tenancy_no: str
) -> tuple[Payer, list[WaitingRow]]:
    """A payer and the first 200 of their rows. Raises NotFoundError where nothing of theirs waits."""
    require_live(session, scope, Permission.IMPORT_FILES)
    theirs = (SuspendedRow.tenant_no == tenant_no) & (SuspendedRow.tenancy_no == tenancy_no) & waiting()
    found = session.execute(_payers(theirs)).first()
    if found is None:
        raise NotFoundError("Te wiersze już nie czekają: ktoś je przypisał albo wycofano partię.")
    order = (SuspendedRow.booked_on, SuspendedRow.batch_id, SuspendedRow.line_no)
    rows = [
        row_of(one) for one in session.scalars(select(SuspendedRow).where(theirs).order_by(*order).limit(MOST_ROWS))
    ]
    return Payer(*found), rows


def whose(session: Session, scope: EmployeeScope, rows: Sequence[WaitingRow]) -> list[TenancyCandidate]:
    """Who may have paid or owe these rows of one payer, at least one; the likeliest first."""
    require_live(session, scope, Permission.IMPORT_FILES)
    return Directory(session).candidates([clue_of(rows)])[0]


def payer_rows(session: Session, scope: EmployeeScope, *, tenant_no: str, tenancy_no: str) -> list[int]:
    """All rows of a payer that wait, by id."""
    require_live(session, scope, Permission.IMPORT_FILES)
    theirs = (SuspendedRow.tenant_no == tenant_no) & (SuspendedRow.tenancy_no == tenancy_no) & waiting()
    return list(session.scalars(select(SuspendedRow.id).where(theirs).order_by(SuspendedRow.id)))


def decided_rows(
    session: Session, scope: EmployeeScope, *, decision: Decision, skip: int = 0, text: str = ""
) -> list[DecidedRow]:
    """A page of standing decisions of one kind, the newest first."""
    require_live(session, scope, Permission.IMPORT_FILES)
    found = session.execute(
        select(SuspendedAssignment, SuspendedRow)
        .join(SuspendedRow, SuspendedRow.id == SuspendedAssignment.row_id)
        .where(standing(), SuspendedAssignment.decision == decision, _found_by(text))
        .order_by(SuspendedAssignment.id.desc())
        .offset(skip)
        .limit(PAGE)
    ).all()
    parts = _parts(session, [one.id for one, _ in found])
    return [
        DecidedRow(one.id, row_of(row), one.decided_at, one.decided_login, one.reason, tuple(parts.get(one.id, ())))
        for one, row in found
    ]


def decided_count(session: Session, scope: EmployeeScope, *, decision: Decision, text: str = "") -> int:
    """How many decisions of one kind stand, under a search."""
    require_live(session, scope, Permission.IMPORT_FILES)
    query = (
        select(func.count())
        .select_from(SuspendedAssignment)
        .join(SuspendedRow, SuspendedRow.id == SuspendedAssignment.row_id)
        .where(standing(), SuspendedAssignment.decision == decision, _found_by(text))
    )
    return session.scalar(query) or 0


def row_of(row: SuspendedRow) -> WaitingRow:
    """A row as it is shown."""
    return WaitingRow(**{name: getattr(row, name) for name in WaitingRow.__dataclass_fields__})


def clue_of(rows: Sequence[WaitingRow]) -> Clue:
    """What rows of one payer say about whose they are."""
    return Clue(
        tenant_no=rows[0].tenant_no,
        tenancy_no=rows[0].tenancy_no,
        texts=frozenset(row.description for row in rows),
        amounts=frozenset(row.debit or row.credit for row in rows),
    )


def _payers(condition: ColumnElement[bool]) -> Select[str, str, int, Decimal, Decimal, date, date]:
    money = SuspendedRow.debit.type
    number = func.count()
    return (
        select(
            SuspendedRow.tenant_no,
            SuspendedRow.tenancy_no,
            number,
            func.sum(SuspendedRow.debit, type_=money),
            func.sum(SuspendedRow.credit, type_=money),
            func.min(SuspendedRow.booked_on),
            func.max(SuspendedRow.booked_on),
        )
        .where(condition)
        .group_by(SuspendedRow.tenant_no, SuspendedRow.tenancy_no)
        .order_by(number.desc(), SuspendedRow.tenancy_no, SuspendedRow.tenant_no)
    )


def _parts(session: Session, decisions: Sequence[int]) -> dict[int, list[tuple[str, str, Decimal]]]:
    rows = session.execute(
        select(AssignedEntry.assignment_id, Tenancy.tenancy_no, Tenant.name, LedgerEntry.debit, LedgerEntry.credit)
        .join(LedgerEntry, LedgerEntry.id == AssignedEntry.entry_id)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(AssignedEntry.assignment_id.in_(decisions))
        .order_by(AssignedEntry.entry_id)
    )
    parts: dict[int, list[tuple[str, str, Decimal]]] = {}
    for assignment, number, name, debit, credit in rows:
        parts.setdefault(assignment, []).append((number, name, debit or credit))
    return parts


def _found_by(text: str) -> ColumnElement[bool]:
    wanted = text.strip()
    if not wanted:
        return true()
    columns = (SuspendedRow.tenant_no, SuspendedRow.tenancy_no, SuspendedRow.document_no, SuspendedRow.description)
    return or_(*(column.icontains(wanted, autoescape=True) for column in columns))
