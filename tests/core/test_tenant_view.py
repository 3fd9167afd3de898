"""Widok najemcy: the figures are the tenant's own, every opening is on record, and nothing of it goes further."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from freezegun import freeze_time
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import GRANTS, EmployeeScope, Permission, Role, TenantScope
from core.accounts.sign_in import operator_scope
from core.audit.models import AuditEvent
from core.audit.tenant_view import ViewNotOpenError, require_view
from core.audit.views import DataView, OwnView, Purpose, own_views
from core.charges.schedule import charge_schedule
from core.clock import now, today
from core.correspondence.matching import Match
from core.correspondence.models import Letter
from core.correspondence.own import letters_in_view, open_letter, own_letters
from core.errors import NotFoundError, NotPermittedError, SessionEndedError
from core.ledger.ageing import tenancy_ageing
from core.ledger.balances import next_due, tenancy_balance
from core.ledger.documents import ledger_page
from core.ledger.entries import LedgerFilter, ledger_span
from core.ledger.history import balance_history, charges_by_component, monthly_totals
from core.ledger.monthly_charge import coming_charges, compare_months
from core.meters.monthly import months_of_water
from core.meters.queries import meters_of_tenancy
from core.registry.models import Tenancy, Tenant
from core.tenants import open_tenant_view, tenant_view
from tests.access.registry import doors, scopes_of
from tests.cast import (
    end_session,
    make_building,
    make_charge,
    make_district,
    make_entry,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    sign_in_employee,
    sign_in_tenant,
)
from tests.core.announcements.cast import Resident, resident
from tests.core.correspondence.cast import clerk, paper, sent
from tests.core.ledger.city import load_city

Scope = TenantScope | EmployeeScope
Read = Callable[[Session, Scope, int, date], Any]
EVERY = 24  # of the city's tenancies one is compared


def _page(session: Session, scope: Scope, tenancy_id: int, day: date, **asked: Any) -> Any:
    chosen = LedgerFilter(until=day, **asked)
    return [ledger_page(session, scope, tenancy_id=tenancy_id, chosen=chosen, page=page) for page in (1, 2)]


def _next(session: Session, scope: Scope, tenancy_id: int, day: date) -> Any:
    return next_due(session, scope, current=tenancy_balance(session, scope, tenancy_id=tenancy_id, as_of=day))


def _water(session: Session, scope: Scope, tenancy_id: int, _: date) -> Any:
    points = meters_of_tenancy(session, scope, tenancy_id=tenancy_id)
    return [months_of_water(session, scope, tenancy_id=tenancy_id, point_id=one.point_id) for one in points]


def _as_of(door: Callable[..., Any]) -> Read:
    return lambda session, scope, tenancy_id, day: door(session, scope, tenancy_id=tenancy_id, as_of=day)


def _until(door: Callable[..., pd.DataFrame]) -> Read:
    def read(session: Session, scope: Scope, tenancy_id: int, day: date) -> Any:
        since = day - timedelta(days=400)
        return door(session, scope, tenancy_id=tenancy_id, since=since, until=day).to_dict("records")

    return read


# Every door that opens to both, by its name in the access matrix.
READS: dict[str, Read] = {
    "charges.schedule.charge_schedule": _as_of(charge_schedule),
    "ledger.ageing.tenancy_ageing": _as_of(tenancy_ageing),
    "ledger.balances.next_due": _next,
    "ledger.balances.tenancy_balance": _as_of(tenancy_balance),
    "ledger.documents.ledger_page": lambda session, scope, one, day: [
        _page(session, scope, one, day),
        _page(session, scope, one, day, overdue_on=day),
        _page(session, scope, one, day, words="czynsz", document_types=frozenset({"NAL"})),
    ],
    "ledger.entries.ledger_span": lambda session, scope, one, _: ledger_span(session, scope, tenancy_id=one),
    "ledger.history.balance_history": _until(balance_history),
    "ledger.history.charges_by_component": _until(charges_by_component),
    "ledger.history.monthly_totals": _until(monthly_totals),
    "ledger.monthly_charge.coming_charges": _as_of(coming_charges),
    "ledger.monthly_charge.compare_months": _as_of(compare_months),
    "meters.monthly.months_of_water": _water,
    "meters.queries.meters_of_tenancy": lambda session, scope, one, _: meters_of_tenancy(
        session, scope, tenancy_id=one
    ),
}


@pytest.fixture
def anna(session: Session) -> Resident:
    """Anna at home: something overdue, something to come, a charge, a meter."""
    anna = resident(session)
    make_entry(
        session, anna.tenancy, str(today() - timedelta(days=50)), debit="600", due_on=str(today() - timedelta(1))
    )
    make_entry(session, anna.tenancy, str(today() - timedelta(days=20)), credit="240")
    make_entry(session, anna.tenancy, str(today()), debit="600", due_on=str(today() + timedelta(days=9)))
    make_charge(session, anna.tenancy)
    meter = make_meter(session, anna.premises)
    for back, value in ((200, "1"), (100, "11.5"), (5, "20")):
        make_reading(session, meter, str(today() - timedelta(days=back)), value)
    return anna


@pytest.fixture
def ewa(session: Session, anna: Resident) -> EmployeeScope:
    """A clerk of Anna's district."""
    return sign_in_employee(session, Role.CLERK, districts=(anna.district,), employee_id=7)


