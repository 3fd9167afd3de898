"""Fault reports of the demo city: one in each state, one late, and an incident that two households share."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, or_, select, update
from sqlalchemy.orm import Session

from core.accounts.sign_in import operator_scope
from core.clock import local, now, today
from core.faults.categories import LEAVES, YES_NO, Question
from core.faults.handling import add_note, change_status, write_to_tenant
from core.faults.incidents import IncidentText, declare_incident, link_report
from core.faults.models import FaultCounter, FaultMessage, FaultReport, FaultStatus, FaultStep, StepKind
from core.notices.models import Notice, NoticeKind
from core.registry.models import Building, BuildingService, Premises, ServiceDistrict, Tenancy, Tenant

HOME_DISTRICT = "RON Bałuty"  # where the cast's clerk and head work
WITH_ACCOUNTS = tuple(f"{number:06d}" for number in range(1, 11))


@dataclass(frozen=True, slots=True)
class _Story:
    """One report. `sent`: days ago; `asked`: what its tenant wrote since."""

    category: str
    description: str
    sent: int
    then: tuple[tuple[FaultStatus, str], ...] = ()
    asked: str = ""
    answered: str = ""
    inside: str = ""
    rating: int | None = None


OF_TENANTS = (
    _Story("openings_window", "Okno w kuchni nie domyka się, wieje i cieknie, gdy pada.", sent=1),
    _Story(
        "water_drain",
        "Zlew w kuchni odpływa bardzo wolno, a wieczorem wcale.",
        sent=3,
        then=((FaultStatus.IN_PROGRESS, "Hydraulik przyjdzie w tym tygodniu."),),
        asked="Czy można przyjść po 16? Wcześniej nikogo nie ma w domu.",
        answered="Tak, umówiliśmy wizytę na czwartek między 16 a 18.",
        inside="Klucz do piwnicy ma dozorca.",
    ),
    _Story(
        "common_light",
        "Na drugim piętrze od tygodnia nie świeci światło.",
        sent=8,
        then=((FaultStatus.IN_PROGRESS, ""), (FaultStatus.DONE, "Wymieniono oprawę.")),
        rating=5,
    ),
    _Story(
        "power_other",
        "Przestała działać moja lodówka, proszę o naprawę.",
        sent=9,
        then=((FaultStatus.REJECTED, "Lodówka należy do najemcy. Naprawia ją najemca na własny koszt."),),
    ),
)
LATE = _Story("shell_damp", "W rogu pokoju jest pleśń, coraz większa.", sent=40)
INCIDENT = IncidentText(
    "Nie działa winda", "Czekamy na część do napędu. Osobom, które nie mogą zejść, pomoże dozorca: tel. 42 000 00 00."
)
LIFT = (
    _Story("lift_stands", "Winda stoi na trzecim piętrze i nie reaguje na przycisk.", sent=2),
    _Story("lift_stands", "Winda znowu nie działa, a mam chore kolano.", sent=1),
)


def make_faults(session: Session) -> None:
    """Write the reports as if their tenants had sent them, and lead them on as the office would."""
    homes = _homes(session, Tenant.tenant_no.in_(WITH_ACCOUNTS))
    for home, story in zip(homes, OF_TENANTS, strict=False):
        _lead(session, _write(session, home, story), story)
    for home in _homes(session, ServiceDistrict.code == HOME_DISTRICT)[-1:]:
        _write(session, home, LATE)
    _share(session)
    # What happened days ago is no news today.
    session.execute(update(Notice).where(Notice.kind == NoticeKind.FAULT_CHANGED).values(mailed_at=now()))


def _homes(session: Session, condition: ColumnElement[bool]) -> list[Row[Tenancy, int]]:
    stands = (Tenancy.valid_from <= today()) & or_(Tenancy.valid_to.is_(None), Tenancy.valid_to >= today())
    rows = session.execute(
        select(Tenancy, Building.id)
        .join(Premises, Premises.id == Tenancy.premises_id)
        .join(Building, Building.id == Premises.building_id)
        .join(BuildingService, BuildingService.building_id == Building.id)
        .join(ServiceDistrict, ServiceDistrict.id == BuildingService.district_id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(stands, condition)
        .order_by(Tenant.tenant_no, Tenancy.tenancy_no)
    ).all()
    first: dict[int, Row[Tenancy, int]] = {}
    for row in rows:
        first.setdefault(row[0].tenant_id, row)
    return list(first.values())


def _share(session: Session) -> None:
    """An incident in the first building of the home district that has two households."""
    by_building: dict[int, list[Row[Tenancy, int]]] = {}
    for row in _homes(session, ServiceDistrict.code == HOME_DISTRICT):
        by_building.setdefault(row[1], []).append(row)
    shared = next((homes for homes in by_building.values() if len(homes) > 1), [])
    reports = [_write(session, home, story) for home, story in zip(shared, LIFT, strict=False)]
    if not reports:
        return
    text = IncidentText(INCIDENT.title, INCIDENT.body, today() + timedelta(days=5))
    made = declare_incident(session, operator_scope(), report_id=reports[0], text=text)
    for report_id in reports[1:]:
        link_report(session, operator_scope(), report_id=report_id, incident_id=made)


def _write(session: Session, home: Row[Tenancy, int], story: _Story) -> int:
    tenancy, building_id = home
    sent = now() - timedelta(days=story.sent)
    leaf = LEAVES[story.category]
    answers = [(one.text, _answer(one)) for one in leaf.questions if one.options]
    report = FaultReport(
        number=_number(session, sent),
        submission_key=f"demo/{story.category}/{story.sent}",
        tenant_id=tenancy.tenant_id,
        tenancy_id=tenancy.id,
        building_id=building_id,
        category=story.category,
        answers=json.dumps(answers, ensure_ascii=False),
        description=story.description,
        status=FaultStatus.ACCEPTED,
        due_on=leaf.due_on(local(sent).date()),
        created_at=sent,
    )
    session.add(report)
    session.flush()
    session.add(FaultStep(report_id=report.id, at=sent, kind=StepKind.SENT, by_tenant=True))
    if story.asked:
        session.add(FaultMessage(report_id=report.id, at=sent, by_tenant=True, internal=False, body=story.asked))
    session.flush()
    return report.id


def _answer(question: Question) -> str:
    if question.options == YES_NO:
        return "nie"
    return question.options[-1 if question.key == "since" else 0]


def _number(session: Session, sent: datetime) -> str:
    year = local(sent).year
    counter = session.get(FaultCounter, year)
    if counter is None:
        counter = FaultCounter(year=year, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return f"A/{counter.last:06}/{year}"


def _lead(session: Session, report_id: int, story: _Story) -> None:
    scope = operator_scope()
    if story.answered:
        write_to_tenant(session, scope, report_id=report_id, body=story.answered)
    if story.inside:
        add_note(session, scope, report_id=report_id, body=story.inside)
    for to, said in story.then:
        change_status(session, scope, report_id=report_id, to=to, note=said)
    if story.rating:
        session.execute(update(FaultReport).where(FaultReport.id == report_id).values(rating=story.rating))
    _put_back(session, report_id, story)


def _put_back(session: Session, report_id: int, story: _Story) -> None:
    """As if it had been done the day after it was sent, an hour for each step."""
    then = now() - timedelta(days=story.sent - 1)
    done = (FaultStep.report_id == report_id) & (FaultStep.kind != StepKind.SENT)
    for nth, step in enumerate(session.scalars(select(FaultStep).where(done).order_by(FaultStep.id))):
        step.at = then + timedelta(hours=nth)
        closed = (FaultReport.id == report_id) & FaultReport.closed_at.is_not(None)
        session.execute(update(FaultReport).where(closed).values(closed_at=step.at))
    session.execute(
        update(FaultMessage)
        .where(FaultMessage.report_id == report_id, FaultMessage.by_tenant.is_(False))
        .values(at=then)
    )
