"""Every way a request may go from the office, every way it may not, and what goes with each."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope, Role
from core.accounts.models import AccountState, PortalAccount
from core.activation.deciding import (
    HasAccountError,
    approve,
    ask_for_correction,
    reissue,
    reject,
    resume,
    take_into_review,
    transfer,
    withdraw_for_applicant,
)
from core.activation.models import ActivationRequest, ActivationStep, ActivationTenancy, RequestState
from core.activation.reasons import RejectReason
from core.activation.steps import OPEN, WAYS, RequestMovedError
from core.audit.models import AuditEvent
from core.db import reading, transaction
from core.delivery import deliver_mail
from core.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError, SessionEndedError
from core.outbox.models import OutgoingMail
from core.registry.models import ServiceDistrict, Tenancy
from tests.cast import (
    end_session,
    make_account,
    make_building,
    make_district,
    make_premises,
    make_tenancy,
    make_tenant,
    sign_in_employee,
)
from tests.core.activation.requests import clerk, how_many, letters, make_request, state_of, steps_of

Act = Callable[[Session, EmployeeScope, int], object]
S = RequestState


def home_of(session: Session, district: ServiceDistrict | None = None, **period: Any) -> Tenancy:
    """A tenancy of Anna's in a building of the district."""
    premises = make_premises(session, building=make_building(session, district=district))
    return make_tenancy(session, make_tenant(session), premises=premises, **period)


def approve_any(session: Session, scope: EmployeeScope, request_id: int) -> str:
    tenancy = home_of(session)
    return approve(session, scope, request_id=request_id, tenant_id=tenancy.tenant_id, tenancy_ids=[tenancy.id])


def transfer_away(session: Session, scope: EmployeeScope, request_id: int) -> None:
    there = make_district(session, code="ZACHÓD")
    transfer(session, scope, request_id=request_id, district_id=there.id)


ACTS: dict[str, tuple[Act, RequestState | None, frozenset[RequestState]]] = {
    "take_into_review": (lambda s, e, r: take_into_review(s, e, request_id=r), S.IN_REVIEW, frozenset({S.FILED})),
    "approve": (approve_any, S.APPROVED, frozenset({S.IN_REVIEW})),
    "ask_for_correction": (
        lambda s, e, r: ask_for_correction(s, e, request_id=r, message="Brak podpisu."),
        S.CORRECTION,
        frozenset({S.FILED, S.IN_REVIEW}),
    ),
    "resume": (lambda s, e, r: resume(s, e, request_id=r), S.IN_REVIEW, frozenset({S.CORRECTION})),
    "reject": (
        lambda s, e, r: reject(s, e, request_id=r, reason=RejectReason.NO_TITLE),
        S.REJECTED,
        frozenset({S.FILED, S.IN_REVIEW, S.CORRECTION}),
    ),
    "withdraw": (lambda s, e, r: withdraw_for_applicant(s, e, request_id=r), S.WITHDRAWN, OPEN),
    "transfer": (transfer_away, None, OPEN),
    "reissue": (
        lambda s, e, r: reissue(s, e, request_id=r),
        None,
        frozenset({S.APPROVED, S.CREDENTIALS_SENT, S.COMPLETED}),
    ),
}
WRITES = {"approve", "ask_for_correction", "reject", "withdraw", "transfer", "reissue"}


def in_state(session: Session, state: RequestState) -> ActivationRequest:
    """A request in that state, with an account where the state has one."""
    request = make_request(session, state=state)
    if state in (S.APPROVED, S.CREDENTIALS_SENT, S.COMPLETED):
        account = make_account(session, make_tenant(session))
        account.email, request.account_id = request.email, account.id
    if state is S.CORRECTION:
        request.paused_on = request.filed_on
    session.flush()
    return request


@pytest.mark.parametrize("act", ACTS)
def test_each_step_begins_where_it_may_and_nowhere_else(session: Session, act: str) -> None:
    do, goal, sources = ACTS[act]
    ewa = clerk(session)
    for state in RequestState:
        request = in_state(session, state)
        before = len(letters(session))
        if state not in sources:
            with pytest.raises(RequestMovedError):
                do(session, ewa, request.id)
            assert state_of(session, request) == state
            assert len(letters(session)) == before
            continue
        do(session, ewa, request.id)
        assert state_of(session, request) == (goal or state)
        assert steps_of(session, request) == [state, *([goal] if goal else [])]
        assert len(letters(session)) == before + (act in WRITES)


def test_ways_of_the_office_are_those_of_the_machine() -> None:
    for _, goal, sources in ACTS.values():
        assert goal is None or sources <= WAYS[goal]


