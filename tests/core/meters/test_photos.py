"""Photos beside readings: who sees them, and that a second sending of the same reading can bring one."""

from datetime import date
from decimal import Decimal

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import Role, TenantScope
from core.documents.pictures import CleanPicture
from core.errors import NotFoundError
from core.meters.ladder import Answer
from core.meters.models import Meter, ReadingPhoto
from core.meters.photos import attach_photo, photo_of_own_reading, photo_of_served_reading
from core.meters.review_queue import waiting_readings
from core.meters.submitting import submit_reading
from tests.cast import (
    make_account,
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

PHOTO = CleanPicture(b"jpeg", 4, 3, "a" * 64)
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen() -> object:
    with freeze_time("2026-11-25 12:00:00"):
        yield


def home(session: Session) -> tuple[TenantScope, Meter]:
    anna = make_tenant(session)
    premises = make_premises(session, building=make_building(session, district=make_district(session)))
    make_tenancy(session, anna, premises=premises, valid_from=date(2025, 1, 1))
    scope = sign_in_tenant(session, anna, account_id=make_account(session, anna).id)
    return scope, make_meter(session, premises)


def test_photo_comes_with_its_reading_and_the_office_sees_it(session: Session) -> None:
    scope, meter = home(session)
    day = date(2026, 11, 25)
    made = submit_reading(session, scope, meter_id=meter.id, value=Decimal(5), read_on=day, photo=PHOTO)
    assert photo_of_own_reading(session, scope, reading_id=made.reading_id).read_bytes() == b"jpeg"
    clerk = sign_in_employee(session, Role.CLERK)
    assert photo_of_served_reading(session, clerk, reading_id=made.reading_id).read_bytes() == b"jpeg"
    assert session.scalars(select(ReadingPhoto.original_sha256)).one() == "a" * 64


def test_same_reading_again_brings_the_photo_that_was_forgotten_and_keeps_the_first(session: Session) -> None:
    scope, meter = home(session)
    for photo in (None, PHOTO, CleanPicture(b"other", 4, 3, "b" * 64)):
        made = submit_reading(
            session, scope, meter_id=meter.id, value=Decimal(5), read_on=date(2026, 11, 25), photo=photo
        )
    assert session.scalar(select(func.count()).select_from(ReadingPhoto)) == 1
    assert photo_of_own_reading(session, scope, reading_id=made.reading_id).read_bytes() == b"jpeg"


def test_photo_is_nobody_elses(session: Session) -> None:
    scope, meter = home(session)
    stranger, _ = home(session)
    made = submit_reading(session, scope, meter_id=meter.id, value=Decimal(5), read_on=date(2026, 11, 25), photo=PHOTO)
    with pytest.raises(NotFoundError):
        photo_of_own_reading(session, stranger, reading_id=made.reading_id)
    other = sign_in_employee(session, Role.CLERK, districts=(make_district(session, code="POLESIE"),))
    with pytest.raises(NotFoundError):
        photo_of_served_reading(session, other, reading_id=made.reading_id)


def test_photo_of_a_former_tenants_time_is_not_the_next_ones(session: Session) -> None:
    scope, meter = home(session)
    old = make_reading(session, meter, "2024-06-01", "1")
    attach_photo(session, old.id, PHOTO)
    with pytest.raises(NotFoundError):
        photo_of_own_reading(session, scope, reading_id=old.id)


def test_queue_says_whether_there_is_one(session: Session) -> None:
    scope, meter = home(session)
    make_reading(session, meter, "2026-11-01", "100")
    for value, photo in (("5000", PHOTO), ("4000", None)):
        submit_reading(
            session, scope, meter_id=meter.id, value=Decimal(value), read_on=date(2026, 11, 25 if photo else 24),
            answer=Answer.OTHER, photo=photo,
        )  # fmt: skip
    found = waiting_readings(session, sign_in_employee(session, Role.CLERK))
    assert [(one.value, one.has_photo) for one in found] == [(Decimal(5000), True), (Decimal(4000), False)]
