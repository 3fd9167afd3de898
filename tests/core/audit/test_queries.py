"""Administrators read the audit log: filtered by Polish days, actor, action and object, in pages, and checked."""

from datetime import UTC, datetime

import pytest
from freezegun import freeze_time
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.audit.events import record
from core.audit.models import Actor, AuditEvent
from core.audit.queries import (
    PAGE,
    EventFilter,
    Verification,
    event_page,
    known_actions,
    known_object_kinds,
    verify_log,
)
from core.errors import InvalidInputError, NotPermittedError, SessionEndedError
from tests.cast import day, end_session, sign_in_employee


@pytest.fixture
def admin(session: Session) -> EmployeeScope:
    return sign_in_employee(session, Role.ADMIN)


def write(session: Session, at: datetime, action: str = "account_locked", **told: object) -> None:
    actor = told.get("actor", Actor.SYSTEM)
    kind, object_id = str(told.get("object_kind", "portal_account")), str(told.get("object_id", 1))
    with freeze_time(at):
        record(session, actor=Actor(str(actor)), action=action, object_kind=kind, object_id=object_id)


def found(session: Session, scope: EmployeeScope, **chosen: object) -> list[str]:
    page = event_page(session, scope, chosen=EventFilter(**chosen))  # type: ignore[arg-type]
    return [line.action for line in page.lines]


def test_days_are_polish_and_both_included(session: Session, admin: EmployeeScope) -> None:
    write(session, datetime(2026, 11, 22, 22, 59, tzinfo=UTC), "before")  # 23:59 in Warsaw
    write(session, datetime(2026, 11, 22, 23, 0, tzinfo=UTC), "first")  # midnight
    write(session, datetime(2026, 11, 24, 22, 59, tzinfo=UTC), "last")
    write(session, datetime(2026, 11, 24, 23, 0, tzinfo=UTC), "after")
    assert found(session, admin, since=day("2026-11-23"), until=day("2026-11-24")) == ["last", "first"]


def test_filters_narrow_down_together(session: Session, admin: EmployeeScope) -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    write(session, at, "a", actor=Actor.STAFF, object_kind="employee", object_id=7)
    write(session, at, "b", actor=Actor.STAFF, object_kind="employee", object_id=8)
    write(session, at, "c", actor=Actor.TENANT, object_kind="portal_account", object_id=7)
    assert found(session, admin, actor=Actor.STAFF) == ["b", "a"]
    assert found(session, admin, object_id="7") == ["c", "a"]
    assert found(session, admin, object_id="7", object_kind="employee") == ["a"]
    assert found(session, admin, action="c") == ["c"]
    assert known_actions(session, admin) == ["a", "b", "c"]
    assert known_object_kinds(session, admin) == ["employee", "portal_account"]


def test_pages_are_the_newest_first_and_a_missing_one_is_the_nearest(session: Session, admin: EmployeeScope) -> None:
    for number in range(PAGE + 1):
        write(session, datetime(2026, 11, 23, 9, tzinfo=UTC), f"n{number}")
    first = event_page(session, admin, chosen=EventFilter())
    assert (first.total, first.pages, first.lines[0].action) == (PAGE + 1, 2, f"n{PAGE}")
    last = event_page(session, admin, chosen=EventFilter(), page=99)
    assert (last.page, [line.action for line in last.lines]) == (2, ["n0"])


def test_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        EventFilter(since=day("2026-11-24"), until=day("2026-11-23"))


def test_verification_names_the_first_event_that_does_not_hold(session: Session, admin: EmployeeScope) -> None:
    for action in ("a", "b", "c"):
        write(session, datetime(2026, 11, 23, 9, tzinfo=UTC), action)
    assert verify_log(session, admin) == Verification(3, None)
    broken = event_page(session, admin, chosen=EventFilter()).lines[1].event_id
    session.execute(update(AuditEvent).where(AuditEvent.id == broken).values(details="nie JSON"))
    session.expire_all()
    assert verify_log(session, admin) == Verification(1, broken)
    assert event_page(session, admin, chosen=EventFilter()).lines[1].details == {"?": "nie JSON"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_but_an_administrator_reads_the_log(session: Session, role: Role) -> None:
    scope = sign_in_employee(session, role)
    for refused in (
        lambda: event_page(session, scope, chosen=EventFilter()),
        lambda: known_actions(session, scope),
        lambda: known_object_kinds(session, scope),
        lambda: verify_log(session, scope),
    ):
        with pytest.raises(NotPermittedError):
            refused()


def test_ended_session_reads_nothing(session: Session, admin: EmployeeScope) -> None:
    end_session(session, admin)
    with pytest.raises(SessionEndedError):
        event_page(session, admin, chosen=EventFilter())
