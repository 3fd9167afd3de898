"""A fault is reported: what is asked, what is refused, its number and deadline, its photos, and joining an incident."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import transaction
from core.documents.pictures import CleanPicture
from core.errors import DomainError, InvalidFormError, NotFoundError, SessionEndedError
from core.faults.categories import BRANCHES, LEAVES, Leaf, branch_of, category_name
from core.faults.incidents import close_incident
from core.faults.models import FaultReport
from core.faults.own import known_incidents, open_fault, own_faults
from core.faults.photos import own_fault_photo, served_fault_photo
from core.faults.sending import SENT_AT_MOST, FaultForm, SentReport, join_incident, send_report
from tests.cast import end_session, make_tenancy, sign_in_tenant
from tests.core.faults.cast import DRAIN, form, incident, office, report, resident

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOON) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


def photo(name: str) -> CleanPicture:
    return CleanPicture(name.encode(), 4, 3, "a" * 64)


def test_each_leaf_has_its_questions_and_its_own_code() -> None:
    codes = [leaf.code for branch in BRANCHES for leaf in branch.leaves]
    assert len(codes) == len(set(codes)) == len(LEAVES)
    for leaf in LEAVES.values():
        assert 1 <= len(leaf.questions) <= 4, leaf.code
        assert len({one.key for one in leaf.questions}) == len(leaf.questions), leaf.code
        assert len(leaf.code) <= 40
        assert len(branch_of(leaf.code)) <= 20
        assert leaf.days > 0
    assert category_name("dropped_later") == "dropped_later"


def test_deadline_counts_working_days_unless_it_hurries() -> None:
    # Thursday before a long weekend: the 11th of November is a holiday.
    assert Leaf("a", "", 2, ()).due_on(date(2026, 11, 6)) == date(2026, 11, 10)
    assert Leaf("a", "", 3, ()).due_on(date(2026, 11, 6)) == date(2026, 11, 12)
    assert Leaf("a", "", 1, (), calendar=True).due_on(date(2026, 11, 6)) == date(2026, 11, 7)


def test_report_is_numbered_by_year_and_told_by_when(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna = resident(session)
    first = send_report(session, anna.scope, tenancy_id=anna.tenancy.id, form=form())
    assert (first.number, first.due_on) == ("A/000001/2026", date(2026, 11, 27))
    assert send_report(session, anna.scope, tenancy_id=anna.tenancy.id, form=form()).number == "A/000002/2026"
    clock.move_to(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))  # New Year in Poland
    later = resident(session, "Jan")
    assert send_report(session, later.scope, tenancy_id=later.tenancy.id, form=form()).number == "A/000001/2027"


def test_report_keeps_what_was_told(session: Session) -> None:
    anna = resident(session)
    sent = form(
        description=" Zlew\r\n\r\n\r\njest\u202e zatkany.\0 ", at_home="po 16,\n600 700 800", photos=(photo("x"),)
    )
    file = open_fault(session, anna.scope, report_id=report(session, anna, sent))
    assert file.description == "Zlew\n\njest zatkany."
    assert file.at_home == "po 16, 600 700 800"
    assert file.answers == (
        ("Co się zatkało?", "zlew"),
        ("Czy ścieki podchodzą do góry?", "nie"),
        ("Czy sąsiedzi mają to samo?", "nie wiem"),
    )
    assert [one.number for one in own_faults(session, anna.scope)] == [file.head.number]
    assert own_fault_photo(session, anna.scope, photo_id=file.photo_ids[0]).read_bytes() == b"x"


def test_all_that_is_missing_is_said_at_once(session: Session) -> None:
    anna = resident(session)
    bad = FaultForm(
        "water_drain", "Za mało", "k", {"what": "balkon"}, "x" * 201, tuple(photo(str(n)) for n in range(4))
    )
    with pytest.raises(InvalidFormError) as refusal:
        send_report(session, anna.scope, tenancy_id=anna.tenancy.id, form=bad)
    assert [field for field, _ in refusal.value.errors] == [
        "what", "rises", "neighbours", "description", "at_home", "photos",
    ]  # fmt: skip
    for category in ("", "water", "nie ma takiej"):
        with pytest.raises(InvalidFormError, match="czego dotyczy"):
            send_report(session, anna.scope, tenancy_id=anna.tenancy.id, form=form(category))


@pytest.mark.parametrize(("length", "taken"), [(9, False), (10, True), (2000, True), (2001, False)])
def test_description_has_its_limits(session: Session, length: int, taken: bool) -> None:
    anna = resident(session)
    if taken:
        report(session, anna, form(description="x" * length))
        return
    with pytest.raises(InvalidFormError):
        report(session, anna, form(description="x" * length))


def test_form_sent_twice_is_one_report(session: Session) -> None:
    anna = resident(session)
    same = form(key="the same")
    first = send_report(session, anna.scope, tenancy_id=anna.tenancy.id, form=same)
    again = send_report(session, anna.scope, tenancy_id=anna.tenancy.id, form=same)
    assert (first.repeated, again.repeated, again.report_id) == (False, True, first.report_id)
    jan = resident(session, "Jan")
    assert not send_report(session, jan.scope, tenancy_id=jan.tenancy.id, form=same).repeated


@pytest.mark.usefixtures("database")
def test_form_sent_twice_at_once_is_one_report() -> None:
    with transaction() as session:
        anna = resident(session)
        scope, tenancy_id = anna.scope, anna.tenancy.id
    same, together = form(key="the same"), Barrier(2)

    def send(_: int) -> SentReport:
        together.wait()
        with transaction() as session:
            return send_report(session, scope, tenancy_id=tenancy_id, form=same)

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(send, range(2))
    assert first.report_id == second.report_id
    assert {first.repeated, second.repeated} == {False, True}


@pytest.mark.usefixtures("database")
def test_mine_too_pressed_twice_at_once_is_one_report() -> None:
    with transaction() as session:
        anna = resident(session)
        jan = resident(session, "Jan", building=anna.building, flat="8")
        made = incident(session, office(session), report(session, anna))
        scope, tenancy_id = jan.scope, jan.tenancy.id
    together = Barrier(2)

    def join(_: int) -> SentReport:
        together.wait()
        with transaction() as session:
            return join_incident(session, scope, tenancy_id=tenancy_id, incident_id=made, category="water_drain")

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(join, range(2))
    assert first.report_id == second.report_id
    assert {first.repeated, second.repeated} == {False, True}


def test_only_a_tenancy_of_ones_own_that_stands_today(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan")
    over = make_tenancy(session, anna.tenant, premises=anna.tenancy.premises, valid_to=date(2026, 11, 24))
    ahead = make_tenancy(session, anna.tenant, premises=anna.tenancy.premises, valid_from=date(2026, 11, 26))
    last_day = make_tenancy(session, anna.tenant, premises=anna.tenancy.premises, valid_to=date(2026, 11, 25))
    for tenancy in (over, ahead, jan.tenancy):
        with pytest.raises(NotFoundError):
            send_report(session, anna.scope, tenancy_id=tenancy.id, form=form())
        with pytest.raises(NotFoundError):
            known_incidents(session, anna.scope, tenancy_id=tenancy.id, category="water_drain")
    assert send_report(session, anna.scope, tenancy_id=last_day.id, form=form()).report_id


def test_ten_a_day_and_no_more(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, jan = resident(session), resident(session, "Jan")
    last = form()
    for one in (*(form() for _ in range(SENT_AT_MOST - 1)), last):
        report(session, anna, one)
    with pytest.raises(DomainError, match="Dziś wysłano już 10"):
        report(session, anna)
    assert send_report(session, anna.scope, tenancy_id=anna.tenancy.id, form=last).repeated, "it is there already"
    report(session, jan)
    clock.tick(timedelta(days=1, seconds=1))
    report(session, replace(anna, scope=sign_in_tenant(session, anna.tenant)))


def test_ended_session_reports_nothing(session: Session) -> None:
    anna = resident(session)
    end_session(session, anna.scope)
    with pytest.raises(SessionEndedError):
        report(session, anna)


def test_photo_is_shown_to_its_tenant_and_its_office(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    made = report(session, anna, form(photos=(photo("one"), photo("two"))))
    first, second = open_fault(session, anna.scope, report_id=made).photo_ids
    assert own_fault_photo(session, anna.scope, photo_id=second).read_bytes() == b"two"
    assert served_fault_photo(session, office(session, anna.district), photo_id=first).read_bytes() == b"one"
    with pytest.raises(NotFoundError):
        own_fault_photo(session, jan.scope, photo_id=first)
    with pytest.raises(NotFoundError):
        served_fault_photo(session, office(session, jan.district), photo_id=first)


def test_neighbour_sees_the_incident_of_the_building_that_fits(session: Session) -> None:
    anna = resident(session)
    jan = resident(session, "Jan", building=anna.building, flat="8")
    ewa = resident(session, "Ewa")
    made = incident(session, office(session), report(session, anna))
    seen = known_incidents(session, jan.scope, tenancy_id=jan.tenancy.id, category="water_none")
    assert [(one.incident_id, one.title) for one in seen] == [(made, "Zatkany pion")]
    assert known_incidents(session, jan.scope, tenancy_id=jan.tenancy.id, category="lift_odd") == []
    assert known_incidents(session, jan.scope, tenancy_id=jan.tenancy.id, category="?") == []
    assert known_incidents(session, ewa.scope, tenancy_id=ewa.tenancy.id, category="water_none") == []


def test_mine_too_makes_one_report_that_hangs_on_the_incident(session: Session) -> None:
    anna = resident(session)
    jan = resident(session, "Jan", building=anna.building, flat="8")
    made = incident(session, office(session), report(session, anna))

    def join() -> SentReport:
        return join_incident(session, jan.scope, tenancy_id=jan.tenancy.id, incident_id=made, category="water_drain")

    first, again = join(), join()
    assert (first.repeated, again.repeated, first.report_id) == (False, True, again.report_id)
    assert first.due_on == date(2026, 12, 1), "when the incident should be over"
    file = open_fault(session, jan.scope, report_id=first.report_id)
    assert file.incident is not None
    assert (file.incident.incident_id, file.description) == (made, "Dotyczy mnie ta awaria: Zatkany pion")
    assert session.scalar(select(func.count()).where(FaultReport.incident_id == made)) == 2


def test_only_an_open_incident_of_the_building_that_fits_is_joined(session: Session) -> None:
    anna, ewa, clerk = resident(session), resident(session, "Ewa"), office(session)
    jan = resident(session, "Jan", building=anna.building, flat="8")
    made = incident(session, clerk, report(session, anna))
    for who, category in ((ewa, "water_drain"), (jan, "lift_odd"), (jan, "?")):
        with pytest.raises(NotFoundError):
            join_incident(session, who.scope, tenancy_id=who.tenancy.id, incident_id=made, category=category)
    close_incident(session, clerk, incident_id=made, note="Pion przepchany.")
    assert known_incidents(session, jan.scope, tenancy_id=jan.tenancy.id, category="water_drain") == []
    with pytest.raises(NotFoundError):
        join_incident(session, jan.scope, tenancy_id=jan.tenancy.id, incident_id=made, category="water_drain")


def test_answers_of_the_tests_fit_their_leaf() -> None:
    assert DRAIN.keys() == {one.key for one in LEAVES["water_drain"].questions}
