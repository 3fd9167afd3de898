"""Readings that come in: whose they may be, what becomes of them, and how they are taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from freezegun import freeze_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import Role, TenantScope
from core.audit.models import AuditEvent
from core.errors import InvalidInputError, NotFoundError, SessionEndedError
from core.meters.changing import ReadingMovedError
from core.meters.ladder import Answer, Doubt, Flag, ReadingRefusedError, Refusal
from core.meters.models import Meter, MeterReading, ReadingStatus
from core.meters.submitting import (
    OddReadingError,
    RemoteMeterError,
    correct_own_reading,
    enter_reading,
    submit_reading,
    withdraw_reading,
)
from core.registry.models import Premises, Tenant
from tests.cast import (
    end_session,
    make_building,
    make_district,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    make_tenant,
    sign_in_employee,
    sign_in_tenant,
)

TODAY = date(2026, 11, 25)
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen() -> object:
    with freeze_time("2026-11-25 12:00:00"):
        yield


def home(session: Session, **of_meter: object) -> tuple[TenantScope, Meter]:
    anna = make_tenant(session)
    premises = make_premises(session)
    make_tenancy(session, anna, premises=premises, valid_from=date(2025, 1, 1))
    meter = make_meter(session, premises, **of_meter)  # type: ignore[arg-type]
    return sign_in_tenant(session, anna), meter


def readings(session: Session) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(MeterReading).order_by(MeterReading.id)).all()
    return [(f"{one.value}", one.status, one.flags) for one in rows]


def test_plain_reading_is_accepted(session: Session) -> None:
    scope, meter = home(session)
    receipt = submit_reading(session, scope, meter_id=meter.id, value=Decimal("12.345"), read_on=TODAY, comment=" ok ")
    assert (receipt.status, receipt.repeated) == (ReadingStatus.ACCEPTED, False)
    stored = session.get_one(MeterReading, receipt.reading_id)
    assert (stored.value, stored.account_id, stored.comment) == (Decimal("12.345"), scope.account_id, "ok")


def test_same_reading_twice_is_one(session: Session) -> None:
    scope, meter = home(session)
    first = submit_reading(session, scope, meter_id=meter.id, value=Decimal(12), read_on=TODAY)
    again = submit_reading(session, scope, meter_id=meter.id, value=Decimal(12), read_on=TODAY)
    assert (again.reading_id, again.repeated) == (first.reading_id, True)
    assert len(readings(session)) == 1


def test_second_reading_of_a_day_is_refused_also_while_the_first_waits(session: Session) -> None:
    scope, meter = home(session)
    make_reading(session, meter, "2026-11-25", "500", status=ReadingStatus.TO_CLARIFY)
    with pytest.raises(ReadingRefusedError) as refused:
        submit_reading(session, scope, meter_id=meter.id, value=Decimal(12), read_on=TODAY)
    assert refused.value.refusal is Refusal.SECOND_THAT_DAY


def test_odd_reading_is_kept_only_with_an_answer_and_waits_for_the_office(session: Session) -> None:
    scope, meter = home(session)
    make_reading(session, meter, "2026-11-01", "1871")
    with pytest.raises(OddReadingError) as asked:
        submit_reading(session, scope, meter_id=meter.id, value=Decimal(1866), read_on=TODAY)
    assert asked.value.verdict.doubt is Doubt.LOWER
    assert len(readings(session)) == 1
    receipt = submit_reading(
        session, scope, meter_id=meter.id, value=Decimal(1866), read_on=TODAY, answer=Answer.EARLIER_WRONG
    )
    assert receipt.status is ReadingStatus.TO_CLARIFY
    assert readings(session)[1] == ("1866.000", "to_clarify", "lower")


def test_next_reading_is_measured_against_what_counts(session: Session) -> None:
    scope, meter = home(session)
    make_reading(session, meter, "2026-11-01", "100")
    make_reading(session, meter, "2026-11-20", "9000", status=ReadingStatus.TO_CLARIFY)
    make_reading(session, meter, "2026-11-21", "8000", status=ReadingStatus.REJECTED)
    receipt = submit_reading(session, scope, meter_id=meter.id, value=Decimal(105), read_on=TODAY)
    assert receipt.status is ReadingStatus.ACCEPTED
    assert receipt.verdict is not None
    assert receipt.verdict.consumption == 5


def test_ended_verification_is_flagged(session: Session) -> None:
    scope, meter = home(session, verified_until="2026-11-24")
    submit_reading(session, scope, meter_id=meter.id, value=Decimal(5), read_on=TODAY)
    assert readings(session) == [("5.000", "accepted", Flag.EXPIRED)]


def test_remote_meter_takes_none_from_the_tenant(session: Session) -> None:
    scope, meter = home(session, remote=True)
    with pytest.raises(RemoteMeterError):
        submit_reading(session, scope, meter_id=meter.id, value=Decimal(5), read_on=TODAY)


def test_day_before_the_tenancy_and_a_long_comment_are_refused(session: Session) -> None:
    scope, meter = home(session)
    for named in ({"read_on": date(2024, 12, 31)}, {"read_on": TODAY, "comment": "x" * 301}):
        with pytest.raises(InvalidInputError):
            submit_reading(session, scope, meter_id=meter.id, value=Decimal(5), **named)


def test_meter_of_a_neighbour_or_of_a_former_home_is_not_there(session: Session) -> None:
    scope, _ = home(session)
    _, next_door = home(session)
    former = make_premises(session, premises_no="9")
    moved_out = date(2026, 10, 31)
    make_tenancy(session, make_tenant(session), premises=former)
    anna = session.get_one(Tenant, scope.tenant_id)
    make_tenancy(session, anna, premises=former, valid_to=moved_out)
    for meter in (next_door, make_meter(session, former)):
        with pytest.raises(NotFoundError):
            submit_reading(session, scope, meter_id=meter.id, value=Decimal(5), read_on=TODAY)


def test_ended_session_hands_in_nothing(session: Session) -> None:
    scope, meter = home(session)
    end_session(session, scope)
    with pytest.raises(SessionEndedError):
        submit_reading(session, scope, meter_id=meter.id, value=Decimal(5), read_on=TODAY)


def test_clerk_decides_with_the_answer_unless_it_goes_backwards(session: Session) -> None:
    _, meter = home(session)
    make_reading(session, meter, "2026-11-01", "100")
    clerk = sign_in_employee(session, Role.CLERK, districts=(make_district(session),))
    high = enter_reading(session, clerk, meter_id=meter.id, value=Decimal(500), read_on=TODAY, answer=Answer.FAULT)
    assert high.status is ReadingStatus.ACCEPTED
    other = make_meter(session, session.scalars(select(Premises)).one(), place="kuchnia")
    make_reading(session, other, "2026-11-01", "100")
    low = enter_reading(session, clerk, meter_id=other.id, value=Decimal(90), read_on=TODAY, answer=Answer.REPLACED)
    assert low.status is ReadingStatus.TO_CLARIFY


def test_clerk_of_another_district_reaches_no_meter(session: Session) -> None:
    other = make_district(session, code="POLESIE")
    meter = make_meter(session, make_premises(session, building=make_building(session, district=other)))
    clerk = sign_in_employee(session, Role.CLERK, districts=(make_district(session),))
    with pytest.raises(NotFoundError):
        enter_reading(session, clerk, meter_id=meter.id, value=Decimal(5), read_on=TODAY)


def test_withdrawn_reading_stays_in_the_history_and_counts_no_more(session: Session) -> None:
    scope, meter = home(session)
    receipt = submit_reading(session, scope, meter_id=meter.id, value=Decimal(12), read_on=TODAY)
    withdraw_reading(session, scope, reading_id=receipt.reading_id)
    assert readings(session) == [("12.000", "withdrawn", "")]
    assert "reading_withdrawn" in session.scalars(select(AuditEvent.action)).all()
    with pytest.raises(ReadingMovedError):
        withdraw_reading(session, scope, reading_id=receipt.reading_id)
    submit_reading(session, scope, meter_id=meter.id, value=Decimal(11), read_on=TODAY)


def test_corrected_reading_leads_to_the_one_in_its_place(session: Session) -> None:
    scope, meter = home(session)
    first = submit_reading(session, scope, meter_id=meter.id, value=Decimal(21), read_on=TODAY)
    second = correct_own_reading(session, scope, reading_id=first.reading_id, value=Decimal(12))
    assert readings(session) == [("21.000", "corrected", ""), ("12.000", "accepted", "")]
    assert session.get_one(MeterReading, second.reading_id).supersedes_id == first.reading_id
    with pytest.raises(ReadingMovedError):
        correct_own_reading(session, scope, reading_id=first.reading_id, value=Decimal(13))


def test_settled_reading_and_one_of_the_office_cannot_be_changed_by_the_tenant(session: Session) -> None:
    scope, meter = home(session)
    receipt = submit_reading(session, scope, meter_id=meter.id, value=Decimal(12), read_on=TODAY)
    session.get_one(MeterReading, receipt.reading_id).status = ReadingStatus.SETTLED
    session.flush()
    with pytest.raises(ReadingMovedError):
        withdraw_reading(session, scope, reading_id=receipt.reading_id)
    of_office = make_reading(session, meter, "2026-11-01", "10")
    with pytest.raises(NotFoundError):
        withdraw_reading(session, scope, reading_id=of_office.id)


@pytest.mark.parametrize("value", ["12", "13"])
def test_two_at_once_make_one_reading_of_the_day(database: str, value: str) -> None:
    with db.transaction() as session:
        scope, meter = home(session)
        meter_id = meter.id
    together = Barrier(2)

    def hand_in(number: str) -> str:
        together.wait()
        try:
            with db.transaction() as own:
                found = submit_reading(own, scope, meter_id=meter_id, value=Decimal(number), read_on=TODAY)
        except ReadingRefusedError as refused:
            return refused.refusal
        return "repeated" if found.repeated else "taken"

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(hand_in, ["12", value]))
    assert answers == (["repeated", "taken"] if value == "12" else ["second_that_day", "taken"])
