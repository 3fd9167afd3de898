"""Takes ledger rows of a batch back; rows that another batch brought too are kept and become that batch's."""

from decimal import Decimal

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, union_all, update
from sqlalchemy.orm import Session

from core.batches.models import ImportBatch
from core.db import changed_rows
from core.imports.equal_rows import TABLES, Equal, close_ranks, equal_rows
from core.imports.ledger_keys import CONTENT
from core.imports.models import RegistryChange, RepeatedEntry, RepeatedSuspension, SuspendedRow
from core.imports.reversals import UNSYNCHRONISED, committed_at, reverse_entries, seen_tenancies
from core.imports.suspense.models import AssignedEntry, SuspendedAssignment, by_assignment, standing
from core.imports.undo_refused import UndoRefusedError
from core.ledger.maintained import entries_come, entries_go
from core.ledger.models import LedgerEntry, in_force
from core.registry.models import Tenancy, Tenant

NAMED = 20  # lines that a refusal names


def undo_ledger(session: Session, batch_id: int) -> tuple[int, int, int]:
    """Leave what would stand had the batch never come; returns how many rows were removed, kept and reversed.

    Lines that a tenant may have seen are not removed: their reversal is posted beside them. Raises UndoRefusedError where
    rows of it have been assigned from suspense.
    """
    _require_none_assigned(session, batch_id)
    session.execute(delete(RepeatedEntry).where(RepeatedEntry.batch_id == batch_id))
    session.execute(delete(RepeatedSuspension).where(RepeatedSuspension.batch_id == batch_id))
    kept = _rehome_entries(session, batch_id) + _rehome_suspended(session, batch_id)
    staying = _equal_rows_that_stay(session, batch_id)
    own = LedgerEntry.batch_id == batch_id
    seen = session.scalars(seen_tenancies(own, committed_at(batch_id))).all()
    reversed_ = reverse_entries(session, own, seen) if seen else 0
    going = own & in_force()
    entries_go(session, going)
    removed = changed_rows(session, delete(LedgerEntry).where(going))
    _forget_decisions(session, SuspendedRow.batch_id == batch_id)
    removed += changed_rows(session, delete(SuspendedRow).where(SuspendedRow.batch_id == batch_id))
    close_ranks(session, staying)
    return removed, kept, reversed_


def _require_none_assigned(session: Session, batch_id: int) -> None:
    """What an employee has built on a row stays, unless another batch brought the row too and takes it over."""
    elsewhere = exists().where(RepeatedSuspension.row_id == SuspendedRow.id, RepeatedSuspension.batch_id != batch_id)
    assigned = (
        select(SuspendedRow.line_no)
        .join(SuspendedAssignment, SuspendedAssignment.row_id == SuspendedRow.id)
        .join(AssignedEntry, AssignedEntry.assignment_id == SuspendedAssignment.id)
        .where(SuspendedRow.batch_id == batch_id, standing(), ~elsewhere)
        .distinct()
    )
    lines = session.scalars(assigned.order_by(SuspendedRow.line_no)).all()
    if lines:
        named = ", ".join(map(str, lines[:NAMED])) + (f" i {len(lines) - NAMED} dalsze" if len(lines) > NAMED else "")
        raise UndoRefusedError(
            f"Z poczekalni przypisano już do umów wiersze tej partii ({len(lines)}), w pliku: {named}. "
            "Najpierw cofnij te przypisania na stronie Poczekalnia."
        )


def _forget_decisions(session: Session, rows: ColumnElement[bool]) -> None:
    """Remove decisions about rows (SQL over SuspendedRow) that leave suspense; the audit log remembers them."""
    theirs = (
        select(SuspendedAssignment.id).join(SuspendedRow, SuspendedRow.id == SuspendedAssignment.row_id).where(rows)
    )
    session.execute(delete(AssignedEntry).where(AssignedEntry.assignment_id.in_(theirs)))
    session.execute(
        delete(SuspendedAssignment).where(SuspendedAssignment.row_id.in_(select(SuspendedRow.id).where(rows)))
    )


def _equal_rows_that_stay(session: Session, batch_id: int) -> list[Equal]:
    """Rows without a document number that other batches added beside equal ones of this batch."""
    going = union_all(
        *(select(table.content_key).where(table.batch_id == batch_id, table.document_no == "") for table in TABLES)
    )
    return equal_rows(session, going, lambda table: table.batch_id != batch_id)


def _rehome_entries(session: Session, batch_id: int) -> int:
    """Give entries that other batches brought too to the oldest of those, line and sums included."""
    nth = func.row_number().over(
        partition_by=RepeatedEntry.entry_id, order_by=(RepeatedEntry.batch_id, RepeatedEntry.line_no)
    )
    brought = (
        select(
            RepeatedEntry.entry_id,
            RepeatedEntry.batch_id,
            RepeatedEntry.line_no,
            LedgerEntry.debit,
            LedgerEntry.credit,
            nth.label("nth"),
        )
        .join(LedgerEntry, LedgerEntry.id == RepeatedEntry.entry_id)
        .where(LedgerEntry.batch_id == batch_id, ~by_assignment())
        .subquery()
    )
    heirs = select(brought).where(brought.c.nth == 1).subquery("heir")
    money = LedgerEntry.debit.type
    sums = session.execute(
        select(
            heirs.c.batch_id,
            func.count(),
            func.sum(heirs.c.debit, type_=money),
            func.sum(heirs.c.credit, type_=money),
        ).group_by(heirs.c.batch_id)
    ).all()
    session.execute(
        update(LedgerEntry)
        .where(LedgerEntry.id == heirs.c.entry_id)
        .values(batch_id=heirs.c.batch_id, line_no=heirs.c.line_no),
        execution_options=UNSYNCHRONISED,
    )
    own = exists().where(
        LedgerEntry.id == RepeatedEntry.entry_id,
        LedgerEntry.batch_id == RepeatedEntry.batch_id,
        LedgerEntry.line_no == RepeatedEntry.line_no,
    )
    heirs_ids = [heir for heir, *_ in sums]
    session.execute(delete(RepeatedEntry).where(RepeatedEntry.batch_id.in_(heirs_ids), own))
    for heir, number, debit, credit in sums:
        _recount(session, heir, accepted=number, debit=debit, credit=credit)
    return sum(number for _, number, _, _ in sums)


