"""What a RON does with an account: only its own tenants', told by mail, on record, once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.access.confirmations import ConfirmationUsedError
from core.access.models import Realm
from core.access.scopes import EmployeeScope, Role
from core.access.sessions import key_of, why_ended
from core.accounts.attempts import TooManyAttemptsError
from core.accounts.initial_passwords import new_initial_password, reissue_initial_password
from core.accounts.locking import LockReason
from core.accounts.models import AccountState, PortalAccount, UsedPassword
from core.accounts.office import (
    OfficeAction,
    account_of_tenant,
    ask_first,
    carry_out,
    close_account,
    lock_by_office,
    unlock_by_office,
)
from core.accounts.recovery import LinkDeadError, ask_for_recovery, link_login, new_recovery_link, recover
from core.accounts.sign_in import WrongCredentialsError, sign_in
from core.audit.models import AuditEvent
from core.db import reading, transaction
from core.delivery import deliver_mail
from core.errors import InvalidInputError, NotFoundError, NotPermittedError, SessionEndedError
from core.outbox.models import OutgoingMail
from core.registry.models import Tenant
from tests.accounts import TENANT_PASSWORD, make_account, signed_in
from tests.cast import (
    end_session,
    make_building,
    make_district,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
)

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
NEW = "Zimowy8Poranek"
ACTIONS: list[Callable[..., object]] = [lock_by_office, unlock_by_office, reissue_initial_password, close_account]


@pytest.fixture
def account_id(database: str) -> int:
    """Anna of RON CENTRUM has an account with a password of her own and an e-mail address."""
    with transaction() as session:
        account = make_account(session, login="anna")
        account.email = "anna@example.com"
        premises = make_premises(session, building=make_building(session, district=make_district(session)))
        make_tenancy(session, session.get_one(Tenant, account.tenant_id), premises=premises)
        return account.id


def clerk(*roles: Role, district: str | None = "CENTRUM") -> EmployeeScope:
    with transaction() as session:
        districts = (make_district(session, code=district),) if district else ()
        return sign_in_employee(session, *(roles or (Role.CLERK,)), districts=districts)


def act(action: Callable[..., object], scope: EmployeeScope, account_id: int) -> object:
    with transaction() as session:
        return action(session, scope, account_id=account_id)


def account(account_id: int) -> PortalAccount:
    with reading() as session:
        return session.get_one(PortalAccount, account_id)


def letters() -> list[tuple[str, str]]:
    with reading() as session:
        rows = session.execute(select(OutgoingMail.template, OutgoingMail.recipient).order_by(OutgoingMail.id))
        return [(template, recipient) for template, recipient in rows]


def recorded() -> list[tuple[str, str]]:
    with reading() as session:
        rows = session.execute(select(AuditEvent.action, AuditEvent.actor).order_by(AuditEvent.id))
        return [(action, actor) for action, actor in rows]


def guess(times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentialsError):
            sign_in(Realm.TENANT, login="anna", password="zgadywane")


def initial_password(account_id: int) -> str:
    with transaction() as session:
        return new_initial_password(session, account_id=account_id)


def link(account_id: int) -> str:
    with transaction() as session:
        return new_recovery_link(session, account_id=account_id)


@pytest.mark.parametrize("action", ACTIONS)
def test_clerk_of_another_district_can_do_nothing(account_id: int, action: Callable[..., object]) -> None:
    scope = clerk(district="WSCHÓD")
    before = account(account_id)
    with pytest.raises(NotFoundError):
        act(action, scope, account_id)
    after = account(account_id)
    assert (after.state, after.password_hash, after.email) == (before.state, before.password_hash, before.email)
    assert (letters(), recorded()) == ([], [])
    with reading() as session:
        assert account_of_tenant(session, scope, tenant_id=before.tenant_id or 0) is None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", [Role.ACCOUNTING, Role.EDITOR, Role.ANALYST, Role.ADMINISTRATOR, Role.ADMIN])
def test_only_clerks_and_heads_act(account_id: int, action: Callable[..., object], role: Role) -> None:
    with pytest.raises(NotPermittedError):
        act(action, clerk(role, district=None), account_id)
    assert letters() == []


@pytest.mark.parametrize("action", ACTIONS)
def test_ended_session_does_nothing(account_id: int, action: Callable[..., object]) -> None:
    scope = clerk()
    with transaction() as session:
        end_session(session, scope)
    with pytest.raises(SessionEndedError):
        act(action, scope, account_id)
    with reading() as session, pytest.raises(SessionEndedError):
        account_of_tenant(session, scope, tenant_id=account(account_id).tenant_id or 0)
    assert letters() == []


def test_lock_ends_sessions_is_told_and_on_record(account_id: int) -> None:
    raw_id = signed_in()
    assert act(lock_by_office, clerk(), account_id) is True
    assert (account(account_id).state, account(account_id).lock_reason) == (AccountState.LOCKED, LockReason.OFFICE)
    with reading() as session:
        assert "zablokowane" in (why_ended(session, key=key_of(raw_id)) or "")
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
    assert letters() == [("account_locked_by_office", "anna@example.com")]
    assert recorded() == [("account_locked", "staff")]


@pytest.mark.parametrize("action", [lock_by_office, unlock_by_office])
def test_repeated_it_does_and_tells_nothing_more(account_id: int, action: Callable[..., object]) -> None:
    scope = clerk()
    if action is unlock_by_office:
        act(lock_by_office, scope, account_id)
    assert act(action, scope, account_id) is True
    done = letters(), recorded()
    assert act(action, scope, account_id) is False
    assert (letters(), recorded()) == done


def test_lock_after_guesses_becomes_the_offices(account_id: int) -> None:
    with freeze_time(START) as clock:
        guess(5)
        clock.tick(timedelta(minutes=15))
        guess(5)
        assert account(account_id).lock_reason == LockReason.GUESSES
        assert act(lock_by_office, clerk(), account_id) is True
        assert account(account_id).lock_reason == LockReason.OFFICE
        with pytest.raises(LinkDeadError):
            recover(token=link(account_id), new=NEW, repeated=NEW)
    assert [template for template, _ in letters()] == ["account_locked", "account_locked_by_office"]


def test_unlock_lets_the_tenant_in_with_the_own_password_and_is_told(account_id: int) -> None:
    act(lock_by_office, clerk(), account_id)
    assert act(unlock_by_office, clerk(Role.HEAD), account_id) is True
    assert signed_in()
    assert letters()[1:] == [("account_unlocked", "anna@example.com")]
    assert recorded()[1:] == [("account_unlocked", "staff")]


def test_unlock_ends_the_fifteen_minutes_too(account_id: int) -> None:
    with freeze_time(START):
        guess(5)
        with pytest.raises(TooManyAttemptsError):
            sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
        scope = clerk()
        with reading() as session:
            standing = account_of_tenant(session, scope, tenant_id=account(account_id).tenant_id or 0)
        assert standing is not None
        assert (standing.state, standing.closed_until) == (AccountState.ACTIVE, START + timedelta(minutes=15))
        assert act(unlock_by_office, scope, account_id) is True
        assert signed_in()
    assert letters() == []


def test_reissue_kills_the_old_initial_password_and_its_links_at_once(account_id: int) -> None:
    old, token = initial_password(account_id), link(account_id)
    assert act(reissue_initial_password, clerk(), account_id) is True
    ask_for_recovery(login="anna", initial_password=old)
    assert letters() == [("new_initial_password", "anna@example.com")]
    with reading() as session, pytest.raises(LinkDeadError):
        link_login(session, token=token)
    assert recorded() == [("initial_password_reissued", "staff")]
    assert signed_in(), "the own password stays"
    assert deliver_mail().sent == 1
    assert account(account_id).initial_password_hash


def test_reissue_twice_before_delivery_is_one_message(account_id: int) -> None:
    scope = clerk()
    assert [act(reissue_initial_password, scope, account_id) for _ in range(2)] == [True, False]
    assert (len(letters()), len(recorded())) == (1, 1)
    deliver_mail()
    assert act(reissue_initial_password, scope, account_id) is True
    assert len(letters()) == 2


def test_reissue_before_the_first_sign_in_tells_how_to_sign_in(account_id: int) -> None:
    with transaction() as session:
        session.execute(update(PortalAccount).values(password_hash=None))
    act(reissue_initial_password, clerk(), account_id)
    assert [template for template, _ in letters()] == ["credentials"]


def test_reissue_needs_an_address(account_id: int) -> None:
    with transaction() as session:
        session.execute(update(PortalAccount).values(email=None))
    with pytest.raises(InvalidInputError) as refused:
        act(reissue_initial_password, clerk(), account_id)
    assert refused.value.field == "email"


def test_closed_account_is_gone_for_good(account_id: int) -> None:
    raw_id, token, initial = signed_in(), link(account_id), initial_password(account_id)
    act(close_account, clerk(), account_id)
    closed = account(account_id)
    assert (closed.state, closed.password_hash, closed.initial_password_hash) == (AccountState.CLOSED, None, None)
    with reading() as session:
        assert "zamknięte" in (why_ended(session, key=key_of(raw_id)) or "")
        assert session.scalars(select(UsedPassword.id)).all() == []
    with pytest.raises(WrongCredentialsError):
        sign_in(Realm.TENANT, login="anna", password=TENANT_PASSWORD)
    with pytest.raises(LinkDeadError):
        recover(token=token, new=NEW, repeated=NEW)
    ask_for_recovery(login="anna", initial_password=initial)
    assert letters() == [("account_closed", "anna@example.com")]
    assert recorded() == [("account_closed", "staff")]
    for action in ACTIONS:
        with pytest.raises(NotFoundError):
            act(action, clerk(), account_id)
    assert len(letters()) == 1


def test_account_as_the_office_sees_it(account_id: int) -> None:
    tenant_id = account(account_id).tenant_id or 0
    with freeze_time(START):
        signed_in()
        act(lock_by_office, clerk(), account_id)
        with reading() as session:
            standing = account_of_tenant(session, clerk(Role.ACCOUNTING, district=None), tenant_id=tenant_id)
    assert standing is not None
    assert (standing.login, standing.email, standing.own_password) == ("anna", "anna@example.com", True)
    assert (standing.state, standing.lock_reason) == (AccountState.LOCKED, LockReason.OFFICE)
    assert (standing.locked_at, standing.last_sign_in) == (START, START)


def test_account_of_who_has_none(session: Session) -> None:
    scope = sign_in_employee(session, Role.CLERK)
    assert account_of_tenant(session, scope, tenant_id=make_tenant(session).id) is None


def test_account_that_is_not_closed_comes_first(account_id: int) -> None:
    act(close_account, clerk(), account_id)
    tenant_id = account(account_id).tenant_id or 0
    with reading() as session:
        standing = account_of_tenant(session, clerk(), tenant_id=tenant_id)
    assert standing is not None
    assert standing.state == AccountState.CLOSED
    with transaction() as session:
        session.add(PortalAccount(tenant_id=tenant_id, login="nowe", created_at=START))
    with reading() as session:
        standing = account_of_tenant(session, clerk(), tenant_id=tenant_id)
    assert standing is not None
    assert (standing.login, standing.state, standing.own_password) == ("nowe", AccountState.ACTIVE, False)


@pytest.mark.parametrize("action", list(OfficeAction))
def test_question_is_answered_once(account_id: int, action: OfficeAction) -> None:
    scope = clerk()
    if action is OfficeAction.UNLOCK:
        act(lock_by_office, scope, account_id)
    with transaction() as session:
        token = ask_first(session, scope, action=action, account_id=account_id)
    with transaction() as session:
        assert carry_out(session, scope, action=action, account_id=account_id, token=token)
    done = letters(), recorded()
    with transaction() as session, pytest.raises(ConfirmationUsedError):
        carry_out(session, scope, action=action, account_id=account_id, token=token)
    assert (letters(), recorded()) == done


def test_answer_fits_its_question_only(account_id: int) -> None:
    scope = clerk()
    with transaction() as session:
        token = ask_first(session, scope, action=OfficeAction.LOCK, account_id=account_id)
    with transaction() as session, pytest.raises(ConfirmationUsedError):
        carry_out(session, scope, action=OfficeAction.CLOSE, account_id=account_id, token=token)
    assert account(account_id).state == AccountState.ACTIVE


def test_clerk_of_another_district_is_not_even_asked(account_id: int) -> None:
    with transaction() as session, pytest.raises(NotFoundError):
        ask_first(session, clerk(district="WSCHÓD"), action=OfficeAction.CLOSE, account_id=account_id)
