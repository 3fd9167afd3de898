"""Readings of the people who show the portal around: a state on the first of each month, as tenants hand them in."""

from datetime import date
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.sign_in import operator_scope
from core.clock import today
from core.meters.models import Meter, MeterPoint
from core.meters.submitting import enter_reading
from core.money import LITRE
from core.registry.models import Tenancy, Tenant

MONTHS = 18


def make_readings(session: Session, *, tenant_nos: list[str], seed: int) -> None:
    """Hand in the readings of these tenants' meters, the oldest first."""
    scope = operator_scope()
    rows = session.execute(
        select(Meter, Tenancy)
        .join(MeterPoint, MeterPoint.id == Meter.point_id)
        .join(Tenancy, Tenancy.premises_id == MeterPoint.premises_id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(Tenant.tenant_no.in_(tenant_nos), Tenancy.valid_to.is_(None), Meter.remote.is_(False))
        .order_by(Meter.id)
    ).all()
    for meter, tenancy in rows:
        rng = Random(f"readings/{seed}/{meter.meter_no}")  # noqa: S311
        value = meter.installed_value
        since = max(meter.installed_on, tenancy.valid_from)
        for day in _firsts_of_months():
            if day > since:
                value += (tenancy.persons or 1) * (day - since).days * rng.randint(30, 50) * LITRE
                since = day
                enter_reading(session, scope, meter_id=meter.id, value=value, read_on=day)


def _firsts_of_months() -> list[date]:
    last = today().year * 12 + today().month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(last - MONTHS + 1, last + 1)]
