"""Which requests an employee reaches: a clerk those of own districts, a property administrator those of own buildings."""

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission
from core.activation.models import ActivationRequest
from core.activation.steps import OPEN
from core.clock import today
from core.errors import NotFoundError
from core.registry.lookup import building_key, street_key
from core.registry.models import Building, BuildingService

NO_SUCH_REQUEST = "Nie ma takiego wniosku w Twoim rejonie."


def in_own_districts(scope: EmployeeScope) -> ColumnElement[bool]:
    """SQL condition over ActivationRequest: of one of the employee's districts, or of none yet; all without districts."""
    if not scope.district_ids:
        return true()
    return or_(ActivationRequest.district_id.is_(None), ActivationRequest.district_id.in_(sorted(scope.district_ids)))


def within_reach(session: Session, scope: EmployeeScope) -> ColumnElement[bool]:
    """SQL condition over ActivationRequest: what this employee may see.

    An administrator of properties sees requests that are still open and whose address is one of the buildings served.
    """
    if scope.may(Permission.REVIEW_REQUESTS):
        return in_own_districts(scope)
    if scope.administrator_id is None:
        return false()
    return ActivationRequest.id.in_(_of_own_buildings(session, scope.administrator_id))


def own_request(session: Session, scope: EmployeeScope, request_id: int, *, lock: bool = False) -> ActivationRequest:
    """The request when it is within reach; with `lock` it stays as it is until the transaction ends.

    Raises NotFoundError.
    """
    wanted = select(ActivationRequest).where(ActivationRequest.id == request_id, within_reach(session, scope))
    if lock:
        wanted = wanted.with_for_update()
    found = session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError(NO_SUCH_REQUEST)
    return found


def _of_own_buildings(session: Session, administrator_id: int) -> list[int]:
    """Requests carry an address as it was written, so addresses are compared by their keys."""
    newest = (
        select(func.max(BuildingService.valid_from))
        .where(BuildingService.building_id == Building.id, BuildingService.valid_from <= today())
        .correlate(Building)
        .scalar_subquery()
    )
    served = session.execute(
        select(Building.street, Building.building_no)
        .join(BuildingService, (BuildingService.building_id == Building.id) & (BuildingService.valid_from == newest))
        .where(BuildingService.administrator_id == administrator_id)
    )
    own = {(street_key(street), building_key(number)) for street, number in served}
    requests = session.execute(
        select(ActivationRequest.id, ActivationRequest.street, ActivationRequest.building_no).where(
            ActivationRequest.state.in_(OPEN)
        )
    )
    return [id_ for id_, street, number in requests if (street_key(street), building_key(number)) in own]
