"""Loading the demo city: through the import, only into an empty database, never in production."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import db
from core.access.models import Realm
from core.access.scopes import Role
from core.accounts.models import Employee, EmployeeRole, PortalAccount
from core.accounts.sign_in import operator_scope, sign_in
from core.activation.models import ActivationRequest
from core.batches.models import ImportBatch
from core.charges.models import Charge
from core.charges.schedule import schedule_of
from core.clock import today
from core.commands import cli
from core.demo import cast, load
from core.demo.applications import HOME_DISTRICT, STORIES
from core.demo.load import DemoReport, NotEmptyError, is_empty, make_demo
from core.errors import DomainError, NotPermittedError
from core.faults.incidents import building_incidents
from core.faults.models import FaultReport, FaultStatus
from core.faults.queue import fault_figures
from core.imports.invariants import broken_invariants
from core.ledger.models import LedgerEntry
from core.overview import is_demo
from core.questions.models import QuestionThread
from core.registry.models import ServiceDistrict, Tenancy
from core.settings import settings
from tests.cast import make_tenant


def make_small() -> DemoReport:
    return make_demo(tenancies=40, years=1, seed=1)


def run_demo(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["demo", "--tenancies", "40", "--years", "1", *arguments])


def test_city_is_loaded_with_its_people_and_charged_what_its_schedules_say(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not frozen by freezegun: its days are of a type of their own, which polars does not take for days.
    monkeypatch.setattr("core.clock.now", lambda: datetime(2026, 11, 23, 10, tzinfo=UTC))

    report = make_small()

    assert {path.name for path in report.folder.iterdir()} == {
        "demo-budynki.csv", "demo-lokale.csv", "demo-kontrahenci.csv", "demo-umowy.csv", "demo-liczniki.csv",
        "demo-odczyty.csv", "demo-oplaty.csv", "demo-kartoteka.csv",
    }  # fmt: skip
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Tenancy)) == 40
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == report.batches["ledger"].accepted
        assert report.batches["ledger"].suspended == 5
        assert (report.batches["readings"].suspended, report.batches["readings"].rejected) == (2, 0)
        assert {one.login for one in cast.TENANTS} <= set(session.scalars(select(PortalAccount.login)))
        assert set(session.scalars(select(EmployeeRole.role))) == set(Role)
        assert session.scalars(select(ServiceDistrict.phone).where(ServiceDistrict.phone.is_(None))).all() == []
        assert session.scalar(select(func.max(LedgerEntry.booked_on))) <= date(2026, 11, 23)  # type: ignore[operator]
        assert is_demo(session)
        assert broken_invariants(session, operator_scope()) == []
        assert set(session.scalars(select(QuestionThread.state))) == {"answered", "open"}
        _charged_as_scheduled(session)


def _charged_as_scheduled(session: Session) -> None:
    booked = select(LedgerEntry.tenancy_id, func.sum(LedgerEntry.debit, type_=LedgerEntry.debit.type))
    monthly = LedgerEntry.document_type.in_(("NAL", "FV")) & (LedgerEntry.period == "2026-11")
    rows_booked = session.execute(booked.where(monthly).group_by(LedgerEntry.tenancy_id))
    charged = {tenancy_id: amount for tenancy_id, amount in rows_booked}  # noqa: C416 (a Row is no pair to mypy)
    assert len(charged) > 30
    for tenancy_id, amount in charged.items():
        rows = session.scalars(select(Charge).where(Charge.tenancy_id == tenancy_id).order_by(Charge.id))
        schedule = schedule_of(rows, as_of=date(2026, 11, 1))
        assert schedule.total == amount
        assert [change.day for change in schedule.announced] == [date(2027, 1, 1)]


def test_desk_finds_applications_of_every_kind_faults_in_every_state_and_an_incident(database: str) -> None:
    make_demo(tenancies=300, years=1, seed=1)
    with db.reading() as session:
        _applications_of_every_kind(session)
        _faults_in_every_state(session)


def _applications_of_every_kind(session: Session) -> None:
    states = set(session.scalars(select(ActivationRequest.state)))
    assert states == {"submitted", "filed", "in_review", "correction", "approved", "rejected"}
    filed = session.execute(select(ActivationRequest.filed_on, ActivationRequest.deadline_on)).all()
    assert any(deadline and deadline < today() for _, deadline in filed)
    assert all(filed_on <= today() for filed_on, _ in filed if filed_on)
    home = session.scalars(select(ServiceDistrict.id).where(ServiceDistrict.code == HOME_DISTRICT)).one()
    queue = select(func.count()).select_from(ActivationRequest).where(ActivationRequest.district_id == home)
    assert session.scalar(queue) == len(STORIES)


def _faults_in_every_state(session: Session) -> None:
    assert set(session.scalars(select(FaultReport.status))) == set(FaultStatus)
    figures = fault_figures(session, operator_scope())
    assert figures.waiting >= 3
    assert figures.overdue >= 1
    (incident,) = building_incidents(session, operator_scope())
    assert (incident.people, incident.open_reports) == (2, 2)


def test_command_prints_the_sign_ins_that_everybody_can_use_and_makes_no_second_city(database: str) -> None:
    result = run_demo()

    assert result.exit_code == 0, result.output
    assert cast.TENANT_PASSWORD in result.output
    assert cast.EMPLOYEE_PASSWORD in result.output
    for tenant in cast.TENANTS:
        assert tenant.login in result.output
        assert sign_in(Realm.TENANT, login=tenant.login, password=cast.TENANT_PASSWORD)
    for employee in cast.EMPLOYEES:
        assert employee.login in result.output
        assert sign_in(Realm.STAFF, login=employee.login, password=cast.EMPLOYEE_PASSWORD)
    assert not is_empty()
    assert isinstance(run_demo().exception, NotEmptyError)


def test_full_database_is_left_alone(database: str) -> None:
    with db.transaction() as session:
        make_tenant(session, "Anna Kowalska")

    result = run_demo()

    assert isinstance(result.exception, NotEmptyError)
    assert not (settings().var / "demo").exists()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_production_is_refused(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_PRODUCTION", "1")
    settings.cache_clear()

    with pytest.raises(NotPermittedError):
        make_small()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_broken_off_city_is_made_anew(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole: Callable[..., None] = load._make_accounts

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(load, "_make_accounts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_small()
    monkeypatch.setattr(load, "_make_accounts", whole)
    assert is_empty()

    make_demo(tenancies=30, years=1, seed=2)

    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Tenancy)) == 30
        assert session.scalar(select(func.count()).select_from(Employee)) == len(cast.EMPLOYEES)
        assert broken_invariants(session, operator_scope()) == []


def test_database_without_tables_is_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("IOK_VAR", str(tmp_path))
    monkeypatch.delenv("IOK_DATABASE_URL", raising=False)
    settings.cache_clear()
    assert is_empty()
    db.dispose()
    settings.cache_clear()


def test_refusals_are_one_line(database: str) -> None:
    with db.transaction() as session:
        make_tenant(session)
    with pytest.raises(DomainError) as refusal:
        make_small()
    assert "\n" not in refusal.value.message
