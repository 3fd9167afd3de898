"""A request to close an account: asked with the password, taken back, granted or refused by the office, once."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.models import PortalSession
from core.access.scopes import EmployeeScope, Role, TenantScope
from core.accounts.closing import (
    ClosingAskedError,
    NoClosingOpenError,
    OwnClosing,
    ask_closing,
    close_as_asked,
    own_closing,
    reject_closing,
    waiting_closings,
    waiting_closings_count,
    withdraw_closing,
)
from core.accounts.models import AccountState, ClosingRequest, ClosingState, PortalAccount, SignInAttempt
from core.accounts.office import close_account
from core.audit.models import AuditEvent
from core.clock import now
from core.db import reading, transaction
from core.errors import InvalidInputError, NotFoundError, NotPermittedError, SessionEndedError
from core.notices.inbox import inbox
from core.notices.models import NoticeKind
from core.outbox.models import OutgoingMail
from core.registry.models import Tenant
from tests.accounts import TENANT_PASSWORD
from tests.accounts import make_account as make_real_account
from tests.cast import (
    make_account,
    make_building,
    make_district,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
    sign_in_tenant,
)

WRONG = "Czerwona9Brama"


def anna() -> TenantScope:
    """Anna with a password that works."""
    with transaction() as session:
        account = make_real_account(session)
        return sign_in_tenant(session, session.get_one(Tenant, account.tenant_id), account_id=account.id)


def asked(session: Session, name: str = "Anna Kowalska", *, code: str = "CENTRUM") -> tuple[TenantScope, int]:
    """A tenant of a district whose request waits."""
    tenant = make_tenant(session, name)
    district = make_district(session, code=code)
    make_tenancy(session, tenant, premises=make_premises(session, building=make_building(session, district=district)))
    account = make_account(session, tenant)
    account.email = "anna@example.com"
    request = ClosingRequest(account_id=account.id, reason="Wyprowadzam się", asked_at=now())
    session.add(request)
    session.flush()
    return sign_in_tenant(session, tenant, account_id=account.id), request.id


def clerk(session: Session, *, code: str = "CENTRUM", role: Role = Role.CLERK) -> EmployeeScope:
    return sign_in_employee(session, role, districts=(make_district(session, code=code),), employee_id=7)


def told_of(scope: TenantScope) -> OwnClosing | None:
    with reading() as session:
        return own_closing(session, scope)


def test_password_is_asked_and_a_wrong_one_counts(database: str) -> None:
    scope = anna()
    with pytest.raises(InvalidInputError) as refusal:
        ask_closing(scope, current=WRONG)
    assert refusal.value.field == "current"
    assert told_of(scope) is None
    with reading() as session:
        assert session.scalars(select(SignInAttempt.outcome)).all() == ["wrong"]
    ask_closing(scope, current=TENANT_PASSWORD, reason="  Wyprowadzam\nsię  ")
    with reading() as session:
        one = session.scalars(select(ClosingRequest)).one()
        assert (one.reason, one.state, one.account_id) == ("Wyprowadzam się", ClosingState.OPEN, scope.account_id)
        assert session.get_one(PortalAccount, scope.account_id).state == AccountState.ACTIVE, "the office closes it"


def test_second_request_is_refused_until_the_first_is_taken_back(database: str) -> None:
    scope = anna()
    ask_closing(scope, current=TENANT_PASSWORD)
    with pytest.raises(ClosingAskedError):
        ask_closing(scope, current=TENANT_PASSWORD)
    with transaction() as session:
        withdraw_closing(session, scope)
    with transaction() as session, pytest.raises(NoClosingOpenError):
        withdraw_closing(session, scope)
    ask_closing(scope, current=TENANT_PASSWORD)
    found = told_of(scope)
    assert found is not None
    assert found.state is ClosingState.OPEN


def test_database_itself_takes_no_second_open_one(session: Session) -> None:
    scope, _ = asked(session)
    session.add(ClosingRequest(account_id=scope.account_id, asked_at=now(), state=ClosingState.OPEN))
    with pytest.raises(IntegrityError):
        session.flush()


def test_reason_has_500_signs_at_most(database: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        ask_closing(anna(), current=TENANT_PASSWORD, reason="a" * 501)
    assert refusal.value.field == "reason"


def test_closing_as_asked_is_the_offices_closing(session: Session) -> None:
    scope, closing_id = asked(session)
    close_as_asked(session, clerk(session), closing_id=closing_id)
    account = session.get_one(PortalAccount, scope.account_id, populate_existing=True)
    assert (account.state, account.password_hash, account.email) == (AccountState.CLOSED, None, None)
    assert session.scalars(select(OutgoingMail.template)).all() == ["account_closed"]
    ended = select(PortalSession.end_reason).where(PortalSession.key_hash == scope.session_key)
    assert session.scalar(ended) == "closed"
    assert "account_closed" in session.scalars(select(AuditEvent.action)).all()
    one = session.get_one(ClosingRequest, closing_id, populate_existing=True)
    assert (one.state, one.decided_by) == (ClosingState.CLOSED, 7)


def test_refusal_needs_an_answer_that_the_tenant_reads(session: Session) -> None:
    scope, closing_id = asked(session)
    for answer in ("  ", "a" * 501):
        with pytest.raises(InvalidInputError) as refusal:
            reject_closing(session, clerk(session), closing_id=closing_id, answer=answer)
        assert refusal.value.field == "answer"
    reject_closing(session, clerk(session), closing_id=closing_id, answer="Najpierw <b>rozliczenie</b>")
    assert session.get_one(PortalAccount, scope.account_id).state == AccountState.ACTIVE
    found = own_closing(session, scope)
    assert found is not None
    assert (found.state, found.answer) == (ClosingState.REJECTED, "Najpierw <b>rozliczenie</b>")
    (notice,) = inbox(session, scope)
    assert (notice.kind, notice.facts["answer"]) == (NoticeKind.CLOSING_REJECTED, "Najpierw <b>rozliczenie</b>")


def test_request_is_decided_once(session: Session) -> None:
    scope, closing_id = asked(session)
    withdraw_closing(session, scope)
    with pytest.raises(NoClosingOpenError):
        close_as_asked(session, clerk(session), closing_id=closing_id)
    with pytest.raises(NoClosingOpenError):
        reject_closing(session, clerk(session), closing_id=closing_id, answer="Nie")
    assert session.get_one(PortalAccount, scope.account_id).state == AccountState.ACTIVE


def test_closing_in_another_way_settles_the_request(session: Session) -> None:
    scope, _ = asked(session)
    office = clerk(session)
    close_account(session, office, account_id=scope.account_id)
    assert waiting_closings(session, office) == []
    assert session.scalars(select(ClosingRequest.state)).all() == [ClosingState.CLOSED]


def test_office_sees_its_own_districts(session: Session) -> None:
    _, closing_id = asked(session)
    office, other = clerk(session), clerk(session, code="POLESIE")
    (one,) = waiting_closings(session, office)
    assert (one.closing_id, one.tenant, one.reason) == (closing_id, "Anna Kowalska", "Wyprowadzam się")
    assert waiting_closings_count(session, office) == 1
    assert (waiting_closings(session, other), waiting_closings_count(session, other)) == ([], 0)
    with pytest.raises(NotFoundError):
        close_as_asked(session, other, closing_id=closing_id)
    with pytest.raises(NotFoundError):
        reject_closing(session, other, closing_id=closing_id, answer="Nie")


def test_only_who_may_decides(session: Session) -> None:
    _, closing_id = asked(session)
    accountant = clerk(session, role=Role.ACCOUNTING)
    with pytest.raises(NotPermittedError):
        waiting_closings(session, accountant)
    with pytest.raises(NotPermittedError):
        close_as_asked(session, accountant, closing_id=closing_id)


def test_neighbour_and_ended_session_see_nothing(session: Session) -> None:
    scope, _ = asked(session)
    neighbour, _ = asked(session, "Jan", code="POLESIE")
    withdraw_closing(session, neighbour)
    found = own_closing(session, scope)
    assert found is not None
    assert found.state is ClosingState.OPEN
    nobody = TenantScope(scope.account_id, scope.tenant_id, "f" * 64)
    for act in (own_closing, withdraw_closing):
        with pytest.raises(SessionEndedError):
            act(session, nobody)
