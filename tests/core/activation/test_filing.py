"""The paper is filed once, by its own district, with a document shown; the administrator's day starts no clock."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.activation.codes import code_of
from core.activation.filing import (
    AlreadyFiledError,
    OtherDistrictError,
    application_paper,
    file_request,
    find_by_code,
    receive_at_administrator,
)
from core.activation.models import ActivationRequest, RequestState
from core.activation.steps import RequestMovedError
from core.audit.models import AuditEvent
from core.clock import local
from core.errors import InvalidInputError, NotFoundError, NotPermittedError, SessionEndedError
from core.registry.models import BuildingService
from tests.cast import end_session, make_building, make_district, sign_in_employee
from tests.core.activation.requests import clerk, letters, make_request, state_of, steps_of

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def file_paper(
    session: Session,
    scope: EmployeeScope,
    request: ActivationRequest,
    *,
    on: date | None = None,
    shown: bool = True,
    district_id: int | None = None,
) -> date:
    """Filed on the day of the form unless another is given."""
    return file_request(
        session,
        scope,
        request_id=request.id,
        document_shown=shown,
        received_on=on or local(request.submitted_at).date(),
        district_id=district_id,
    )


def administrator_of(session: Session, street: str, building_no: str) -> EmployeeScope:
    building = make_building(session, street=street, building_no=building_no)
    served = select(BuildingService.administrator_id).where(BuildingService.building_id == building.id)
    scope = sign_in_employee(session, Role.ADMINISTRATOR)
    return replace(scope, administrator_id=session.scalars(served).one())


@freeze_time(MONDAY)
def test_filing_starts_the_clock_and_tells_the_applicant(session: Session) -> None:
    centrum = make_district(session)
    ewa, request = clerk(session, centrum), make_request(session, district=centrum)

    ends = file_paper(session, ewa, request, on=date(2026, 11, 23))

    session.refresh(request)
    assert ends == date(2026, 12, 7)
    assert (request.state, request.filed_on, request.deadline_on) == ("filed", date(2026, 11, 23), ends)
    assert (request.filed_by, request.document_shown) == (ewa.employee_id, True)
    assert steps_of(session, request)[-1] == "filed"
    (letter,) = letters(session, "filed")
    assert letter.recipient == "anna@example.com"
    assert "07.12.2026" in (letter.parameters or "")
    assert session.scalars(select(AuditEvent.action)).all() == ["request_filed"]


def test_request_is_filed_once(session: Session) -> None:
    ewa, request = clerk(session), make_request(session)
    file_paper(session, ewa, request)

    with pytest.raises(AlreadyFiledError):
        file_paper(session, ewa, request)
    assert len(letters(session)) == 1


@pytest.mark.parametrize("state", [RequestState.EXPIRED, RequestState.WITHDRAWN, RequestState.SUPERSEDED])
def test_request_that_is_over_is_not_filed(session: Session, state: RequestState) -> None:
    ewa, request = clerk(session), make_request(session, state=state)
    request.filed_on = None
    session.flush()
    with pytest.raises(RequestMovedError):
        file_paper(session, ewa, request)


def test_paper_without_an_identity_document_is_not_filed(session: Session) -> None:
    ewa, request = clerk(session), make_request(session)
    with pytest.raises(InvalidInputError) as refusal:
        file_paper(session, ewa, request, shown=False)
    assert refusal.value.field == "document_shown"
    assert state_of(session, request) == "submitted"


@freeze_time(MONDAY)
@pytest.mark.parametrize(("day", "taken"), [("20", False), ("21", True), ("23", True), ("24", False)])
def test_day_of_filing_is_neither_before_the_form_nor_in_the_future(session: Session, day: str, taken: bool) -> None:
    # 23:30 UTC on the 20th is the 21st in Poland.
    sent = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    ewa, request = clerk(session), make_request(session, submitted_at=sent)
    on = date.fromisoformat(f"2026-11-{day}")
    if taken:
        file_paper(session, ewa, request, on=on)
        return
    with pytest.raises(InvalidInputError) as refusal:
        file_paper(session, ewa, request, on=on)
    assert refusal.value.field == "received_on"


def test_other_district_is_named_to_who_tries_to_file_its_request(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    request = make_request(session, district=there)
    for act in (
        lambda: find_by_code(session, clerk(session, here), code=request.number),
        lambda: file_paper(session, clerk(session, here), request),
    ):
        with pytest.raises(OtherDistrictError) as refusal:
            act()
        assert there.name in refusal.value.message
        assert request.name not in refusal.value.message
    assert state_of(session, request) == "submitted"


def test_request_of_no_district_gets_the_one_of_who_files_it(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    requests = [make_request(session, in_district=False) for _ in range(3)]

    file_paper(session, clerk(session, here), requests[0])
    for choosing in (clerk(session), clerk(session, here, there)):
        with pytest.raises(InvalidInputError) as refusal:
            file_paper(session, choosing, requests[1])
        assert refusal.value.field == "district"
    file_paper(session, clerk(session, here, there), requests[1], district_id=there.id)
    with pytest.raises(InvalidInputError):
        file_paper(session, clerk(session, here), requests[2], district_id=there.id)

    for request in requests:
        session.refresh(request)
    assert [request.district_id for request in requests] == [here.id, there.id, None]


def test_code_number_and_scan_lead_to_the_request(session: Session) -> None:
    ewa, request = clerk(session), make_request(session)
    code = code_of(request.number)
    for typed in (code, code.lower(), f" {code[:3]} {code[3:7]} {code[7:]} ", request.number, request.number.lower()):
        assert find_by_code(session, ewa, code=typed) == request.id


def test_wrong_code_and_unknown_number_are_refused(session: Session) -> None:
    ewa, request = clerk(session), make_request(session)
    code = code_of(request.number)
    for wrong in ("", "faktura", code[:-1], code[:-2] + ("1" if code[-2] != "1" else "2") + code[-1]):
        with pytest.raises(InvalidInputError) as refusal:
            find_by_code(session, ewa, code=wrong)
        assert refusal.value.field == "code"
    with pytest.raises(NotFoundError):
        find_by_code(session, ewa, code="IOK/2019/999999")


@freeze_time(MONDAY)
def test_day_at_the_administrator_is_kept_beside_and_starts_no_clock(session: Session) -> None:
    administrator = administrator_of(session, "ul. Łąkowa", "19 A")
    request = make_request(session, street="Lakowa", building_no="19a", submitted_at=MONDAY)

    receive_at_administrator(session, administrator, request_id=request.id, received_on=date(2026, 11, 23))

    session.refresh(request)
    assert request.administrator_received_on == date(2026, 11, 23)
    assert (request.state, request.filed_on, request.deadline_on) == ("submitted", None, None)
    assert session.scalars(select(AuditEvent.action)).all() == ["request_left_with_administrator"]
    with pytest.raises(RequestMovedError):
        receive_at_administrator(session, administrator, request_id=request.id, received_on=date(2026, 11, 23))


def test_administrator_reaches_open_requests_of_own_buildings_only(session: Session) -> None:
    administrator = administrator_of(session, "Kwiatowa", "12")
    stranger = administrator_of(session, "Polna", "1")
    without = sign_in_employee(session, Role.ADMINISTRATOR)
    request = make_request(session, street="Kwiatowa", building_no="12")
    over = make_request(session, street="Kwiatowa", building_no="12", state=RequestState.REJECTED)
    day = local(request.submitted_at).date()

    for scope, which in ((stranger, request), (without, request), (administrator, over)):
        with pytest.raises(NotFoundError):
            receive_at_administrator(session, scope, request_id=which.id, received_on=day)
        with pytest.raises(NotFoundError):
            find_by_code(session, scope, code=which.number)
    receive_at_administrator(session, administrator, request_id=request.id, received_on=day)


def test_application_is_printed_within_reach_only(session: Session) -> None:
    request = make_request(session, district=make_district(session))
    administrator, stranger = (
        administrator_of(session, "Kwiatowa", "12"),
        clerk(session, make_district(session, code="X")),
    )
    for scope in (clerk(session), administrator):
        assert application_paper(session, scope, request_id=request.id).startswith(b"%PDF")
    with pytest.raises(NotFoundError):
        application_paper(session, stranger, request_id=request.id)
    with pytest.raises(NotPermittedError):
        application_paper(session, sign_in_employee(session, Role.ACCOUNTING), request_id=request.id)


def test_administrator_files_nothing(session: Session) -> None:
    administrator, request = administrator_of(session, "Kwiatowa", "12"), make_request(session)
    with pytest.raises(NotPermittedError):
        file_paper(session, administrator, request)


def test_other_roles_and_ended_sessions_reach_nothing(session: Session) -> None:
    request = make_request(session)
    accountant, gone = sign_in_employee(session, Role.ACCOUNTING, Role.ADMIN), clerk(session)
    end_session(session, gone)
    for scope, refused in ((accountant, NotPermittedError), (gone, SessionEndedError)):
        with pytest.raises(refused):
            find_by_code(session, scope, code=request.number)
        with pytest.raises(refused):
            file_paper(session, scope, request)
        with pytest.raises(refused):
            receive_at_administrator(
                session, scope, request_id=request.id, received_on=local(request.submitted_at).date()
            )
    assert session.scalar(select(func.count()).where(ActivationRequest.state != "submitted")) == 0
