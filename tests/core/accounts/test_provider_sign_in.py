"""The office's identity provider says who somebody is; the database says whether they may come in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, StepTickTimeFactory, TickingDateTimeFactory
from sqlalchemy import func, select

from core.access.models import PortalSession, Realm
from core.access.scopes import Permission, Role, require_live
from core.access.sessions import key_of
from core.accounts.devices import sign_in_history
from core.accounts.models import AccountState, Employee, SignInTicket
from core.accounts.provider_sign_in import AnswerUsedError, NotAnEmployeeError, ProviderAnswer, sign_in_by_provider
from core.accounts.sign_in import employee_scope, redeem
from core.audit.models import AuditEvent
from core.clock import now
from core.db import reading, transaction
from core.errors import DomainError, SessionEndedError
from core.settings import settings
from tests.accounts import make_employee

Clock = FrozenDateTimeFactory | StepTickTimeFactory | TickingDateTimeFactory


@pytest.fixture
def ewa(database: str) -> None:
    with transaction() as session:
        employee = make_employee(session, Role.CLERK, login="ewa")
        employee.oidc_subject = "urzad|17"
        employee.must_change_password = True
        make_employee(session, Role.CLERK, login="ola")


@pytest.fixture
def clock(ewa: None) -> Iterator[Clock]:
    with freeze_time(datetime(2026, 11, 25, 9, tzinfo=UTC)) as frozen:
        yield frozen


def said(subject: str = "urzad|17", answer: str = "https://idp.example n1") -> ProviderAnswer:
    return ProviderAnswer(subject, answer, now())


def test_employee_comes_in_past_the_gates_even_in_production(ewa: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_PRODUCTION", "1")
    settings.cache_clear()
    ticket = sign_in_by_provider(said(), network="10.0.0.0", device="Firefox")
    with transaction() as session:
        key = key_of(redeem(session, realm=Realm.STAFF, ticket=ticket))
    with reading() as session:
        scope = employee_scope(session, key)
        require_live(session, scope, Permission.SEE_DESK)
        row = session.scalars(select(PortalSession)).one()
        assert (scope.login, row.device, row.network) == ("ewa", "Firefox", "10.0.0.0")
        assert row.second_factor_at is not None
        assert [one.right for one in sign_in_history(session, scope)] == [True]
        assert session.scalars(select(AuditEvent.action)).all() == ["signed_in_by_provider"]


def test_ticket_works_once_and_for_employees_only(ewa: None) -> None:
    ticket = sign_in_by_provider(said())
    with transaction() as session, pytest.raises(SessionEndedError):
        redeem(session, realm=Realm.TENANT, ticket=ticket)
    with transaction() as session:
        redeem(session, realm=Realm.STAFF, ticket=ticket)
        with pytest.raises(SessionEndedError):
            redeem(session, realm=Realm.STAFF, ticket=ticket)


@pytest.mark.parametrize("subject", ["urzad|18", "ewa", "URZAD|17", ""])
def test_nobody_is_made_an_employee(ewa: None, subject: str) -> None:
    with pytest.raises(NotAnEmployeeError):
        sign_in_by_provider(said(subject))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Employee)) == 2
        assert session.scalar(select(func.count()).select_from(SignInTicket)) == 0


@pytest.mark.parametrize("state", [AccountState.LOCKED, AccountState.CLOSED])
def test_blocked_and_closed_employees_stay_outside(ewa: None, state: AccountState) -> None:
    with transaction() as session:
        session.scalars(select(Employee).where(Employee.login == "ewa")).one().state = state
    with pytest.raises(NotAnEmployeeError):
        sign_in_by_provider(said())


def test_employee_blocked_before_the_ticket_is_used_stays_outside(ewa: None) -> None:
    ticket = sign_in_by_provider(said())
    with transaction() as session:
        session.scalars(select(Employee).where(Employee.login == "ewa")).one().state = AccountState.LOCKED
    with transaction() as session, pytest.raises(SessionEndedError):
        redeem(session, realm=Realm.STAFF, ticket=ticket)


def test_an_answer_works_once(ewa: None) -> None:
    sign_in_by_provider(said())
    with pytest.raises(AnswerUsedError):
        sign_in_by_provider(said())
    sign_in_by_provider(said(answer="https://idp.example n2"))


def test_of_many_at_once_one_answer_signs_in_once(ewa: None) -> None:
    answer = said()

    def attempt(_: int) -> bool:
        try:
            sign_in_by_provider(answer)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


@pytest.mark.parametrize("minutes", [-5, 3])
def test_an_answer_is_good_while_it_is_new(clock: Clock, minutes: int) -> None:
    old = said()
    clock.tick(timedelta(minutes=minutes + 2) if minutes > 0 else timedelta(minutes=minutes))
    with pytest.raises(AnswerUsedError):
        sign_in_by_provider(old)


def test_an_answer_without_a_nonce_is_none(ewa: None) -> None:
    with pytest.raises(AnswerUsedError):
        sign_in_by_provider(said(answer=""))
