"""Requests without a paper end after sixty days, once; completed are those whose tenant has an own password."""

from datetime import UTC, date, datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import PortalAccount
from core.activation.completing import complete_requests
from core.activation.expiring import expire_requests
from core.activation.models import RequestState
from core.audit.models import AuditEvent
from tests.cast import make_account, make_tenant
from tests.core.activation.requests import letters, make_request, state_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@freeze_time(NOW)
def test_request_without_paper_expires_once(session: Session) -> None:
    late = make_request(session, submitted_at=NOW - timedelta(days=60, seconds=1), email="pozny@example.com")
    young = make_request(session, submitted_at=NOW - timedelta(days=59))

    assert [expire_requests(session), expire_requests(session)] == [1, 0]

    assert [state_of(session, one) for one in (late, young)] == ["expired", "submitted"]
    assert [(one.template, one.recipient) for one in letters(session)] == [("expired", "pozny@example.com")]
    assert session.execute(select(AuditEvent.actor, AuditEvent.action)).all() == [("system", "request_expired")]


@freeze_time(NOW)
def test_paper_that_came_keeps_a_request_alive(session: Session) -> None:
    long_ago = NOW - timedelta(days=100)
    for state in RequestState:
        if state is not RequestState.SUBMITTED:
            make_request(session, state=state, submitted_at=long_ago)
    with_administrator = make_request(session, submitted_at=long_ago)
    with_administrator.administrator_received_on = date(2026, 9, 1)
    session.flush()
    assert expire_requests(session) == 0


@pytest.mark.parametrize("state", [RequestState.APPROVED, RequestState.CREDENTIALS_SENT])
def test_own_password_completes_the_request(session: Session, state: RequestState) -> None:
    waiting, done = (make_request(session, state=state) for _ in range(2))
    accounts = [make_account(session, make_tenant(session)) for _ in range(2)]
    waiting.account_id, done.account_id = (account.id for account in accounts)
    accounts[0].password_hash = None
    session.flush()

    assert complete_requests(session, account_id=accounts[0].id) == 0
    assert complete_requests(session) == 1
    assert complete_requests(session) == 0
    assert [state_of(session, one) for one in (waiting, done)] == [state, "completed"]


def test_only_the_account_that_is_named_is_completed(session: Session) -> None:
    requests = [make_request(session, state=RequestState.CREDENTIALS_SENT) for _ in range(2)]
    for request in requests:
        request.account_id = make_account(session, make_tenant(session)).id
    session.flush()
    assert complete_requests(session, account_id=requests[1].account_id) == 1
    assert [state_of(session, one) for one in requests] == ["credentials_sent", "completed"]
    assert session.scalars(select(PortalAccount.id)).all() == [one.account_id for one in requests]


@pytest.mark.parametrize("state", [RequestState.FILED, RequestState.REJECTED, RequestState.COMPLETED])
def test_other_requests_are_not_completed(session: Session, state: RequestState) -> None:
    request = make_request(session, state=state)
    request.account_id = make_account(session, make_tenant(session)).id
    session.flush()
    assert complete_requests(session) == 0
