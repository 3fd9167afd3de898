"""The queue: what is most urgent first, only within reach; the desk's figures."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import EmployeeScope, Role
from core.activation.deadline import Urgency
from core.activation.deciding import approve, ask_for_correction, reject, take_into_review
from core.activation.figures import RequestFigures, request_figures
from core.activation.filing import file_request
from core.activation.models import RequestState
from core.activation.queue import (
    QueueFilter,
    all_districts,
    counts_by_state,
    own_districts,
    queue_size,
    request_details,
    request_queue,
)
from core.activation.reasons import RejectReason
from core.errors import NotFoundError, NotPermittedError, SessionEndedError
from core.registry.models import BuildingService
from tests.cast import (
    end_session,
    make_building,
    make_district,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
)
from tests.core.activation.requests import clerk, make_request

S = RequestState
NOW = datetime(2026, 12, 3, 9, tzinfo=UTC)


def numbers(session: Session, scope: EmployeeScope, **filters: Any) -> list[int]:
    return [line.request_id for line in request_queue(session, scope, wanted=QueueFilter(**filters))]


@freeze_time(NOW)
def test_fewest_days_left_stand_first_then_paused_waiting_and_decided(session: Session) -> None:
    filed = [make_request(session, state=S.FILED, deadline_on=date(2026, 12, day)) for day in (10, 1, 4)]
    paused = make_request(session, state=S.CORRECTION, deadline_on=date(2026, 12, 2))
    waiting = make_request(session)
    decided = [make_request(session, state=state) for state in (S.REJECTED, S.COMPLETED)]
    reviewed = make_request(session, state=S.IN_REVIEW, deadline_on=date(2026, 12, 7))

    shown = numbers(session, clerk(session), states=list(RequestState))

    by_days = [filed[1], filed[2], reviewed, filed[0]]
    assert shown == [one.id for one in [*by_days, paused, waiting, *reversed(decided)]]
    assert numbers(session, clerk(session)) == [one.id for one in [*by_days, paused]]


@freeze_time(NOW)
def test_each_line_says_how_urgent_it_is(session: Session) -> None:
    for used in (0, 8, 12, 15):
        filed_on = NOW.date() - timedelta(days=used)
        make_request(
            session, state=S.FILED, filed_on=filed_on, deadline_on=filed_on + timedelta(days=14), submitted_at=NOW
        )
    make_request(session)
    lines = request_queue(session, clerk(session), wanted=QueueFilter(states=[S.FILED, S.SUBMITTED]))
    clocks = [line.clock for line in lines]
    assert [(clock.left, clock.used, clock.urgency) for clock in clocks if clock] == [
        (-1, 15, Urgency.OVERDUE),
        (2, 12, Urgency.URGENT),
        (6, 8, Urgency.SOON),
        (14, 0, Urgency.CALM),
    ]
    assert clocks[4] is None


def test_clock_of_a_request_in_correction_stands(session: Session) -> None:
    with freeze_time("2026-11-23T09:00:00Z") as clock:
        request = make_request(session)
        file_request(
            session, clerk(session), request_id=request.id, document_shown=True, received_on=date(2026, 11, 23)
        )
        clock.move_to("2026-11-26T09:00:00Z")
        ask_for_correction(session, clerk(session), request_id=request.id, message="Brak podpisu.")
        clock.move_to("2026-12-20T09:00:00Z")
        (line,) = request_queue(session, clerk(session))
    assert line.clock is not None
    assert (line.clock.used, line.clock.left, line.clock.is_paused) == (3, 11, True)
    assert line.clock.urgency is Urgency.CALM


@pytest.mark.parametrize(
    "text", ["kowalska", "KOWALSKA anna", "łąkowa", "Łąkowa 19a", "jan@", "example", "2026/", "10%_"]
)
def test_text_is_found_in_number_name_address_and_mail(session: Session, text: str) -> None:
    wanted = make_request(
        session, name="Anna Kowalska", street="Łąkowa", building_no="19A", email="jan@example.com", premises_no="10%_"
    )
    other = make_request(session, name="Piotr Nowak", street="Polna", building_no="3", email="p@poczta.test")
    other.number = "IOK/2025/000001"
    session.flush()
    assert numbers(session, clerk(session), states=[S.SUBMITTED], text=text) == [wanted.id]


def test_queue_has_pages_and_a_size(session: Session) -> None:
    ids = [make_request(session).id for _ in range(5)]
    ewa = clerk(session)
    wanted = QueueFilter(states=[S.SUBMITTED])
    assert queue_size(session, ewa, wanted=wanted) == 5
    lines = request_queue(session, ewa, wanted=wanted, limit=2, skip=2)
    assert [line.request_id for line in lines] == ids[2:4]
    assert numbers(session, ewa, states=[]) == []


def test_queue_asks_the_same_few_questions_whatever_it_holds(session: Session) -> None:
    for _ in range(20):
        make_request(session, state=S.CORRECTION)
    ewa = clerk(session)
    statements: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert len(request_queue(session, ewa)) == 20
    assert len(statements) <= 5


def test_head_of_two_districts_sees_both_and_filters_one(session: Session) -> None:
    here, there, far = (make_district(session, code=code) for code in ("CENTRUM", "WSCHÓD", "ZACHÓD"))
    ids = [make_request(session, district=one).id for one in (here, there, far)]
    homeless = make_request(session, in_district=False).id
    head = clerk(session, here, there, roles=(Role.HEAD,))
    states = [S.SUBMITTED]
    assert sorted(numbers(session, head, states=states)) == [*ids[:2], homeless]
    assert numbers(session, head, states=states, district_id=there.id) == [ids[1]]
    assert numbers(session, head, states=states, district_id=far.id) == []
    assert counts_by_state(session, head)[S.SUBMITTED] == 3
    assert [name for _, name in own_districts(session, head)] == [here.name, there.name]
    assert len(all_districts(session, head)) == 3
    assert len(numbers(session, clerk(session), states=states)) == 4


def test_other_district_sees_nothing(session: Session) -> None:
    request = make_request(session, state=S.FILED, district=make_district(session, code="CENTRUM"))
    stranger = clerk(session, make_district(session, code="WSCHÓD"))
    assert numbers(session, stranger, states=list(RequestState)) == []
    assert queue_size(session, stranger) == 0
    assert sum(counts_by_state(session, stranger).values()) == 0
    assert request_figures(session, stranger) == RequestFigures(0, 0, 0, 0)
    with pytest.raises(NotFoundError):
        request_details(session, stranger, request_id=request.id)


def test_administrator_sees_open_requests_of_own_buildings(session: Session) -> None:
    building = make_building(session, street="Kwiatowa", building_no="12")
    served = select(BuildingService.administrator_id).where(BuildingService.building_id == building.id)
    own = make_request(session, street="ul. Kwiatowa")
    make_request(session, street="Polna")
    make_request(session, state=S.COMPLETED)
    administrator = replace(
        sign_in_employee(session, Role.ADMINISTRATOR), administrator_id=session.scalars(served).one()
    )
    assert numbers(session, administrator, states=list(RequestState)) == [own.id]
    assert request_details(session, administrator, request_id=own.id).line.number == own.number
    for refused in (request_figures, all_districts):
        with pytest.raises(NotPermittedError):
            refused(session, administrator)


def test_details_tell_the_whole_story(session: Session) -> None:
    centrum = make_district(session)
    ewa = clerk(session, centrum)
    with freeze_time("2026-11-25T09:00:00Z"):
        ewa = clerk(session, centrum)
        tenancy = make_tenancy(
            session,
            make_tenant(session, tenant_no="004217"),
            premises=make_premises(session, building=make_building(session, district=centrum)),
        )
        request = make_request(session, district=centrum, tenant_no="4217")
        file_request(session, ewa, request_id=request.id, document_shown=True, received_on=date(2026, 11, 25))
        take_into_review(session, ewa, request_id=request.id)
        approve(session, ewa, request_id=request.id, tenant_id=tenancy.tenant_id, tenancy_ids=[tenancy.id])
        told = request_details(session, ewa, request_id=request.id)
    assert [(step.state, step.employee) for step in told.history] == [
        (S.SUBMITTED, None),
        *((state, "Ewa Urzędnik") for state in (S.FILED, S.IN_REVIEW, S.APPROVED)),
    ]
    assert (told.filed_by, told.line.reviewer, told.line.clock) == ("Ewa Urzędnik", "Ewa Urzędnik", None)
    assert (told.matched_tenant, told.matched_tenancies) == ("004217 Anna Kowalska", (tenancy.tenancy_no,))
    assert told.title_checked_on == date(2026, 11, 25)


def test_decision_keeps_its_deadline_by_the_day_in_poland(session: Session) -> None:
    deadline_on = date(2026, 12, 7)
    for instant in ("2026-12-07T22:59:59Z", "2026-12-07T23:00:00Z", "2026-12-01T09:00:00Z"):
        with freeze_time(instant):
            request = make_request(session, state=S.FILED, deadline_on=deadline_on)
            reject(session, clerk(session), request_id=request.id, reason=RejectReason.NO_TITLE)
    with freeze_time("2026-12-08T09:00:00Z"):
        make_request(session, state=S.FILED, deadline_on=deadline_on)
        make_request(session, state=S.IN_REVIEW, deadline_on=date(2026, 12, 8))
        make_request(session, state=S.CORRECTION, deadline_on=deadline_on)
        make_request(session)
        figures = request_figures(session, clerk(session))
    assert figures == RequestFigures(waiting=3, overdue=1, decided=3, kept=2)
    with freeze_time("2027-01-15T09:00:00Z"):
        assert request_figures(session, clerk(session)).decided == 0


def test_other_roles_and_ended_sessions_see_nothing(session: Session) -> None:
    request = make_request(session, state=S.FILED)
    gone = clerk(session)
    end_session(session, gone)
    for scope in (sign_in_employee(session, Role.ACCOUNTING, Role.ADMIN, Role.EDITOR), gone):
        for read in (request_queue, queue_size, counts_by_state, own_districts, all_districts, request_figures):
            with pytest.raises((NotPermittedError, SessionEndedError)):
                read(session, scope)
        with pytest.raises((NotPermittedError, SessionEndedError)):
            request_details(session, scope, request_id=request.id)
