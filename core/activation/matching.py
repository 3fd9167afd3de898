"""Who an applicant may be: tenants with their tenancies, ranked by how many signs point to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.models import AccountState, PortalAccount
from core.activation.models import ActivationRequest
from core.activation.reach import own_request
from core.clock import today
from core.registry.addresses import postal_line, premises_line
from core.registry.lookup import building_key, street_key
from core.registry.models import Building, Premises, Tenancy, Tenant
from core.registry.queries import served_by

SHOWN = 10
SAME_NAME, SIMILAR_NAME = 97, 82  # of 100, by words in any order
# A name alone, among all tenants, has to be closer than beside a sign of another kind.
NAME_ALONE = 88
_PLAIN = str.maketrans("ąćęłńóśźż", "acelnoszz")


class Reason(StrEnum):
    """A sign that points from a request to a tenant."""

    TENANCY_NO = "tenancy_no"
    TENANT_NO = "tenant_no"
    PREMISES = "premises"  # street, building and flat
    NAME = "name"
    EMAIL = "email"
    BUILDING = "building"  # the building, another flat or none named
    SIMILAR_NAME = "similar_name"
    SEARCHED = "searched"  # found by what the clerk typed


WEIGHTS: dict[Reason, int] = {
    Reason.TENANCY_NO: 40,
    Reason.TENANT_NO: 40,
    Reason.PREMISES: 30,
    Reason.NAME: 30,
    Reason.EMAIL: 20,
    Reason.SIMILAR_NAME: 15,
    Reason.BUILDING: 5,
    Reason.SEARCHED: 1,
}


@dataclass(frozen=True, slots=True)
class CandidateTenancy:
    """A tenancy of a candidate, in the employee's districts."""

    tenancy_id: int
    tenancy_no: str
    address: str
    title: str
    valid_from: date
    valid_to: date | None
    is_current: bool  # in force today: the check of title


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tenant the applicant may be, and why; the strongest reason first."""

    tenant_id: int
    tenant_no: str
    name: str
    reasons: tuple[Reason, ...]
    tenancies: tuple[CandidateTenancy, ...]  # those in force today first
    has_account: bool

    @property
    def score(self) -> int:
        """The weight of all reasons together."""
        return sum(WEIGHTS[reason] for reason in self.reasons)


def candidates(session: Session, scope: EmployeeScope, *, request_id: int, search: str = "") -> list[Candidate]:
    """Tenants the applicant of a request may be, the likeliest first, at most ten.

    Compared are the numbers of tenancy and tenant, address, e-mail and name; only tenancies served today by the employee's
    districts count. `search` adds tenants by a number or a part of a name that the clerk types. Raises NotFoundError.
    """
    require_live(session, scope, Permission.REVIEW_REQUESTS)
    request = own_request(session, scope, request_id)
    within = served_by(scope, day=today())
    signs = _signs(session, request, within)
    if not signs:
        _add(signs, _by_name(session, request.name, within), Reason.SIMILAR_NAME)
    searched = _searched(session, search, within)
    _add(signs, searched, Reason.SEARCHED)
    _add_names(session, request.name, signs)
    kept = _served(session, signs, within)
    found = [_candidate(tenant, rows, signs[tenant.id], has_account) for tenant, rows, has_account in kept]
    found.sort(key=_rank)
    return found[:SHOWN]


def _rank(candidate: Candidate) -> tuple[bool, int, bool, str, int]:
    has_title = any(tenancy.is_current for tenancy in candidate.tenancies)
    searched = Reason.SEARCHED in candidate.reasons
    return not searched, -candidate.score, not has_title, candidate.name, candidate.tenant_id


def _signs(session: Session, request: ActivationRequest, within: ColumnElement[bool]) -> dict[int, set[Reason]]:
    """Tenants by anything but their name."""
    signs: dict[int, set[Reason]] = defaultdict(set)
    served = select(Tenancy.tenant_id).where(within)
    if request.tenancy_no:
        numbers = _spellings(request.tenancy_no)
        _add(signs, session.scalars(served.where(Tenancy.tenancy_no.in_(numbers))), Reason.TENANCY_NO)
    if request.tenant_no:
        bare = request.tenant_no.strip().lstrip("0")
        same = func.ltrim(Tenant.tenant_no, "0") == bare  # leading zeros are what people leave out
        _add(signs, session.scalars(served.join(Tenant, Tenant.id == Tenancy.tenant_id).where(same)), Reason.TENANT_NO)
    same_mail = func.lower(Tenant.email) == request.email.lower()
    _add(signs, session.scalars(served.join(Tenant, Tenant.id == Tenancy.tenant_id).where(same_mail)), Reason.EMAIL)
    flats = session.execute(
        select(Tenancy.tenant_id, Premises.premises_no)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .where(within, Premises.building_id.in_(_buildings(session, request)))
    ).all()
    wanted = building_key(request.premises_no or "")
    for tenant_id, number in flats:
        signs[tenant_id].add(Reason.PREMISES if building_key(number) == wanted else Reason.BUILDING)
    return _without_mere_neighbours(session, request, signs)


def _without_mere_neighbours(
    session: Session, request: ActivationRequest, signs: dict[int, set[Reason]]
) -> dict[int, set[Reason]]:
    """Who only lives in the same building is a candidate when the name is alike, and else a stranger."""
    neighbours = [tenant_id for tenant_id, reasons in signs.items() if reasons == {Reason.BUILDING}]
    names = dict(session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(neighbours))).all())
    for tenant_id, name in names.items():
        if _likeness(request.name, name) < SIMILAR_NAME:
            del signs[tenant_id]
    return signs


def _buildings(session: Session, request: ActivationRequest) -> list[int]:
    streets = [one for one in session.scalars(select(Building.street).distinct()) if _same_street(one, request.street)]
    rows = session.execute(select(Building.id, Building.building_no).where(Building.street.in_(streets)))
    number = building_key(request.building_no)
    return [id_ for id_, building_no in rows if building_key(building_no) == number]


def _same_street(one: str, other: str) -> bool:
    return street_key(one) == street_key(other)


def _by_name(session: Session, name: str, within: ColumnElement[bool]) -> list[int]:
    """The tenants of the whole reach whose name is nearly the same."""
    rows = session.execute(
        select(Tenant.id, Tenant.name).where(Tenant.id.in_(select(Tenancy.tenant_id).where(within)))
    ).all()
    names = {id_: plain_name(one) for id_, one in rows}
    close = process.extract(
        plain_name(name), names, scorer=fuzz.token_sort_ratio, processor=None, score_cutoff=NAME_ALONE, limit=SHOWN
    )
    return [id_ for _, _, id_ in close]


def _searched(session: Session, search: str, within: ColumnElement[bool]) -> list[int]:
    typed = search.strip()
    if not typed:
        return []
    served = select(Tenancy.tenant_id).where(within)
    numbers = _spellings(typed)
    by_number = served.join(Tenant, Tenant.id == Tenancy.tenant_id).where(
        or_(Tenancy.tenancy_no.in_(numbers), func.ltrim(Tenant.tenant_no, "0") == typed.lstrip("0"))
    )
    if found := list(dict.fromkeys(session.scalars(by_number))):
        return found
    words = plain_name(typed).split()
    rows = session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(served)).order_by(Tenant.name)).all()
    alike = [id_ for id_, name in rows if words and all(word in plain_name(name) for word in words)]
    return alike[:SHOWN]


def _add_names(session: Session, name: str, signs: dict[int, set[Reason]]) -> None:
    rows = session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(signs))).all()
    for tenant_id, theirs in rows:
        likeness = _likeness(name, theirs)
        signs[tenant_id].discard(Reason.SIMILAR_NAME)
        if Reason.PREMISES in signs[tenant_id]:
            signs[tenant_id].discard(Reason.BUILDING)
        if likeness >= SAME_NAME:
            signs[tenant_id].add(Reason.NAME)
        elif likeness >= SIMILAR_NAME:
            signs[tenant_id].add(Reason.SIMILAR_NAME)


def _served(
    session: Session, signs: dict[int, set[Reason]], within: ColumnElement[bool]
) -> list[tuple[Tenant, list[CandidateTenancy], bool]]:
    """The tenants with their tenancies in reach, and whether they have an account."""
    rows = session.execute(
        select(Tenant, Tenancy, Premises, Building)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(Tenant.id.in_(signs), within)
        .order_by(Tenancy.tenancy_no)
    ).all()
    tenants: dict[int, tuple[Tenant, list[CandidateTenancy]]] = {}
    for tenant, tenancy, premises, building in rows:
        tenants.setdefault(tenant.id, (tenant, []))[1].append(_tenancy(tenancy, premises, building))
    with_account = set(
        session.scalars(
            select(PortalAccount.tenant_id).where(
                PortalAccount.tenant_id.in_(tenants), PortalAccount.state != AccountState.CLOSED
            )
        )
    )
    return [(tenant, own, tenant.id in with_account) for tenant, own in tenants.values()]


def _tenancy(tenancy: Tenancy, premises: Premises, building: Building) -> CandidateTenancy:
    day = today()
    street = premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind)
    return CandidateTenancy(
        tenancy_id=tenancy.id,
        tenancy_no=tenancy.tenancy_no,
        address=f"{street}, {postal_line(building.postal_code, building.city)}",
        title=tenancy.title,
        valid_from=tenancy.valid_from,
        valid_to=tenancy.valid_to,
        is_current=tenancy.valid_from <= day and (tenancy.valid_to is None or tenancy.valid_to >= day),
    )


def _candidate(tenant: Tenant, tenancies: list[CandidateTenancy], reasons: set[Reason], has_account: bool) -> Candidate:
    return Candidate(
        tenant_id=tenant.id,
        tenant_no=tenant.tenant_no,
        name=tenant.name,
        reasons=tuple(sorted(reasons, key=lambda reason: (-WEIGHTS[reason], reason))),
        tenancies=tuple(sorted(tenancies, key=lambda one: not one.is_current)),
        has_account=has_account,
    )


def plain_name(name: str) -> str:
    """A name without case, Polish diacritics and punctuation."""
    return default_process(name.lower().translate(_PLAIN))


def _likeness(one: str, other: str) -> float:
    """0 to 100; the order of words does not matter."""
    return fuzz.token_sort_ratio(plain_name(one), plain_name(other))


def _spellings(number: str) -> list[str]:
    typed = number.strip()
    return sorted({typed, typed.upper(), "".join(typed.split()), "".join(typed.split()).upper()})


def _add(signs: dict[int, set[Reason]], tenant_ids: Iterable[int], reason: Reason) -> None:
    for tenant_id in tenant_ids:
        signs[tenant_id].add(reason)
