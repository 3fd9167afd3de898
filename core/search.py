"""One box for everything an employee may look for: each kind asked by its own rules, a few of each, the surest first."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Permission, require_live
from core.activation.models import RequestState
from core.activation.queue import QueueFilter, request_queue
from core.correspondence.desk import find_letters
from core.errors import InvalidInputError
from core.faults.models import FaultStatus
from core.faults.queue import FaultFilter, fault_queue
from core.meters.review_queue import find_meters
from core.questions.desk import ThreadFilter, question_queue
from core.registry.finding import find_premises
from core.tenants import TenantHits, find_tenants

MOST = 8  # of a kind


class FoundKind(StrEnum):
    """What was found beside tenants."""

    PREMISES = "premises"
    METER = "meter"
    LETTER = "letter"
    REQUEST = "request"
    FAULT = "fault"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing; `id` is of its kind, `tenant_no` leads to its tenant where there is one."""

    kind: FoundKind
    id: int
    title: str
    small: str
    tenant_no: str | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Tenants, and a few of each other kind that the employee may see."""

    tenants: TenantHits
    others: tuple[Found, ...]

    def of(self, kind: FoundKind) -> tuple[Found, ...]:
        """What was found of one kind."""
        return tuple(one for one in self.others if one.kind is kind)


def search_everything(session: Session, scope: EmployeeScope, *, text: str) -> SearchResult:
    """Everything within the employee's permissions and districts that the words are found in.

    Raises InvalidInputError (field `text`) for less than two signs or too many words.
    """
    require_live(session, scope, Permission.SEE_TENANTS)
    tenants = find_tenants(session, scope, text=text)
    others: list[Found] = []
    for permission, finder in FINDERS:
        if scope.may(permission):
            try:
                others += finder(session, scope, text)[:MOST]
            except InvalidInputError:
                continue  # a word too short for this kind finds nothing of it
    return SearchResult(tenants, tuple(others))


def _premises(session: Session, scope: EmployeeScope, text: str) -> list[Found]:
    hits = find_premises(session, scope, text=text, most=MOST)
    return [
        Found(FoundKind.PREMISES, one.premises_id, one.address, f"{one.code}, {one.tenant or 'lokal wolny'}")
        for one in hits
    ]


def _meters(session: Session, scope: EmployeeScope, text: str) -> list[Found]:
    return [
        Found(FoundKind.METER, one.meter_id, one.meter_no, f"{one.place}, {one.address}")
        for one in find_meters(session, scope, text=text)
    ]


def _letters(session: Session, scope: EmployeeScope, text: str) -> list[Found]:
    return [
        Found(
            FoundKind.LETTER, one.letter_id, f"{one.title} {one.letter_no}".strip(), f"{one.tenant}, {one.dated:%d.%m.%Y}",
            one.tenant_no,
        )
        for one in find_letters(session, scope, text=text, most=MOST)
    ]  # fmt: skip


def _requests(session: Session, scope: EmployeeScope, text: str) -> list[Found]:
    wanted = QueueFilter(states=tuple(RequestState), text=text)
    return [
        Found(FoundKind.REQUEST, one.request_id, one.number, f"{one.name}, {one.address}")
        for one in request_queue(session, scope, wanted=wanted, limit=MOST)
    ]


def _faults(session: Session, scope: EmployeeScope, text: str) -> list[Found]:
    wanted = FaultFilter(statuses=tuple(FaultStatus), text=text)
    return [
        Found(FoundKind.FAULT, one.report_id, one.number, f"{one.tenant}, {one.address}", one.tenant_no)
        for one in fault_queue(session, scope, wanted=wanted)
    ]


def _questions(session: Session, scope: EmployeeScope, text: str) -> list[Found]:
    lines, _ = question_queue(session, scope, state=ThreadFilter.ALL, text=text)
    return [
        Found(FoundKind.QUESTION, one.thread_id, f"{one.number} {one.title}", one.tenant, one.tenant_no)
        for one in lines
    ]


Finder = Callable[[Session, EmployeeScope, str], list[Found]]
FINDERS: tuple[tuple[Permission, Finder], ...] = (
    (Permission.SEE_TENANTS, _premises),
    (Permission.MANAGE_READINGS, _meters),
    (Permission.SEND_LETTERS, _letters),
    (Permission.RECEIVE_REQUESTS, _requests),
    (Permission.MANAGE_FAULTS, _faults),
    (Permission.ANSWER_QUESTIONS, _questions),
)
