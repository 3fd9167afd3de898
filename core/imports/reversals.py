"""Takes seen ledger lines back by reversals: who has read an amount finds it again, and beside it what became of it."""

from collections.abc import Sequence

from sqlalchemy import Select, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from core.access.models import PortalSession, ProxyGrant, Realm
from core.accounts.models import PortalAccount
from core.batches.models import ImportBatch
from core.clock import today
from core.db import changed_rows
from core.ledger.balances import NOTHING
from core.ledger.due import implied_due_date
from core.ledger.maintained import entries_come
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy

DESCRIBED = "Storno: "
LONGEST = 300  # of the column
APART = 1_000_000_000  # beyond the position of any file


def seen_tenancies(batch_id: int) -> Select[int]:
    """Ids of tenancies with lines of the batch whose tenant, or a proxy, was in the portal after it was committed."""
    committed = select(ImportBatch.committed_at).where(ImportBatch.id == batch_id).scalar_subquery()
    looked = (PortalSession.realm == Realm.TENANT) & (PortalSession.seen_at >= committed)
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
    with_lines = select(LedgerEntry.tenancy_id).where(LedgerEntry.batch_id == batch_id)
    seen = or_(Tenancy.tenant_id.in_(tenants), Tenancy.id.in_(by_proxy))
    return select(Tenancy.id).where(Tenancy.id.in_(with_lines), seen)


def reverse_entries(session: Session, batch_id: int, tenancies: Sequence[int]) -> int:
    """Post the reversal of every line that the batch has in these tenancies, booked today; returns how many.

    A line and its reversal lose their keys, so that the file can be loaded anew. The reversal is due when the line was,
    so that neither the balance nor what is overdue is another than without both.
    """
    reversed_ = 0
    for start in range(0, len(tenancies), 500):
        some = tenancies[start : start + 500]
        own = (LedgerEntry.batch_id == batch_id) & LedgerEntry.tenancy_id.in_(some)
        _post(session, own)
        freed = update(LedgerEntry).where(own).values(position=-LedgerEntry.id)
        reversed_ += changed_rows(session, freed) // 2
    _set_implied_dues(session, batch_id)
    entries_come(session, (LedgerEntry.batch_id == batch_id) & LedgerEntry.reverses_id.is_not(None))
    return reversed_


def _post(session: Session, own: object) -> None:
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
        "position": LedgerEntry.position + APART,  # until it has an id
        "booked_on": literal(today()),
        "description": func.substr(literal(DESCRIBED).concat(LedgerEntry.description), 1, LONGEST),
        "debit": -LedgerEntry.debit,
        "credit": -LedgerEntry.credit,
        "reverses_id": LedgerEntry.id,
    }
    lines = select(*columns, *computed.values()).where(own)  # type: ignore[arg-type]
    session.execute(insert(LedgerEntry).from_select([*kept, *computed], lines))


def _set_implied_dues(session: Session, batch_id: int) -> None:
    """A charge without a day and a period falls due by its booking; its reversal, booked later, has to be told when."""
    line = select(LedgerEntry).subquery()
    rows = session.execute(
        select(LedgerEntry.id, line.c.booked_on, Tenancy.payment_day)
        .join(line, line.c.id == LedgerEntry.reverses_id)
        .join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        .where(
            LedgerEntry.batch_id == batch_id,
            LedgerEntry.due_on.is_(None),
            LedgerEntry.period.is_(None),
            line.c.debit > NOTHING,
        )
    ).all()
    if rows:
        session.execute(
            update(LedgerEntry),
            [
                {"id": key, "due_on": implied_due_date(payment_day=day, booked_on=booked, period=None)}
                for key, booked, day in rows
            ],
        )
