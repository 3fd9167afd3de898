"""Old events go, what stays verifies; nothing else may be taken from the chain."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.audit.cutting import AuditBrokenError, cut_log
from core.audit.events import broken_link, record
from core.audit.models import Actor, AuditEvent

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
YEAR = timedelta(days=365)


def write(session: Session, at: datetime, number: int) -> None:
    with freeze_time(at):
        for each in range(number):
            record(session, actor=Actor.SYSTEM, action="tried", object_kind="thing", object_id=each)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_old_events_go_and_the_rest_verifies(session: Session) -> None:
    write(session, START, 5)
    write(session, START + YEAR, 3)
    with freeze_time(START + 2 * YEAR):
        assert cut_log(session, before=START + timedelta(days=1)) == 5
    assert actions(session) == ["tried"] * 3 + ["audit_cut"]
    assert broken_link(session) == (4, None)
    write(session, START + 2 * YEAR, 2)
    assert broken_link(session) == (6, None)


def test_cutting_again_changes_nothing(session: Session) -> None:
    write(session, START, 5)
    with freeze_time(START + 2 * YEAR):
        assert [cut_log(session, before=START + YEAR) for _ in range(2)] == [5, 0]
    assert actions(session) == ["audit_cut"]
    assert broken_link(session) == (1, None)


def test_a_later_cut_takes_the_mark_of_the_one_before_along(session: Session) -> None:
    write(session, START, 2)
    with freeze_time(START + YEAR):
        cut_log(session, before=START + timedelta(days=1))
    write(session, START + 2 * YEAR, 2)
    with freeze_time(START + 3 * YEAR):
        assert cut_log(session, before=START + YEAR + timedelta(days=1)) == 1
    assert actions(session) == ["tried", "tried", "audit_cut"]
    assert broken_link(session) == (3, None)


def test_what_was_not_cut_by_the_log_itself_is_missed(session: Session) -> None:
    write(session, START, 5)
    write(session, START + YEAR, 3)
    first, second, *_ = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id))
    session.execute(delete(AuditEvent).where(AuditEvent.id == first))
    assert broken_link(session) == (0, second)


def test_nothing_more_than_was_cut_may_be_missing(session: Session) -> None:
    write(session, START, 5)
    write(session, START + YEAR, 3)
    cut_log(session, before=START + timedelta(days=1))
    first, second, *_ = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id))
    session.execute(delete(AuditEvent).where(AuditEvent.id == first))
    assert broken_link(session) == (0, second)


def test_a_mark_that_was_changed_is_found(session: Session) -> None:
    write(session, START, 5)
    write(session, START + YEAR, 3)
    cut_log(session, before=START + timedelta(days=1))
    for forged in ('{"last_hash":"00"}', "nonsense"):
        session.execute(update(AuditEvent).where(AuditEvent.action == "audit_cut").values(details=forged))
        assert broken_link(session)[1] is not None


def test_broken_events_are_not_removed(session: Session) -> None:
    write(session, START, 5)
    write(session, START + YEAR, 3)
    third = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)).all()[2]
    session.execute(update(AuditEvent).where(AuditEvent.id == third).values(action="forged"))
    with pytest.raises(AuditBrokenError) as refused:
        cut_log(session, before=START + timedelta(days=1))
    assert refused.value.event_id == third
    assert len(actions(session)) == 8


def test_an_event_behind_a_younger_one_stays(session: Session) -> None:
    write(session, START + YEAR, 1)
    write(session, START, 1)
    assert cut_log(session, before=START + timedelta(days=1)) == 0
    assert broken_link(session) == (2, None)
