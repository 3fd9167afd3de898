"""A closed month takes nothing and gives nothing back without a reason and a second person who saw exactly this."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import GRANTS, EmployeeScope, Permission, Role
from core.accounts.sign_in import operator_scope
from core.audit.models import AuditEvent
from core.batches.models import BatchState, ImportBatch
from core.clock import today
from core.documents.storage import keep_bytes, kept_file
from core.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError
from core.imports.closed_periods import ClosedMonth, ClosedPeriodUndoError, closed_until
from core.imports.closing import close_month, ledger_months, next_to_close, reopen_month
from core.imports.desk import commit_batch, hand_in, preview_batch
from core.imports.findings import Cause, Severity
from core.imports.invariants import broken_invariants, worth_knowing
from core.imports.options import LoadOptions
from core.imports.period_models import PeriodAction, PeriodRequest, RequestState
from core.imports.report import BatchReport, SecondPersonNeededError
from core.imports.second_person import (
    ask_load,
    ask_undo,
    confirm_request,
    mint_decision,
    period_requests,
    refuse_request,
)
from core.imports.undo import undo_batch
from core.ledger.models import LedgerEntry
from tests.cast import day, end_session, make_tenancy, make_tenant, sign_in_employee
from tests.core.imports.files import count_entries, ledger_lines, load_lines, undo, write

AUGUST = "0001;U/1;NAL/8;1;NAL;2026-08-03;2026-08-10;Czynsz;100,00;"
SEPTEMBER = "0001;U/1;NAL/9;1;NAL;2026-09-01;2026-09-10;Czynsz;200,00;"
LATE = "0002;U/2;WPL/1;1;WPL;2026-09-30;;Wpłata;;50,00"
STRANGE = "0009;U/9;WPL/2;1;WPL;2026-09-15;;Wpłata;;7,00"
OPEN = "0001;U/1;NAL/10;1;NAL;2026-10-01;2026-10-10;Czynsz;300,00;"
REASON = "Wyciąg z banku przyszedł po terminie."
ACCEPTED = LoadOptions(accept_warnings=True)


class Office:
    """A clerk of the accounts and two chief accountants, signed in; August and September 2026 stand in the ledger."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.folder = folder
        self.clerk = sign_in_employee(session, Role.ACCOUNTING, employee_id=1)
        self.chief = sign_in_employee(session, Role.CHIEF_ACCOUNTANT, employee_id=2)
        self.deputy = sign_in_employee(session, Role.CHIEF_ACCOUNTANT, employee_id=3)
        for number in (1, 2):
            tenant = make_tenant(session, f"Anna {number}", tenant_no=f"000{number}")
            make_tenancy(session, tenant, tenancy_no=f"U/{number}")
        session.commit()
        self.first = load_lines(folder, ledger_lines(AUGUST, SEPTEMBER))

    def close(self, month: str = "2026-09") -> list[str]:
        with db.transaction() as session:
            return close_month(session, self.chief, month=month)

    def reopen(self, month: str, reason: str = REASON) -> None:
        with db.transaction() as session:
            reopen_month(session, self.chief, month=month, reason=reason)

    def check(self, *rows: str, by: EmployeeScope | None = None) -> BatchReport:
        """Hand a file in and preview it, as the screen does."""
        path = write(self.folder, ledger_lines(*rows))
        batch_id = hand_in(by or self.clerk, kind="ledger", path=path, file_name=path.name)
        return preview_batch(by or self.clerk, batch_id=batch_id, options=LoadOptions()).report

    def ask(self, *rows: str, options: LoadOptions = ACCEPTED) -> int:
        report = self.check(*rows)
        return ask_load(self.clerk, batch_id=report.batch_id, options=options, reason=REASON)

    def confirm(self, request_id: int, by: EmployeeScope | None = None) -> object:
        by = by or self.chief
        with db.transaction() as session:
            token = mint_decision(session, by, request_id=request_id)
        return confirm_request(by, request_id=request_id, token=token)


@pytest.fixture
def office(session: Session, tmp_path: Path) -> Office:
    return Office(session, tmp_path)


def _sound() -> bool:
    with db.reading() as session:
        return broken_invariants(session, operator_scope()) == []


def test_first_closing_takes_the_months_before_along(office: Office) -> None:
    assert office.close() == ["2026-08", "2026-09"]
    with db.reading() as session:
        assert closed_until(session) == day("2026-09-30")
        lines = ledger_months(session, office.clerk)
    assert [(one.month, one.rows, str(one.debit), one.closed_login is not None) for one in lines] == [
        ("2026-09", 1, "200.00", True),
        ("2026-08", 1, "100.00", True),
    ]


