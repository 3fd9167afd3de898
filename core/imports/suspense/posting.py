"""Posts what employees decide about rows in suspense, and takes it back: the one way for screen, command and file."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import delete, func, insert, select, union_all, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.audit.events import record_by
from core.clock import now
from core.db import changed_rows
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.imports.equal_rows import TABLES, close_ranks, equal_rows
from core.imports.ledger_keys import CONTENT, with_content_key
from core.imports.models import RepeatedEntry, SuspendedRow
from core.imports.reversals import UNSYNCHRONISED, reverse_entries, seen_tenancies
from core.imports.suspense.models import AssignedEntry, Decision, SuspendedAssignment, standing, waiting
from core.imports.undo_refused import UndoRefusedError
from core.ledger.maintained import entries_come, entries_go
from core.ledger.models import APART, LedgerEntry, in_force
from core.money import in_zloty, to_grosze
from core.registry.models import Tenancy, Tenant

AT_ONCE = 5_000  # ids in one statement


@dataclass(frozen=True, slots=True)
class Part:
    """What of a row goes to a tenancy: PLN on the row's own side, all of it where the row is not split."""

    row_id: int
    tenancy_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of lines that decisions had posted: removed, or reversed because a tenant may have seen them."""

    rows: int
    removed: int
    reversed: int


class NotWaitingError(DomainError):
    """Somebody else has decided about a row, or its batch was taken back."""

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"Część wierszy ({rows}) już nie czeka w poczekalni: ktoś je przypisał albo wycofano partię. Nic nie zapisano. "
            "Obejrzyj poczekalnię jeszcze raz."
        )


def waiting_rows(session: Session, row_ids: Collection[int]) -> dict[int, SuspendedRow]:
    """The rows by id. Raises NotWaitingError unless all of them wait."""
    wanted = sorted(set(row_ids))
    rows = {
        row.id: row
        for chunk in _chunks(wanted)
        for row in session.scalars(select(SuspendedRow).where(SuspendedRow.id.in_(chunk), waiting()))
    }
    if len(rows) != len(wanted):
        raise NotWaitingError(len(wanted) - len(rows))
    return rows


def amount_of(row: SuspendedRow) -> Decimal:
    """What is to be assigned, PLN, on the row's own side; below zero for a storno."""
    return row.debit or row.credit


def broken_parts(row: SuspendedRow, amounts: Sequence[Decimal]) -> str | None:
    """What is wrong with splitting a row into these amounts, as a sentence; None: nothing."""
    whole = amount_of(row)
    if any(amount * whole <= 0 for amount in amounts):
        return "Każda część musi być różna od zera i mieć ten sam znak co kwota wiersza."
    if sum(amounts) != whole:
        stated, wanted = in_zloty(to_grosze(sum(amounts, Decimal(0)))), in_zloty(to_grosze(whole))
        return f"Części dają razem {stated}, a wiersz ma {wanted}."
    return None


