"""Reading windows: where they hold, how they repeat, how far they have come, and what tenants are told."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role, TenantScope
from core.clock import now
from core.errors import InvalidInputError, NotFoundError, NotPermittedError
from core.meters.ladder import Flag
from core.meters.missing_list import missing_list
from core.meters.models import Meter, MeterReading, ReadingStatus, Source
from core.meters.own_windows import own_window
from core.meters.reviewing import correct_reading, reject_reading
from core.meters.submitting import correct_own_reading, submit_reading, withdraw_reading
from core.meters.telling import tell_of_verifications, tell_of_windows
from core.meters.window_models import ReadingWindow
from core.meters.window_places import window_places
from core.meters.window_planning import WindowPlan, cancel_window, extend_series, months_later, plan_window
from core.meters.window_progress import WindowState, missing_meters, reading_windows, window_progress
from core.meters.windows import WindowOverError, windows_of_meter
from core.notice_mail import hand_over
from core.notices.inbox import dismiss, inbox
from core.notices.models import NoticeKind
from core.outbox.models import OutgoingMail
from core.registry.models import BuildingService, Premises, ServiceDistrict, Tenancy, Tenant
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
from tests.core.documents.readers import text_of

TODAY = date(2026, 11, 25)
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen() -> object:
    with freeze_time("2026-11-25 12:00:00"):
        yield


@dataclasses.dataclass
class Home:
    tenant: Tenant
    scope: TenantScope
    premises: Premises
    meter: Meter
    district: ServiceDistrict


def home(session: Session, *, code: str = "CENTRUM", name: str = "Anna") -> Home:
    anna, district = make_tenant(session, name), make_district(session, code=code)
    premises = make_premises(session, building=make_building(session, district=district))
    make_tenancy(session, anna, premises=premises, valid_from=date(2025, 1, 1))
    meter = make_meter(session, premises)
    return Home(anna, sign_in_tenant(session, anna), premises, meter, district)


def plan(opens: int = 0, closes: int = 9, **more: object) -> WindowPlan:
    return WindowPlan(TODAY + timedelta(days=opens), TODAY + timedelta(days=closes), **more)  # type: ignore[arg-type]


def clerk(session: Session, *districts: ServiceDistrict) -> EmployeeScope:
    return sign_in_employee(session, Role.CLERK, districts=districts)


def window(session: Session, opens: int, closes: int, **more: object) -> ReadingWindow:
    made = ReadingWindow(
        opens_on=TODAY + timedelta(days=opens),
        closes_on=TODAY + timedelta(days=closes),
        **{"grace_days": 0, "created_at": now(), **more},
    )
    session.add(made)
    session.flush()
    return made


def flags(session: Session) -> list[str]:
    return list(session.scalars(select(MeterReading.flags).order_by(MeterReading.id)))


def test_where_there_are_no_windows_every_reading_is_a_plain_one(session: Session) -> None:
    anna = home(session)
    submit_reading(session, anna.scope, meter_id=anna.meter.id, value=Decimal(5), read_on=TODAY)
    assert flags(session) == [""]


def test_outside_of_its_windows_a_reading_is_for_information(session: Session) -> None:
    anna, other = home(session), home(session, code="POLESIE", name="Jan")
    window(session, -30, -20, district_id=anna.district.id)
    submit_reading(session, anna.scope, meter_id=anna.meter.id, value=Decimal(5), read_on=TODAY)
    submit_reading(session, other.scope, meter_id=other.meter.id, value=Decimal(5), read_on=TODAY)
    assert flags(session) == ["for_information", ""]


@pytest.mark.parametrize(
    ("read", "grace", "inside"),
    [(-5, 0, False), (-5, 4, False), (-5, 5, True), (-11, 5, False), (-10, 5, True), (-4, 30, False)],
)
def test_grace_lets_a_state_of_the_window_come_later(session: Session, read: int, grace: int, inside: bool) -> None:
    anna = home(session)
    window(session, -10, -5, grace_days=grace)
    submit_reading(session, anna.scope, meter_id=anna.meter.id, value=Decimal(5), read_on=TODAY + timedelta(days=read))
    assert (flags(session) == [""]) is inside


def test_cancelled_window_holds_for_nobody(session: Session) -> None:
    anna = home(session)
    window(session, -1, 1, cancelled_at=now())
    assert windows_of_meter(session, anna.meter) == []


def test_district_means_the_buildings_it_served_when_the_window_opens(session: Session) -> None:
    anna, other = home(session), make_district(session, code="POLESIE")
    building = anna.premises.building_id
    administrator = session.scalars(select(BuildingService.administrator_id)).first()
    session.add(
        BuildingService(building_id=building, district_id=other.id, administrator_id=administrator, valid_from=TODAY)
    )
    before, after = window(session, -9, 9, district_id=other.id), window(session, 1, 9, district_id=other.id)
    found = windows_of_meter(session, anna.meter)
    assert (before in found, after in found) == (False, True)


def test_tenant_changes_a_reading_only_while_its_window_is_open(session: Session) -> None:
    anna = home(session)
    open_one = window(session, -3, 3)
    first = submit_reading(session, anna.scope, meter_id=anna.meter.id, value=Decimal(5), read_on=TODAY)
    second = correct_own_reading(session, anna.scope, reading_id=first.reading_id, value=Decimal(6))
    open_one.closes_on = TODAY
    session.flush()
    with freeze_time("2026-11-26 12:00:00"):
        scope = sign_in_tenant(session, anna.tenant)
        with pytest.raises(WindowOverError):
            withdraw_reading(session, scope, reading_id=second.reading_id)
        with pytest.raises(WindowOverError):
            correct_own_reading(session, scope, reading_id=second.reading_id, value=Decimal(7))


def test_office_keeps_the_mark_of_a_reading_outside_of_the_window(session: Session) -> None:
    anna = home(session)
    window(session, 5, 9)
    made = submit_reading(session, anna.scope, meter_id=anna.meter.id, value=Decimal(5), read_on=TODAY)
    scope = clerk(session, anna.district)
    correct_reading(session, scope, reading_id=made.reading_id, value=Decimal(6), reason="Zdjęcie")
    assert flags(session) == ["for_information", Flag.FOR_INFORMATION.value]


def test_plan_is_kept_and_repeats_ahead_of_its_time(session: Session) -> None:
    scope = clerk(session)
    plan_window(session, scope, plan=plan(1, 6, every_months=1, reading_day=TODAY + timedelta(days=6), grace_days=2))
    assert extend_series(session) == 2
    assert extend_series(session) == 0
    rows = session.scalars(select(ReadingWindow).order_by(ReadingWindow.nth)).all()
    assert [(one.opens_on, one.closes_on, one.reading_day, one.grace_days) for one in rows] == [
        (date(2026, 11, 26), date(2026, 12, 1), date(2026, 12, 1), 2),
        (date(2026, 12, 26), date(2027, 1, 1), date(2027, 1, 1), 2),
        (date(2027, 1, 26), date(2027, 2, 1), date(2027, 2, 1), 2),
    ]


def test_cancelled_series_ends(session: Session) -> None:
    scope = clerk(session)
    first = plan_window(session, scope, plan=plan(1, 6, every_months=1))
    extend_series(session)
    second = session.scalars(select(ReadingWindow.id).where(ReadingWindow.nth == 1)).one()
    cancel_window(session, scope, window_id=second)
    assert [one.state for one in reading_windows(session, scope)] == ["cancelled", "cancelled", "ahead"]
    with freeze_time("2027-06-01 12:00:00"):
        assert extend_series(session) == 0
    with pytest.raises(NotFoundError):
        cancel_window(session, scope, window_id=second)
    cancel_window(session, scope, window_id=first)


@given(day=st.dates(date(2000, 1, 1), date(2090, 12, 31)), months=st.integers(0, 60))
def test_later_month_keeps_its_day_or_its_end(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    is_last = (day + timedelta(days=1)).day == 1
    assert (later + timedelta(days=1)).day == 1 if is_last else later.day == day.day or later.day < day.day


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (plan(-1, 5), "opens_on"),
        (plan(5, 4), "closes_on"),
        (plan(0, 92), "closes_on"),
        (plan(0, 5, reading_day=TODAY + timedelta(days=6)), "reading_day"),
        (plan(0, 5, grace_days=61), "grace_days"),
        (plan(0, 5, every_months=5), "every_months"),
        (plan(0, 40, every_months=1), "every_months"),
        (plan(8, 12), "opens_on"),
    ],
)
def test_plan_that_cannot_be_is_refused_at_its_field(session: Session, wrong: WindowPlan, field: str) -> None:
    scope = clerk(session)
    plan_window(session, scope, plan=plan(7, 10))
    with pytest.raises(InvalidInputError) as refused:
        plan_window(session, scope, plan=wrong)
    assert refused.value.field == field
    assert len(session.scalars(select(ReadingWindow.id)).all()) == 1


def test_clerk_plans_in_the_own_district_only(session: Session) -> None:
    anna, other = home(session), home(session, code="POLESIE", name="Jan")
    scope = clerk(session, anna.district)
    with pytest.raises(NotPermittedError):
        plan_window(session, scope, plan=plan())
    for foreign in (plan(district_id=other.district.id), plan(building_id=other.premises.building_id)):
        with pytest.raises(NotFoundError):
            plan_window(session, scope, plan=foreign)
    own = plan_window(session, scope, plan=plan(building_id=anna.premises.building_id))
    everywhere = window(session, 0, 9)
    assert {one.window_id: one.can_be_cancelled for one in reading_windows(session, scope)} == {
        own: True,
        everywhere.id: False,
    }
    with pytest.raises(NotFoundError):
        cancel_window(session, scope, window_id=everywhere.id)
    places = window_places(session, scope)
    assert {one.district_id for one in places} == {anna.district.id, None}
    assert {one.building_id for one in places} == {None, anna.premises.building_id}


def test_progress_counts_what_people_read(session: Session) -> None:
    anna, other = home(session), home(session, code="POLESIE", name="Jan")
    make_meter(session, anna.premises, place="kuchnia", remote=True)
    gone = make_meter(session, anna.premises, place="wc")
    gone.removed_on, gone.removed_value = date(2025, 1, 1), Decimal(5)
    read = window(session, -9, 9)
    make_reading(session, anna.meter, "2026-11-20", "5", status=ReadingStatus.TO_CLARIFY, source=Source.TENANT)
    make_reading(session, other.meter, "2026-11-15", "5")
    make_reading(session, other.meter, "2026-11-20", "5", status=ReadingStatus.REJECTED)
    scope = clerk(session)
    lines = window_progress(session, scope, window_id=read.id)
    assert sorted((one.meters, one.read) for one in lines) == [(1, 0), (1, 1)]
    assert [one.tenant for one in missing_meters(session, scope, window_id=read.id)] == ["Jan"]
    own = clerk(session, anna.district)
    assert missing_meters(session, own, window_id=read.id) == []
    assert [one.state for one in reading_windows(session, own)] == [WindowState.OPEN]


def test_missing_list_prints_every_meter(session: Session) -> None:
    anna = home(session)
    read = window(session, -9, 9)
    paper = missing_list(session, clerk(session), window_id=read.id)
    assert anna.meter.meter_no in text_of(paper)


def test_opening_and_end_of_a_window_are_told_once_and_only_of_what_is_missing(session: Session) -> None:
    anna, other = home(session), home(session, code="POLESIE", name="Jan")
    make_meter(session, anna.premises, place="kuchnia")
    window(session, 0, 9)
    assert tell_of_windows(session) == 2
    assert tell_of_windows(session) == 0
    (told,) = inbox(session, anna.scope)
    assert told.kind is NoticeKind.WINDOW_OPENS
    assert told.facts["meters"].count("\n") == 1
    with freeze_time("2026-12-01 12:00:00"):  # three days before the end
        submit_reading(
            session,
            sign_in_tenant(session, other.tenant),
            meter_id=other.meter.id,
            value=Decimal(5),
            read_on=date(2026, 12, 1),
        )
        assert tell_of_windows(session) == 1
        assert [one.kind for one in inbox(session, sign_in_tenant(session, anna.tenant))] == [
            NoticeKind.WINDOW_CLOSES,
            NoticeKind.WINDOW_OPENS,
        ]
    with freeze_time("2026-12-05 12:00:00"):
        assert inbox(session, sign_in_tenant(session, anna.tenant)) == []


def test_rejection_is_told_with_its_reason_and_put_away_by_its_tenant_only(session: Session) -> None:
    anna, other = home(session), home(session, code="POLESIE", name="Jan")
    made = submit_reading(session, anna.scope, meter_id=anna.meter.id, value=Decimal(5), read_on=TODAY)
    reject_reading(session, clerk(session), reading_id=made.reading_id, reason="Zdjęcie innego licznika.")
    (told,) = inbox(session, anna.scope)
    assert (told.kind, told.facts["reason"]) == (NoticeKind.READING_REJECTED, "Zdjęcie innego licznika.")
    assert inbox(session, other.scope) == []
    with pytest.raises(NotFoundError):
        dismiss(session, other.scope, notice_id=told.notice_id)
    dismiss(session, anna.scope, notice_id=told.notice_id)
    assert inbox(session, anna.scope) == []


def test_end_of_verification_is_told_90_30_and_7_days_before(session: Session) -> None:
    anna = home(session)
    anna.meter.verified_until = TODAY + timedelta(days=92)
    session.flush()
    told = []
    for ahead in (0, 1, 2, 3, 50, 61, 62, 63, 84, 85, 86, 92, 93):
        with freeze_time(TODAY + timedelta(days=ahead)):
            if tell_of_verifications(session):
                told.append(92 - ahead)
    assert told == [90, 30, 7]


def test_notice_is_mailed_once_to_who_wants_it_and_without_its_reason(session: Session) -> None:
    anna, other = home(session), home(session, code="POLESIE", name="Jan")
    for one, wants in ((anna, True), (other, False)):
        account = make_account(session, one.tenant)
        account.email = f"{one.tenant.name.lower()}@example.com"
        account.muted_topics = "" if wants else "readings"
    window(session, 0, 9)
    tell_of_windows(session)
    made = submit_reading(session, anna.scope, meter_id=anna.meter.id, value=Decimal(5), read_on=TODAY)
    reject_reading(session, clerk(session), reading_id=made.reading_id, reason="Tajny powód.")
    assert hand_over(session)[1] == 2
    assert hand_over(session) == (0, 0)
    mails = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
    assert [(one.recipient, one.template) for one in mails] == [
        ("anna@example.com", "window_opens"),
        ("anna@example.com", "reading_rejected"),
    ]
    assert "Tajny powód" not in f"{[one.parameters for one in mails]}"


@pytest.mark.parametrize(
    ("planned", "found"),
    [
        ([], None),
        ([(-20, -10, 0)], None),
        ([(-20, -3, 3)], (-20, True)),
        ([(5, 9, 0), (30, 35, 0)], (5, False)),
        ([(-5, 2, 0), (-1, 9, 0), (20, 25, 0)], (-1, True)),
    ],
)
def test_tenant_sees_the_open_window_or_the_next(
    session: Session, planned: list[tuple[int, int, int]], found: tuple[int, bool] | None
) -> None:
    anna, other = home(session), home(session, code="POLESIE", name="Jan")
    window(session, -1, 1, building_id=other.premises.building_id)
    for opens, closes, grace in planned:
        window(session, opens, closes, grace_days=grace, district_id=anna.district.id)
    tenancy_id = session.scalars(select(Tenancy.id).where(Tenancy.tenant_id == anna.tenant.id)).one()
    told = own_window(session, anna.scope, tenancy_id=tenancy_id)
    assert (told and ((told.opens_on - TODAY).days, told.is_open)) == found
