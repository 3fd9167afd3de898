"""The statement of a tenancy's ledger ("Zestawienie") for a period: opening balance, every line, closing balance."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.ledger.balances import NOTHING, tenancy_balance
from core.ledger.entries import LedgerFilter
from core.ledger.lines import LedgerLine, every_line
from core.paying.payments import Dues, dues
from core.paying.tenancy import Parties


@dataclass(frozen=True, slots=True)
class Statement:
    """The ledger of one tenancy from `since` to `until`, both days included, oldest line first; amounts in PLN.

    `opening` is the balance at the end of the day before, `closing` at the end of the last day; `owed` is as of today,
    whatever the period.
    """

    since: date
    until: date
    opening: Decimal
    lines: tuple[LedgerLine, ...]
    closing: Decimal
    owed: Dues

    @property
    def parties(self) -> Parties:
        """Whose ledger it is."""
        return self.owed.parties

    @property
    def debit(self) -> Decimal:
        """Σ debit of the lines."""
        return sum((line.debit for line in self.lines), NOTHING)

    @property
    def credit(self) -> Decimal:
        """Σ credit of the lines."""
        return sum((line.credit for line in self.lines), NOTHING)

    def fingerprint(self) -> str:
        """SHA-256 over whose ledger, the period, the balances and every line.

        What is owed today is left out: the same period of an unchanged ledger has the same one whenever it is made, so
        the office can tell whether a paper still says what the ledger does.
        """
        head = (self.parties.tenant_no, self.parties.tenancy_no, self.since, self.until, self.opening, self.closing)
        lines = (
            (line.booked_on, line.document_type, line.document_no, line.position, line.period, line.due_on,
             line.component, line.description, line.debit, line.credit)
            for line in self.lines
        )  # fmt: skip
        return fingerprint("zestawienie", *head, *lines)


def statement(session: Session, scope: TenantScope, *, tenancy_id: int, since: date, until: date) -> Statement:
    """The statement of one of the tenant's own tenancies. Raises NotFoundError for another's, InvalidInputError (field
    `since`) for a period that ends before it begins.
    """
    require_live(session, scope, proxy=ProxyLevel.SEE)
    period = LedgerFilter(since=since, until=until)
    owed = dues(session, scope, tenancy_id=tenancy_id)
    before = tenancy_balance(session, scope, tenancy_id=tenancy_id, as_of=since - timedelta(days=1))
    after = tenancy_balance(session, scope, tenancy_id=tenancy_id, as_of=until)
    made = Statement(
        since=since,
        until=until,
        opening=before.balance,
        lines=tuple(every_line(session, scope, tenancy_id=tenancy_id, chosen=period)),
        closing=after.balance,
        owed=owed,
    )
    if made.opening + made.debit - made.credit != made.closing:  # rather no paper than a wrong one
        raise AssertionError(f"statement of tenancy {tenancy_id} does not add up")
    return made


def fingerprint(*told: object) -> str:
    """SHA-256 of values, written down in one way."""
    return hashlib.sha256(json.dumps(told, default=str, ensure_ascii=False).encode()).hexdigest()
