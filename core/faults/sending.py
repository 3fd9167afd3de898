"""A tenant reports a fault: checked, numbered, kept with its photos; or joins an incident that is known already."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.access.throttle import TooManyUsesError, take_use
from core.audit.events import record_by
from core.clock import now, today
from core.counting import next_of_year
from core.documents.pictures import CleanPicture
from core.errors import DomainError, InvalidFormError, NotFoundError
from core.faults.categories import LEAVES, answered, branch_of
from core.faults.models import (
    OPEN,
    PHOTOS_AT_MOST,
    FaultCounter,
    FaultIncident,
    FaultReport,
    FaultStatus,
    StepKind,
)
from core.faults.photos import attach_photos
from core.faults.reach import NO_SUCH_INCIDENT, own_building
from core.faults.steps import add_step
from core.words import one_line, several_lines

SHORTEST, LONGEST = 10, 2000  # signs of a description
LONGEST_AT_HOME = 200
SENT_AT_MOST = 10  # reports of a tenant a day
TOO_MANY = (
    f"Dziś wysłano już {SENT_AT_MOST} zgłoszeń. Kolejne możesz wysłać jutro. "
    "Jeśli sprawa jest pilna, zadzwoń do swojego rejonu."
)


@dataclass(frozen=True, slots=True)
class FaultForm:
    """What a tenant tells. `answers`: by the keys of the leaf's questions; `submission_key`: minted with the form."""

    category: str
    description: str
    submission_key: str
    answers: Mapping[str, str] = field(default_factory=dict)
    at_home: str = ""  # when somebody lets the fitter in, and a telephone number
    photos: tuple[CleanPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class SentReport:
    """What came of it; `repeated`: it was there already."""

    report_id: int
    number: str
    due_on: date
    repeated: bool = False


def send_report(session: Session, scope: TenantScope, *, tenancy_id: int, form: FaultForm) -> SentReport:
    """Report a fault in premises let to the tenant today; the same form sent twice is one report.

    Raises NotFoundError for another tenancy, InvalidFormError (fields `category`, `description`, `at_home`, `photos` and
    the keys of the questions), DomainError when the tenant has sent too many today.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    building_id = own_building(session, scope, tenancy_id)
    answers, description, at_home = _checked(form)
    if (before := _sent_before(session, scope, form.submission_key)) is not None:
        return before
    _take_one(session, scope)
    # Of two equal forms at the same moment the second has waited for the first.
    if (before := _sent_before(session, scope, form.submission_key)) is not None:
        return before
    report = FaultReport(
        number=_next_number(session),
        submission_key=form.submission_key,
        tenant_id=scope.tenant_id,
        tenancy_id=tenancy_id,
        building_id=building_id,
        category=form.category,
        answers=json.dumps(answers, ensure_ascii=False),
        description=description,
        at_home=at_home or None,
        status=FaultStatus.ACCEPTED,
        due_on=LEAVES[form.category].due_on(today()),
        created_at=now(),
    )
    session.add(report)
    session.flush()
    attach_photos(session, report.id, form.photos)
    add_step(session, scope, report_id=report.id, kind=StepKind.SENT)
    record_by(session, scope, "fault_sent", object_kind="fault_report", object_id=report.id)
    return SentReport(report.id, report.number, report.due_on)


def join_incident(
    session: Session, scope: TenantScope, *, tenancy_id: int, incident_id: int, category: str
) -> SentReport:
    """Report that an incident of the tenant's building concerns them too; who has joined already has one report.

    Raises NotFoundError for a foreign tenancy and for what is no open incident of its building, DomainError as
    `send_report`.
    """
    require_live(session, scope, proxy=ProxyLevel.EVERYTHING)
    building_id = own_building(session, scope, tenancy_id)
    incident = session.scalar(
        select(FaultIncident)
        .where(
            FaultIncident.id == incident_id,
            FaultIncident.building_id == building_id,
            FaultIncident.closed_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if incident is None or category not in LEAVES or branch_of(category) != incident.branch:
        raise NotFoundError(NO_SUCH_INCIDENT)
    joined = (
        (FaultReport.incident_id == incident_id)
        & (FaultReport.tenancy_id == tenancy_id)
        & (FaultReport.tenant_id == scope.tenant_id)
        & FaultReport.status.in_(OPEN)
    )
    if (before := session.scalar(select(FaultReport).where(joined).limit(1))) is not None:
        return SentReport(before.id, before.number, before.due_on, repeated=True)
    _take_one(session, scope)
    expected = incident.expected_on
    report = FaultReport(
        number=_next_number(session),
        submission_key=f"incident/{incident_id}/{tenancy_id}/{now():%Y%m%d%H%M%S%f}",
        tenant_id=scope.tenant_id,
        tenancy_id=tenancy_id,
        building_id=building_id,
        category=category,
        answers="[]",
        description=f"Dotyczy mnie ta awaria: {incident.title}",
        status=FaultStatus.ACCEPTED,
        due_on=expected if expected and expected >= today() else LEAVES[category].due_on(today()),
        created_at=now(),
        incident_id=incident_id,
    )
    session.add(report)
    session.flush()
    add_step(session, scope, report_id=report.id, kind=StepKind.SENT, note=incident.title)
    record_by(
        session, scope, "fault_joined", object_kind="fault_report", object_id=report.id,
        details={"incident": incident_id},
    )  # fmt: skip
    return SentReport(report.id, report.number, report.due_on)


def _sent_before(session: Session, scope: TenantScope, key: str) -> SentReport | None:
    same = scope.owns(FaultReport.tenant_id, FaultReport.tenancy_id) & (FaultReport.submission_key == key)
    found = session.scalar(select(FaultReport).where(same))
    return SentReport(found.id, found.number, found.due_on, repeated=True) if found else None


def _take_one(session: Session, scope: TenantScope) -> None:
    try:
        take_use(
            session, purpose="fault_report", key=str(scope.tenant_id), limit=SENT_AT_MOST, window=timedelta(days=1)
        )
    except TooManyUsesError:
        raise DomainError(TOO_MANY) from None


def _checked(form: FaultForm) -> tuple[list[tuple[str, str]], str, str]:
    errors: list[tuple[str, str]] = []
    answers: list[tuple[str, str]] = []
    if form.category not in LEAVES:
        errors.append(("category", "Wybierz, czego dotyczy zgłoszenie."))
    else:
        try:
            answers = answered(LEAVES[form.category], form.answers)
        except InvalidFormError as refusal:
            errors += refusal.errors
    description = several_lines(form.description, longest=LONGEST)
    if description is None:
        errors.append(("description", f"Skróć opis do {LONGEST} znaków."))
    elif len(description) < SHORTEST:
        errors.append(("description", f"Opisz, co się stało (co najmniej {SHORTEST} znaków)."))
    at_home = one_line(form.at_home, longest=LONGEST_AT_HOME)
    if at_home is None:
        errors.append(("at_home", f"Skróć tekst do {LONGEST_AT_HOME} znaków."))
    if len(form.photos) > PHOTOS_AT_MOST:
        errors.append(("photos", f"Możesz dodać najwyżej {PHOTOS_AT_MOST} zdjęcia."))
    if errors:
        raise InvalidFormError(errors)
    return answers, description or "", at_home or ""


def _next_number(session: Session) -> str:
    """`A/000123/2026`: counted anew each year, no number twice."""
    year = today().year
    last = next_of_year(session, FaultCounter, year=year)
    return f"A/{last:06}/{year}"
