"""The audit log is a chain: whatever is changed, taken out or put in between is found."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.audit.events import broken_link, record
from core.audit.models import Actor, AuditEvent
from core.db import transaction


def write(session: Session, number: int = 5) -> list[int]:
    """Some events; their ids."""
    for place in range(number):
        record(
            session,
            actor=Actor.STAFF,
            actor_id=place,
            action="żółta_zmiana",
            object_kind="employee",
            object_id=place,
            details={"reason": "guesses", "number": place},
        )
    return list(session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


def test_untouched_chain_holds_in_another_transaction(database: str) -> None:
    with transaction() as session:
        assert broken_link(session) == (0, None)
        write(session)
    with transaction() as session:
        assert broken_link(session) == (5, None)
        write(session, 1)
    with transaction() as session:
        assert broken_link(session) == (6, None)


def test_one_changed_byte_of_any_column_is_found(session: Session) -> None:
    ids = write(session)
    changes = {
        AuditEvent.actor: "tenant",
        AuditEvent.actor_id: 8,
        AuditEvent.action: "zółta_zmiana",
        AuditEvent.object_kind: "employed",
        AuditEvent.object_id: "7",
        AuditEvent.details: '{"number":2,"reason":"guesseS"}',
        AuditEvent.previous_hash: "1" * 64,
        AuditEvent.hash: "2" * 64,
    }
    third = session.get_one(AuditEvent, ids[2])
    for column, value in changes.items():
        before = getattr(third, column.key)
        session.execute(update(AuditEvent).where(AuditEvent.id == ids[2]).values({column: value}))
        session.expire_all()
        assert broken_link(session) == (2, ids[2]), column
        session.execute(update(AuditEvent).where(AuditEvent.id == ids[2]).values({column: before}))
        session.expire_all()
        assert broken_link(session) == (5, None), column


def test_a_moved_instant_is_found(session: Session) -> None:
    ids = write(session)
    third = session.get_one(AuditEvent, ids[2])
    third.at = third.at.replace(microsecond=(third.at.microsecond + 1) % 1_000_000)
    session.flush()
    session.expire_all()
    assert broken_link(session) == (2, ids[2])


def test_a_missing_event_is_found(session: Session) -> None:
    ids = write(session)
    session.execute(delete(AuditEvent).where(AuditEvent.id == ids[1]))
    assert broken_link(session) == (1, ids[2])


def test_a_missing_beginning_is_found(session: Session) -> None:
    ids = write(session)
    session.execute(delete(AuditEvent).where(AuditEvent.id == ids[0]))
    assert broken_link(session) == (0, ids[1])


def test_an_event_written_past_the_chain_is_found(session: Session) -> None:
    ids = write(session)
    last = session.get_one(AuditEvent, ids[-1])
    columns = {column.key: getattr(last, column.key) for column in AuditEvent.__table__.columns}
    planted = {**columns, "id": ids[-1] + 1, "object_id": "99", "hash": "3" * 64}
    session.execute(insert(AuditEvent).values(**planted))
    assert broken_link(session) == (5, ids[-1] + 1)
