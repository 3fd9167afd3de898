"""Applications for accounts in the demo city, one for each thing a clerk meets, from paper awaited to deadline missed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import EmployeeScope
from core.accounts.models import PortalAccount
from core.accounts.sign_in import operator_scope
from core.accounts.terms import current_terms
from core.activation import deciding
from core.activation.filing import file_request, receive_at_administrator
from core.activation.form import ApplicationForm
from core.activation.models import ActivationRequest, ActivationStep, RequestState
from core.activation.reasons import RejectReason
from core.activation.submitting import submit_request
from core.clock import WARSAW, today
from core.registry.models import Building, BuildingService, Premises, ServiceDistrict, Tenancy, Tenant

HOME_DISTRICT = "RON Bałuty"  # where the cast's clerk and head work


@dataclass(frozen=True, slots=True)
class _Story:
    """What becomes of one application. Days are counted back from today."""

    sent: int  # days ago
    filed: int | None = None  # days ago; None: the paper is awaited
    left_with_administrator: int | None = None
    then: str = ""  # what the office has done since: review, correct, approve, reject
    knows_numbers: bool = True  # wrote the tenancy's number into the form


STORIES = (
    _Story(sent=0),
    _Story(sent=12, left_with_administrator=2),
    _Story(sent=5, filed=2),
    _Story(sent=8, filed=6, then="review", knows_numbers=False),
    _Story(sent=12, filed=10, then="review"),
    _Story(sent=15, filed=13),
    _Story(sent=24, filed=19, then="review"),
    _Story(sent=11, filed=9, then="correct"),
    _Story(sent=14, filed=7, then="approve"),
    _Story(sent=16, filed=8, then="reject", knows_numbers=False),
)
ELSEWHERE = (_Story(sent=1), _Story(sent=9, filed=4))  # in each other district


@dataclass(frozen=True, slots=True)
class _Applicant:
    """A tenant without an account, at home somewhere."""

    tenant_id: int
    tenancy_id: int
    tenant: Tenant
    tenancy_no: str
    street: str
    building_no: str
    premises_no: str


def make_applications() -> int:
    """Send, file and decide applications of tenants who have no account yet; how many were sent."""
    made = 0
    with db.reading() as session:
        districts = session.execute(
            select(ServiceDistrict.id, ServiceDistrict.code).order_by(ServiceDistrict.code)
        ).all()
        cast_of = {code: list(_applicants(session, id_, len(STORIES))) for id_, code in districts}
    for code, applicants in cast_of.items():
        for story, applicant in zip(STORIES if code == HOME_DISTRICT else ELSEWHERE, applicants, strict=False):
            made += 1
            _play(story, applicant, made)
    return made


def _applicants(session: Session, district_id: int, at_most: int) -> Iterator[_Applicant]:
    rows = session.execute(
        select(Tenant, Tenancy.id, Tenancy.tenancy_no, Building.street, Building.building_no, Premises.premises_no)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .join(BuildingService, BuildingService.building_id == Building.id)
        .where(
            BuildingService.district_id == district_id,
            Tenancy.valid_to.is_(None),
            Tenancy.valid_from <= today(),
            Tenant.id.not_in(select(PortalAccount.tenant_id).where(PortalAccount.tenant_id.is_not(None))),
        )
        .order_by(Tenant.tenant_no)
        .limit(4 * at_most)
    )
    known: set[int] = set()
    for tenant, tenancy_id, tenancy_no, street, building_no, premises_no in rows:
        if tenant.id in known or len(known) == at_most:
            continue
        known.add(tenant.id)
        yield _Applicant(tenant.id, tenancy_id, tenant, tenancy_no, street, building_no, premises_no)


def _play(story: _Story, applicant: _Applicant, number: int) -> None:
    with db.reading() as session:
        terms = current_terms(session)
    if terms is None:
        return
    sent = submit_request(
        ApplicationForm(
            kind=applicant.tenant.kind,
            name=applicant.tenant.name,
            street=applicant.street,
            building_no=applicant.building_no,
            premises_no=applicant.premises_no,
            email=f"wniosek{number}@example.com",
            email_repeated=f"wniosek{number}@example.com",
            phone="600 000 000",
            tenant_no="",
            tenancy_no=applicant.tenancy_no if story.knows_numbers else "",
            terms_accepted=True,
            privacy_read=True,
            sure=True,
        ),
        submission_key=f"demo-application-{number:04}",
        terms_version_id=terms.id,
    )
    with db.transaction() as session:
        request_id = session.scalars(select(ActivationRequest.id).where(ActivationRequest.number == sent.number)).one()
        submitted_at = _days_ago(story.sent) if story.sent else sent.submitted_at
        session.execute(
            update(ActivationRequest).where(ActivationRequest.id == request_id).values(submitted_at=submitted_at)
        )
        _backdate(session, request_id, RequestState.SUBMITTED, submitted_at)
        _receive(session, story, request_id)
        _decide(session, operator_scope(), story, request_id, applicant)


def _receive(session: Session, story: _Story, request_id: int) -> None:
    scope = operator_scope()
    if story.left_with_administrator is not None:
        received_on = today() - timedelta(days=story.left_with_administrator)
        receive_at_administrator(session, scope, request_id=request_id, received_on=received_on)
    if story.filed is not None:
        filed_on = today() - timedelta(days=story.filed)
        file_request(session, scope, request_id=request_id, document_shown=True, received_on=filed_on)
        _backdate(session, request_id, RequestState.FILED, _days_ago(story.filed))


def _decide(session: Session, scope: EmployeeScope, story: _Story, request_id: int, applicant: _Applicant) -> None:
    if not story.then:
        return
    deciding.take_into_review(session, scope, request_id=request_id)
    match story.then:
        case "correct":
            deciding.ask_for_correction(
                session, scope, request_id=request_id, message="Na wniosku brakuje podpisu. Prosimy podpisać go w RON."
            )
        case "approve":
            deciding.approve(
                session,
                scope,
                request_id=request_id,
                tenant_id=applicant.tenant_id,
                tenancy_ids=[applicant.tenancy_id],
            )
        case "reject":
            deciding.reject(session, scope, request_id=request_id, reason=next(iter(RejectReason)))
        case _:
            pass


def _backdate(session: Session, request_id: int, state: RequestState, at: datetime) -> None:
    session.execute(
        update(ActivationStep)
        .where(ActivationStep.request_id == request_id, ActivationStep.state == state)
        .values(at=at)
    )


def _days_ago(number: int) -> datetime:
    return datetime.combine(today() - timedelta(days=number), time(10), tzinfo=WARSAW)
