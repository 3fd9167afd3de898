"""Incidents of a building: declared from a report, linked, changed, closed with all that hang on them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from freezegun import freeze_time
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.errors import DomainError, InvalidFormError, InvalidInputError, NotFoundError
from core.faults.following import reopen_report
from core.faults.handling import change_status
from core.faults.incidents import (
    IncidentLine,
    IncidentText,
    building_incidents,
    change_incident,
    close_incident,
    declare_incident,
    link_report,
    unlink_report,
)
from core.faults.models import FaultStatus
from core.faults.own import open_fault
from core.faults.report_file import fault_file
from core.faults.sending import join_incident
from core.faults.steps import FaultMovedError
from core.notices.inbox import inbox
from tests.core.faults.cast import GONE, form, incident, office, report, resident


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with freeze_time(datetime(2026, 11, 25, 12, tzinfo=UTC)):
        yield


def only(session: Session, clerk: EmployeeScope) -> IncidentLine:
    (one,) = building_incidents(session, clerk)
    return one


def test_declared_from_a_report_which_is_its_first(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    first = report(session, anna)
    made = incident(session, clerk, first)
    line = only(session, clerk)
    assert (line.incident_id, line.branch, line.people, line.open_reports) == (made, "water", 1, 1)
    assert fault_file(session, clerk, report_id=first).incident is not None
    with pytest.raises(FaultMovedError):  # it hangs on one already
        incident(session, clerk, first)


def test_people_are_counted_once_each(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    jan = resident(session, "Jan", building=anna.building, flat="8")
    made = incident(session, clerk, report(session, anna))
    link_report(session, clerk, report_id=report(session, anna), incident_id=made)
    join_incident(session, jan.scope, tenancy_id=jan.tenancy.id, incident_id=made, category="water_drain")
    line = only(session, clerk)
    assert (line.people, line.open_reports) == (2, 3)


def test_closing_does_all_that_hang_on_it_and_tells_everyone(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    jan = resident(session, "Jan", building=anna.building, flat="8")
    ewa = resident(session, "Ewa", building=anna.building, flat="9")
    first, apart, rejected = report(session, anna), report(session, ewa), report(session, anna)
    made = incident(session, clerk, first)
    joined = join_incident(session, jan.scope, tenancy_id=jan.tenancy.id, incident_id=made, category="water_drain")
    link_report(session, clerk, report_id=rejected, incident_id=made)
    change_status(session, clerk, report_id=rejected, to=FaultStatus.REJECTED, note="To samo zgłoszenie.")
    assert close_incident(session, clerk, incident_id=made, note="Pion przepchany.") == 2
    for who, one in ((anna, first), (jan, joined.report_id)):
        assert "wykonane. Pion przepchany." in [line.facts["what"] for line in inbox(session, who.scope)]
        file = open_fault(session, who.scope, report_id=one)
        assert (file.head.status, file.timeline[-1].note) == (FaultStatus.DONE, "Pion przepchany.")
    assert open_fault(session, ewa.scope, report_id=apart).head.is_open
    assert inbox(session, ewa.scope) == []
    assert open_fault(session, anna.scope, report_id=rejected).head.status is FaultStatus.REJECTED
    line = only(session, clerk)
    assert (line.open_reports, line.closing_note, line.people) == (0, "Pion przepchany.", 2)


def test_closed_once_and_then_left_alone(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = incident(session, clerk, report(session, anna))
    with pytest.raises(InvalidInputError):
        close_incident(session, clerk, incident_id=made, note=" ")
    close_incident(session, clerk, incident_id=made, note="Koniec")
    for act in (
        lambda: close_incident(session, clerk, incident_id=made, note="Koniec"),
        lambda: change_incident(session, clerk, incident_id=made, text=GONE),
        lambda: link_report(session, clerk, report_id=report(session, anna), incident_id=made),
    ):
        with pytest.raises(DomainError, match="już zamknięta"):
            act()


def test_report_opened_again_may_hang_on_another_incident(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    first = report(session, anna)
    close_incident(session, clerk, incident_id=incident(session, clerk, first), note="Koniec")
    reopen_report(session, anna.scope, report_id=first, reason="Znowu")
    again = incident(session, clerk, first)
    file = fault_file(session, clerk, report_id=first)
    assert file.incident is not None
    assert file.incident.incident_id == again


def test_report_is_linked_within_its_building_only_and_taken_off(session: Session) -> None:
    anna, ewa, clerk = resident(session), resident(session, "Ewa"), office(session)
    made = incident(session, clerk, report(session, anna))
    with pytest.raises(NotFoundError):
        link_report(session, clerk, report_id=report(session, ewa), incident_id=made)
    second = report(session, anna)
    with pytest.raises(FaultMovedError):
        unlink_report(session, clerk, report_id=second)
    link_report(session, clerk, report_id=second, incident_id=made)
    with pytest.raises(FaultMovedError):
        link_report(session, clerk, report_id=second, incident_id=made)
    unlink_report(session, clerk, report_id=second)
    assert close_incident(session, clerk, incident_id=made, note="Koniec") == 1
    assert open_fault(session, anna.scope, report_id=second).head.is_open


def test_closed_report_declares_nothing(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    change_status(session, clerk, report_id=made, to=FaultStatus.DONE)
    with pytest.raises(FaultMovedError):
        incident(session, clerk, made)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (IncidentText(" ", "Treść"), "title"),
        (IncidentText("x" * 121, "Treść"), "title"),
        (IncidentText("Tytuł", ""), "body"),
        (IncidentText("Tytuł", "x" * 2001), "body"),
        (IncidentText("Tytuł", "Treść", date(2026, 11, 24)), "expected_on"),
        (IncidentText("Tytuł", "Treść", date(2027, 11, 27)), "expected_on"),
    ],
)
def test_what_tenants_read_is_checked(session: Session, text: IncidentText, field: str) -> None:
    anna, clerk = resident(session), office(session)
    first = report(session, anna)
    with pytest.raises(InvalidFormError) as refusal:
        declare_incident(session, clerk, report_id=first, text=text)
    assert [one for one, _ in refusal.value.errors] == [field]
    made = incident(session, clerk, first)
    with pytest.raises(InvalidFormError):
        change_incident(session, clerk, incident_id=made, text=text)
    change_incident(session, clerk, incident_id=made, text=IncidentText("Nowy", "Treść"))
    assert (only(session, clerk).title, only(session, clerk).expected_on) == ("Nowy", None)


def test_incidents_are_found_by_building_and_address(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = incident(session, clerk, report(session, anna))

    def found(**more: object) -> list[int]:
        return [one.incident_id for one in building_incidents(session, clerk, **more)]  # type: ignore[arg-type]

    assert found(text="kwiatowa 12") == found(building_id=anna.building.id) == [made]
    assert found(text="kwiatowa 13") == found(building_id=anna.building.id + 1) == []


def test_another_district_touches_nothing(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    made = incident(session, office(session), report(session, anna))
    clerk, second = office(session, jan.district), report(session, anna)
    assert building_incidents(session, clerk) == []
    for act in (
        lambda: declare_incident(session, clerk, report_id=second, text=GONE),
        lambda: change_incident(session, clerk, incident_id=made, text=GONE),
        lambda: close_incident(session, clerk, incident_id=made, note="Koniec"),
        lambda: link_report(session, clerk, report_id=second, incident_id=made),
        lambda: link_report(session, clerk, report_id=report(session, jan), incident_id=made),
        lambda: unlink_report(session, clerk, report_id=second),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_lift_and_water_are_different_incidents(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    lift = form("lift_odd")
    lift = type(lift)(lift.category, lift.description, lift.submission_key, {"often": "zawsze"})
    incident(session, clerk, report(session, anna))
    incident(session, clerk, report(session, anna, lift))
    assert [one.branch for one in building_incidents(session, clerk)] == ["lift", "water"]