def test_months_are_closed_in_order_and_opened_from_the_last(office: Office) -> None:
    office.close("2026-08")
    with pytest.raises(InvalidInputError):
        office.close("2026-10")
    office.close("2026-09")
    with pytest.raises(InvalidInputError):
        office.reopen("2026-08")
    office.reopen("2026-09")
    with pytest.raises(NotFoundError):
        office.reopen("2026-09")
    with db.reading() as session:
        assert closed_until(session) == day("2026-08-31")
        assert next_to_close(session, office.chief) == ["2026-09"]
        assert ledger_months(session, office.clerk)[0].reopen_reason == REASON
    assert office.close("2026-09") == ["2026-09"]


@pytest.mark.parametrize("month", ["current", "2099-01", "2026-13", "", "2026-9", "２０２６-09"])
def test_current_future_and_senseless_months_are_not_closed(office: Office, month: str) -> None:
    with pytest.raises(InvalidInputError):
        office.close(f"{today():%Y-%m}" if month == "current" else month)


@pytest.mark.parametrize("reason", ["", "  krótko ", "x" * 501])
def test_opening_needs_a_reason(office: Office, reason: str) -> None:
    office.close()
    with pytest.raises(InvalidInputError):
        office.reopen("2026-09", reason)


def test_closing_and_opening_are_in_the_log(office: Office) -> None:
    office.close()
    office.reopen("2026-09")
    with db.reading() as session:
        told = session.execute(
            select(AuditEvent.action, AuditEvent.object_id, AuditEvent.actor_id)
            .where(AuditEvent.object_kind == "closed_period")
            .order_by(AuditEvent.id)
        ).all()
    assert [tuple(one) for one in told] == [
        ("period_closed", "2026-08", 2),
        ("period_closed", "2026-09", 2),
        ("period_reopened", "2026-09", 2),
    ]


def test_preview_finds_each_row_of_a_closed_month(office: Office) -> None:
    office.close()
    report = office.check(OPEN, LATE, STRANGE)
    found = [
        (one.severity, one.line, one.column, one.cell)
        for one in report.findings.sorted()
        if one.cause is Cause.CLOSED_PERIOD
    ]
    assert found == [
        (Severity.WARNING, 3, "data_ksiegowania", "2026-09-30"),
        (Severity.WARNING, 4, "data_ksiegowania", "2026-09-15"),
    ]
    assert report.closed == (ClosedMonth("2026-09", rows=1, debit=0, credit=5000, suspended=1),)


def test_months_before_the_first_closed_one_are_closed_too(office: Office) -> None:
    office.close()
    assert [one.month for one in office.check(LATE.replace("2026-09-30", "2019-12-31")).closed] == ["2019-12"]


def test_repeated_rows_need_nobody(office: Office) -> None:
    office.close()
    report = office.check(AUGUST, SEPTEMBER, OPEN)
    assert (report.closed, report.repeated, report.accepted) == ((), 2, 1)
    assert commit_batch(office.clerk, batch_id=report.batch_id, options=LoadOptions()).accepted == 1


def test_open_months_need_nobody(office: Office) -> None:
    office.close("2026-08")
    assert load_lines(office.folder, ledger_lines(LATE, OPEN)).state is BatchState.COMMITTED


def test_no_option_of_the_desk_opens_a_closed_month(office: Office) -> None:
    office.close()
    report = office.check(LATE, OPEN)
    for options in (ACCEPTED, LoadOptions(accept_warnings=True, skip_errors=True, equal_rows="add")):
        with pytest.raises(SecondPersonNeededError):
            commit_batch(office.chief, batch_id=office.check(LATE, OPEN).batch_id, options=options)
    assert report.closed
    assert count_entries() == 2


def test_second_person_loads_what_the_first_asked_for(office: Office) -> None:
    office.close()
    request_id = office.ask(LATE, OPEN, STRANGE)
    with db.reading() as session:
        (line,) = period_requests(session, office.chief, waiting=True)
    assert (line.id, line.reason, line.months[0].rows, line.figures["accepted"]) == (request_id, REASON, 1, "2")
    report = office.confirm(request_id)
    assert isinstance(report, BatchReport)
    assert (report.state, report.accepted, report.suspended, count_entries()) == (BatchState.COMMITTED, 2, 1, 4)
    with db.reading() as session:
        assert period_requests(session, office.chief, waiting=True) == []
        decided = period_requests(session, office.chief, waiting=False)
        assert ledger_months(session, office.clerk)[1].added_since == 1
    assert [(one.state, one.decided_login) for one in decided] == [(RequestState.CONFIRMED, office.chief.login)]
    assert _sound()


