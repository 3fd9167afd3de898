"""What an employee decides about rows in suspense on screen: whose they are, whose in parts, or that they go back."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.errors import DomainError, InvalidInputError
from core.imports.closed_periods import closed_until
from core.imports.closing import checked_reason
from core.imports.locking import one_at_a_time
from core.imports.models import SuspendedRow
from core.imports.suspense.models import Decision, SuspendedAssignment, standing, waiting
from core.imports.suspense.posting import (
    Part,
    TakenBack,
    amount_of,
    post_parts,
    post_sent_back,
    take_back_decisions,
    waiting_rows,
)
from core.registry.models import Tenancy, Tenant

MOST_PARTS = 12


class ClosedMonthError(DomainError):
    """A row is booked in a closed month, which a single employee cannot change."""

    def __init__(self, month: str, rows: int) -> None:
        super().__init__(
            f"Wiersze w zamkniętym okresie ({month}): {rows}. Nic nie zapisano. Główny księgowy może otworzyć okres na "
            "stronie Okresy; za zgodą drugiej osoby przypiszesz je plikiem na stronie Import."
        )


def assign(session: Session, scope: EmployeeScope, *, row_ids: Collection[int], tenancy_id: int) -> int:
    """Assign rows that wait to one tenancy; returns how many.

    Raises NotWaitingError, ClosedMonthError, NotFoundError for a tenancy that is not there, InvalidInputError for no rows.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    one_at_a_time(session)
    rows = _open_rows(session, row_ids)
    post_parts(session, scope, [Part(row.id, tenancy_id, amount_of(row)) for row in rows])
    return len(rows)


def assign_by_number(session: Session, scope: EmployeeScope, *, row_ids: Collection[int], tenancy_no: str) -> int:
    """Assign rows that wait to the tenancy of this number; returns how many.

    Raises InvalidInputError (field `tenancy_no`) for an unknown number, else as `assign`.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    return assign(session, scope, row_ids=row_ids, tenancy_id=_tenancy(session, tenancy_no))


def split(session: Session, scope: EmployeeScope, *, row_id: int, amounts: Sequence[tuple[str, Decimal]]) -> None:
    """Split one row over tenancies: numbers and amounts in PLN on the row's own side, which together make the row.

    Raises as `assign`, InvalidInputError (field `tenancy_no`, `amounts`) for an unknown number and for other sums.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    one_at_a_time(session)
    if not 2 <= len(amounts) <= MOST_PARTS:
        raise InvalidInputError(f"Podziel wiersz na 2 do {MOST_PARTS} części.", field="amounts")
    rows = _open_rows(session, [row_id])
    post_parts(session, scope, [Part(rows[0].id, _tenancy(session, number), amount) for number, amount in amounts])


def assign_known(session: Session, scope: EmployeeScope) -> int:
    """Assign every waiting row whose tenant and tenancy have come into the registry since; returns how many.

    Rows in closed months are left waiting.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    one_at_a_time(session)
    found = session.execute(_known(session).add_columns(Tenancy.id)).all()
    parts = [Part(row.id, tenancy_id, amount_of(row)) for row, tenancy_id in found]
    if parts:
        post_parts(session, scope, parts)
    return len(parts)


def known_count(session: Session, scope: EmployeeScope) -> int:
    """How many rows `assign_known` would assign."""
    require_live(session, scope, Permission.IMPORT_FILES)
    return session.scalar(select(func.count()).select_from(_known(session).subquery())) or 0


def send_back(session: Session, scope: EmployeeScope, *, row_ids: Collection[int], reason: str) -> int:
    """Send rows back to whoever makes the files; returns how many.

    Raises InvalidInputError (field `reason`, and for no rows), NotWaitingError.
    """
    require_live(session, scope, Permission.IMPORT_FILES)
    one_at_a_time(session)
    said = checked_reason(reason)
    if not row_ids:
        raise InvalidInputError("Wybierz co najmniej jeden wiersz.", field="rows")
    post_sent_back(session, scope, row_ids, said)
    return len(set(row_ids))


def take_back(session: Session, scope: EmployeeScope, *, decision_ids: Collection[int]) -> TakenBack:
    """Let rows wait again. Raises NotFoundError for a decision that does not stand, ClosedMonthError, DomainError."""
    require_live(session, scope, Permission.UNDO_IMPORTS)
    one_at_a_time(session)
    if not decision_ids:
        raise InvalidInputError("Wybierz co najmniej jeden wiersz.", field="rows")
    rows = session.scalars(
        select(SuspendedRow)
        .join(SuspendedAssignment, SuspendedAssignment.row_id == SuspendedRow.id)
        .where(
            SuspendedAssignment.id.in_(list(decision_ids)),
            standing(),
            SuspendedAssignment.decision == Decision.ASSIGNED,
        )
    ).all()
    _require_open(session, rows)
    return take_back_decisions(session, scope, decision_ids)


def _known(session: Session) -> Select[SuspendedRow]:
    """Rows in open months that wait and whose tenant and tenancy stand in the registry."""
    until = closed_until(session)
    is_open = SuspendedRow.booked_on > until if until is not None else true()
    return (
        select(SuspendedRow)
        .join(Tenancy, Tenancy.tenancy_no == SuspendedRow.tenancy_no)
        .join(Tenant, (Tenant.id == Tenancy.tenant_id) & (Tenant.tenant_no == SuspendedRow.tenant_no))
        .where(waiting(), is_open)
        .order_by(SuspendedRow.id)
    )


def _open_rows(session: Session, row_ids: Collection[int]) -> list[SuspendedRow]:
    if not row_ids:
        raise InvalidInputError("Wybierz co najmniej jeden wiersz.", field="rows")
    rows = list(waiting_rows(session, row_ids).values())
    _require_open(session, rows)
    return rows


def _require_open(session: Session, rows: Sequence[SuspendedRow]) -> None:
    until = closed_until(session)
    late = [row for row in rows if until is not None and row.booked_on <= until]
    if late:
        raise ClosedMonthError(f"{min(row.booked_on for row in late):%Y-%m}", len(late))


def _tenancy(session: Session, number: str) -> int:
    wanted = number.strip()
    tenancy_id = session.scalar(select(Tenancy.id).where(Tenancy.tenancy_no == wanted))
    if tenancy_id is None:
        raise InvalidInputError(
            f"Nie ma umowy o numerze „{wanted[:40]}”." if wanted else "Podaj numer umowy.", field="tenancy_no"
        )
    return tenancy_id