def _rehome_suspended(session: Session, batch_id: int) -> int:
    """The same for rows in suspense; one whose tenancy was known when its heir came goes to the ledger, as it would."""
    found = session.execute(
        select(SuspendedRow, func.min(RepeatedSuspension.batch_id))
        .join(RepeatedSuspension, RepeatedSuspension.row_id == SuspendedRow.id)
        .where(SuspendedRow.batch_id == batch_id)
        .group_by(SuspendedRow.id)
    ).all()
    for row, heir in found:
        line_no = session.scalar(
            select(func.min(RepeatedSuspension.line_no)).where(
                RepeatedSuspension.row_id == row.id, RepeatedSuspension.batch_id == heir
            )
        )
        session.execute(
            delete(RepeatedSuspension).where(RepeatedSuspension.batch_id == heir, RepeatedSuspension.line_no == line_no)
        )
        assigned = _move_assigned(session, row.id, heir, line_no)
        tenancy_id = None if assigned else _tenancy_known_to(session, row, heir)
        if tenancy_id is None:
            session.execute(
                update(SuspendedRow).where(SuspendedRow.id == row.id).values(batch_id=heir, line_no=line_no),
                execution_options=UNSYNCHRONISED,
            )
            _recount(session, heir, suspended=1)
        else:
            _post(session, row, heir, line_no, tenancy_id)
    return len(found)


def _move_assigned(session: Session, row_id: int, heir: int, line_no: int | None) -> bool:
    """Lines that a standing decision posted of the row go with it; returns whether there are any."""
    theirs = (
        select(AssignedEntry.entry_id)
        .join(SuspendedAssignment, SuspendedAssignment.id == AssignedEntry.assignment_id)
        .where(SuspendedAssignment.row_id == row_id, standing())
    )
    moved = update(LedgerEntry).where(LedgerEntry.id.in_(theirs)).values(batch_id=heir, line_no=line_no)
    return changed_rows(session, moved.execution_options(**UNSYNCHRONISED)) > 0


def _tenancy_known_to(session: Session, row: SuspendedRow, batch_id: int) -> int | None:
    """The row's tenancy, if it stood in the registry when the batch was loaded."""
    made = RegistryChange
    return session.scalar(
        select(Tenancy.id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(
            Tenancy.tenancy_no == row.tenancy_no,
            Tenant.tenant_no == row.tenant_no,
            # Sent back and come home mended, it stands already.
            ~exists().where(
                LedgerEntry.document_no == row.document_no,
                LedgerEntry.content_key == row.content_key,
                LedgerEntry.position == row.position,
            ),
            ~exists().where(
                made.entity == "tenancy",
                made.record_id == Tenancy.id,
                made.before.is_(None),
                made.batch_id > batch_id,
            ),
        )
    )


def _post(session: Session, row: SuspendedRow, heir: int, line_no: int | None, tenancy_id: int) -> None:
    names = ("document_no", "content_key", "position", *CONTENT)
    values = {name: getattr(row, name) for name in names}
    entry_id = session.execute(
        insert(LedgerEntry)
        .values(tenancy_id=tenancy_id, batch_id=heir, line_no=line_no, **values)
        .returning(LedgerEntry.id)
    ).scalar_one()
    entries_come(session, LedgerEntry.id == entry_id)
    others = session.execute(
        select(RepeatedSuspension.batch_id, RepeatedSuspension.line_no).where(RepeatedSuspension.row_id == row.id)
    ).all()
    session.execute(delete(RepeatedSuspension).where(RepeatedSuspension.row_id == row.id))
    if others:
        session.execute(
            insert(RepeatedEntry),
            [{"batch_id": batch, "line_no": line, "entry_id": entry_id} for batch, line in others],
        )
    _forget_decisions(session, SuspendedRow.id == row.id)
    session.execute(delete(SuspendedRow).where(SuspendedRow.id == row.id))
    _recount(session, heir, accepted=1, debit=row.debit, credit=row.credit)


def _recount(
    session: Session,
    batch_id: int,
    *,
    accepted: int = 0,
    suspended: int = 0,
    debit: Decimal = Decimal(0),
    credit: Decimal = Decimal(0),
) -> None:
    """A row of a batch that counted as repeated is its own now."""
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch_id)
        .values(
            repeated=ImportBatch.repeated - accepted - suspended,
            accepted=ImportBatch.accepted + accepted,
            suspended=ImportBatch.suspended + suspended,
            accepted_debit=ImportBatch.accepted_debit + debit,
            accepted_credit=ImportBatch.accepted_credit + credit,
        )
    )