def post_parts(session: Session, scope: EmployeeScope, parts: Sequence[Part], *, batch_id: int | None = None) -> None:
    """Assign rows that wait: an entry for each part, under the row's own batch and line; `batch_id`: the file that says so.

    The caller has locked the desk and asked about closed months. Raises NotWaitingError, InvalidInputError (field `amounts`)
    for parts that are not their row.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    by_row: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_row[part.row_id].append(part)
    rows = waiting_rows(session, by_row.keys())
    for row_id, own in by_row.items():
        if broken := broken_parts(rows[row_id], [part.amount for part in own]):
            raise InvalidInputError(broken, field="amounts")
    decisions = _decide(session, scope, by_row, Decision.ASSIGNED, batch_id=batch_id)
    entries = session.scalars(
        insert(LedgerEntry).returning(LedgerEntry.id, sort_by_parameter_order=True), _entries(session, rows, by_row)
    ).all()
    assignments = [decisions[row_id] for row_id, own in by_row.items() for _ in own]
    session.execute(
        insert(AssignedEntry),
        [
            {"entry_id": entry, "assignment_id": assignment}
            for entry, assignment in zip(entries, assignments, strict=True)
        ],
    )
    split = [row_id for row_id, own in by_row.items() if len(own) > 1]
    _part_positions(session, [decisions[row_id] for row_id in split])
    own_entries = select(AssignedEntry.entry_id).where(AssignedEntry.assignment_id >= min(decisions.values()))
    entries_come(session, LedgerEntry.id.in_(own_entries))
    _record_assigned(session, scope, rows, parts)


def post_sent_back(
    session: Session, scope: EmployeeScope, row_ids: Collection[int], reason: str, *, batch_id: int | None = None
) -> None:
    """Say of rows that wait that their source has to mend them. Raises NotWaitingError."""
    require_live(session, scope, Permission.IMPORT_FILES)
    rows = waiting_rows(session, row_ids)
    _decide(session, scope, rows, Decision.SENT_BACK, reason=reason, batch_id=batch_id)
    details: dict[str, str | int | bool | None] = {"rows": len(rows), "lines": _lines(rows.values())}
    record_by(session, scope, "suspense_sent_back", object_kind="suspended_row", object_id=min(rows), details=details)


def take_back_decisions(session: Session, scope: EmployeeScope, decision_ids: Collection[int]) -> TakenBack:
    """Let rows wait again as if nobody had decided; the caller has locked the desk and asked about closed months.

    Entries that a tenant may have seen are reversed, all others removed. Raises NotFoundError unless all of these decisions
    stand, UndoRefusedError where a file has brought an entry too.
    """
    require_live(session, scope, Permission.UNDO_IMPORTS)
    wanted = sorted(set(decision_ids))
    decisions = [
        one
        for chunk in _chunks(wanted)
        for one in session.scalars(
            select(SuspendedAssignment).where(SuspendedAssignment.id.in_(chunk), standing()).order_by("id")
        )
    ]
    if len(decisions) != len(wanted):
        raise NotFoundError("Część tych decyzji cofnięto już w innym oknie. Nic nie zmieniono.")
    _require_none_mended(session, wanted)
    removed = reversed_ = 0
    for moment in sorted({one.decided_at for one in decisions}):
        ids = [one.id for one in decisions if one.decided_at == moment]
        for chunk in _chunks(ids):
            gone, back = _take_entries_back(session, chunk, moment)
            removed, reversed_ = removed + gone, reversed_ + back
    for chunk in _chunks(wanted):
        session.execute(
            update(SuspendedAssignment)
            .where(SuspendedAssignment.id.in_(chunk))
            .values(taken_back_at=now(), taken_back_by=scope.employee_id, taken_back_login=scope.login),
            execution_options=UNSYNCHRONISED,
        )
    done = TakenBack(len(wanted), removed, reversed_)
    record_by(
        session, scope, "suspense_taken_back", object_kind="suspended_assignment", object_id=wanted[0],
        details={"decisions": len(wanted), "removed": removed, "reversed": reversed_},
    )  # fmt: skip
    return done


def undo_suspense(session: Session, scope: EmployeeScope, *, batch_id: int) -> tuple[int, int, int]:
    """Take back what a file of decisions said and still holds; how many lines were removed, kept (none) and reversed."""
    require_live(session, scope, Permission.UNDO_IMPORTS)
    theirs = select(SuspendedAssignment.id).where(SuspendedAssignment.batch_id == batch_id, standing())
    decisions = session.scalars(theirs).all()
    if not decisions:
        return 0, 0, 0
    done = take_back_decisions(session, scope, decisions)
    return done.removed, 0, done.reversed


def _decide(
    session: Session,
    scope: EmployeeScope,
    row_ids: Iterable[int],
    decision: Decision,
    *,
    reason: str | None = None,
    batch_id: int | None = None,
) -> dict[int, int]:
    """The decisions of rows, by row."""
    moment, rows = now(), list(row_ids)
    values = {
        "decision": decision,
        "reason": reason,
        "batch_id": batch_id,
        "decided_at": moment,
        "decided_by": scope.employee_id,
        "decided_login": scope.login,
    }
    ids = session.scalars(
        insert(SuspendedAssignment).returning(SuspendedAssignment.id, sort_by_parameter_order=True),
        [{"row_id": row_id, **values} for row_id in rows],
    ).all()
    return dict(zip(rows, ids, strict=True))


def _entries(
    session: Session, rows: Mapping[int, SuspendedRow], by_row: Mapping[int, Sequence[Part]]
) -> list[dict[str, Any]]:
    """What is to be inserted, part by part: under the key that a file with the right tenancy would give it."""
    numbers = _numbers(session, {part.tenancy_id for own in by_row.values() for part in own})
    keys = _content_keys(rows, by_row, numbers)
    highest = _highest(session, {key for key in keys if key})
    made: list[dict[str, Any]] = []
    for row_id, own in by_row.items():
        row = rows[row_id]
        for part in own:
            key = keys[len(made)]
            position = row.position
            if len(own) > 1 and not key:
                position = -APART - len(made)  # until it has an id
            elif key and key != row.content_key:
                position = highest[key] = highest.get(key, 0) + 1
            sides = (
                {"debit": part.amount, "credit": Decimal(0)}
                if row.debit
                else {"debit": Decimal(0), "credit": part.amount}
            )
            content = {name: getattr(row, name) for name in CONTENT}
            made.append({
                **content, **sides, "tenancy_id": part.tenancy_id, "batch_id": row.batch_id, "line_no": row.line_no,
                "document_no": row.document_no, "content_key": key, "position": position,
            })  # fmt: skip
    return made


def _part_positions(session: Session, decisions: Sequence[int]) -> None:
    """Parts of one numbered line are further lines of its document, in places that no file has of itself."""
    for chunk in _chunks(decisions):
        parts = select(AssignedEntry.entry_id).where(AssignedEntry.assignment_id.in_(chunk))
        session.execute(
            update(LedgerEntry)
            .where(LedgerEntry.id.in_(parts), LedgerEntry.document_no != "")
            .values(position=APART + LedgerEntry.id),
            execution_options=UNSYNCHRONISED,
        )


def _content_keys(
    rows: Mapping[int, SuspendedRow], by_row: Mapping[int, Sequence[Part]], numbers: Mapping[int, tuple[str, str]]
) -> list[str]:
    """The content key of each part, in order; an empty text where the document has a number."""
    told: list[dict[str, Any]] = []
    for row_id, own in by_row.items():
        row = rows[row_id]
        for part in own:
            tenant_no, tenancy_no = numbers[part.tenancy_id]
            grosze = to_grosze(part.amount)
            told.append({
                **{name: getattr(row, name) for name in CONTENT},
                "line_no": len(told), "document_no": row.document_no, "tenant_no": tenant_no, "tenancy_no": tenancy_no,
                "debit": grosze if row.debit else 0, "credit": 0 if row.debit else grosze,
            })  # fmt: skip
    texts = dict.fromkeys(("period", "component", "description", "document_no"), pl.String)
    frame = pl.DataFrame(told, schema_overrides={**texts, "due_on": pl.Date, "booked_on": pl.Date})
    return with_content_key(frame).sort("line_no")["content_key"].to_list()


def _numbers(session: Session, tenancy_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Tenant's and tenancy's number by tenancy. Raises NotFoundError for a tenancy that is not there."""
    found: dict[int, tuple[str, str]] = {}
    for chunk in _chunks(sorted(tenancy_ids)):
        rows = session.execute(
            select(Tenancy.id, Tenant.tenant_no, Tenancy.tenancy_no)
            .join(Tenant, Tenant.id == Tenancy.tenant_id)
            .where(Tenancy.id.in_(chunk))
        )
        found.update({key: (tenant_no, tenancy_no) for key, tenant_no, tenancy_no in rows})
    if len(found) != len(tenancy_ids):
        raise NotFoundError("Nie ma już takiej umowy. Wyszukaj ją jeszcze raz.")
    return found


