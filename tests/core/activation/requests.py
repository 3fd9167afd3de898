"""Requests for tests: made as rows, in any state, and brought along by the functions under test."""

import itertools
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.accounts.models import TermsVersion
from core.activation.models import ActivationRequest, ActivationStep, RequestState
from core.clock import local, now
from core.outbox.models import OutgoingMail
from core.registry.models import ServiceDistrict
from tests.cast import make_district, make_employee, sign_in_employee

_numbers = itertools.count(1)


def make_terms(session: Session) -> TermsVersion:
    found = session.scalar(select(TermsVersion))
    if found is None:
        found = TermsVersion(version="1.0", text="Regulamin", text_hash="0" * 64, published_at=now())
        session.add(found)
        session.flush()
    return found


def make_request(
    session: Session,
    *,
    state: RequestState = RequestState.SUBMITTED,
    district: ServiceDistrict | None = None,
    name: str = "Anna Kowalska",
    street: str = "Kwiatowa",
    building_no: str = "12",
    premises_no: str | None = "7",
    email: str = "anna@example.com",
    tenant_no: str | None = None,
    tenancy_no: str | None = None,
    submitted_at: datetime | None = None,
    filed_on: date | None = None,
    deadline_on: date | None = None,
    in_district: bool = True,
) -> ActivationRequest:
    """A request of CENTRUM; past its submission it gets a day of filing and a far deadline unless they are given."""
    number = next(_numbers)
    at = submitted_at or now()
    past = state not in (RequestState.SUBMITTED, RequestState.EXPIRED)
    request = ActivationRequest(
        number=f"IOK/2026/{number:06}",
        submission_key=f"key-{number}",
        state=state,
        kind="person",
        name=name,
        street=street,
        building_no=building_no,
        premises_no=premises_no,
        email=email,
        tenant_no=tenant_no,
        tenancy_no=tenancy_no,
        terms_version_id=make_terms(session).id,
        submitted_at=at,
        district_id=(district or make_district(session)).id if in_district else None,
        filed_on=filed_on or (local(at).date() if past else None),
        deadline_on=deadline_on or (date(2099, 12, 31) if past else None),
    )
    session.add(request)
    session.flush()
    session.add(ActivationStep(request_id=request.id, at=at, state=state))
    session.flush()
    return request


def clerk(session: Session, *districts: ServiceDistrict, roles: tuple[Role, ...] = (Role.CLERK,)) -> EmployeeScope:
    """A signed-in clerk with a row of their own, of these districts or of the whole city."""
    employee = make_employee(session, *roles, districts=districts)
    return sign_in_employee(session, *roles, districts=districts, employee_id=employee.id)


def letters(session: Session, template: str | None = None) -> list[OutgoingMail]:
    """Mail written so far, the oldest first."""
    wanted = select(OutgoingMail).order_by(OutgoingMail.id)
    return list(session.scalars(wanted.where(OutgoingMail.template == template) if template else wanted))


def steps_of(session: Session, request: ActivationRequest) -> list[str]:
    return list(
        session.scalars(
            select(ActivationStep.state).where(ActivationStep.request_id == request.id).order_by(ActivationStep.id)
        )
    )


def state_of(session: Session, request: ActivationRequest) -> str:
    return session.scalars(select(ActivationRequest.state).where(ActivationRequest.id == request.id)).one()


def how_many(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
