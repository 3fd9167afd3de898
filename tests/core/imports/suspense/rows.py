"""Short ways to look at suspense and to decide."""

from decimal import Decimal

from sqlalchemy import select

from core import db
from core.access.models import PortalSession
from core.accounts.sign_in import operator_scope
from core.clock import today
from core.imports.invariants import broken_invariants
from core.imports.models import SuspendedRow
from core.imports.suspense.assigning import assign, take_back
from core.imports.suspense.models import SuspendedAssignment, standing, waiting
from core.imports.suspense.posting import TakenBack
from core.ledger.balances import balance_by_number
from core.registry.models import Tenancy, Tenant
from tests.cast import make_account, sign_in_tenant

STRANGER = "0009;U/9;D/9;1;WPL;2026-10-01;;Anna 1, czynsz;;9,00"
STRANGER_2 = "0009;U/9;D/9;2;WPL;2026-10-02;;Anna 1, czynsz;;11,00"
UNNUMBERED = "0009;U/9;;;WPL;2026-10-01;;kasa;;8,00"
SCOPE = operator_scope()


def waiting_ids() -> list[int]:
    """Rows that wait, in the order of their lines."""
    with db.reading() as session:
        order = (SuspendedRow.batch_id, SuspendedRow.line_no)
        return list(session.scalars(select(SuspendedRow.id).where(waiting()).order_by(*order)))


def tenancy_id(number: str) -> int:
    """A tenancy by its number."""
    with db.reading() as session:
        return session.scalars(select(Tenancy.id).where(Tenancy.tenancy_no == number)).one()


def assign_to(number: str, *row_ids: int) -> int:
    """Assign these rows (none named: all that wait) to a tenancy; the decision of the last one."""
    target = tenancy_id(number)
    with db.transaction() as session:
        assign(session, SCOPE, row_ids=row_ids or waiting_ids(), tenancy_id=target)
    return standing_decisions()[-1]


def standing_decisions() -> list[int]:
    """Decisions that stand, the oldest first."""
    with db.reading() as session:
        return list(session.scalars(select(SuspendedAssignment.id).where(standing()).order_by(SuspendedAssignment.id)))


def back(*decision_ids: int) -> TakenBack:
    """Take decisions back (none named: all that stand)."""
    with db.transaction() as session:
        return take_back(session, SCOPE, decision_ids=decision_ids or standing_decisions())


def balance(number: str) -> Decimal:
    """Today's balance of a tenancy, zero where it has no entries."""
    with db.reading() as session:
        return balance_by_number(session, SCOPE, tenancy_no=number, as_of=today()).balance


def whole() -> list[str]:
    """Broken invariants."""
    with db.reading() as session:
        return broken_invariants(session, SCOPE)


def look(number: str) -> None:
    """The tenant of this tenancy is in the portal now."""
    with db.transaction() as session:
        tenant = session.scalars(select(Tenant).join(Tenancy).where(Tenancy.tenancy_no == number)).one()
        sign_in_tenant(session, tenant, account_id=make_account(session, tenant).id)
        session.flush()
        assert session.scalars(select(PortalSession)).all()
