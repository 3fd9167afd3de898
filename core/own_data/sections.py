"""What a section of own data is: a table of values with Polish names, and the files that belong to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import PortalAccount

Value = str | int | Decimal | date | datetime | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose data it is: a tenant with all accounts they have or had. Nothing else leads to a row of a section."""

    tenant_id: int
    account_ids: tuple[int, ...]
    logins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A kept file that goes along, under a name of ours."""

    name: str
    sha256: str


def nothing_enclosed(_: Session, __: Whose) -> Iterable[Enclosed]:
    """Most sections have no files."""
    return ()


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of data: `key` names it in `dane.json` and its table in `csv/`, `about` tells its owner what it is.

    `rows` yields values in the order of `columns`, always in the same order; `enclosed` the files.
    """

    key: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: Callable[[Session, Whose], Iterable[Row]]
    enclosed: Callable[[Session, Whose], Iterable[Enclosed]] = nothing_enclosed


def whose(session: Session, *, tenant_id: int) -> Whose:
    """The tenant and their accounts, the present one and those closed before."""
    accounts = session.execute(
        select(PortalAccount.id, PortalAccount.login)
        .where(PortalAccount.tenant_id == tenant_id)
        .order_by(PortalAccount.id)
    ).all()
    return Whose(tenant_id, tuple(one.id for one in accounts), tuple(one.login for one in accounts))


def yes(value: bool) -> str:
    """`tak` or `nie`."""
    return "tak" if value else "nie"
