"""The paper arrives: filed in RON, which starts the clock, or left with the property administrator, which does not."""

from datetime import date

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.activation.codes import NUMBER, number_of_code
from core.activation.deadline import deadline_for
from core.activation.models import ActivationRequest, RequestState
from core.activation.printing import request_document
from core.activation.reach import in_own_districts, own_request, within_reach
from core.activation.steps import RequestMovedError, move
from core.audit.events import record_by
from core.clock import local, today
from core.db import changed_rows
from core.errors import DomainError, InvalidInputError, NotFoundError
from core.outbox.sending import enqueue
from core.registry.models import ServiceDistrict


class OtherDistrictError(DomainError):
    """The request belongs to another service district, which alone may hand it over."""

    def __init__(self, district: ServiceDistrict) -> None:
        phone = f" (tel. {district.phone})" if district.phone else ""
        super().__init__(
            f"Ten wniosek prowadzi {district.name}{phone}. Jeśli lokal należy do Twojego rejonu, "
            "poproś tamten rejon o przekazanie wniosku."
        )


class AlreadyFiledError(DomainError):
    """The paper was taken in before."""

    def __init__(self, filed_on: date) -> None:
        super().__init__(f"Ten wniosek przyjęto już {filed_on:%d.%m.%Y}. Nie trzeba przyjmować go drugi raz.")


def find_by_code(session: Session, scope: EmployeeScope, *, code: str) -> int:
    """The id of the request behind a code that was scanned or typed, or behind a whole number (`IOK/2026/000123`).

    Raises InvalidInputError (field `code`) for what is no code, OtherDistrictError and NotFoundError.
    """
    require_live(session, scope, Permission.RECEIVE_REQUESTS)
    written = code.strip().upper()
    number = written if NUMBER.fullmatch(written) else number_of_code(code)
    found = session.scalar(
        select(ActivationRequest.id).where(ActivationRequest.number == number, within_reach(session, scope))
    )
    if found is None:
        if scope.may(Permission.REVIEW_REQUESTS):
            _refuse_other_district(session, scope, ActivationRequest.number == number)
        raise NotFoundError(f"Nie ma wniosku o numerze {number}. Sprawdź, czy cały kod się zgadza.")
    return found


def file_request(
    session: Session,
    scope: EmployeeScope,
    *,
    request_id: int,
    document_shown: bool,
    received_on: date,
    district_id: int | None = None,
) -> date:
    """Take in the signed application and start the clock; returns the day by which it has to be decided.

    `received_on` is the day it was handed in at the office. A request of no district gets the one of the employee, or
    `district_id` where that leaves a choice. Raises OtherDistrictError, AlreadyFiledError, RequestMovedError,
    NotFoundError, and InvalidInputError (fields `document_shown`, `received_on`, `district`).
    """
    require_live(session, scope, Permission.REVIEW_REQUESTS)
    _refuse_other_district(session, scope, ActivationRequest.id == request_id)
    request = own_request(session, scope, request_id, lock=True)
    if request.state != RequestState.SUBMITTED:
        raise AlreadyFiledError(request.filed_on) if request.filed_on else RequestMovedError()
    if not document_shown:
        raise InvalidInputError(
            "Zaznacz, że okazano dokument tożsamości. Bez niego nie przyjmiesz wniosku.", field="document_shown"
        )
    _check_day(request, received_on)
    deadline_on = deadline_for(received_on)
    move(
        session,
        request_id=request_id,
        to=RequestState.FILED,
        by=scope,
        filed_on=received_on,
        filed_by=scope.employee_id,
        document_shown=True,
        deadline_on=deadline_on,
        district_id=request.district_id or _district(session, scope, district_id),
    )
    enqueue(
        session,
        key=f"request-{request_id}-filed",
        template="filed",
        recipient=request.email,
        parameters={"number": request.number, "name": request.name, "deadline": f"{deadline_on:%d.%m.%Y}"},
    )
    return deadline_on


def receive_at_administrator(session: Session, scope: EmployeeScope, *, request_id: int, received_on: date) -> None:
    """Note the day the paper was left with the property administrator, who passes it on to RON; starts no clock.

    Raises NotFoundError, InvalidInputError (field `received_on`), and RequestMovedError when the day is known already or
    the paper is in RON.
    """
    require_live(session, scope, Permission.RECEIVE_REQUESTS)
    request = own_request(session, scope, request_id, lock=True)
    _check_day(request, received_on)
    noted = changed_rows(
        session,
        update(ActivationRequest)
        .where(
            ActivationRequest.id == request_id,
            ActivationRequest.state == RequestState.SUBMITTED,
            ActivationRequest.administrator_received_on.is_(None),
        )
        .values(administrator_received_on=received_on),
    )
    if noted != 1:
        raise RequestMovedError
    record_by(session, scope, "request_left_with_administrator", object_kind="activation_request", object_id=request_id)


def application_paper(session: Session, scope: EmployeeScope, *, request_id: int) -> bytes:
    """The application as PDF, to print for who has no printer. Raises NotFoundError."""
    require_live(session, scope, Permission.RECEIVE_REQUESTS)
    return request_document(session, own_request(session, scope, request_id))


def _check_day(request: ActivationRequest, received_on: date) -> None:
    submitted_on = local(request.submitted_at).date()
    if received_on > today():
        raise InvalidInputError("Ten dzień jeszcze nie nadszedł. Podaj dzień odbioru wniosku.", field="received_on")
    if received_on < submitted_on:
        raise InvalidInputError(
            f"Formularz wysłano dopiero {submitted_on:%d.%m.%Y}. Podaj ten dzień albo późniejszy.", field="received_on"
        )


def _district(session: Session, scope: EmployeeScope, chosen: int | None) -> int:
    if chosen is None and len(scope.district_ids) == 1:
        return next(iter(scope.district_ids))
    if chosen is None or (scope.district_ids and chosen not in scope.district_ids):
        raise InvalidInputError("Wybierz rejon, który poprowadzi ten wniosek.", field="district")
    if session.get(ServiceDistrict, chosen) is None:
        raise NotFoundError("Nie ma takiego rejonu.")
    return chosen


def _refuse_other_district(session: Session, scope: EmployeeScope, which: ColumnElement[bool]) -> None:
    of_others = (
        select(ServiceDistrict)
        .join(ActivationRequest, ActivationRequest.district_id == ServiceDistrict.id)
        .where(which, ~in_own_districts(scope))
    )
    if (other := session.scalar(of_others)) is not None:
        raise OtherDistrictError(other)
