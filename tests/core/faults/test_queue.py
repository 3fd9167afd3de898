"""The office's queue: whose reports, in which order, filtered how; and the figures for the desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.faults import queue
from core.faults.following import write_message
from core.faults.handling import add_note, assign_report, change_deadline, change_status, write_to_tenant
from core.faults.incidents import building_incidents
from core.faults.models import FaultStatus
from core.faults.queue import Assigned, FaultFilter, fault_choices, fault_count, fault_figures, fault_queue
from core.faults.report_file import fault_file
from core.overview import staff_desk
from core.registry.models import BuildingService
from tests.cast import make_employee, sign_in_employee
from tests.core.faults.cast import form, incident, office, report, resident

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ALL = FaultFilter(statuses=tuple(FaultStatus))


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOON) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


def ids(session: Session, scope: EmployeeScope, wanted: FaultFilter = queue.OPEN_ONES) -> list[int]:
    found = [one.report_id for one in fault_queue(session, scope, wanted=wanted)]
    assert fault_count(session, scope, wanted=wanted) == len(found)
    return found


def test_late_ones_first_then_by_deadline_then_closed_from_the_newest(
    session: Session, clock: FrozenDateTimeFactory
) -> None:
    anna, clerk = resident(session), office(session)
    calm, late, closed, newer = (report(session, anna) for _ in range(4))
    change_deadline(session, clerk, report_id=calm, due_on=date(2026, 12, 9), reason="Powód")
    for one in (closed, newer):
        change_status(session, clerk, report_id=one, to=FaultStatus.DONE)
    clock.tick(timedelta(days=3))
    clerk = office(session)
    assert ids(session, clerk) == [late, calm]
    assert ids(session, clerk, ALL) == [late, calm, newer, closed]
    assert [one.is_late for one in fault_queue(session, clerk, wanted=ALL)] == [True, False, False, False]


def test_district_sees_its_own_and_the_city_all(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    first, second = report(session, anna), report(session, jan)
    assert ids(session, office(session, anna.district)) == [first]
    assert ids(session, office(session, jan.district)) == [second]
    assert ids(session, office(session)) == [first, second]
    assert ids(session, office(session), FaultFilter(district_id=jan.district.id)) == [second]


def administrator(session: Session, administrator_id: int | None) -> EmployeeScope:
    employee = make_employee(session, Role.ADMINISTRATOR)
    employee.property_administrator_id = administrator_id
    session.flush()
    scope = sign_in_employee(session, Role.ADMINISTRATOR, employee_id=employee.id)
    return replace(scope, administrator_id=administrator_id)


def service(session: Session, building_id: int) -> BuildingService:
    return session.scalars(select(BuildingService).where(BuildingService.building_id == building_id)).one()


def test_administrator_sees_the_buildings_they_look_after_today(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan")
    first, second = report(session, anna), report(session, jan)
    incident(session, office(session), first)
    theirs = administrator(session, service(session, anna.building.id).administrator_id)
    assert ids(session, theirs) == [first]
    assert len(building_incidents(session, theirs)) == 1
    assert ids(session, administrator(session, None)) == []
    colleagues = fault_file(session, theirs, report_id=first).colleagues
    assert theirs.employee_id in {one.employee_id for one in colleagues}
    assert theirs.employee_id not in {
        one.employee_id for one in fault_file(session, office(session), report_id=second).colleagues
    }
    # From today on somebody else looks after it.
    session.add(
        BuildingService(
            building_id=anna.building.id,
            district_id=anna.district.id,
            administrator_id=service(session, jan.building.id).administrator_id,
            valid_from=date(2026, 11, 25),
        )
    )
    session.flush()
    assert ids(session, theirs) == []
    assert building_incidents(session, theirs) == []


def test_filters(session: Session) -> None:
    anna = resident(session, "Żaneta Łuk")
    jan = resident(session, "Jan Nowak")
    clerk = office(session)
    first, second = report(session, anna), report(session, jan, form(description="Dziwny zapach 100% w piwnicy"))
    assign_report(session, clerk, report_id=first, employee_id=clerk.employee_id, instead_of=None)
    change_status(session, clerk, report_id=first, to=FaultStatus.IN_PROGRESS)
    made = incident(session, clerk, second)
    for wanted, found in (
        (FaultFilter(assigned=Assigned.ME), [first]),
        (FaultFilter(assigned=Assigned.NOBODY), [second]),
        (FaultFilter(statuses=(FaultStatus.IN_PROGRESS,)), [first]),
        (FaultFilter(administrator_id=service(session, jan.building.id).administrator_id), [second]),
        (FaultFilter(incident_id=made), [second]),
        (FaultFilter(text="żaneta"), [first]),
        (FaultFilter(text="A/000002"), [second]),
        (FaultFilter(text="100%"), [second]),
        (FaultFilter(text="%"), [second]),
        (FaultFilter(text="_"), []),
        (FaultFilter(text="kwiatowa 12 zapach"), [second]),
        (FaultFilter(text="\0\ud800"), [first, second]),
        (FaultFilter(text="nikt"), []),
    ):
        assert ids(session, clerk, wanted) == found, wanted
    colleague = office(session)
    assert ids(session, colleague, FaultFilter(assigned=Assigned.ME)) == []


def test_what_the_tenant_wrote_last_waits_for_an_answer(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    waits, answered, closed, _ = (report(session, anna) for _ in range(4))
    for one in (waits, answered, closed):
        write_message(session, anna.scope, report_id=one, body="Halo?")
        add_note(session, clerk, report_id=one, body="Sprawdzić")
    write_to_tenant(session, clerk, report_id=answered, body="Tak?")
    change_status(session, clerk, report_id=closed, to=FaultStatus.DONE)
    assert ids(session, clerk, replace(ALL, unanswered=True)) == [waits]
    assert [one.report_id for one in fault_queue(session, clerk, wanted=ALL) if one.unanswered] == [waits]


def test_choices_are_those_within_reach(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    choices = fault_choices(session, office(session, anna.district))
    assert choices.districts == ((anna.district.id, "RON Centrum"),)
    assert len(choices.administrators) == 1
    assert {one for one, _ in fault_choices(session, office(session)).districts} == {anna.district.id, jan.district.id}


def test_pages_hold_forty(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert queue.PAGE == 40
    monkeypatch.setattr(queue, "PAGE", 2)
    anna, clerk = resident(session), office(session)
    made = [report(session, anna) for _ in range(3)]
    pages = [[one.report_id for one in fault_queue(session, clerk, page=page)] for page in (1, 2, 3)]
    assert pages == [made[:2], made[2:], []]
    assert fault_count(session, clerk) == 3


def test_desk_says_what_waits_and_what_is_late(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, jan, clerk = resident(session), resident(session, "Jan", code="POLESIE"), office(session)
    taken, closed = report(session, anna), report(session, anna)
    report(session, jan)
    change_status(session, clerk, report_id=taken, to=FaultStatus.IN_PROGRESS)
    change_status(session, clerk, report_id=closed, to=FaultStatus.DONE)
    figures = fault_figures(session, office(session))
    assert (figures.waiting, figures.overdue) == (1, 0)
    clock.tick(timedelta(days=3))
    figures = fault_figures(session, office(session))
    assert (figures.waiting, figures.overdue) == (1, 2)
    figures = fault_figures(session, office(session, anna.district))
    assert (figures.waiting, figures.overdue) == (0, 1)
    assert staff_desk(session, office(session)).faults is not None
    assert staff_desk(session, office(session, role=Role.ACCOUNTING)).faults is None
