"""Takes a batch back: afterwards the database is what it would be had the batch never come, all others staying.

Rows that another batch brought too are kept and become that batch's; records of the registry become what they were.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Table, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.batches.models import BatchState, ImportBatch
from core.clock import now
from core.db import Base, changed_rows
from core.errors import DomainError, NotFoundError
from core.imports.ledger_keys import CONTENT
from core.imports.locking import one_at_a_time
from core.imports.models import RegistryChange, RepeatedEntry, RepeatedSuspension, SuspendedRow
from core.imports.registry_rows import AREAS, as_json
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy, Tenant

# The session keeps no copies that would have to follow; looking for them would cost a pass over all rows for each row.
UNSYNCHRONISED = {"synchronize_session": False}


class UndoRefusedError(DomainError):
    """Something was built on the batch; the message says what and what to do first."""


@dataclass(frozen=True, slots=True)
class UndoReceipt:
    """What an undo did: rows or records taken back, and those kept because another batch brought them too."""

    batch_id: int
    removed: int
    kept: int


def undo_batch(session: Session, scope: EmployeeScope, *, batch_id: int) -> UndoReceipt:
    """Take a committed batch back, in the caller's transaction.

    Raises NotFoundError for a batch that is not committed, UndoRefusedError where something was built on it.
    """
    require_live(session, scope, Permission.UNDO_IMPORTS)
    one_at_a_time(session)
    changed = changed_rows(
        session,
        update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.state == BatchState.COMMITTED)
        .values(state=BatchState.UNDONE, undone_at=now()),
    )
    if changed != 1:
        raise NotFoundError("Tej partii nie można wycofać: nie ma jej albo nie jest wczytana.")
    kind = session.scalar(select(ImportBatch.kind).where(ImportBatch.id == batch_id))
    if kind == "ledger":
        return _undo_ledger(session, batch_id)
    return _undo_registry(session, batch_id)


def _undo_ledger(session: Session, batch_id: int) -> UndoReceipt:
    session.execute(delete(RepeatedEntry).where(RepeatedEntry.batch_id == batch_id))
    session.execute(delete(RepeatedSuspension).where(RepeatedSuspension.batch_id == batch_id))
    kept = _rehome_entries(session, batch_id) + _rehome_suspended(session, batch_id)
    removed = changed_rows(session, delete(LedgerEntry).where(LedgerEntry.batch_id == batch_id))
    removed += changed_rows(session, delete(SuspendedRow).where(SuspendedRow.batch_id == batch_id))
    return UndoReceipt(batch_id, removed, kept)


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
        .where(LedgerEntry.batch_id == batch_id)
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
        tenancy_id = _tenancy_known_to(session, row, heir)
        if tenancy_id is None:
            session.execute(
                update(SuspendedRow).where(SuspendedRow.id == row.id).values(batch_id=heir, line_no=line_no),
                execution_options=UNSYNCHRONISED,
            )
            _recount(session, heir, suspended=1)
        else:
            _post(session, row, heir, line_no, tenancy_id)
    return len(found)


def _tenancy_known_to(session: Session, row: SuspendedRow, batch_id: int) -> int | None:
    """The row's tenancy, if it stood in the registry when the batch was loaded."""
    made = RegistryChange
    return session.scalar(
        select(Tenancy.id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(
            Tenancy.tenancy_no == row.tenancy_no,
            Tenant.tenant_no == row.tenant_no,
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
    others = session.execute(
        select(RepeatedSuspension.batch_id, RepeatedSuspension.line_no).where(RepeatedSuspension.row_id == row.id)
    ).all()
    session.execute(delete(RepeatedSuspension).where(RepeatedSuspension.row_id == row.id))
    if others:
        session.execute(
            insert(RepeatedEntry),
            [{"batch_id": batch, "line_no": line, "entry_id": entry_id} for batch, line in others],
        )
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


def _undo_registry(session: Session, batch_id: int) -> UndoReceipt:
    changes = session.scalars(
        select(RegistryChange).where(RegistryChange.batch_id == batch_id).order_by(RegistryChange.id.desc())
    ).all()
    for change in changes:
        table = Base.metadata.tables[change.entity]
        _refuse_if_changed_since(session, change, table)
        if change.before is not None:
            before = _from_json(change.before, table)
            session.execute(update(table).where(table.c.id == change.record_id).values(before))
            continue
        try:
            with session.begin_nested():
                session.execute(delete(table).where(table.c.id == change.record_id))
        except IntegrityError:
            raise UndoRefusedError(
                f"Nie można wycofać partii {batch_id}: do pozycji „{change.record_key}” odwołują się już inne dane "
                "(lokale, umowy, wpisy kartoteki albo konta). Wycofaj najpierw partie, które je wczytały."
            ) from None
    session.execute(delete(RegistryChange).where(RegistryChange.batch_id == batch_id))
    return UndoReceipt(batch_id, len(changes), 0)


def _refuse_if_changed_since(session: Session, change: RegistryChange, table: Table) -> None:
    later = session.scalar(
        select(func.min(RegistryChange.batch_id)).where(
            RegistryChange.entity == change.entity,
            RegistryChange.record_id == change.record_id,
            RegistryChange.id > change.id,
            RegistryChange.batch_id != change.batch_id,
        )
    )
    if later is not None:
        raise UndoRefusedError(
            f"Nie można wycofać partii {change.batch_id}: pozycję „{change.record_key}” wczytała później także partia {later}. "
            "Wycofaj najpierw tamtą."
        )
    row = session.execute(select(table).where(table.c.id == change.record_id)).mappings().first()
    if row is None or as_json(dict(row)) != change.after:
        raise UndoRefusedError(
            f"Nie można wycofać partii {change.batch_id}: pozycja „{change.record_key}” została zmieniona poza importem."
        )


def _from_json(text: str, table: Table) -> dict[str, Any]:
    values = json.loads(text)
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(table.c[name].type, Date):
            values[name] = date.fromisoformat(value)
        elif name in AREAS:
            values[name] = Decimal(value)
    return dict(values)