def _highest(session: Session, contents: Collection[str]) -> dict[str, int]:
    """The last occurrence of each content, in the ledger or in suspense."""
    highest: dict[str, int] = {}
    for chunk in _chunks(sorted(contents)):
        both = union_all(
            *(
                select(table.content_key, table.position).where(table.document_no == "", table.content_key.in_(chunk))
                for table in TABLES
            )
        ).subquery()
        rows = session.execute(select(both.c.content_key, func.max(both.c.position)).group_by(both.c.content_key))
        highest.update({key: max(position, 0) for key, position in rows})
    return highest


def _take_entries_back(session: Session, decision_ids: Sequence[int], moment: Any) -> tuple[int, int]:
    """Remove or reverse what decisions of one moment have posted; how many of each."""
    posted = select(AssignedEntry.entry_id).where(AssignedEntry.assignment_id.in_(decision_ids))
    _require_brought_by_none(session, posted)
    removed = reversed_ = 0
    entry_ids = session.scalars(posted.order_by(AssignedEntry.entry_id)).all()
    for chunk in _chunks(entry_ids):  # many parts make one decision
        gone, back = _take_lines_back(session, chunk, moment)
        removed, reversed_ = removed + gone, reversed_ + back
    return removed, reversed_


def _take_lines_back(session: Session, entry_ids: Sequence[int], moment: Any) -> tuple[int, int]:
    own = LedgerEntry.id.in_(entry_ids)
    contents = session.scalars(select(LedgerEntry.content_key).where(own, LedgerEntry.document_no == "")).all()
    seen = session.scalars(seen_tenancies(own, moment)).all()
    reversed_ = reverse_entries(session, own, seen) if seen else 0
    going = session.scalars(select(LedgerEntry.id).where(own, in_force())).all()
    entries_go(session, LedgerEntry.id.in_(going))
    session.execute(delete(AssignedEntry).where(AssignedEntry.entry_id.in_(going)))
    removed = changed_rows(session, delete(LedgerEntry).where(LedgerEntry.id.in_(going)))
    close_ranks(session, equal_rows(session, contents))
    return removed, reversed_


