"""A report on its way: statuses, deadline, messages both ways, opened again, rated; and what its tenant is told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.audit.models import AuditEvent
from core.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError, SessionEndedError
from core.faults.following import LONGEST_MESSAGE, WRITTEN_AT_MOST, rate_report, reopen_report, write_message
from core.faults.handling import (
    add_note,
    assign_report,
    change_deadline,
    change_status,
    write_to_tenant,
)
from core.faults.models import FaultReport, FaultStatus, StepKind
from core.faults.own import OwnFaultFile, open_fault
from core.faults.report_file import fault_file
from core.faults.steps import FaultMovedError
from core.notice_mail import hand_over
from core.notices.inbox import inbox
from core.outbox.models import OutgoingMail
from core.outbox.templates import render
from tests.cast import end_session, make_account, sign_in_employee, sign_in_tenant
from tests.core.faults.cast import Resident, office, report, resident

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
IN_PROGRESS, DONE, REJECTED = FaultStatus.IN_PROGRESS, FaultStatus.DONE, FaultStatus.REJECTED


@pytest.fixture(autouse=True)
def clock() -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(NOON) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


def seen(session: Session, who: Resident, report_id: int) -> OwnFaultFile:
    return open_fault(session, sign_in_tenant(session, who.tenant), report_id=report_id)


def news(session: Session, who: Resident) -> list[str]:
    return [one.facts["what"] for one in inbox(session, sign_in_tenant(session, who.tenant))]


def test_from_accepted_to_done_with_a_timeline(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    change_status(session, clerk, report_id=made, to=IN_PROGRESS, note="Hydraulik przyjdzie jutro.")
    clock.tick(timedelta(minutes=10))
    change_status(session, clerk, report_id=made, to=DONE)
    file = seen(session, anna, made)
    assert (file.head.status, file.head.closed_at, file.head.is_open) == (DONE, NOON + timedelta(minutes=10), False)
    assert [(one.kind, one.by_tenant, one.note) for one in file.timeline] == [
        (StepKind.SENT, True, None),
        (StepKind.IN_PROGRESS, False, "Hydraulik przyjdzie jutro."),
        (StepKind.DONE, False, None),
    ]
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()[-3:] == [
        "fault_sent", "fault_in_progress", "fault_done",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "last"),
    [
        ((IN_PROGRESS,), IN_PROGRESS),
        ((DONE,), IN_PROGRESS),
        ((DONE,), DONE),
        ((REJECTED,), DONE),
        ((IN_PROGRESS, REJECTED), REJECTED),
    ],
)
def test_second_click_and_way_back_are_refused(
    session: Session, way: tuple[FaultStatus, ...], last: FaultStatus
) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    for to in way:
        change_status(session, clerk, report_id=made, to=to, note="Powód")
    with pytest.raises(FaultMovedError):
        change_status(session, clerk, report_id=made, to=last, note="Powód")
    assert seen(session, anna, made).head.status is way[-1]


def test_office_opens_nothing_again(session: Session) -> None:
    made, clerk = report(session, resident(session)), office(session)
    with pytest.raises(InvalidInputError):
        change_status(session, clerk, report_id=made, to=FaultStatus.ACCEPTED)


def test_rejection_needs_a_reason(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    for reason in ("", " \n ", "x" * 501):
        with pytest.raises(InvalidInputError):
            change_status(session, clerk, report_id=made, to=REJECTED, note=reason)
    assert seen(session, anna, made).head.is_open
    change_status(session, clerk, report_id=made, to=REJECTED, note="To sprzęt najemcy.")
    assert news(session, anna) == ["odrzucone. To sprzęt najemcy."]


def test_deadline_is_changed_with_a_reason_the_tenant_reads(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    for due_on, reason in (
        (date(2026, 11, 24), "Powód"),
        (date(2027, 11, 27), "Powód"),
        (date(2026, 11, 27), "Powód"),  # is the deadline already
        (date(2026, 12, 4), ""),
    ):
        with pytest.raises(InvalidInputError):
            change_deadline(session, clerk, report_id=made, due_on=due_on, reason=reason)
    change_deadline(session, clerk, report_id=made, due_on=date(2026, 12, 4), reason="Czekamy na części.")
    file = seen(session, anna, made)
    assert (file.head.due_on, file.timeline[-1].note) == (
        date(2026, 12, 4),
        "nowy termin: 04.12.2026. Czekamy na części.",
    )
    change_status(session, clerk, report_id=made, to=DONE)
    with pytest.raises(FaultMovedError):
        change_deadline(session, clerk, report_id=made, due_on=date(2026, 12, 9), reason="Powód")


def test_closed_one_is_opened_again_for_fourteen_polish_days(session: Session, clock: FrozenDateTimeFactory) -> None:
    anna = resident(session)
    made = report(session, anna)
    clock.move_to(datetime(2026, 11, 25, 23, 30, tzinfo=UTC))  # in Poland it is the 26th
    change_status(session, office(session), report_id=made, to=DONE)
    assert seen(session, anna, made).reopen_until == date(2026, 12, 10)
    clock.move_to(datetime(2026, 12, 10, 23, 0, tzinfo=UTC))  # the 11th
    anna.scope = sign_in_tenant(session, anna.tenant)
    with pytest.raises(DomainError, match="nie można już otworzyć"):
        reopen_report(session, anna.scope, report_id=made, reason="Znowu cieknie")
    assert seen(session, anna, made).reopen_until is None
    clock.move_to(datetime(2026, 12, 10, 22, 59, tzinfo=UTC))  # a minute before midnight of the 10th
    anna.scope = sign_in_tenant(session, anna.tenant)
    with pytest.raises(InvalidInputError):
        reopen_report(session, anna.scope, report_id=made, reason=" ")
    reopen_report(session, anna.scope, report_id=made, reason="Znowu cieknie")
    file = seen(session, anna, made)
    assert (file.head.status, file.head.closed_at, file.head.due_on) == (
        FaultStatus.ACCEPTED, None, date(2026, 12, 14),
    )  # fmt: skip
    assert (file.timeline[-1].kind, file.timeline[-1].by_tenant) == (StepKind.REOPENED, True)


def test_open_one_is_not_opened_again_and_a_closed_one_three_times(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    with pytest.raises(FaultMovedError):
        reopen_report(session, anna.scope, report_id=made, reason="Powód")
    for to in (DONE, REJECTED, DONE):
        change_status(session, clerk, report_id=made, to=to, note="Powód")
        reopen_report(session, anna.scope, report_id=made, reason="Powód")
    change_status(session, clerk, report_id=made, to=DONE)
    with pytest.raises(DomainError, match="wyślij nowe"):
        reopen_report(session, anna.scope, report_id=made, reason="Powód")
    assert session.get_one(FaultReport, made).reopened == 3


def test_work_is_rated_once_and_only_when_done(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    with pytest.raises(FaultMovedError):
        rate_report(session, anna.scope, report_id=made, rating=5)
    change_status(session, clerk, report_id=made, to=DONE)
    assert seen(session, anna, made).may_rate
    for rating, comment in ((0, ""), (6, ""), (3, "x" * 501)):
        with pytest.raises(InvalidInputError):
            rate_report(session, anna.scope, report_id=made, rating=rating, comment=comment)
    rate_report(session, anna.scope, report_id=made, rating=4, comment="Szybko")
    with pytest.raises(FaultMovedError):
        rate_report(session, anna.scope, report_id=made, rating=1)
    assert (seen(session, anna, made).rating, seen(session, anna, made).may_rate) == (4, False)
    file = fault_file(session, clerk, report_id=made)
    assert (file.line.rating, file.rating_comment) == (4, "Szybko")


def test_messages_go_both_ways_and_notes_stay_inside(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    write_message(session, anna.scope, report_id=made, body="Kiedy\nprzyjdziecie?")
    add_note(session, clerk, report_id=made, body="Najemca zalega z czynszem.")
    write_to_tenant(session, clerk, report_id=made, body="Jutro rano.")
    change_status(session, clerk, report_id=made, to=DONE)
    add_note(session, clerk, report_id=made, body="Sprawdzić za miesiąc.")
    file = seen(session, anna, made)
    assert [(one.by_tenant, one.body) for one in file.messages] == [
        (True, "Kiedy\nprzyjdziecie?"),
        (False, "Jutro rano."),
    ]
    assert "zalega" not in repr(file)
    assert "Sprawdzić" not in repr(file)
    told = fault_file(session, clerk, report_id=made).messages
    assert [(one.internal, one.who) for one in told] == [
        (False, None), (True, "Ewa Urzędnik"), (False, "Ewa Urzędnik"), (True, "Ewa Urzędnik"),
    ]  # fmt: skip


def test_tenant_is_told_no_names_and_not_whom_it_was_given_to(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    assign_report(session, clerk, report_id=made, employee_id=clerk.employee_id, instead_of=None)
    change_status(session, clerk, report_id=made, to=IN_PROGRESS)
    assert "Urzędnik" not in repr(seen(session, anna, made))
    assert [one.kind for one in fault_file(session, clerk, report_id=made).timeline][1] is StepKind.ASSIGNED


def test_nobody_writes_to_a_closed_report_and_is_told_what_to_do(
    session: Session, clock: FrozenDateTimeFactory
) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    change_status(session, clerk, report_id=made, to=DONE)
    with pytest.raises(DomainError, match=r"„Otwórz ponownie” \(do 09.12.2026\)"):
        write_message(session, anna.scope, report_id=made, body="Znowu")
    with pytest.raises(DomainError, match="zamknięte"):
        write_to_tenant(session, clerk, report_id=made, body="Halo")
    clock.tick(timedelta(days=15))
    with pytest.raises(DomainError, match="wyślij nowe zgłoszenie"):
        write_message(session, sign_in_tenant(session, anna.tenant), report_id=made, body="Znowu")


@pytest.mark.parametrize("body", ["", " \n\u200b ", "x" * (LONGEST_MESSAGE + 1)])
def test_message_has_its_limits(session: Session, body: str) -> None:
    anna, clerk = resident(session), office(session)
    made = report(session, anna)
    with pytest.raises(InvalidInputError):
        write_message(session, anna.scope, report_id=made, body=body)
    with pytest.raises(InvalidInputError):
        write_to_tenant(session, clerk, report_id=made, body=body)
    with pytest.raises(InvalidInputError):
        add_note(session, clerk, report_id=made, body=body)


def test_so_many_messages_a_day(session: Session) -> None:
    anna = resident(session)
    made = report(session, anna)
    for _ in range(WRITTEN_AT_MOST):
        write_message(session, anna.scope, report_id=made, body="Halo")
    with pytest.raises(DomainError, match="bardzo dużo"):
        write_message(session, anna.scope, report_id=made, body="Halo")


def test_news_by_mail_tell_the_number_and_nothing_else(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    make_account(session, anna.tenant).email = "anna@example.com"
    made = report(session, anna)
    change_status(session, clerk, report_id=made, to=IN_PROGRESS, note="Hydraulik przyjdzie jutro.")
    write_to_tenant(session, clerk, report_id=made, body="Proszę zakręcić zawór.")
    assert hand_over(session) == (2, 2)
    for mail in session.scalars(select(OutgoingMail)):
        assert mail.template == "fault_changed"
        told = render("fault_changed", {"number": "A/000001/2026", "report_id": str(made)}, portal="https://p")
        assert told.subject == "Zgłoszenie A/000001/2026: jest nowa wiadomość"
        assert f"https://p/zgloszenia?nr={made}" in told.text
        for word in ("Hydraulik", "zawór", "Zlew"):
            assert word not in f"{mail.parameters} {told.text}"


def test_opening_a_report_puts_its_news_away(session: Session) -> None:
    anna, clerk = resident(session), office(session)
    first, second = report(session, anna), report(session, anna)
    for one in (first, second):
        change_status(session, clerk, report_id=one, to=IN_PROGRESS)
    write_to_tenant(session, clerk, report_id=first, body="Jutro.")
    assert len(news(session, anna)) == 3
    seen(session, anna, first)
    assert news(session, anna) == ["w realizacji."]


def test_report_is_given_to_who_looks_after_the_building(session: Session) -> None:
    anna = resident(session)
    clerk, everywhere = office(session, anna.district), office(session, role=Role.HEAD)
    elsewhere = office(session, resident(session, "Jan", code="POLESIE").district)
    accountant = office(session, role=Role.ACCOUNTING)
    made = report(session, anna)
    assign_report(session, clerk, report_id=made, employee_id=everywhere.employee_id, instead_of=None)
    for stranger in (elsewhere, accountant):
        with pytest.raises(NotFoundError):
            assign_report(
                session, clerk, report_id=made, employee_id=stranger.employee_id, instead_of=everywhere.employee_id
            )
    with pytest.raises(FaultMovedError):  # somebody else has given it away meanwhile
        assign_report(session, clerk, report_id=made, employee_id=clerk.employee_id, instead_of=None)
    assign_report(session, clerk, report_id=made, employee_id=None, instead_of=everywhere.employee_id)
    file = fault_file(session, clerk, report_id=made)
    assert file.assigned_to is None
    assert {one.employee_id for one in file.colleagues} == {clerk.employee_id, everywhere.employee_id}
    change_status(session, clerk, report_id=made, to=DONE)
    with pytest.raises(FaultMovedError):
        assign_report(session, clerk, report_id=made, employee_id=clerk.employee_id, instead_of=None)


def test_neighbour_and_another_district_touch_nothing(session: Session) -> None:
    anna, jan = resident(session), resident(session, "Jan", code="POLESIE")
    clerk, made = office(session, jan.district), report(session, anna)
    for act in (
        lambda: open_fault(session, jan.scope, report_id=made),
        lambda: write_message(session, jan.scope, report_id=made, body="Halo"),
        lambda: reopen_report(session, jan.scope, report_id=made, reason="Powód"),
        lambda: rate_report(session, jan.scope, report_id=made, rating=1),
        lambda: fault_file(session, clerk, report_id=made),
        lambda: change_status(session, clerk, report_id=made, to=DONE),
        lambda: change_deadline(session, clerk, report_id=made, due_on=date(2026, 12, 4), reason="Powód"),
        lambda: write_to_tenant(session, clerk, report_id=made, body="Halo"),
        lambda: add_note(session, clerk, report_id=made, body="Halo"),
        lambda: assign_report(session, clerk, report_id=made, employee_id=None, instead_of=None),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_ended_session_and_missing_permission_are_refused(session: Session) -> None:
    anna = resident(session)
    made = report(session, anna)
    for role in (Role.ACCOUNTING, Role.EDITOR, Role.ANALYST, Role.ADMIN):
        with pytest.raises(NotPermittedError):
            fault_file(session, sign_in_employee(session, role), report_id=made)
    end_session(session, anna.scope)
    with pytest.raises(SessionEndedError):
        open_fault(session, anna.scope, report_id=made)
