"""Which devices somebody reaches: a tenant those of the premises let to them, an employee those of own districts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, TenantScope
from core.clock import today
from core.errors import NotFoundError
from core.meters.models import Meter, MeterPoint, MeterReading, Source
from core.registry.models import Premises, Tenancy
from core.registry.queries import premises_served_by

NO_SUCH_METER = "Nie ma takiego licznika."
NO_SUCH_READING = "Nie ma takiego odczytu."


def own_meter(session: Session, scope: TenantScope, meter_id: int) -> tuple[Meter, Tenancy]:
    """A device in premises that are let to the tenant today, with the tenancy; it stays as it is until the transaction ends.

    Raises NotFoundError.
    """
    day = today()
    found = session.execute(
        select(Meter, Tenancy)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Tenancy, Tenancy.premises_id == MeterPoint.premises_id)
        .where(
            Meter.id == meter_id,
            scope.owns(Tenancy.tenant_id, Tenancy.id),
            Tenancy.valid_from <= day,
            (Tenancy.valid_to.is_(None)) | (Tenancy.valid_to >= day),
        )
        .order_by(Tenancy.valid_from.desc())
        .limit(1)
        .with_for_update(of=Meter)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFoundError(NO_SUCH_METER)
    return found[0], found[1]


def own_reading(session: Session, scope: TenantScope, reading_id: int) -> tuple[MeterReading, Meter]:
    """A reading that the tenant handed in, with its device, which is held. Raises NotFoundError."""
    reading = session.get(MeterReading, reading_id)
    if reading is None or reading.source != Source.TENANT:
        raise NotFoundError(NO_SUCH_READING)
    try:
        meter, tenancy = own_meter(session, scope, reading.meter_id)
    except NotFoundError:
        raise NotFoundError(NO_SUCH_READING) from None
    session.refresh(reading)
    if reading.read_on < tenancy.valid_from:
        raise NotFoundError(NO_SUCH_READING)
    return reading, meter


def served_meter(session: Session, scope: EmployeeScope, meter_id: int) -> Meter:
    """A device in the employee's districts; it stays as it is until the transaction ends. Raises NotFoundError."""
    found = session.scalar(
        select(Meter)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Premises, Premises.id == MeterPoint.premises_id)
        .where(Meter.id == meter_id, premises_served_by(scope, day=today()))
        .with_for_update(of=Meter)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError(NO_SUCH_METER)
    return found


def served_reading(session: Session, scope: EmployeeScope, reading_id: int) -> tuple[MeterReading, Meter]:
    """A reading of a device in the employee's districts, with the device, which is held. Raises NotFoundError."""
    reading = session.get(MeterReading, reading_id)
    if reading is None:
        raise NotFoundError(NO_SUCH_READING)
    try:
        meter = served_meter(session, scope, reading.meter_id)
    except NotFoundError:
        raise NotFoundError(NO_SUCH_READING) from None
    session.refresh(reading)
    return reading, meter
