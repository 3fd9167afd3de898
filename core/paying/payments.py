"""What a tenant may pay, and the transfer that pays it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.errors import DomainError, InvalidInputError
from core.landlord import landlord
from core.ledger.balances import tenancy_balance
from core.money import GROSZ, MAX_GROSZE, from_grosze
from core.paying.tenancy import Parties, parties
from core.paying.transfer import LARGEST, transfer_text, transfer_title

# From a million up a transfer goes through another system, and no typing mistake does.
MOST = Decimal("999999.99")  # PLN


class Part(StrEnum):
    """What of the dues is paid."""

    WHOLE = "whole"
    OVERDUE = "overdue"
    CHOSEN = "chosen"  # any amount, also where nothing is owed


@dataclass(frozen=True, slots=True)
class Dues:
    """What one tenancy owes on a day, for its paying; amounts in PLN."""

    parties: Parties
    as_of: date
    balance: Decimal  # > 0 owed
    overdue: Decimal

    @property
    def owed(self) -> dict[Part, Decimal]:
        """What there is to pay: the whole balance, and the part of it that is overdue where that is less."""
        found = {Part.WHOLE: self.balance} if self.balance > 0 else {}
        if 0 < self.overdue < self.balance:
            found[Part.OVERDUE] = self.overdue
        return found


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as a bank's form asks for it; amount in PLN."""

    parties: Parties
    amount: Decimal
    recipient: str
    recipient_address: str
    bank_account_no: str  # 26 digits
    title: str
    text: str  # of its QR code

    @property
    def amount_is_typed(self) -> bool:
        """Whether the code has no room for the amount, so that the payer types it."""
        return self.amount > LARGEST


def dues(session: Session, scope: TenantScope, *, tenancy_id: int) -> Dues:
    """What one of the tenant's own tenancies owes today. Raises NotFoundError for another's."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    owed = tenancy_balance(session, scope, tenancy_id=tenancy_id)
    return Dues(
        parties=parties(session, scope, tenancy_id=tenancy_id),
        as_of=owed.as_of,
        balance=owed.balance,
        overdue=owed.overdue,
    )


def transfer(to_pay: Parties, *, amount: Decimal) -> Transfer:
    """The transfer of an amount. Raises InvalidInputError (field `amount`) for one that cannot be paid, DomainError
    where the account is not known.
    """
    if to_pay.bank_account_no is None:
        raise DomainError(f"Nie znamy jeszcze numeru konta tej umowy. Zapytaj o niego: tel. {landlord().phone}.")
    _require_payable(amount)
    who = landlord()
    return Transfer(
        parties=to_pay,
        amount=amount,
        recipient=who.name,
        recipient_address=who.address,
        bank_account_no=to_pay.bank_account_no,
        title=transfer_title(to_pay.tenancy_no),
        text=transfer_text(
            nip=who.nip,
            bank_account_no=to_pay.bank_account_no,
            amount=amount,
            recipient=who.name,
            tenancy_no=to_pay.tenancy_no,
        ),
    )


def require_choosable(amount: Decimal) -> Decimal:
    """The amount, unless somebody typed it by mistake: InvalidInputError (field `amount`)."""
    _require_payable(amount)
    if amount > MOST:
        raise InvalidInputError("najwyżej 999 999,99 zł; o większy przelew zapytaj w swoim banku", field="amount")
    return amount


def _require_payable(amount: Decimal) -> None:
    if not amount.is_finite() or amount <= 0:
        raise InvalidInputError("podaj kwotę większą od zera", field="amount")
    if amount > from_grosze(MAX_GROSZE):
        raise InvalidInputError("podaj mniejszą kwotę", field="amount")
    if amount != amount.quantize(GROSZ):
        raise InvalidInputError("podaj kwotę w złotych i groszach", field="amount")
