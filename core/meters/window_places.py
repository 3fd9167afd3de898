"""Where an employee may plan a window: the city, their districts, the buildings of those."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.clock import today
from core.registry.addresses import street_line
from core.registry.models import Building, Premises, ServiceDistrict
from core.registry.queries import premises_served_by


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """A district or a building by name; neither: the whole city."""

    name: str
    district_id: int | None = None
    building_id: int | None = None


def window_places(session: Session, scope: EmployeeScope) -> list[WindowPlace]:
    """The places in the employee's reach: the city where they serve all of it, then districts, then buildings."""
    require_live(session, scope, Permission.MANAGE_READINGS)
    districts = select(ServiceDistrict).order_by(ServiceDistrict.name)
    if scope.district_ids:
        districts = districts.where(ServiceDistrict.id.in_(scope.district_ids))
    served = select(Premises.building_id).where(premises_served_by(scope, day=today()))
    buildings = select(Building).where(Building.id.in_(served)).order_by(Building.street, Building.building_no)
    return [
        *([] if scope.district_ids else [WindowPlace("Całe miasto")]),
        *(WindowPlace(one.name, district_id=one.id) for one in session.scalars(districts)),
        *(
            WindowPlace(street_line(one.street, one.building_no), building_id=one.id)
            for one in session.scalars(buildings)
        ),
    ]
