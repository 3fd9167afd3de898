"""Whose letter it is: by the numbers in a manifest, or by a number in the name of the file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.accounts.reach import tenants_of
from core.clock import today
from core.registry.models import Tenancy, Tenant
from core.registry.queries import served_by

LONGEST_RUN = 8  # parts of one number: U/00012/2014 has three


class Doubt(StrEnum):
    """Why a letter has no tenant."""

    NO_NUMBER = "no_number"  # that we know
    SEVERAL = "several"  # numbers of several tenants
    UNKNOWN_TENANT = "unknown_tenant"
    UNKNOWN_TENANCY = "unknown_tenancy"
    CONTRADICTION = "contradiction"  # the tenancy is another tenant's
    NOT_LISTED = "not_listed"  # the manifest does not name the file


@dataclass(frozen=True, slots=True)
class Match:
    """The tenant, and the tenancy where it is known."""

    tenant_id: int
    tenancy_id: int | None


@dataclass(frozen=True, slots=True)
class _Numbered:
    tenancy_no: str
    tenancy_id: int
    tenant_id: int


class NumberBook:
    """The numbers of tenants and tenancies in an employee's reach, ready to be looked up by the thousand."""

    def __init__(self, tenants: Iterable[tuple[str, int]], tenancies: Iterable[tuple[str, int, int]]) -> None:
        self._tenants = dict(tenants)
        self._tenancies = {number: _Numbered(number, tenancy, tenant) for number, tenancy, tenant in tenancies}
        self._by_key: dict[str, set[Match]] = {}
        for number, tenant_id in self._tenants.items():
            self._by_key.setdefault(_key(number), set()).add(Match(tenant_id, None))
        for one in self._tenancies.values():
            self._by_key.setdefault(_key(one.tenancy_no), set()).add(Match(one.tenant_id, one.tenancy_id))

    def by_file_name(self, stem: str) -> Match | Doubt:
        """The tenant whose number stands in the name; separators do not matter, leading zeros do.

        A longer number covers what stands inside it: `U-00012-2014` names that tenancy and no tenant 00012.
        """
        parts = _key(stem).split("-")
        free, found = [True] * len(parts), set[Match]()
        for length in range(min(len(parts), LONGEST_RUN), 0, -1):
            for start in range(len(parts) - length + 1):
                run = slice(start, start + length)
                if all(free[run]) and (named := self._by_key.get("-".join(parts[run]))):
                    free[run] = [False] * length
                    found |= named
        return _only(found)

    def by_numbers(self, tenant_no: str, tenancy_no: str) -> Match | Doubt:
        """The tenant of a line of a manifest, which gives one number or both."""
        tenant_id, tenancy = self._tenants.get(tenant_no), self._tenancies.get(tenancy_no)
        if tenant_no and tenant_id is None:
            return Doubt.UNKNOWN_TENANT
        if tenancy_no and tenancy is None:
            return Doubt.UNKNOWN_TENANCY
        if tenancy is None:
            return Match(tenant_id, None) if tenant_id is not None else Doubt.NO_NUMBER
        if tenant_id not in (None, tenancy.tenant_id):
            return Doubt.CONTRADICTION
        return Match(tenancy.tenant_id, tenancy.tenancy_id)


def number_book(session: Session, scope: EmployeeScope) -> NumberBook:
    """The numbers of whom the employee serves; a number of another district is as unknown as one that is not there."""
    require_live(session, scope, Permission.SEND_LETTERS)
    tenants = session.execute(select(Tenant.tenant_no, Tenant.id).where(tenants_of(scope))).all()
    tenancies = session.execute(
        select(Tenancy.tenancy_no, Tenancy.id, Tenancy.tenant_id).where(served_by(scope, day=today()))
    ).all()
    return NumberBook(tenants, tenancies)


def _key(number: str) -> str:
    """The number with every run of separators as one dash."""
    return re.sub(r"[^0-9a-ząćęłńóśźż]+", "-", number.casefold()).strip("-")


def _only(found: set[Match]) -> Match | Doubt:
    tenants = {one.tenant_id for one in found}
    if not tenants:
        return Doubt.NO_NUMBER
    if len(tenants) > 1:
        return Doubt.SEVERAL
    tenancies = {one.tenancy_id for one in found if one.tenancy_id is not None}
    return Match(tenants.pop(), tenancies.pop() if len(tenancies) == 1 else None)
