"""Tenants as an office finds them, and one of them at a glance; only those of the employee's own districts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import AccountState, PortalAccount
from core.accounts.office import AccountStanding, account_of_tenant
from core.accounts.reach import served_tenant
from core.activation.codes import number_of_code
from core.activation.models import ActivationRequest, RequestState
from core.audit.tenant_view import record_view, require_open_view
from core.audit.views import Purpose, note_views
from core.clock import today
from core.contact.details import ContactPoint, contact_of
from core.errors import InvalidInputError
from core.ledger.balances import TenancyBalance, balance_by_number
from core.registry.addresses import premises_line
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.registry.queries import TenancyCard, served_by, tenancies_served

SHOWN = 20
LONGEST = 100  # signs of a question
MOST_WORDS = 6
READ_AT_MOST = 5000  # rows that may fit; more is no question but the whole registry
# What people write between the parts of an address; no part of any name or number.
_FILLERS = frozenset({"ul", "ul.", "al", "al.", "pl", "pl.", "os", "os.", "m", "m.", "lok", "lok.", "nr"})
_PLAIN = str.maketrans("ąćęłńóśźż", "acelnoszz")
_TWO_WAYS = frozenset("acelnosz")


@dataclass(frozen=True, slots=True)
class TenantHit:
    """A tenant found."""

    tenant_id: int
    tenant_no: str
    name: str
    address: str  # of the tenancy that was found; empty of a tenant without one


@dataclass(frozen=True, slots=True)
class TenantHits:
    """The first ones found; `more` says that the question has to be narrowed to see the others."""

    hits: tuple[TenantHit, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class TenancyGlance:
    """A tenancy, with its balance for who may see ledgers."""

    card: TenancyCard
    current: bool
    balance: TenancyBalance | None


@dataclass(frozen=True, slots=True)
class RequestGlance:
    """An application of the tenant's."""

    number: str
    state: RequestState
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class TenantGlance:
    """A tenant on one screen."""

    tenant_id: int
    tenant_no: str
    name: str
    company: bool
    contact: ContactPoint
    tenancies: tuple[TenancyGlance, ...]
    account: AccountStanding | None
    requests: tuple[RequestGlance, ...]  # the newest first


@dataclass(frozen=True, slots=True)
class TenantView:
    """Whose view an employee has open, and the tenancies to look at: those of the employee's districts."""

    tenant_id: int
    name: str
    tenancies: tuple[TenancyCard, ...]


def find_tenants(session: Session, scope: EmployeeScope, *, text: str) -> TenantHits:
    """Tenants of whom every word is found: in name, address, number of tenant, tenancy or application, or identifier.

    Case and Polish diacritics do not matter. Raises InvalidInputError (field `text`) for less than two signs or too many words.
    """
    require_live(session, scope, Permission.SEE_TENANTS)
    words = _words(text)
    rows = session.execute(
        select(
            Tenant.id,
            Tenant.tenant_no,
            Tenant.name,
            Tenancy.tenancy_no,
            Building.street,
            Building.building_no,
            Premises.premises_no,
            Premises.kind,
            PortalAccount.login,
            ActivationRequest.number,
        )
        .outerjoin(Tenancy, Tenancy.tenant_id == Tenant.id)
        .outerjoin(Premises, Premises.id == Tenancy.premises_id)
        .outerjoin(Building, Building.id == Premises.building_id)
        .outerjoin(
            PortalAccount, and_(PortalAccount.tenant_id == Tenant.id, PortalAccount.state != AccountState.CLOSED)
        )
        .outerjoin(ActivationRequest, ActivationRequest.tenant_id == Tenant.id)
        .where(served_by(scope, day=today()), *(_may_fit(word) for word in words))
        .order_by(Tenant.id, Tenancy.valid_from.desc(), Tenancy.id)
        .limit(READ_AT_MOST)
    )
    found = _best_first((row for row in rows if all(_fits(row, word) for word in words)), " ".join(words))
    return TenantHits(tuple(found[:SHOWN]), more=len(found) > SHOWN)


def tenant_glance(session: Session, scope: EmployeeScope, *, tenant_id: int) -> TenantGlance:
    """One tenant of the employee's districts, with the tenancies of these districts only; the look is noted.

    Raises NotFoundError.
    """
    require_live(session, scope, Permission.SEE_TENANTS)
    tenant = served_tenant(session, scope, tenant_id=tenant_id)
    note_views(session, scope, tenants=[tenant.id], purpose=Purpose.TENANT)
    day = today()
    return TenantGlance(
        tenant_id=tenant.id,
        tenant_no=tenant.tenant_no,
        name=tenant.name,
        company=tenant.kind == "company",
        contact=contact_of(session, tenant_id=tenant.id),
        tenancies=tuple(
            TenancyGlance(card, card.is_current(day), _balance(session, scope, card))
            for card in tenancies_served(session, scope, tenant_id=tenant.id)
        ),
        account=account_of_tenant(session, scope, tenant_id=tenant.id),
        requests=_requests(session, tenant.id),
    )


