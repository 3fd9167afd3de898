"""Tickets, sessions, scopes: who is who, and until when."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import PortalSession, Realm
from core.access.scopes import Permission, Role, require_live
from core.access.sessions import activity_due, end_sessions, key_of, live_session, note_activity, why_ended
from core.accounts.creating import change_access
from core.accounts.locking import LockReason, lock_account
from core.accounts.models import PortalAccount, SignInTicket
from core.accounts.sign_in import (
    employee_scope,
    operator_scope,
    redeem,
    sign_in,
    sign_out,
    tenant_scope,
)
from core.db import reading, transaction
from core.errors import NotPermittedError, SessionEndedError
from tests.accounts import EMPLOYEE_PASSWORD, TENANT_PASSWORD, make_account, make_employee, signed_in

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def people(database: str) -> None:
    """Anna has an account in the portal; Ewa is a clerk."""
    with transaction() as session:
        make_account(session, login="anna")
        make_employee(session, Role.CLERK, login="ewa")


def lock_anna(session: Session) -> bool:
    account_id = session.scalars(select(PortalAccount.id)).one()
    return lock_account(session, realm=Realm.TENANT, subject_id=account_id, reason=LockReason.OFFICE)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, None), (16, "bezczynności"), (8 * 60 + 1, "8 godzinach")], ids=["lives", "idle", "old"]
)
def test_over_session_says_why(people: None, minutes: int, words: str | None) -> None:
    with freeze_time(START) as clock:
        raw_id = signed_in()
        clock.tick(timedelta(minutes=minutes))
        with reading() as session:
            told = why_ended(session, key=key_of(raw_id))
    assert told is None if words is None else words in (told or "") and "Zaloguj się ponownie." in (told or "")


def test_session_ended_on_purpose_says_so(people: None) -> None:
    raw_id = signed_in()
    with transaction() as session:
        lock_anna(session)
    with reading() as session:
        told = why_ended(session, key=key_of(raw_id)) or ""
        assert "zablokowane" in told
        assert "Zaloguj się" not in told, "it would not help"
        assert why_ended(session, key=key_of("nobody's")) is None


def lives(raw_id: str) -> bool:
    with reading() as session:
        try:
            tenant_scope(session, key_of(raw_id))
        except SessionEndedError:
            return False
        return True


def test_scope_of_a_tenant_is_their_own(people: None) -> None:
    raw_id = signed_in(login=" Anna ")
    with reading() as session:
        scope = tenant_scope(session, key_of(raw_id))
        account = session.scalars(select(PortalAccount)).one()
        require_live(session, scope)
    assert (scope.account_id, scope.tenant_id, scope.name) == (account.id, account.tenant_id, "Anna Kowalska")


def test_ticket_works_once(people: None) -> None:
    ticket = sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
    with transaction() as session:
        redeem(session, realm=Realm.TENANT, ticket=ticket)
    with transaction() as session, pytest.raises(SessionEndedError):
        redeem(session, realm=Realm.TENANT, ticket=ticket)


def test_ticket_lives_thirty_seconds(people: None) -> None:
    with freeze_time(START) as clock:
        ticket = sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
        clock.tick(timedelta(seconds=30))
        with transaction() as session, pytest.raises(SessionEndedError):
            redeem(session, realm=Realm.TENANT, ticket=ticket)


def test_ticket_is_of_one_realm(people: None) -> None:
    ticket = sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
    with transaction() as session, pytest.raises(SessionEndedError):
        redeem(session, realm=Realm.STAFF, ticket=ticket)


def test_ticket_of_an_account_locked_meanwhile_is_refused(people: None) -> None:
    ticket = sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
    with transaction() as session:
        lock_account(
            session,
            realm=Realm.TENANT,
            subject_id=session.scalars(select(PortalAccount.id)).one(),
            reason=LockReason.OFFICE,
        )
    with transaction() as session, pytest.raises(SessionEndedError):
        redeem(session, realm=Realm.TENANT, ticket=ticket)


def test_neither_ticket_nor_session_id_nor_password_is_stored(people: None) -> None:
    ticket = sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
    with transaction() as session:
        raw_id = redeem(session, realm=Realm.TENANT, ticket=ticket)
    with reading() as session:
        rows = [*session.scalars(select(SignInTicket)), *session.scalars(select(PortalSession))]
        rows += session.scalars(select(PortalAccount))
        stored = " ".join(str(vars(row)) for row in rows)
    for secret in (ticket, raw_id, TENANT_PASSWORD):
        assert secret not in stored


def test_session_ends_after_fifteen_idle_minutes(people: None) -> None:
    with freeze_time(START) as clock:
        raw_id = signed_in()
        clock.tick(timedelta(minutes=14, seconds=59))
        assert lives(raw_id)
        clock.tick(timedelta(seconds=1))
        assert not lives(raw_id)


def test_activity_prolongs_a_session_up_to_eight_hours(people: None) -> None:
    with freeze_time(START) as clock:
        raw_id = signed_in()
        for _ in range(47):
            clock.tick(timedelta(minutes=10))
            with transaction() as session:
                assert note_activity(session, key=key_of(raw_id))
        clock.tick(timedelta(minutes=9, seconds=59))
        assert lives(raw_id)
        clock.tick(timedelta(seconds=1))
        assert not lives(raw_id)


def test_activity_does_not_wake_what_has_ended(people: None) -> None:
    with freeze_time(START) as clock:
        raw_id = signed_in()
        clock.tick(timedelta(minutes=15))
        with transaction() as session:
            assert not note_activity(session, key=key_of(raw_id))
        assert not lives(raw_id)


def test_activity_is_written_at_most_every_half_minute(people: None) -> None:
    with freeze_time(START) as clock:
        raw_id = signed_in()
        with reading() as session:
            row = live_session(session, realm=Realm.TENANT, key=key_of(raw_id))
            assert row
            assert not activity_due(row.seen_at)
            clock.tick(timedelta(seconds=30))
            assert activity_due(row.seen_at)


def test_sign_out_ends_every_copy_of_the_session(people: None) -> None:
    raw_id = signed_in()
    with reading() as session:
        scope = tenant_scope(session, key_of(raw_id))
    with transaction() as session:
        sign_out(session, key=key_of(raw_id))
    assert not lives(raw_id)
    with reading() as session, pytest.raises(SessionEndedError):
        require_live(session, scope)


def test_ending_all_sessions_leaves_those_of_others(people: None) -> None:
    with transaction() as session:
        make_account(session, login="jan", name="Jan Nowicki")
    annas, jans = [signed_in(), signed_in()], signed_in(login="jan")
    with transaction() as session:
        account_id = session.scalars(select(PortalAccount.id).where(PortalAccount.login == "anna")).one()
        assert end_sessions(session, realm=Realm.TENANT, subject_id=account_id, reason="password") == 2
    assert [lives(each) for each in (*annas, jans)] == [False, False, True]


def test_lock_ends_sessions(people: None) -> None:
    raw_id = signed_in()
    with transaction() as session:
        assert lock_account(
            session,
            realm=Realm.TENANT,
            subject_id=session.scalars(select(PortalAccount.id)).one(),
            reason=LockReason.OFFICE,
        )
    assert not lives(raw_id)


def test_session_of_one_realm_is_nothing_in_the_other(people: None) -> None:
    tenant_key = key_of(signed_in())
    staff_key = key_of(signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD))
    with reading() as session:
        with pytest.raises(SessionEndedError):
            employee_scope(session, tenant_key)
        with pytest.raises(SessionEndedError):
            tenant_scope(session, staff_key)


def test_changed_role_ends_the_session_and_the_next_has_the_new_role(people: None) -> None:
    key = key_of(signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD))
    with reading() as session:
        before = employee_scope(session, key)
        require_live(session, before, Permission.SEE_LEDGER)
    with transaction() as session:
        change_access(session, login="ewa", roles=[Role.EDITOR])
    with reading() as session, pytest.raises(SessionEndedError):
        require_live(session, before, Permission.SEE_LEDGER)
    key = key_of(signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD))
    with reading() as session:
        after = employee_scope(session, key)
        with pytest.raises(NotPermittedError):
            require_live(session, after, Permission.SEE_LEDGER)


def test_operator_at_the_console_may_do_all(database: str) -> None:
    with reading() as session:
        for permission in Permission:
            require_live(session, operator_scope(), permission)
