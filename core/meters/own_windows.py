"""The reading window of a tenant's own premises: the one that is open, or the next one."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope
from core.clock import today
from core.meters.windows import last_day, windows_of_building
from core.registry.models import Premises, Tenancy
from core.registry.queries import require_own_tenancy


@dataclass(frozen=True, slots=True)
class OwnWindow:
    """`is_open`: a reading may be handed in for it today; else it is the next one."""

    opens_on: date
    closes_on: date
    last_day: date
    reading_day: date | None
    is_open: bool


def own_window(session: Session, scope: TenantScope, *, tenancy_id: int) -> OwnWindow | None:
    """The open window that ends last, or the next one; None: none is planned. Raises NotFoundError for a foreign tenancy."""
    require_own_tenancy(session, scope, tenancy_id=tenancy_id)
    building_id = session.scalar(
        select(Premises.building_id).join(Tenancy, Tenancy.premises_id == Premises.id).where(Tenancy.id == tenancy_id)
    )
    day = today()
    ahead = [one for one in windows_of_building(session, building_id or 0) if last_day(one) >= day]
    chosen = max((one for one in ahead if one.opens_on <= day), key=last_day, default=next(iter(ahead), None))
    if chosen is None:
        return None
    return OwnWindow(chosen.opens_on, chosen.closes_on, last_day(chosen), chosen.reading_day, chosen.opens_on <= day)
