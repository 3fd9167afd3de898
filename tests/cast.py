"""The fixed cast of people, and short ways to give them premises, entries and a session.

Everything a test does not care about gets a sensible value; everything it does care about is a keyword.
"""

import hashlib
import itertools
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import PortalSession, Realm
from core.access.scopes import ABSOLUTE_LIMIT, EmployeeScope, Role, TenantScope
from core.accounts.models import Employee, EmployeeDistrict, EmployeeRole, PortalAccount
from core.batches.models import BatchState, ImportBatch
from core.charges.models import Charge
from core.clock import now
from core.ledger.models import LedgerEntry
from core.meters.models import Medium, Meter, MeterPoint, MeterReading, ReadingStatus, Source
from core.registry.models import (
    Building,
    BuildingService,
    Premises,
    PropertyAdministrator,
    ServiceDistrict,
    Tenancy,
    Tenant,
)

_numbers = itertools.count(900_001)  # above any number in the files of tests/data
ACCOUNT_NO = "38999000094700000000000001"


def day(text: str) -> date:
    """`day("2026-10-31")`, shorter than the constructor in tables of cases."""
    return date.fromisoformat(text)


def make_district(session: Session, *, code: str = "CENTRUM") -> ServiceDistrict:
    found = session.scalar(select(ServiceDistrict).where(ServiceDistrict.code == code))
    if found is None:
        found = ServiceDistrict(code=code, name=f"RON {code.capitalize()}")
        session.add(found)
        session.flush()
    return found


def make_building(
    session: Session,
    *,
    street: str = "Kwiatowa",
    building_no: str = "12",
    district: ServiceDistrict | None = None,
) -> Building:
    number = next(_numbers)
    building = Building(
        code=f"B{number}",
        street=street,
        building_no=building_no,
        postal_code="90-001",
        city="Łódź",
        borough="Śródmieście",
    )
    administrator = PropertyAdministrator(name=f"Administrator {number}")
    session.add_all([building, administrator])
    session.flush()
    served = BuildingService(
        building_id=building.id,
        district_id=(district or make_district(session)).id,
        administrator_id=administrator.id,
        valid_from=date(2010, 1, 1),
    )
    session.add(served)
    session.flush()
    return building


def make_premises(
    session: Session, *, building: Building | None = None, premises_no: str = "7", kind: str = "mieszkalny"
) -> Premises:
    premises = Premises(
        code=f"L{next(_numbers)}",
        building_id=(building or make_building(session)).id,
        premises_no=premises_no,
        kind=kind,
        usable_area=Decimal("48.30"),
    )
    session.add(premises)
    session.flush()
    return premises


def make_tenant(session: Session, name: str = "Anna Kowalska", *, tenant_no: str | None = None) -> Tenant:
    """Anna, unless a test needs her neighbour as well."""
    tenant = Tenant(tenant_no=tenant_no or str(next(_numbers)), kind="person", name=name)
    session.add(tenant)
    session.flush()
    return tenant


def make_tenancy(
    session: Session,
    tenant: Tenant,
    *,
    tenancy_no: str | None = None,
    premises: Premises | None = None,
    payment_day: int = 10,
    valid_from: date = date(2010, 1, 1),
    valid_to: date | None = None,
    bank_account_no: str | None = ACCOUNT_NO,
) -> Tenancy:
    tenancy = Tenancy(
        tenancy_no=tenancy_no or f"U/{next(_numbers)}/2010",
        tenant_id=tenant.id,
        premises_id=(premises or make_premises(session)).id,
        title="najem na czas nieoznaczony",
        valid_from=valid_from,
        valid_to=valid_to,
        bank_account_no=bank_account_no,
        payment_day=payment_day,
    )
    session.add(tenancy)
    session.flush()
    return tenancy


def make_batch(
    session: Session,
    *,
    file_name: str = "kartoteka.csv",
    kind: str = "ledger",
    state: BatchState = BatchState.COMMITTED,
    rows: int = 0,
) -> ImportBatch:
    """A batch of accepted rows only."""
    number = next(_numbers)
    batch = ImportBatch(
        kind=kind,
        file_name=file_name,
        sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        size=0,
        state=state,
        received_at=now(),
        committed_at=now() if state is BatchState.COMMITTED else None,
        rows=rows,
        accepted=rows,
        debit=Decimal(0),
        credit=Decimal(0),
    )
    session.add(batch)
    session.flush()
    return batch


def make_entry(
    session: Session,
    tenancy: Tenancy,
    booked_on: str,
    *,
    debit: str = "0",
    credit: str = "0",
    due_on: str | None = None,
    period: str | None = None,
    document_type: str | None = None,
    document_no: str | None = None,
    position: int = 1,
    component: str | None = None,
    description: str = "",
    batch: ImportBatch | None = None,
) -> LedgerEntry:
    """One line of the ledger; amounts as text with a decimal point. A credit is a payment unless said otherwise.

    It is a document of its own unless a number is given; `""` makes a line without a number.
    """
    number = next(_numbers)
    batch = batch or session.scalar(select(ImportBatch).limit(1)) or make_batch(session)
    entry = LedgerEntry(
        tenancy_id=tenancy.id,
        batch_id=batch.id,
        line_no=number,
        document_no=f"DOK/{number}" if document_no is None else document_no,
        content_key=f"{number}" if document_no == "" else "",
        position=position,
        component=component,
        document_type=document_type or ("NAL" if Decimal(debit) else "WPL"),
        booked_on=day(booked_on),
        due_on=day(due_on) if due_on else None,
        period=period,
        description=description,
        debit=Decimal(debit),
        credit=Decimal(credit),
    )
    session.add(entry)
    session.flush()
    return entry


