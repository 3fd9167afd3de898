"""What an employee makes of readings: nothing that counts goes backwards, and of two at once one is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import EmployeeScope, Role
from core.audit.models import AuditEvent
from core.errors import InvalidInputError, NotFoundError
from core.meters.changing import ReadingMovedError
from core.meters.episodes import consumptions, device_of
from core.meters.ladder import Flag
from core.meters.models import Meter, MeterReading, ReadingStatus, Source
from core.meters.order import OutOfOrderError
from core.meters.queries import meters_of_tenancy
from core.meters.replacing import MeterGoneError, NewMeter, replace_meter
from core.meters.reviewing import accept_reading, correct_reading, reject_reading
from tests.cast import (
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

WAITS = ReadingStatus.TO_CLARIFY


def office(session: Session) -> tuple[EmployeeScope, Meter]:
    district = make_district(session)
    meter = make_meter(session, make_premises(session, building=make_building(session, district=district)))
    return sign_in_employee(session, Role.CLERK, districts=(district,)), meter


def test_reading_that_waited_counts_once_accepted(session: Session) -> None:
    clerk, meter = office(session)
    make_reading(session, meter, "2026-10-01", "100")
    waiting = make_reading(session, meter, "2026-11-01", "500", status=WAITS)
    accept_reading(session, clerk, reading_id=waiting.id)
    assert (waiting.status, waiting.flags) == (ReadingStatus.ACCEPTED, Flag.HIGH)
    with pytest.raises(ReadingMovedError):
        accept_reading(session, clerk, reading_id=waiting.id)
    assert session.scalars(select(AuditEvent.action)).all() == ["reading_accepted"]


@pytest.mark.parametrize(("value", "later"), [("90", False), ("210", True)])
def test_what_does_not_fit_between_its_neighbours_cannot_count(session: Session, value: str, later: bool) -> None:
    clerk, meter = office(session)
    make_reading(session, meter, "2026-09-01", "100")
    make_reading(session, meter, "2026-11-01", "200")
    waiting = make_reading(session, meter, "2026-10-01", value, status=WAITS)
    with pytest.raises(OutOfOrderError, match="następny" if later else "poprzedni"):
        accept_reading(session, clerk, reading_id=waiting.id)
    assert waiting.status == WAITS


def test_earlier_mistake_is_corrected_and_the_later_reading_then_counts(session: Session) -> None:
    clerk, meter = office(session)
    make_reading(session, meter, "2026-09-01", "100")
    wrong = make_reading(session, meter, "2026-10-01", "1871")
    waiting = make_reading(session, meter, "2026-11-01", "110", status=WAITS)
    new = correct_reading(session, clerk, reading_id=wrong.id, value=Decimal("105"), reason="Przestawione cyfry")
    accept_reading(session, clerk, reading_id=waiting.id)
    assert wrong.status == ReadingStatus.CORRECTED
    assert session.get_one(MeterReading, new).supersedes_id == wrong.id
    states = device_of(session, meter).states
    assert [one.value for one in states] == [Decimal(100), Decimal(105), Decimal(110)]
    assert [one.consumption for one in consumptions(meter, states)] == [Decimal(100), Decimal(5), Decimal(5)]


def test_turn_over_zero_fits_between_its_neighbours(session: Session) -> None:
    clerk, meter = office(session)
    make_reading(session, meter, "2026-09-01", "99990")
    make_reading(session, meter, "2026-11-01", "10")
    waiting = make_reading(session, meter, "2026-10-01", "2", status=WAITS)
    accept_reading(session, clerk, reading_id=waiting.id)
    assert waiting.flags == Flag.ROLLOVER


def test_rejected_reading_tells_why_and_counts_no_more(session: Session) -> None:
    clerk, meter = office(session)
    reading = make_reading(session, meter, "2026-11-01", "500")
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(InvalidInputError):
            reject_reading(session, clerk, reading_id=reading.id, reason=reason)
    reject_reading(session, clerk, reading_id=reading.id, reason="To zużycie, a nie stan")
    assert (reading.status, reading.reason) == (ReadingStatus.REJECTED, "To zużycie, a nie stan")
    assert device_of(session, meter).states == ()


def test_state_that_a_later_one_turned_over_from_cannot_go_first(session: Session) -> None:
    clerk, meter = office(session)
    make_reading(session, meter, "2026-08-01", "50000")
    high = make_reading(session, meter, "2026-09-01", "99990")
    turned = make_reading(session, meter, "2026-10-01", "2")
    with pytest.raises(OutOfOrderError, match="następny"), session.begin_nested():
        reject_reading(session, clerk, reading_id=high.id, reason="Pomyłka")
    reject_reading(session, clerk, reading_id=turned.id, reason="Pomyłka")
    reject_reading(session, clerk, reading_id=high.id, reason="Pomyłka")


def test_office_may_still_reject_and_correct_what_was_settled(session: Session) -> None:
    clerk, meter = office(session)
    for day, step in (("2026-10-01", "reject"), ("2026-11-01", "correct")):
        reading = make_reading(session, meter, day, "50", status=ReadingStatus.SETTLED)
        if step == "reject":
            reject_reading(session, clerk, reading_id=reading.id, reason="Pomyłka")
        else:
            correct_reading(session, clerk, reading_id=reading.id, value=Decimal(51), reason="Pomyłka")
    with pytest.raises(ReadingMovedError):
        reject_reading(session, clerk, reading_id=reading.id, reason="Drugi raz")


def test_another_districts_reading_is_not_there(session: Session) -> None:
    _, meter = office(session)
    reading = make_reading(session, meter, "2026-11-01", "50", status=WAITS)
    other = sign_in_employee(session, Role.CLERK, districts=(make_district(session, code="POLESIE"),))
    with pytest.raises(NotFoundError):
        accept_reading(session, other, reading_id=reading.id)


def test_of_two_clerks_at_once_one_decides(database: str) -> None:
    with db.transaction() as session:
        clerk, meter = office(session)
        reading_id = make_reading(session, meter, "2026-11-01", "50", status=WAITS).id
    together = Barrier(2)

    def decide(action: str) -> str:
        together.wait()
        try:
            with db.transaction() as own:
                if action == "accept":
                    accept_reading(own, clerk, reading_id=reading_id)
                else:
                    reject_reading(own, clerk, reading_id=reading_id, reason="Pomyłka")
        except ReadingMovedError:
            return "late"
        return action

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(decide, ["accept", "accept"]))
    assert sorted(answers) == ["accept", "late"]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1


NEW = NewMeter("W/NOWY/1", 5, 3, Decimal("0.250"), mark="m26")


def test_replacement_keeps_both_devices_and_what_ran_through_them(session: Session) -> None:
    clerk, meter = office(session)
    make_reading(session, meter, "2026-09-01", "100")
    made = replace_meter(
        session, clerk, meter_id=meter.id, replaced_on=date(2026, 10, 5), final_value=Decimal("106.5"), new=NEW
    )
    device = session.get_one(Meter, made)
    assert (device.installed_on, device.installed_value) == (date(2026, 10, 5), Decimal("0.250"))
    assert (device.mark, device.verified_until) == ("M26", date(2031, 12, 1))
    assert (meter.removed_on, meter.removed_value) == (date(2026, 10, 5), Decimal("106.500"))
    last = session.scalars(select(MeterReading).where(MeterReading.source == Source.REPLACEMENT)).one()
    assert (last.value, last.read_on) == (Decimal("106.500"), date(2026, 10, 5))
    assert consumptions(meter, device_of(session, meter).states)[-1].consumption == Decimal("6.5")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"final_value": Decimal(99)}, "value"),
        ({"final_value": Decimal(100_000)}, "value"),
        ({"replaced_on": date(2026, 8, 1)}, "read_on"),
        ({"new": NewMeter("", 5, 3, Decimal(0))}, "meter_no"),
        ({"new": NewMeter("W/STARY", 5, 3, Decimal(0))}, "meter_no"),
        ({"new": NewMeter("W/2", 2, 0, Decimal("100"))}, "initial_value"),
        ({"new": NewMeter("W/2", 5, 3, Decimal(0), mark="2026")}, "mark"),
    ],
)
def test_replacement_that_cannot_be_changes_nothing(session: Session, changed: dict[str, object], field: str) -> None:
    clerk, meter = office(session)
    meter.meter_no = "W/STARY"
    make_reading(session, meter, "2026-09-01", "100")
    asked = {"replaced_on": date(2026, 10, 5), "final_value": Decimal(106), "new": NEW} | changed
    with pytest.raises(InvalidInputError) as refused:
        replace_meter(session, clerk, meter_id=meter.id, **asked)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert session.scalar(select(func.count()).select_from(Meter)) == 1


def test_device_is_replaced_once_and_not_under_a_later_reading(session: Session) -> None:
    clerk, meter = office(session)
    make_reading(session, meter, "2026-11-01", "200", status=WAITS)
    asked = {"replaced_on": date(2026, 10, 5), "final_value": Decimal(106), "new": NEW}
    with pytest.raises(InvalidInputError, match=r"01\.11\.2026"):
        replace_meter(session, clerk, meter_id=meter.id, **asked)  # type: ignore[arg-type]
    session.execute(MeterReading.__table__.delete())  # type: ignore[attr-defined]
    replace_meter(session, clerk, meter_id=meter.id, **asked)  # type: ignore[arg-type]
    with pytest.raises(MeterGoneError):
        replace_meter(session, clerk, meter_id=meter.id, **asked)  # type: ignore[arg-type]


def test_tenant_sees_own_time_only_over_all_devices(session: Session) -> None:
    premises = make_premises(session)
    anna = make_tenant(session)
    tenancy = make_tenancy(session, anna, premises=premises, valid_from=date(2026, 8, 1))
    meter = make_meter(session, premises, verified_until="2026-12-01")
    make_reading(session, meter, "2026-07-01", "90", status=ReadingStatus.SETTLED)  # of who lived there before
    make_reading(session, meter, "2026-09-01", "100")
    make_reading(session, meter, "2026-09-20", "1", status=ReadingStatus.REJECTED)
    clerk = sign_in_employee(session, Role.HEAD)
    replace_meter(session, clerk, meter_id=meter.id, replaced_on=date(2026, 10, 5), final_value=Decimal(106), new=NEW)
    (view,) = meters_of_tenancy(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id)
    assert view.meter is not None
    assert (view.meter.meter_no, view.meter.last.value) == ("W/NOWY/1", Decimal("0.250"))
    told = [(f"{one.read_on:%d.%m}", one.consumption, one.days) for one in view.history]
    assert told == [("05.10", Decimal("6.000"), 34), ("20.09", None, None), ("01.09", Decimal("10.000"), 62)]
    with pytest.raises(NotFoundError):
        meters_of_tenancy(session, sign_in_tenant(session, make_tenant(session)), tenancy_id=tenancy.id)
