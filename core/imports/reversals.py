"""Takes seen ledger lines back by reversals: who has read an amount finds it again, and beside it what became of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Insert, Select, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.access.models import PortalSession, ProxyGrant, Realm
from core.accounts.models import PortalAccount
from core.batches.models import ImportBatch
from core.clock import today
from core.db import changed_rows
from core.ledger.balances import NOTHING
from core.ledger.due import implied_due_date
from core.ledger.maintained import entries_come
from core.ledger.models import APART, LedgerEntry, in_force
from core.registry.models import Tenancy

DESCRIBED = "Storno: "
LONGEST = 300  # of the column
AT_ONCE = 10_000  # tenancies a statement, of the 32,766 values that SQLite takes
# The session keeps no copies that would have to follow; looking for them would cost a pass over all rows for each row.
UNSYNCHRONISED = {"synchronize_session": False}


def seen_tenancies(lines: ColumnElement[bool], since: ColumnElement[datetime | None] | datetime) -> Select[int]:
    """Ids of tenancies with these lines (SQL over LedgerEntry) whose tenant, or a proxy, has been in the portal since."""
    looked = (PortalSession.realm == Realm.TENANT) & (PortalSession.seen_at >= since)
    tenants = (
        select(PortalAccount.tenant_id)
        .join(PortalSession, PortalSession.subject_id == PortalAccount.id)
        .where(looked, PortalAccount.tenant_id.is_not(None))
    )
    by_proxy = (
        select(ProxyGrant.tenancy_id)
        .join(PortalSession, PortalSession.subject_id == ProxyGrant.account_id)
        .where(looked)
    )
    with_lines = select(LedgerEntry.tenancy_id).where(lines)
    seen = or_(Tenancy.tenant_id.in_(tenants), Tenancy.id.in_(by_proxy))
    return select(Tenancy.id).where(Tenancy.id.in_(with_lines), seen)


def committed_at(batch_id: int) -> ColumnElement[datetime | None]:
    """When a batch was committed, as SQL."""
    return select(ImportBatch.committed_at).where(ImportBatch.id == batch_id).scalar_subquery()


def reverse_entries(session: Session, lines: ColumnElement[bool], tenancies: Sequence[int]) -> int:
    """Post the reversal of each of these lines in these tenancies, booked today; returns how many.

    A line and its reversal lose their keys, so that the file can be loaded anew. The reversal is due when the line was,
    so that neither the balance nor what is overdue is another than without both. The caller has locked the desk.
    """
    newest = session.scalar(select(func.max(LedgerEntry.id)))
    reversed_ = 0
    for start in range(0, len(tenancies), AT_ONCE):
        theirs = LedgerEntry.tenancy_id.in_(tenancies[start : start + AT_ONCE])
        reversed_ += changed_rows(session, _reversals(lines & in_force() & theirs))
    new = LedgerEntry.id > newest
    _set_implied_dues(session, new)
    entries_come(session, new)
    reversal = aliased(LedgerEntry)
    taken_back = select(reversal.reverses_id).where(reversal.id > newest)
    session.execute(
        update(LedgerEntry).where(LedgerEntry.id.in_(taken_back)).values(position=-LedgerEntry.id),
        execution_options=UNSYNCHRONISED,
    )
    return reversed_


def _reversals(lines: ColumnElement[bool]) -> Insert:
    """Each line once more, with the other sign, in a place below zero that no other line of its document has."""
    kept = (
        "tenancy_id",
        "batch_id",
        "line_no",
        "document_no",
        "content_key",
        "document_type",
        "due_on",
        "period",
        "component",
    )
    columns = [getattr(LedgerEntry, name) for name in kept]
    computed = {
        "position": -APART - LedgerEntry.id,
        "booked_on": literal(today()),
        "description": func.substr(literal(DESCRIBED).concat(LedgerEntry.description), 1, LONGEST),
        "debit": -LedgerEntry.debit,
        "credit": -LedgerEntry.credit,
        "reverses_id": LedgerEntry.id,
    }
    return insert(LedgerEntry).from_select([*kept, *computed], select(*columns, *computed.values()).where(lines))


def _set_implied_dues(session: Session, reversals: ColumnElement[bool]) -> None:
    """A charge without a day and a period falls due by its booking; its reversal, booked later, has to be told when."""
    line = select(LedgerEntry).subquery()
    rows = session.execute(
        select(LedgerEntry.id, line.c.booked_on, Tenancy.payment_day)
        .join(line, line.c.id == LedgerEntry.reverses_id)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(reversals, LedgerEntry.due_on.is_(None), LedgerEntry.period.is_(None), line.c.debit > NOTHING)
    ).all()
    if rows:
        session.execute(
            update(LedgerEntry),
            [
                {"id": key, "due_on": implied_due_date(payment_day=day, booked_on=booked, period=None)}
                for key, booked, day in rows
            ],
        )