def test_nobody_is_the_second_person_to_themselves(office: Office) -> None:
    office.close()
    report = office.check(LATE, by=office.deputy)
    request_id = ask_load(office.deputy, batch_id=report.batch_id, options=ACCEPTED, reason=REASON)
    with pytest.raises(NotPermittedError):
        office.confirm(request_id, by=office.deputy)
    assert count_entries() == 2
    office.confirm(request_id, by=office.chief)
    assert count_entries() == 3


def test_database_knows_two_people_too(office: Office) -> None:
    office.close()
    request_id = office.ask(LATE)
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.execute(
            update(PeriodRequest)
            .where(PeriodRequest.id == request_id)
            .values(state=RequestState.CONFIRMED, decided_by=office.clerk.employee_id)
        )


def test_only_who_handed_the_file_in_asks_and_with_a_reason(office: Office) -> None:
    office.close()
    report = office.check(LATE)
    with pytest.raises(NotPermittedError):
        ask_load(office.deputy, batch_id=report.batch_id, options=ACCEPTED, reason=REASON)
    with pytest.raises(InvalidInputError):
        ask_load(office.clerk, batch_id=report.batch_id, options=ACCEPTED, reason=" ")


def test_who_may_not_close_periods_confirms_nothing(office: Office) -> None:
    office.close()
    request_id = office.ask(LATE)
    with pytest.raises(NotPermittedError):
        confirm_request(office.clerk, request_id=request_id, token="x")
    assert {role for role in Role if Permission.CLOSE_PERIODS in GRANTS[role]} == {Role.CHIEF_ACCOUNTANT}


def test_consent_covers_what_was_seen_and_nothing_else(office: Office) -> None:
    """Another batch lands meanwhile: a row that was new is a repetition, and the consent covers something else."""
    office.close()
    request_id = office.ask(LATE, OPEN)
    assert load_lines(office.folder, ledger_lines(OPEN)).state is BatchState.COMMITTED
    before = count_entries()
    with pytest.raises(DomainError):
        office.confirm(request_id)
    assert count_entries() == before
    with db.reading() as session:
        assert [one.id for one in period_requests(session, office.chief, waiting=True)] == [request_id]


def test_file_replaced_after_the_request_is_not_loaded(office: Office) -> None:
    office.close()
    request_id = office.ask(LATE)
    with db.transaction() as session:
        batch_id, sha256 = session.execute(
            select(ImportBatch.id, ImportBatch.sha256).order_by(ImportBatch.id.desc()).limit(1)
        ).one()
    other = "\r\n".join(ledger_lines(LATE.replace("Wpłata", "Wplata"))).encode()  # with the very same figures
    kept_file(sha256).write_bytes(other)
    with pytest.raises(DomainError):
        office.confirm(request_id)
    with db.transaction() as session:
        session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(sha256=keep_bytes(other)))
    with pytest.raises(DomainError):
        office.confirm(request_id)
    assert count_entries() == 2


def test_later_request_takes_the_place_of_the_earlier(office: Office) -> None:
    office.close()
    batch_id = office.check(LATE).batch_id
    earlier = ask_load(office.clerk, batch_id=batch_id, options=ACCEPTED, reason=REASON)
    later = ask_load(office.clerk, batch_id=batch_id, options=ACCEPTED, reason=REASON)
    with pytest.raises(NotFoundError):
        office.confirm(earlier)
    office.confirm(later)
    assert count_entries() == 3


def test_consent_is_used_once(office: Office) -> None:
    office.close()
    request_id = office.ask(LATE)
    office.confirm(request_id)
    with pytest.raises(NotFoundError):
        office.confirm(request_id)
    assert count_entries() == 3


def test_refusal_has_its_reason_and_loads_nothing(office: Office) -> None:
    office.close()
    request_id = office.ask(LATE)
    with db.transaction() as session:
        refuse_request(session, office.chief, request_id=request_id, answer="Proszę zaksięgować w październiku.")
    with pytest.raises(NotFoundError):
        office.confirm(request_id)
    with db.reading() as session:
        (line,) = period_requests(session, office.clerk, waiting=False)
    assert (line.state, line.answer) == (RequestState.REFUSED, "Proszę zaksięgować w październiku.")
    assert count_entries() == 2