def open_tenant_view(session: Session, scope: EmployeeScope, *, tenant_id: int) -> None:
    """Begin to look at what a tenant sees; it is recorded for the tenant and in the audit log before anything is shown.

    Raises NotFoundError for a tenant of other districts.
    """
    _require_viewer(session, scope)
    record_view(session, scope, tenant_id=served_tenant(session, scope, tenant_id=tenant_id).id)


def tenant_view(session: Session, scope: EmployeeScope, *, tenant_id: int) -> TenantView:
    """The view that was opened. Raises NotFoundError, and ViewNotOpenError where it was not opened today."""
    _require_viewer(session, scope)
    tenant = served_tenant(session, scope, tenant_id=tenant_id)
    require_open_view(session, scope, tenant_id=tenant.id)
    return TenantView(tenant.id, tenant.name, tuple(tenancies_served(session, scope, tenant_id=tenant.id)))


def _require_viewer(session: Session, scope: EmployeeScope) -> None:
    require_live(session, scope, Permission.SEE_TENANTS)
    require_live(session, scope, Permission.SEE_LEDGER)


def _balance(session: Session, scope: EmployeeScope, card: TenancyCard) -> TenancyBalance | None:
    if not scope.may(Permission.SEE_LEDGER):
        return None
    return balance_by_number(session, scope, tenancy_no=card.tenancy_no)


def _requests(session: Session, tenant_id: int) -> tuple[RequestGlance, ...]:
    rows = session.execute(
        select(ActivationRequest.number, ActivationRequest.state, ActivationRequest.submitted_at)
        .where(ActivationRequest.tenant_id == tenant_id)
        .order_by(ActivationRequest.id.desc())
    )
    return tuple(RequestGlance(number, RequestState(state), at) for number, state, at in rows)


def _words(text: str) -> list[str]:
    words = [_plain(_number(word.strip(",;"))) for word in text[:LONGEST].split()]
    words = [word for word in words if word and word not in _FILLERS]
    if sum(map(len, words)) < 2:
        raise InvalidInputError("Wpisz co najmniej dwa znaki.", field="text")
    if len(words) > MOST_WORDS:
        raise InvalidInputError(f"Wpisz najwyżej {MOST_WORDS} słów.", field="text")
    return words


def _number(word: str) -> str:
    """The number of an application where its code was scanned, else the word itself."""
    try:
        return number_of_code(word)
    except InvalidInputError:
        return word


def _plain(text: str) -> str:
    return text.casefold().replace("\0", "").translate(_PLAIN)


def _may_fit(word: str) -> ColumnElement[bool]:
    """SQL: rows in which the word may be; a letter that Polish writes in two ways stands for any sign, `_fits` decides."""
    pattern = "".join("_" if sign in _TWO_WAYS else f"\\{sign}" if sign in "\\%_" else sign for sign in word)
    like = [column.ilike(f"%{pattern}%", escape="\\") for column in (Tenant.name, Building.street)]
    whole = [
        func.lower(Building.building_no) == word,
        func.lower(Premises.premises_no) == word,
        func.lower(Building.building_no + "/" + Premises.premises_no) == word,
        func.ltrim(Tenant.tenant_no, "0") == word.lstrip("0"),
    ]
    if len(word) > 2:
        numbers = Tenant.tenant_no, Tenancy.tenancy_no, PortalAccount.login, ActivationRequest.number
        like += [column.ilike(f"%{pattern}%", escape="\\") for column in numbers]
    return or_(*like, *whole)


def _fits(row: Row[*tuple[Any, ...]], word: str) -> bool:
    building, premises = _plain(row.building_no or ""), _plain(row.premises_no or "")
    if word in (building, premises, f"{building}/{premises}") or word.lstrip("0") == row.tenant_no.lstrip("0"):
        return True
    texts = [row.name, row.street]
    if len(word) > 2:
        texts += [row.tenant_no, row.tenancy_no, row.login, row.number]
    return any(word in _plain(text) for text in texts if text)


def _best_first(rows: Iterable[Row[*tuple[Any, ...]]], asked: str) -> list[TenantHit]:
    """A hit a tenant: whose number or identifier was given as it is, then names that begin so, then the others by name."""
    best: dict[int, tuple[int, str, TenantHit]] = {}
    for row in rows:
        exact = {_plain(each) for each in (row.tenant_no, row.tenancy_no, row.login, row.number) if each}
        name = _plain(row.name)
        rank = (
            0 if asked in exact or asked.lstrip("0") == row.tenant_no.lstrip("0") else 1 + (not name.startswith(asked))
        )
        if row.id not in best or rank < best[row.id][0]:
            best[row.id] = (rank, name, TenantHit(row.id, row.tenant_no, row.name, _address(row)))
    return [hit for _, _, hit in sorted(best.values(), key=lambda one: (one[0], one[1], one[2].tenant_no))]


def _address(row: Row[*tuple[Any, ...]]) -> str:
    return premises_line(row.street, row.building_no, row.premises_no, kind=row.kind) if row.street else ""
