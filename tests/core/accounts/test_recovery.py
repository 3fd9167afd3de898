"""The initial password brings a one-time link; the link sets a password, unlocks and ends every session."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import select, update

from core.access.models import Realm
from core.access.sessions import key_of
from core.access.throttle import TooManyUsesError
from core.accounts.initial_passwords import new_initial_password
from core.accounts.locking import LockReason, lock_account, unlock_account
from core.accounts.models import AccountState, PortalAccount, UsedPassword
from core.accounts.recovery import TRIES, LinkDeadError, ask_for_recovery, link_login, new_recovery_link, recover
from core.accounts.sign_in import WrongCredentialsError, sign_in, tenant_scope
from core.audit.models import Actor, AuditEvent
from core.db import reading, transaction
from core.errors import InvalidInputError, NotFoundError, SessionEndedError
from core.outbox.models import OutgoingMail
from tests.accounts import TENANT_PASSWORD, counted, make_account, signed_in

NEW = "Zimowy8Poranek"
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def initial(database: str) -> str:
    """Anna's initial password; she has long had one of her own."""
    with transaction() as session:
        account = make_account(session, login="anna")
        session.execute(update(PortalAccount).values(email="anna@example.com"))
        return new_initial_password(session, account_id=account.id)


def link() -> str:
    with transaction() as session:
        return new_recovery_link(session, account_id=session.scalars(select(PortalAccount.id)).one())


def letters(template: str) -> list[OutgoingMail]:
    with reading() as session:
        return list(session.scalars(select(OutgoingMail).where(OutgoingMail.template == template)))


def lock(reason: LockReason) -> None:
    with transaction() as session:
        subject_id = session.scalars(select(PortalAccount.id)).one()
        lock_account(session, realm=Realm.TENANT, subject_id=subject_id, reason=reason)


def state() -> str:
    with reading() as session:
        return session.scalars(select(PortalAccount.state)).one()


def test_initial_password_brings_a_link_to_the_address_on_file(initial: str) -> None:
    ask_for_recovery(login="anna", initial_password=initial)
    assert [one.recipient for one in letters("recovery_link")] == ["anna@example.com"]


@pytest.mark.parametrize("login", ["anna", "nikt"])
def test_wrong_and_unknown_get_the_same_answer_and_work(initial: str, login: str) -> None:
    with counted() as hasher:
        ask_for_recovery(login=login, initial_password="zgadywane")
    assert len(hasher.verified) == 1
    assert letters("recovery_link") == []


def test_account_without_an_address_gets_the_same_answer_and_no_mail(initial: str) -> None:
    with transaction() as session:
        session.execute(update(PortalAccount).values(email=None))
    with counted() as hasher:
        ask_for_recovery(login="anna", initial_password=initial)
    assert len(hasher.verified) == 1
    with reading() as session:
        assert session.scalars(select(OutgoingMail.id)).all() == []


def test_lock_after_guesses_is_told_once_and_unlocking_too(initial: str) -> None:
    with freeze_time(START) as clock:
        for _ in range(2):
            for _ in range(5):
                with pytest.raises(WrongCredentialsError):
                    sign_in(Realm.TENANT, login="anna", password="zgadywane")
            clock.tick(timedelta(minutes=15))
        assert [one.recipient for one in letters("account_locked")] == ["anna@example.com"]
        lock(LockReason.GUESSES)
        assert len(letters("account_locked")) == 1
        for _ in range(2):
            clock.tick()
            with transaction() as session:
                unlock_account(session, realm=Realm.TENANT, login="anna", actor=Actor.CONSOLE)
    assert [one.recipient for one in letters("account_unlocked")] == ["anna@example.com"]


def test_own_password_does_not_recover(initial: str) -> None:
    ask_for_recovery(login="anna", initial_password=TENANT_PASSWORD)
    assert letters("recovery_link") == []


def test_tries_are_limited_for_known_and_unknown_alike(initial: str) -> None:
    for login in ("anna", "nikt"):
        for _ in range(TRIES):
            ask_for_recovery(login=login, initial_password="zgadywane")
        with pytest.raises(TooManyUsesError):
            ask_for_recovery(login=login, initial_password=initial)


def test_link_sets_a_password_and_ends_every_session(initial: str) -> None:
    raw_id = signed_in()
    recover(token=link(), new=NEW, repeated=NEW)
    with reading() as session, pytest.raises(SessionEndedError):
        tenant_scope(session, key_of(raw_id))
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
    assert signed_in(password=NEW)
    assert len(letters("password_changed")) == 1


def test_link_unlocks_after_guesses_and_forgets_them(initial: str) -> None:
    for _ in range(4):
        with pytest.raises(WrongCredentialsError):
            sign_in(Realm.TENANT, login="anna", password="zgadywane")
    lock(LockReason.GUESSES)
    recover(token=link(), new=NEW, repeated=NEW)
    assert state() == AccountState.ACTIVE
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.TENANT, login="anna", password="zgadywane")
    assert signed_in(password=NEW)


def test_what_the_office_locked_no_link_opens(initial: str) -> None:
    lock(LockReason.OFFICE)
    with pytest.raises(LinkDeadError):
        recover(token=link(), new=NEW, repeated=NEW)
    assert state() == AccountState.LOCKED
    with reading() as session:
        assert len(session.scalars(select(UsedPassword.id)).all()) == 1


def test_link_works_once(initial: str) -> None:
    token = link()
    recover(token=token, new=NEW, repeated=NEW)
    with pytest.raises(LinkDeadError):
        recover(token=token, new="Inny5Poranek", repeated="Inny5Poranek")


def test_link_lives_fifteen_minutes(initial: str) -> None:
    with freeze_time(START) as clock:
        token = link()
        clock.tick(timedelta(minutes=14, seconds=59))
        with reading() as session:
            assert link_login(session, token=token) == "anna"
        clock.tick(timedelta(seconds=1))
        with pytest.raises(LinkDeadError):
            recover(token=token, new=NEW, repeated=NEW)


def test_newer_link_kills_the_older(initial: str) -> None:
    older, newer = link(), link()
    with pytest.raises(LinkDeadError):
        recover(token=older, new=NEW, repeated=NEW)
    recover(token=newer, new=NEW, repeated=NEW)


def test_refused_password_leaves_the_link_alive(initial: str) -> None:
    token = link()
    with pytest.raises(InvalidInputError):
        recover(token=token, new="krótkie", repeated="krótkie")
    recover(token=token, new=NEW, repeated=NEW)


def test_new_initial_password_kills_the_old_one(initial: str) -> None:
    with transaction() as session:
        newer = new_initial_password(session, account_id=session.scalars(select(PortalAccount.id)).one())
    ask_for_recovery(login="anna", initial_password=initial)
    assert letters("recovery_link") == []
    ask_for_recovery(login="anna", initial_password=newer)
    assert len(letters("recovery_link")) == 1


def test_unlocking_lets_the_old_password_in_and_is_on_record(initial: str) -> None:
    for _ in range(5):
        with pytest.raises(WrongCredentialsError):
            sign_in(Realm.TENANT, login="anna", password="zgadywane")
    lock(LockReason.OFFICE)
    with transaction() as session:
        assert unlock_account(session, realm=Realm.TENANT, login="anna", actor=Actor.CONSOLE)
    assert signed_in()
    with reading() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["account_locked", "account_unlocked"]


def test_unlocking_nobody_is_refused(database: str) -> None:
    with transaction() as session, pytest.raises(NotFoundError):
        unlock_account(session, realm=Realm.TENANT, login="nikt", actor=Actor.CONSOLE)
