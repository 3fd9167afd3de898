"""What a tenant sees of the premises of a tenancy: where, what, on which title, and who serves the building."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.clock import today
from core.errors import NotFoundError
from core.registry.addresses import postal_line, premises_line
from core.registry.lookup import AdministratorContact, DistrictContact, who_serves
from core.registry.models import Building, Premises, Tenancy
from core.registry.queries import UNKNOWN_TENANCY


@dataclass(frozen=True, slots=True)
class PremisesDetails:
    """Premises with the tenancy that they are let under; areas in m², what is not known is None."""

    tenancy_no: str
    title: str  # kind of legal title, as the landlord's system writes it
    valid_from: date
    valid_to: date | None
    persons: int | None
    address: str  # ul. Kwiatowa 12 m. 7
    town: str  # 90-001 Łódź
    borough: str
    premises_code: str
    kind: str
    usable_area: Decimal
    heated_area: Decimal | None
    rooms: int | None
    floor: str | None
    equipment: str | None
    district: DistrictContact | None  # None: nobody is known to serve the building today
    administrator: AdministratorContact | None


def premises_details(session: Session, scope: TenantScope, *, tenancy_id: int) -> PremisesDetails:
    """The premises of one of the tenant's own tenancies, as they are today. Raises NotFoundError for another's."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    found = session.execute(
        select(Tenancy, Premises, Building)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .where(Tenancy.id == tenancy_id, scope.owns(Tenancy.tenant_id, Tenancy.id))
    ).one_or_none()
    if found is None:
        raise NotFoundError(UNKNOWN_TENANCY)
    tenancy, premises, building = found
    served = who_serves(session, building_id=building.id, day=today())
    return PremisesDetails(
        tenancy_no=tenancy.tenancy_no,
        title=tenancy.title,
        valid_from=tenancy.valid_from,
        valid_to=tenancy.valid_to,
        persons=tenancy.persons,
        address=premises_line(building.street, building.building_no, premises.premises_no, kind=premises.kind),
        town=postal_line(building.postal_code, building.city),
        borough=building.borough,
        premises_code=premises.code,
        kind=premises.kind,
        usable_area=premises.usable_area,
        heated_area=premises.heated_area,
        rooms=premises.rooms,
        floor=premises.floor,
        equipment=premises.equipment,
        district=served[0] if served else None,
        administrator=served[1] if served else None,
    )