def _require_none_mended(session: Session, decision_ids: Sequence[int]) -> None:
    """A row that was sent back and has come home mended stands in the ledger: it cannot wait beside itself."""
    same = (
        (LedgerEntry.document_no == SuspendedRow.document_no)
        & (LedgerEntry.content_key == SuspendedRow.content_key)
        & (LedgerEntry.position == SuspendedRow.position)
    )
    for chunk in _chunks(decision_ids):
        batch = session.scalar(
            select(func.min(LedgerEntry.batch_id))
            .join(SuspendedRow, same)
            .join(SuspendedAssignment, SuspendedAssignment.row_id == SuspendedRow.id)
            .where(SuspendedAssignment.id.in_(chunk), SuspendedAssignment.decision == Decision.SENT_BACK)
        )
        if batch is not None:
            raise UndoRefusedError(
                f"Odesłany wiersz wczytała już poprawiony partia {batch}: tego odesłania nie można cofnąć. "
                "Jeśli trzeba, wycofaj najpierw tamtą partię."
            )


def _require_brought_by_none(session: Session, posted: Any) -> None:
    batch = session.scalar(select(func.min(RepeatedEntry.batch_id)).where(RepeatedEntry.entry_id.in_(posted)))
    if batch is not None:
        raise UndoRefusedError(
            f"Ten wiersz przyniosła też partia {batch}, już z właściwą umową: przypisania nie można cofnąć. "
            "Jeśli jest błędne, wycofaj najpierw tamtą partię."
        )


def _record_assigned(
    session: Session, scope: EmployeeScope, rows: Mapping[int, SuspendedRow], parts: Sequence[Part]
) -> None:
    """An event for each tenancy that got something: which lines, and how much they make of its balance."""
    by_tenancy: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_tenancy[part.tenancy_id].append(part)
    for tenancy_id, own in by_tenancy.items():
        signs = [part.amount if rows[part.row_id].debit else -part.amount for part in own]
        record_by(
            session, scope, "suspense_assigned", object_kind="tenancy", object_id=tenancy_id,
            details={"rows": len(own), "change": str(sum(signs)), "lines": _lines(rows[part.row_id] for part in own)},
        )  # fmt: skip


def _lines(rows: Iterable[SuspendedRow]) -> str:
    """`3/17, 3/18`: batch and line, as many as an event holds."""
    return ", ".join(f"{row.batch_id}/{row.line_no}" for row in rows)[:400]


def _chunks(ids: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
