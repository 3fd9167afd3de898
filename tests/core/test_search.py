"""One box finds every kind within permissions and districts."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.correspondence.matching import Match
from core.errors import InvalidInputError
from core.faults.models import FaultReport
from core.questions.models import QuestionThread
from core.registry.finding import find_premises
from core.search import FoundKind, search_everything
from tests.cast import make_building, make_district, make_meter, make_premises, sign_in_employee
from tests.core.announcements.cast import resident
from tests.core.correspondence.cast import clerk, paper, sent
from tests.core.faults.cast import report
from tests.core.faults.cast import resident as with_faults
from tests.core.questions.cast import ask
from tests.core.questions.cast import at_home as asking


def kinds(session: Session, text: str, *roles: Role) -> set[FoundKind]:
    scope = sign_in_employee(session, *(roles or (Role.CLERK,)))
    return {one.kind for one in search_everything(session, scope, text=text).others}


def test_number_of_anything_finds_it(session: Session) -> None:
    anna = resident(session, "Anna")
    meter = make_meter(session, anna.premises)
    sent(
        session, clerk(session), paper("A", Match(anna.tenant.id, None), title="Zmiana opłat", letter_no="RON/77/2026")
    )
    assert kinds(session, meter.meter_no) == {FoundKind.METER}
    assert kinds(session, "RON/77/2026") == {FoundKind.LETTER}
    assert kinds(session, anna.premises.code) == {FoundKind.PREMISES}
    scope = sign_in_employee(session, Role.CLERK)
    (letter,) = search_everything(session, scope, text="ron/77").of(FoundKind.LETTER)
    assert (letter.title, letter.tenant_no) == ("Zmiana opłat RON/77/2026", anna.tenant.tenant_no)
    assert [one.name for one in search_everything(session, scope, text=anna.tenant.tenant_no).tenants.hits] == ["Anna"]


def test_fault_report_is_found_by_its_number(session: Session) -> None:
    anna = with_faults(session)
    made = session.get_one(FaultReport, report(session, anna))
    assert FoundKind.FAULT in kinds(session, made.number)


def test_question_is_found_by_number_and_title(session: Session) -> None:
    anna = asking(session)
    ask(session, anna.scope)
    thread = session.scalars(select(QuestionThread)).one()
    assert FoundKind.QUESTION in kinds(session, thread.number)
    assert FoundKind.QUESTION in kinds(session, thread.title)


def test_role_finds_what_it_may_see(session: Session) -> None:
    anna = resident(session, "Anna")
    make_meter(session, anna.premises)
    sent(session, clerk(session), paper("A", Match(anna.tenant.id, None), title="Kwiatowa"))
    assert kinds(session, "Kwiatowa", Role.ACCOUNTING) == {FoundKind.PREMISES}
    assert kinds(session, "Kwiatowa", Role.CLERK) == {FoundKind.PREMISES, FoundKind.LETTER}


def test_another_district_finds_nothing(session: Session) -> None:
    anna = resident(session, "Anna")
    meter = make_meter(session, anna.premises)
    sent(session, clerk(session), paper("A", Match(anna.tenant.id, None), letter_no="RON/77"))
    other = sign_in_employee(session, Role.CLERK, districts=(make_district(session, code="POLESIE"),))
    for text in ("Kwiatowa", meter.meter_no, "RON/77", anna.tenant.tenant_no):
        found = search_everything(session, other, text=text)
        assert (found.tenants.hits, found.others) == ((), ())


def test_empty_premises_are_found_without_marks_and_fillers(session: Session) -> None:
    scope = sign_in_employee(session, Role.CLERK)
    building = make_building(session, street="Żeromskiego", building_no="12a")
    make_premises(session, building=building, premises_no="7")
    make_premises(session, building=building, premises_no="8")
    for text in ("ul. zeromskiego 12A m. 7", "12a/7 Żeromskiego", "ŻEROM 7"):
        assert [one.address.split(",")[0] for one in find_premises(session, scope, text=text)] == [
            "ul. Żeromskiego 12a m. 7"
        ]
    assert [one.tenant for one in find_premises(session, scope, text="zeromskiego")] == [None, None]
    assert find_premises(session, scope, text="%") == []


@pytest.mark.parametrize("text", ["", "a", " . ", "a b c d e f g"])
def test_question_that_is_none_is_refused(session: Session, text: str) -> None:
    with pytest.raises(InvalidInputError):
        search_everything(session, sign_in_employee(session, Role.CLERK), text=text)
