"""Leaks and faults among readings that count, and what may be accepted in one go."""

from decimal import Decimal

import pytest
from freezegun import freeze_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.meters.anomalies import Anomaly, anomalies
from core.meters.ladder import Answer, Flag
from core.meters.models import Medium, Meter, MeterReading, ReadingStatus, Source
from core.meters.review_queue import plain_waiting
from core.meters.reviewing import accept_plain
from core.registry.models import Building
from tests.cast import make_building, make_district, make_meter, make_premises, make_reading, sign_in_employee

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen() -> object:
    with freeze_time("2026-11-25 12:00:00"):
        yield


def house(session: Session, *, code: str = "CENTRUM") -> Building:
    return make_building(session, district=make_district(session, code=code))


def device(session: Session, building: Building, *values: str, place: str = "łazienka", **of_meter: object) -> Meter:
    """A device read on the first of each month from January on."""
    meter = make_meter(
        session,
        make_premises(session, building=building),
        place=place,
        installed_on="2025-12-01",
        **of_meter,  # type: ignore[arg-type]
    )
    for month, value in enumerate(values, start=1):
        make_reading(session, meter, f"2026-{month:02}-01", value)
    return meter


def found(session: Session, *districts: str) -> list[tuple[Anomaly, int, Decimal, Decimal]]:
    own = tuple(make_district(session, code=code) for code in districts)
    lines = anomalies(session, sign_in_employee(session, Role.CLERK, districts=own))
    return [(one.kind, one.meter_id, one.amount, one.usual) for one in lines]


MONTHS = ("3.1", "6.2", "9", "12.1", "15.1", "18.2", "21.2", "24.3")


def test_regular_use_is_no_anomaly(session: Session) -> None:
    device(session, house(session), *MONTHS)
    assert found(session) == []


def test_jump_against_own_history(session: Session) -> None:
    meter = device(session, house(session), *MONTHS, "55.3")  # 31 m³ in the last 31 days
    assert found(session) == [(Anomaly.JUMP, meter.id, Decimal("1.000"), Decimal("0.100"))]


def test_twice_nothing_is_told_once_nothing_is_not(session: Session) -> None:
    device(session, house(session), *MONTHS, "24.3")
    meter = device(session, house(session), *MONTHS, "24.3", "24.3")
    assert [one[:2] for one in found(session)] == [(Anomaly.ZERO_TWICE, meter.id)]


def test_what_is_old_was_looked_at(session: Session) -> None:
    device(session, house(session), "3", "3", "3")
    assert found(session) == []


def test_main_meter_against_the_sum(session: Session) -> None:
    building = house(session)
    for _ in range(2):
        device(session, building, *MONTHS)
        device(session, building, *MONTHS, medium=Medium.HOT)
    main = device(session, building, "7", "14", "21", "28", "35", "42", "49", "56", place="Główny")
    assert found(session) == [(Anomaly.LOST_IN_BUILDING, main.id, Decimal("7.000"), Decimal("6.200"))]
    device(session, building, *MONTHS[:7])  # without the last reading nothing can be compared
    assert found(session) == []


def test_small_difference_is_no_loss(session: Session) -> None:
    building = house(session)
    device(session, building, *MONTHS)
    device(session, building, "3", "6", "9", "12", "15", "18", "21.3", "24.6", place="główny")
    assert found(session) == []


def test_other_district_is_not_shown(session: Session) -> None:
    device(session, house(session, code="POLESIE"), *MONTHS, "55.3")
    assert found(session, "CENTRUM") == []
    assert len(found(session, "POLESIE")) == 1


def waits(session: Session, meter: Meter, day: str, value: str, flag: Flag, answer: Answer | None) -> int:
    made = make_reading(session, meter, day, value, status=ReadingStatus.TO_CLARIFY, source=Source.TENANT)
    made.flags, made.answer = flag, answer
    session.flush()
    return made.id


def test_only_what_is_explained_and_not_below_is_accepted_in_one_go(session: Session) -> None:
    building = house(session)
    clerk = sign_in_employee(session, Role.CLERK)
    guests = waits(session, device(session, building, "3"), "2026-02-01", "99", Flag.HIGH, Answer.GUESTS)
    for flag, answer in ((Flag.HIGH, Answer.FAULT), (Flag.LOWER, Answer.OTHER), (Flag.HIGH, None)):
        waits(session, device(session, building, "3"), "2026-02-01", "99", flag, answer)
    assert plain_waiting(session, clerk) == [guests]
    assert accept_plain(session, clerk, reading_ids=[guests]) == [guests]
    assert plain_waiting(session, clerk) == []


def test_what_does_not_fit_any_more_waits_on_and_the_rest_is_accepted(session: Session) -> None:
    clerk, building = sign_in_employee(session, Role.CLERK), house(session)
    meter, other = device(session, building, "3"), device(session, building, "3")
    stuck = waits(session, meter, "2026-02-01", "99", Flag.HIGH, Answer.GUESTS)
    fine = waits(session, other, "2026-02-01", "99", Flag.HIGH, Answer.GUESTS)
    make_reading(session, meter, "2026-03-01", "6")
    assert accept_plain(session, clerk, reading_ids=[stuck, fine, 987_654]) == [fine]
    statuses = dict(session.execute(select(MeterReading.id, MeterReading.status)).all())
    assert (statuses[stuck], statuses[fine]) == ("to_clarify", "accepted")