def test_file_without_closed_rows_needs_no_request(office: Office) -> None:
    office.close()
    with pytest.raises(InvalidInputError):
        office.ask(OPEN)


def test_closed_month_changed_behind_the_backs_of_two_people_is_found(office: Office) -> None:
    office.close()
    with db.transaction() as session:
        session.execute(
            update(LedgerEntry).where(LedgerEntry.document_no == "NAL/9").values(booked_on=day("2026-10-02"))
        )
    with db.reading() as session:
        # The figures beside the ledger see it too; here it is the closing that is asked.
        (broken,) = [one for one in broken_invariants(session, operator_scope()) if one.startswith("Okres")]
        assert worth_knowing(session, operator_scope()) == []
    assert "2026-09" in broken


def test_closed_month_changed_with_consent_is_listed(office: Office) -> None:
    office.close()
    office.confirm(office.ask(LATE))
    with db.reading() as session:
        (known,) = worth_knowing(session, operator_scope())
    assert "2026-09" in known
    assert _sound()


def test_consent_to_an_earlier_closing_excuses_nothing(office: Office) -> None:
    office.close()
    office.confirm(office.ask(LATE))
    office.reopen("2026-09")
    office.close()
    with db.transaction() as session:
        session.execute(
            update(LedgerEntry).where(LedgerEntry.document_no == "NAL/9").values(booked_on=day("2026-10-02"))
        )
    assert not _sound()


def test_opened_month_takes_rows_again_and_its_request_waits_no_more(office: Office) -> None:
    office.close()
    request_id = office.ask(LATE)
    office.reopen("2026-09")
    with db.reading() as session:
        batch_id = session.get_one(PeriodRequest, request_id).batch_id
    assert commit_batch(office.clerk, batch_id=batch_id, options=LoadOptions()).accepted == 1
    with db.reading() as session:
        assert period_requests(session, office.chief, waiting=True) == []


def test_undo_of_closed_rows_is_refused_without_the_second_person(office: Office) -> None:
    office.close()
    with pytest.raises(ClosedPeriodUndoError) as refused, db.transaction() as session:
        undo_batch(session, operator_scope(), batch_id=office.first.batch_id)
    assert [(one.month, one.rows) for one in refused.value.months] == [("2026-08", 1), ("2026-09", 1)]
    assert count_entries() == 2
    with db.transaction() as session:
        request_id = ask_undo(session, office.clerk, batch_id=office.first.batch_id, reason=REASON)
    office.confirm(request_id)
    assert count_entries() == 0
    with db.reading() as session:
        assert session.get_one(ImportBatch, office.first.batch_id).state == BatchState.UNDONE
    assert _sound()


def test_undo_asks_only_about_rows_that_would_go(office: Office) -> None:
    load_lines(office.folder, ledger_lines(AUGUST, SEPTEMBER, OPEN))
    office.close()
    assert undo(office.first) == (0, 2)


def test_consent_to_an_undo_covers_what_was_seen(office: Office) -> None:
    office.close()
    with db.transaction() as session:
        request_id = ask_undo(session, office.clerk, batch_id=office.first.batch_id, reason=REASON)
    load_lines(office.folder, ledger_lines(AUGUST))  # a repetition: one row would stay now
    with pytest.raises(DomainError):
        office.confirm(request_id)
    assert count_entries() == 2


def test_undo_in_open_months_needs_no_request(office: Office) -> None:
    with pytest.raises(InvalidInputError), db.transaction() as session:
        ask_undo(session, office.clerk, batch_id=office.first.batch_id, reason=REASON)


@pytest.mark.parametrize(
    "act",
    [
        lambda office: office.close(),
        lambda office: office.reopen("2026-09"),
        lambda office: office.confirm(1),
    ],
)
def test_ended_session_does_nothing(session: Session, office: Office, act: Callable[[Office], object]) -> None:
    end_session(session, office.chief)
    session.commit()
    with pytest.raises(DomainError):
        act(office)
    with db.reading() as fresh:
        assert closed_until(fresh) is None


def test_request_says_what_is_to_be_done(office: Office) -> None:
    office.close()
    office.ask(LATE)
    with db.reading() as session:
        (line,) = period_requests(session, office.clerk, waiting=True)
    assert (line.action, line.asked_by, line.months) == (
        PeriodAction.LOAD,
        1,
        (ClosedMonth("2026-09", rows=1, credit=5000),),
    )