def openings(session: Session) -> list[tuple[str, int | None, str]]:
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "tenant_view_opened"))
    return [(one.actor, one.actor_id, one.object_id) for one in events]


def test_every_door_for_both_is_compared() -> None:
    both = {name for name, door in doors().items() if scopes_of(door) == {TenantScope, EmployeeScope}}
    assert {name for name in both if name.startswith(("charges.", "ledger.", "meters."))} == READS.keys()


def test_employee_sees_what_each_tenant_of_the_city_sees(session: Session) -> None:
    load_city(session)
    ewa, compared = sign_in_employee(session, Role.CLERK), 0
    rows = session.execute(select(Tenancy, Tenant).join(Tenant, Tenant.id == Tenancy.tenant_id).order_by(Tenancy.id))
    for tenancy, tenant in rows.all()[::EVERY]:
        make_charge(session, tenancy, rate=f"9.{tenancy.id % 89 + 10}")
        own = sign_in_tenant(session, tenant)
        open_tenant_view(session, ewa, tenant_id=tenant.id)
        last = ledger_span(session, own, tenancy_id=tenancy.id).last or today()
        for day in (last - timedelta(days=200), last - timedelta(days=37), last + timedelta(days=3)):
            for name, read in READS.items():
                assert read(session, ewa, tenancy.id, day) == read(session, own, tenancy.id, day), (
                    name,
                    tenancy.id,
                    day,
                )
                compared += 1
    assert compared > 300


def test_employee_sees_what_the_tenant_sees_today(session: Session, anna: Resident, ewa: EmployeeScope) -> None:
    open_tenant_view(session, ewa, tenant_id=anna.tenant.id)

    assert tenant_view(session, ewa, tenant_id=anna.tenant.id).tenancies[0].tenancy_id == anna.tenancy.id
    for name, read in READS.items():
        seen = read(session, ewa, anna.tenancy.id, today())
        assert seen == read(session, anna.scope, anna.tenancy.id, today()), name
        assert seen, f"{name} tells nothing, so the comparison says nothing"


def test_letters_are_those_of_the_tenant_and_none_is_opened(
    session: Session, anna: Resident, ewa: EmployeeScope
) -> None:
    sent(session, clerk(session), paper("A", Match(anna.tenant.id, None)), paper("B", Match(anna.tenant.id, None)))
    first, _ = session.scalars(select(Letter.id).order_by(Letter.id))
    open_letter(session, anna.scope, letter_id=first)
    open_tenant_view(session, ewa, tenant_id=anna.tenant.id)

    seen = letters_in_view(session, ewa, tenant_id=anna.tenant.id)

    assert seen == own_letters(session, anna.scope)
    assert [one.opened_at is None for one in seen] == [True, False]


def test_opening_is_told_to_the_tenant_once_a_day_and_to_the_audit_log_each_time(
    session: Session, anna: Resident, ewa: EmployeeScope
) -> None:
    for _ in range(2):
        open_tenant_view(session, ewa, tenant_id=anna.tenant.id)

    assert own_views(session, anna.scope) == [OwnView(today(), Purpose.TENANT_VIEW, (Role.CLERK,))]
    assert openings(session) == [("staff", 7, str(anna.tenant.id))] * 2


