"""Asked for once a day, fetched for a week, by the account that asked."""

from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.scopes import TenantScope
from core.access.sessions import end_session
from core.audit.models import AuditEvent
from core.documents.storage import keep_bytes
from core.errors import NotFoundError, SessionEndedError
from core.own_data.asking import AskedAlreadyError, ask_for_data, own_export_file, own_exports
from core.own_data.models import DataExport, ExportState
from core.registry.models import Tenant
from tests.cast import make_account, make_tenant, sign_in_tenant

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def somebody(session: Session, name: str = "Anna Kowalska") -> TenantScope:
    tenant = make_tenant(session, name)
    return sign_in_tenant(session, tenant, account_id=make_account(session, tenant).id)


def again(session: Session, scope: TenantScope) -> TenantScope:
    """The same account in a session that lives now."""
    return sign_in_tenant(session, session.get_one(Tenant, scope.tenant_id), account_id=scope.account_id)


def become(session: Session, export_id: int, state: ExportState) -> None:
    values: dict[str, object] = {"state": state}
    if state is ExportState.READY:
        values |= {"ready_at": datetime.now(UTC), "sha256": keep_bytes(b"ZIP"), "size": 3, "files": 2}
    session.execute(update(DataExport).where(DataExport.id == export_id).values(values))


def test_second_wish_is_refused_while_the_first_is_under_way(session: Session) -> None:
    scope = somebody(session)
    export_id = ask_for_data(session, scope)
    for state in (ExportState.WAITING, ExportState.MAKING):
        become(session, export_id, state)
        with pytest.raises(AskedAlreadyError, match="przygotowuje"):
            ask_for_data(session, scope)
    assert session.scalars(select(AuditEvent.action)).all() == ["own_data_asked"]


def test_second_wish_is_refused_for_a_day(session: Session) -> None:
    with freeze_time(NOW) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        scope = somebody(session)
        become(session, ask_for_data(session, scope), ExportState.READY)
        with pytest.raises(AskedAlreadyError, match=r"po 24\.11\.2026, 10:00"):
            ask_for_data(session, scope)
        clock.move_to(NOW + timedelta(hours=24))
        ask_for_data(session, again(session, scope))


def test_one_that_failed_keeps_nobody_from_asking_again(session: Session) -> None:
    scope = somebody(session)
    become(session, ask_for_data(session, scope), ExportState.FAILED)
    ask_for_data(session, scope)


def test_database_itself_takes_no_second_one_under_way(session: Session) -> None:
    scope = somebody(session)
    ask_for_data(session, scope)
    second = DataExport(tenant_id=scope.tenant_id, account_id=scope.account_id, state=ExportState.MAKING, asked_at=NOW)
    session.add(second)
    with pytest.raises(IntegrityError):
        session.flush()


def test_file_can_be_fetched_for_seven_days(session: Session) -> None:
    with freeze_time(NOW) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        scope = somebody(session)
        export_id = ask_for_data(session, scope)
        with pytest.raises(NotFoundError):
            own_export_file(session, scope, export_id=export_id)
        become(session, export_id, ExportState.READY)
        name, path = own_export_file(session, scope, export_id=export_id)
        assert (name, path.read_bytes()) == ("Moje-dane-2026-11-23.zip", b"ZIP")
        clock.move_to(NOW + timedelta(days=7) - timedelta(seconds=1))
        later = again(session, scope)
        assert own_export_file(session, later, export_id=export_id)
        assert own_exports(session, later)[0].until == NOW + timedelta(days=7)
        clock.move_to(NOW + timedelta(days=7))
        with pytest.raises(NotFoundError):
            own_export_file(session, later, export_id=export_id)
        assert own_exports(session, later)[0].until is None


def test_neighbour_and_another_account_of_the_tenant_see_nothing(session: Session) -> None:
    scope = somebody(session)
    export_id = ask_for_data(session, scope)
    become(session, export_id, ExportState.READY)
    tenant = session.get_one(DataExport, export_id).tenant_id
    other = TenantScope(scope.account_id + 500, tenant, "", name="")
    for one in (somebody(session, "Jan"), again(session, other)):
        assert own_exports(session, one) == []
        with pytest.raises(NotFoundError):
            own_export_file(session, one, export_id=export_id)


def test_session_that_ended_gets_nothing(session: Session) -> None:
    scope = somebody(session)
    export_id = ask_for_data(session, scope)
    end_session(session, key=scope.session_key, reason="signed_out")
    with pytest.raises(SessionEndedError):
        ask_for_data(session, scope)
    with pytest.raises(SessionEndedError):
        own_exports(session, scope)
    with pytest.raises(SessionEndedError):
        own_export_file(session, scope, export_id=export_id)