@pytest.mark.parametrize("act", ACTS)
def test_each_step_is_in_the_audit_log_with_who_took_it(session: Session, act: str) -> None:
    do, _, sources = ACTS[act]
    ewa, request = clerk(session), in_state(session, min(sources))
    do(session, ewa, request.id)
    event = session.scalars(select(AuditEvent)).all()[-1]
    assert (event.actor, event.actor_id) == ("staff", ewa.employee_id)
    assert "anna" not in event.details.lower()


@pytest.mark.parametrize("act", ACTS)
def test_other_district_sees_nothing_and_changes_nothing(session: Session, act: str) -> None:
    do, _, sources = ACTS[act]
    stranger = clerk(session, make_district(session, code="WSCHÓD"))
    request = in_state(session, min(sources))
    with pytest.raises(NotFoundError):
        do(session, stranger, request.id)
    assert state_of(session, request) == min(sources)


@pytest.mark.parametrize("act", ACTS)
def test_other_roles_and_ended_sessions_decide_nothing(session: Session, act: str) -> None:
    do, _, sources = ACTS[act]
    gone = clerk(session)
    end_session(session, gone)
    request = in_state(session, min(sources))
    for scope in (sign_in_employee(session, Role.ADMINISTRATOR, Role.ACCOUNTING, Role.ADMIN), gone):
        with pytest.raises((NotPermittedError, SessionEndedError)):
            do(session, scope, request.id)
    assert state_of(session, request) == min(sources)


@freeze_time("2026-11-25T09:00:00Z")
def test_approval_opens_the_account_and_keeps_what_it_rests_on(session: Session) -> None:
    centrum = make_district(session)
    ewa, tenancy = clerk(session, centrum), home_of(session, centrum)
    request = make_request(session, state=S.IN_REVIEW, email="anna@example.com")

    login = approve(
        session, ewa, request_id=request.id, tenant_id=tenancy.tenant_id, tenancy_ids=[tenancy.id, tenancy.id]
    )

    session.refresh(request)
    account = session.scalars(select(PortalAccount)).one()
    assert (account.tenant_id, account.login, account.email) == (tenancy.tenant_id, login, "anna@example.com")
    assert (account.password_hash, account.initial_password_hash) == (None, None)
    assert login not in (tenancy.tenant.tenant_no, tenancy.tenancy_no)
    assert (request.account_id, request.tenant_id) == (account.id, tenancy.tenant_id)
    assert (request.title_checked_on, request.reviewer_id) == (date(2026, 11, 25), ewa.employee_id)
    assert request.decided_at == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert session.scalars(select(ActivationTenancy.tenancy_id)).all() == [tenancy.id]
    assert [one.recipient for one in letters(session, "credentials")] == ["anna@example.com"]


def test_approved_request_goes_on_when_its_mail_is_sent(database: str) -> None:
    with transaction() as session:
        request = make_request(session, state=S.IN_REVIEW)
        approve_any(session, clerk(session), request.id)
        request_id = request.id
    deliver_mail()
    with reading() as session:
        assert session.scalars(select(ActivationRequest.state).where(ActivationRequest.id == request_id)).one() == (
            "credentials_sent"
        )


@freeze_time("2026-11-25T09:00:00Z")
@pytest.mark.parametrize(
    ("valid_from", "valid_to", "in_force"),
    [
        ("2010-01-01", None, True),
        ("2026-11-25", "2026-11-25", True),
        ("2010-01-01", "2026-11-24", False),
        ("2026-11-26", None, False),
    ],
)
def test_title_is_checked_on_the_day(session: Session, valid_from: str, valid_to: str | None, in_force: bool) -> None:
    tenancy = home_of(session, valid_from=date.fromisoformat(valid_from))
    tenancy.valid_to = date.fromisoformat(valid_to) if valid_to else None
    request = make_request(session, state=S.IN_REVIEW)
    session.flush()
    ewa = clerk(session)

    def decide() -> str:
        return approve(session, ewa, request_id=request.id, tenant_id=tenancy.tenant_id, tenancy_ids=[tenancy.id])

    if in_force:
        decide()
        return
    with pytest.raises(InvalidInputError) as refusal:
        decide()
    assert refusal.value.field == "tenancies"
    assert state_of(session, request) == "in_review"