def test_nothing_is_shown_before_the_opening_is_on_record(session: Session, anna: Resident, ewa: EmployeeScope) -> None:
    def nothing_opens(scope: EmployeeScope) -> None:
        for read in READS.values():
            with pytest.raises(ViewNotOpenError):
                read(session, scope, anna.tenancy.id, today())
        for door in (tenant_view, letters_in_view):
            with pytest.raises(ViewNotOpenError):
                door(session, scope, tenant_id=anna.tenant.id)

    nothing_opens(ewa)
    with freeze_time(now() - timedelta(days=1)):
        open_tenant_view(session, ewa, tenant_id=anna.tenant.id)
    nothing_opens(ewa)
    open_tenant_view(session, operator_scope(), tenant_id=anna.tenant.id)
    colleague = sign_in_employee(session, Role.CLERK, employee_id=8)
    open_tenant_view(session, colleague, tenant_id=anna.tenant.id)
    nothing_opens(ewa)
    require_view(session, colleague, tenancy_id=anna.tenancy.id)


def test_another_district_opens_and_sees_nothing(session: Session, anna: Resident, ewa: EmployeeScope) -> None:
    wschod = make_district(session, code="WSCHÓD")
    stranger = sign_in_employee(session, Role.CLERK, districts=(wschod,), employee_id=7)
    open_tenant_view(session, ewa, tenant_id=anna.tenant.id)  # the same person, while still of Anna's district

    for door in (open_tenant_view, tenant_view, letters_in_view):
        with pytest.raises(NotFoundError):
            door(session, stranger, tenant_id=anna.tenant.id)
    for read in READS.values():
        with pytest.raises(NotFoundError):
            read(session, stranger, anna.tenancy.id, today())
    assert len(openings(session)) == 1


def test_of_a_tenant_of_two_districts_the_other_tenancy_stays_closed(
    session: Session, anna: Resident, ewa: EmployeeScope
) -> None:
    building = make_building(session, street="Daleka", district=make_district(session, code="WSCHÓD"))
    elsewhere = make_tenancy(session, anna.tenant, premises=make_premises(session, building=building))
    open_tenant_view(session, ewa, tenant_id=anna.tenant.id)

    view = tenant_view(session, ewa, tenant_id=anna.tenant.id)

    assert [one.tenancy_id for one in view.tenancies] == [anna.tenancy.id]
    for read in READS.values():
        with pytest.raises(NotFoundError):
            read(session, ewa, elsewhere.id, today())


@pytest.mark.parametrize("missing", [Permission.SEE_LEDGER, Permission.SEE_TENANTS])
def test_both_permissions_are_asked_for(
    session: Session, anna: Resident, ewa: EmployeeScope, missing: Permission, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_tenant_view(session, ewa, tenant_id=anna.tenant.id)
    monkeypatch.setitem(GRANTS, Role.CLERK, GRANTS[Role.CLERK] - {missing})

    for door in (open_tenant_view, tenant_view):
        with pytest.raises(NotPermittedError):
            door(session, ewa, tenant_id=anna.tenant.id)
    with pytest.raises(NotPermittedError):
        tenancy_balance(session, ewa, tenancy_id=anna.tenancy.id)


def test_accounting_sees_money_and_neither_meters_nor_letters(session: Session, anna: Resident) -> None:
    kinga = sign_in_employee(session, Role.ACCOUNTING)
    open_tenant_view(session, kinga, tenant_id=anna.tenant.id)

    assert tenancy_balance(session, kinga, tenancy_id=anna.tenancy.id).overdue
    with pytest.raises(NotPermittedError):
        meters_of_tenancy(session, kinga, tenancy_id=anna.tenancy.id)
    with pytest.raises(NotPermittedError):
        letters_in_view(session, kinga, tenant_id=anna.tenant.id)


def test_ended_session_opens_nothing(session: Session, anna: Resident, ewa: EmployeeScope) -> None:
    open_tenant_view(session, ewa, tenant_id=anna.tenant.id)
    end_session(session, ewa)

    for door in (open_tenant_view, tenant_view, letters_in_view):
        with pytest.raises(SessionEndedError):
            door(session, ewa, tenant_id=anna.tenant.id)
    for read in READS.values():
        with pytest.raises(SessionEndedError):
            read(session, ewa, anna.tenancy.id, today())
    assert session.scalar(select(func.count()).select_from(DataView)) == 1