def make_charge(
    session: Session,
    tenancy: Tenancy,
    component: str = "Czynsz najmu",
    valid_from: str = "2026-01-01",
    *,
    unit: str = "m²",
    quantity: str = "48.30",
    rate: str = "9.12",
    vat_percent: int | None = None,
    valid_to: str | None = None,
) -> Charge:
    """One line of the charge schedule; numbers as text with a decimal point."""
    charge = Charge(
        tenancy_id=tenancy.id,
        component=component,
        unit=unit,
        quantity=Decimal(quantity),
        rate=Decimal(rate),
        vat_percent=vat_percent,
        valid_from=day(valid_from),
        valid_to=day(valid_to) if valid_to else None,
    )
    session.add(charge)
    session.flush()
    return charge


def make_meter(
    session: Session,
    premises: Premises,
    *,
    place: str = "łazienka",
    medium: Medium = Medium.COLD,
    digits: int = 5,
    decimals: int = 3,
    installed_on: str = "2024-01-01",
    installed_value: str = "0",
    verified_until: str | None = None,
    remote: bool = False,
) -> Meter:
    """A device on a point of its own."""
    point = MeterPoint(premises_id=premises.id, medium=medium, place=place)
    session.add(point)
    session.flush()
    meter = Meter(
        meter_no=f"W{next(_numbers)}",
        point_id=point.id,
        digits=digits,
        decimals=decimals,
        installed_on=day(installed_on),
        installed_value=Decimal(installed_value),
        verified_until=day(verified_until) if verified_until else None,
        remote=remote,
    )
    session.add(meter)
    session.flush()
    return meter


def make_reading(
    session: Session,
    meter: Meter,
    read_on: str,
    value: str,
    *,
    status: ReadingStatus = ReadingStatus.ACCEPTED,
    source: Source = Source.OFFICE,
    account_id: int | None = None,
) -> MeterReading:
    """A reading as it stands in the history, whatever the ladder would say."""
    reading = MeterReading(
        meter_id=meter.id,
        read_on=day(read_on),
        value=Decimal(value),
        source=source,
        status=status,
        submitted_at=now(),
        account_id=account_id,
    )
    session.add(reading)
    session.flush()
    return reading


def _open_session(session: Session, realm: Realm, subject_id: int) -> str:
    key = hashlib.sha256(f"{realm}/{next(_numbers)}".encode()).hexdigest()
    instant = now()
    row = PortalSession(
        key_hash=key,
        realm=realm,
        subject_id=subject_id,
        started_at=instant,
        seen_at=instant,
        expires_at=instant + ABSOLUTE_LIMIT,
    )
    session.add(row)
    session.flush()
    return key


def sign_in_tenant(session: Session, tenant: Tenant, *, account_id: int | None = None) -> TenantScope:
    """A live session of this tenant. Without an account's id one is made up: the core looks at sessions only."""
    account_id = account_id if account_id is not None else 1000 + tenant.id
    key = _open_session(session, Realm.TENANT, account_id)
    return TenantScope(account_id=account_id, tenant_id=tenant.id, session_key=key, name=tenant.name)


def sign_in_employee(
    session: Session, *roles: Role, districts: tuple[ServiceDistrict, ...] = (), employee_id: int = 1
) -> EmployeeScope:
    """A live session of an employee with these roles; without districts they serve the whole city."""
    key = _open_session(session, Realm.STAFF, employee_id)
    return EmployeeScope(
        employee_id=employee_id,
        login="ewa.urzednik",
        roles=frozenset(roles),
        district_ids=frozenset(district.id for district in districts),
        session_key=key,
        name="Ewa Urzędnik",
    )


def make_account(session: Session, tenant: Tenant) -> PortalAccount:
    """An account nobody knows the password of."""
    account = PortalAccount(tenant_id=tenant.id, login=f"najemca{next(_numbers)}", password_hash="-", created_at=now())
    session.add(account)
    session.flush()
    return account


def make_employee(session: Session, *roles: Role, districts: tuple[ServiceDistrict, ...] = ()) -> Employee:
    """An employee nobody knows the password of."""
    employee = Employee(login=f"pracownik{next(_numbers)}", name="Ewa Urzędnik", password_hash="-", created_at=now())
    session.add(employee)
    session.flush()
    session.add_all(EmployeeRole(employee_id=employee.id, role=role) for role in roles)
    session.add_all(EmployeeDistrict(employee_id=employee.id, district_id=district.id) for district in districts)
    session.flush()
    return employee


def end_session(session: Session, scope: TenantScope | EmployeeScope) -> None:
    """What signing out, a lock or a change of role does to a session."""
    row = session.scalars(select(PortalSession).where(PortalSession.key_hash == scope.session_key)).one()
    row.ended_at = now() - timedelta(seconds=1)
    session.flush()
