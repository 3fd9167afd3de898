"""Looks at a tenant's data are noted once a day, and told to that tenant as role, purpose and day."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.accounts.sign_in import operator_scope
from core.audit.views import DataView, OwnView, Purpose, note_views, own_views
from core.clock import now, today
from core.correspondence.desk import certificate_served, letter_file_served, letters_of_tenant
from core.correspondence.matching import Match
from core.correspondence.models import Letter
from core.correspondence.own import open_letter
from core.meters.review_queue import meter_file
from core.tenants import find_tenants, tenant_glance
from tests.cast import make_meter, sign_in_employee
from tests.core.announcements.cast import resident
from tests.core.contact.test_changing import at_home
from tests.core.correspondence.cast import clerk, paper, sent


def views(session: Session, scope: object) -> list[tuple[Purpose, tuple[Role, ...]]]:
    return [(one.purpose, one.roles) for one in own_views(session, scope)]  # type: ignore[arg-type]


def test_look_at_a_tenant_is_noted_once_a_day_with_the_role_of_the_moment(session: Session) -> None:
    anna, ola = at_home(session), sign_in_employee(session, Role.CLERK, employee_id=7)
    for _ in range(3):
        tenant_glance(session, ola, tenant_id=anna.tenant.id)
    assert own_views(session, anna.scope) == [OwnView(today(), Purpose.TENANT, (Role.CLERK,))]
    tenant_glance(session, sign_in_employee(session, Role.CLERK, Role.HEAD, employee_id=8), tenant_id=anna.tenant.id)
    assert views(session, anna.scope)[0] == (Purpose.TENANT, (Role.CLERK, Role.HEAD))
    assert session.scalar(select(func.count()).select_from(DataView)) == 2


def test_next_day_is_another_look(session: Session) -> None:
    anna = at_home(session)
    with freeze_time(now() - timedelta(days=1)):
        tenant_glance(session, operator_scope(), tenant_id=anna.tenant.id)
    tenant_glance(session, operator_scope(), tenant_id=anna.tenant.id)
    assert [one.day for one in own_views(session, anna.scope)] == [today(), today() - timedelta(days=1)]


def test_what_is_old_is_not_shown(session: Session) -> None:
    anna = at_home(session)
    with freeze_time(now() - timedelta(days=366)):
        note_views(session, operator_scope(), tenants=[anna.tenant.id], purpose=Purpose.LETTER)
    assert own_views(session, anna.scope) == []


def test_neighbour_sees_nothing_and_a_search_is_no_look(session: Session) -> None:
    anna, jan = at_home(session), at_home(session, "Jan")
    clerk_scope = sign_in_employee(session, Role.CLERK)
    find_tenants(session, clerk_scope, text="Anna")
    assert own_views(session, anna.scope) == []
    tenant_glance(session, clerk_scope, tenant_id=anna.tenant.id)
    assert own_views(session, jan.scope) == []


def test_letters_and_meters_are_noted(session: Session) -> None:
    anna, editor = at_home(session), clerk(session)
    sent(session, editor, paper("A", Match(anna.tenant.id, None)))
    letter = session.scalars(select(Letter.id)).one()
    open_letter(session, anna.scope, letter_id=letter)
    for look in (
        lambda: letter_file_served(session, editor, letter_id=letter),
        lambda: certificate_served(session, editor, letter_id=letter),
        lambda: letters_of_tenant(session, editor, tenant_id=anna.tenant.id),
    ):
        look()
    meter = make_meter(session, anna.premises)
    meter_file(session, sign_in_employee(session, Role.CLERK), meter_id=meter.id)
    assert {purpose for purpose, _ in views(session, anna.scope)} == {Purpose.LETTER, Purpose.READINGS}


def test_two_windows_at_once_are_one_look(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, ola = resident(session), sign_in_employee(session, Role.CLERK)
    note_views(session, ola, tenants=[anna.tenant.id], purpose=Purpose.TENANT)
    # The other window has written between this one's question and its own line.
    monkeypatch.setattr(session, "scalars", lambda *_: iter(()))
    note_views(session, ola, tenants=[anna.tenant.id, None], purpose=Purpose.TENANT)
    monkeypatch.undo()
    assert session.scalar(select(func.count()).select_from(DataView)) == 1