def test_approval_needs_a_tenancy_of_that_tenant_in_the_own_district(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    own, far, other = home_of(session, here), home_of(session, there), home_of(session, here)
    request, ewa = make_request(session, state=S.IN_REVIEW), clerk(session, here)
    for tenant_id, chosen, refused in (
        (own.tenant_id, [], InvalidInputError),
        (own.tenant_id, [own.id, other.id], NotFoundError),
        (far.tenant_id, [far.id], NotFoundError),
        (999_999, [own.id], NotFoundError),
    ):
        with pytest.raises(refused):
            approve(session, ewa, request_id=request.id, tenant_id=tenant_id, tenancy_ids=chosen)
    assert how_many(session, PortalAccount) == 0


def test_tenant_with_an_account_gets_no_second_one(session: Session) -> None:
    tenancy, ewa = home_of(session), clerk(session)
    account = make_account(session, tenancy.tenant)
    request = make_request(session, state=S.IN_REVIEW)
    with pytest.raises(HasAccountError):
        approve(session, ewa, request_id=request.id, tenant_id=tenancy.tenant_id, tenancy_ids=[tenancy.id])
    assert state_of(session, request) == "in_review"
    account.state = AccountState.CLOSED
    session.flush()
    approve(session, ewa, request_id=request.id, tenant_id=tenancy.tenant_id, tenancy_ids=[tenancy.id])


def test_approval_that_is_rolled_back_leaves_neither_account_nor_mail(database: str) -> None:
    with transaction() as session:
        ewa, request_id = clerk(session), make_request(session, state=S.IN_REVIEW).id

    def approve_and_break() -> None:
        with transaction() as session:
            approve_any(session, ewa, request_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        approve_and_break()
    with reading() as session:
        assert [how_many(session, model) for model in (PortalAccount, OutgoingMail, AuditEvent)] == [0, 0, 0]
        assert session.scalars(select(ActivationRequest.state)).one() == "in_review"


@pytest.mark.parametrize(("message", "taken"), [("Brak podpisu.", True), ("  ", False), ("x" * 1001, False)])
def test_correction_says_what_to_mend(session: Session, message: str, taken: bool) -> None:
    ewa, request = clerk(session), make_request(session, state=S.FILED)
    if taken:
        ask_for_correction(session, ewa, request_id=request.id, message=message)
        assert message in (letters(session, "correction")[0].parameters or "")
        return
    with pytest.raises(InvalidInputError) as refusal:
        ask_for_correction(session, ewa, request_id=request.id, message=message)
    assert refusal.value.field == "message"


def test_clock_stands_in_correction_and_its_pauses_add_up(session: Session) -> None:
    with freeze_time("2026-11-23T09:00:00Z") as clock:
        request = make_request(session, state=S.FILED, filed_on=date(2026, 11, 23), deadline_on=date(2026, 12, 7))
        seen, paused = [], []
        for asked, mended in (("2026-11-25", "2026-11-30"), ("2026-12-01", "2026-12-01"), ("2026-12-02", "2026-12-04")):
            clock.move_to(f"{asked}T09:00:00Z")
            ask_for_correction(session, clerk(session), request_id=request.id, message="Brak podpisu.")
            session.refresh(request)
            paused.append(request.paused_on)
            clock.move_to(f"{mended}T09:00:00Z")
            resume(session, clerk(session), request_id=request.id)
            session.refresh(request)
            paused.append(request.paused_on)
            seen.append(request.deadline_on)
    # 7 December and 5 days is a Saturday; 7 days in all are a Monday again, not two days after the moved one.
    assert seen == [date(2026, 12, 14), date(2026, 12, 14), date(2026, 12, 14)]
    assert paused == [date(2026, 11, 25), None, date(2026, 12, 1), None, date(2026, 12, 2), None]
    assert len(letters(session, "correction")) == 3


def test_request_rejected_in_correction_has_the_days_of_the_pause(session: Session) -> None:
    with freeze_time("2026-11-23T09:00:00Z") as clock:
        request = make_request(session, state=S.FILED, filed_on=date(2026, 11, 23), deadline_on=date(2026, 12, 7))
        ask_for_correction(session, clerk(session), request_id=request.id, message="Brak podpisu.")
        clock.move_to("2026-12-14T09:00:00Z")
        reject(session, clerk(session), request_id=request.id, reason=RejectReason.NOT_MENDED)
    session.refresh(request)
    assert request.deadline_on == date(2026, 12, 28)


def test_rejection_has_a_reason_and_for_another_one_a_message(session: Session) -> None:
    ewa, request = clerk(session), make_request(session, state=S.FILED)
    with pytest.raises(InvalidInputError) as refusal:
        reject(session, ewa, request_id=request.id, reason=RejectReason.OTHER)
    assert refusal.value.field == "message"
    reject(session, ewa, request_id=request.id, reason=RejectReason.OTHER, message="Zadzwoń do nas.")
    session.refresh(request)
    assert (request.reject_code, request.message) == ("other", "Zadzwoń do nas.")
    assert "Zadzwoń do nas." in (letters(session, "rejected")[0].parameters or "")


def test_handed_over_request_is_the_other_districts_alone(session: Session) -> None:
    here, there = make_district(session, code="CENTRUM"), make_district(session, code="WSCHÓD")
    ewa, jan = clerk(session, here), clerk(session, there)
    request = make_request(session, state=S.IN_REVIEW, district=here, filed_on=date(2026, 11, 23))
    deadline_on = request.deadline_on
    for wrong in (here.id, 999_999):
        with pytest.raises(InvalidInputError):
            transfer(session, ewa, request_id=request.id, district_id=wrong)

    transfer(session, ewa, request_id=request.id, district_id=there.id)

    with pytest.raises(NotFoundError):
        transfer(session, ewa, request_id=request.id, district_id=there.id)
    session.refresh(request)
    assert (request.district_id, request.state, request.deadline_on) == (there.id, "in_review", deadline_on)
    assert f'"from":{here.id},"to":{there.id}' in session.scalars(select(AuditEvent.details)).all()[-1]
    reject(session, jan, request_id=request.id, reason=RejectReason.NO_TITLE)
    assert [one.template for one in letters(session)] == ["transferred", "rejected"]


def test_reissue_kills_the_initial_password_and_mails_anew(session: Session) -> None:
    ewa, request = clerk(session), in_state(session, S.COMPLETED)
    account = session.scalars(select(PortalAccount)).one()
    account.initial_password_hash = "-"
    reissue(session, ewa, request_id=request.id)
    assert session.scalars(select(PortalAccount.initial_password_hash)).all() == [None]
    assert [one.recipient for one in letters(session)] == [request.email]


CLERKS, REQUESTS = 8, 200


def test_clerks_who_approve_everything_at_once_make_each_account_once(database: str) -> None:
    with transaction() as session:
        premises = make_premises(session)
        cases = []
        for number in range(REQUESTS):
            tenancy = make_tenancy(session, make_tenant(session), premises=premises)
            request = make_request(session, state=S.IN_REVIEW, email=f"najemca{number}@example.com")
            cases.append((request.id, tenancy.tenant_id, tenancy.id))
        clerks = [clerk(session) for _ in range(CLERKS)]
    bugs: list[Exception] = []
    done: list[int] = []

    def work(scope: EmployeeScope, order: list[tuple[int, int, int]]) -> None:
        for request_id, tenant_id, tenancy_id in order:
            try:
                with transaction() as session:
                    approve(session, scope, request_id=request_id, tenant_id=tenant_id, tenancy_ids=[tenancy_id])
                done.append(request_id)
            except RequestMovedError:
                pass
            except Exception as bug:
                bugs.append(bug)

    chance = random.Random(7)
    threads = [threading.Thread(target=work, args=(one, chance.sample(cases, len(cases)))) for one in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bugs == []
    with reading() as session:
        assert sorted(done) == sorted(case[0] for case in cases)
        assert how_many(session, PortalAccount) == REQUESTS
        assert len({letter.recipient for letter in letters(session, "credentials")}) == how_many(session, OutgoingMail)
        assert how_many(session, OutgoingMail) == REQUESTS
        approvals = select(func.count()).where(ActivationStep.state == S.APPROVED)
        assert session.scalar(approvals) == REQUESTS


def test_two_requests_of_one_tenant_approved_at_once_make_one_account(database: str) -> None:
    with transaction() as session:
        tenancy = home_of(session)
        tenant_id, tenancy_id = tenancy.tenant_id, tenancy.id
        request_ids = [make_request(session, state=S.IN_REVIEW).id for _ in range(6)]
        clerks = [clerk(session) for _ in request_ids]
    outcomes: list[str] = []
    gate = threading.Barrier(len(request_ids))

    def work(scope: EmployeeScope, request_id: int) -> None:
        gate.wait()
        try:
            with transaction() as session:
                approve(session, scope, request_id=request_id, tenant_id=tenant_id, tenancy_ids=[tenancy_id])
            outcomes.append("approved")
        except Exception as refusal:
            outcomes.append(type(refusal).__name__)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(clerks, request_ids, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["HasAccountError"] * 5 + ["approved"]


def test_two_clerks_who_decide_differently_make_one_decision(database: str) -> None:
    with transaction() as session:
        request_id = make_request(session, state=S.IN_REVIEW).id
        ewa, jan = clerk(session), clerk(session)
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def work(scope: EmployeeScope, act: Act) -> None:
        gate.wait()
        try:
            with transaction() as session:
                act(session, scope, request_id)
            outcomes.append("done")
        except DomainError as refusal:
            outcomes.append(type(refusal).__name__)

    threads = [
        threading.Thread(target=work, args=(ewa, approve_any)),
        threading.Thread(target=work, args=(jan, ACTS["reject"][0])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["RequestMovedError", "done"]
    with reading() as session:
        assert how_many(session, OutgoingMail) == 1
