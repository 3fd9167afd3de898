"""Widok najemcy on screen: opened from a tenant's card, the tenant's own figures, on record, and nothing to do there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core import db
from core.access.scopes import GRANTS, Permission, Role
from core.audit.models import AuditEvent
from core.clock import today
from core.correspondence.matching import Match
from core.db import Base
from tests.cast import make_charge, make_entry, make_meter, make_premises, make_reading, make_tenancy
from tests.core.announcements.cast import Resident, resident
from tests.core.correspondence.cast import clerk, paper, sent
from tests.pages.conftest import open_dashboard, open_portal, shown
from ui.finances import VIEWS
from ui.tenant_view import OPEN

BANNER = "Widok najemcy (Anna): tylko do odczytu."
# What opening and looking may write, and the last activity of a session.
WRITTEN = {"data_view", "audit_event", "portal_session"}


@pytest.fixture
def anna(session: Session) -> Resident:
    """Anna with two tenancies, a ledger of two pages, a charge, a meter and an unopened letter."""
    anna = resident(session)
    for back in range(1, 10):
        booked = today() - timedelta(days=30 * back)
        make_entry(session, anna.tenancy, str(booked), debit="600", due_on=str(booked + timedelta(days=9)))
        make_entry(session, anna.tenancy, str(booked + timedelta(days=5)), credit="540", description="Przelew")
    make_charge(session, anna.tenancy)
    meter = make_meter(session, anna.premises)
    for back, value in ((200, "1"), (5, "20")):
        make_reading(session, meter, str(today() - timedelta(days=back)), value)
    garage = make_premises(session, building=anna.premises.building, premises_no="G1", kind="garaż")
    make_entry(session, make_tenancy(session, anna.tenant, premises=garage, tenancy_no="Z/1"), str(today()), debit="77")
    sent(session, clerk(session), paper("A", Match(anna.tenant.id, None), title="Rozliczenie wody"))
    return anna


def card(session: Session, anna: Resident, role: Role = Role.CLERK) -> AppTest:
    number = anna.tenant.tenant_no
    app = open_dashboard(session, role).run().switch_page("pages/staff/tenants.py").run()
    app.text_input(key="find_text").set_value(number)
    return app.button(key="FormSubmitter:find-Szukaj").click().run()


def view(session: Session, anna: Resident, role: Role = Role.CLERK) -> AppTest:
    return card(session, anna, role).button(key="open_tenant_view").click().run()


def part(app: AppTest, name: str) -> AppTest:
    return app.radio(key="tenant_view_part").set_value(name).run()


def figures(app: AppTest) -> list[str]:
    """Tables and sentences of the finances; without the ways to a question, which an employee has no use for."""
    told = [re.sub(r'<a href="[^"]*"[^>]*>Zapytaj o to</a>| data-nonce="\d+"', "", one.body) for one in app.html]
    return [one for one in told if "<table" in one or "Dziś:" in one or 'role="status"' in one]


def rows() -> dict[str, list[Any]]:
    """All that the database holds, beside what looking may write."""
    with Session(db.engine()) as session:
        return {
            name: sorted(map(repr, session.execute(select(table)).all()))
            for name, table in Base.metadata.tables.items()
            if name not in WRITTEN
        }


def openings() -> int:
    with Session(db.engine()) as session:
        return len(session.scalars(select(AuditEvent.id).where(AuditEvent.action == "tenant_view_opened")).all())


def test_view_is_opened_on_record_and_left(session: Session, anna: Resident) -> None:
    app = card(session, anna)
    assert BANNER not in shown(app)
    assert openings() == 0

    app.button(key="open_tenant_view").click().run()
    assert BANNER in shown(app)
    assert "find_text" not in [field.key for field in app.text_input]
    app.run()
    assert openings() == 1

    app.button(key="leave_tenant_view").click().run()
    assert BANNER not in shown(app)
    assert "Konto w portalu" in [header.value for header in app.header]


@pytest.mark.parametrize("name", VIEWS)
def test_finances_are_those_of_the_tenants_own_page(session: Session, anna: Resident, name: str) -> None:
    own = open_portal(session, anna.tenant).run().switch_page("pages/tenant/finance.py").run()
    staff = view(session, anna)
    for app in (own, staff):
        app.radio(key="finance_view").set_value(name).run()

    told = figures(staff)
    assert len(told) > 1
    assert told == [one for one in figures(own) if "Zestawienie obejmuje" not in one]


def test_other_tenancy_is_chosen(session: Session, anna: Resident) -> None:
    app = view(session, anna)
    assert "77,00 zł" not in shown(app)
    (chooser,) = [one for one in app.selectbox if one.label == "Umowa"]

    chooser.select_index(1).run()

    assert "Dziś: do wpłaty 77,00 zł" in shown(app)


def test_past_day_and_filter_work_as_the_tenants_do(session: Session, anna: Resident) -> None:
    app = view(session, anna)
    app.text_input(key="words").set_value("przelew")
    app.button(key="filter").click().run()
    assert "9 operacji: naliczono 0,00 zł, wpłacono 4 860,00 zł." in shown(app)

    app.radio(key="finance_view").set_value("Saldo na dzień").run()
    app.date_input(key="balance_day").set_value(today() - timedelta(days=270)).run()
    assert "do wpłaty 600,00 zł." in shown(app)


def test_nothing_can_be_done_and_nothing_is_written(session: Session, anna: Resident) -> None:
    app = view(session, anna)
    before, pressed = rows(), set()
    for name in VIEWS:
        app.radio(key="finance_view").set_value(name).run()
        pressed |= {button.key for button in app.button}
        assert not app.get("download_button")
        assert "Zapytaj" not in shown(app)
    for name in ("Liczniki", "Korespondencja"):
        html = shown(part(app, name))
        pressed |= {button.key for button in app.button}
        assert ("20,000 m³" if name == "Liczniki" else "Rozliczenie wody") in html
        assert not app.text_input
        assert not re.search("/pliki/|/korespondencja|Zapytaj", html)
    # The way back, the filter, and the way out of the dashboard in the menu.
    assert pressed - {"leave_tenant_view", "filter", "sign_out"} == set()
    assert rows() == before


def test_tenant_reads_who_looked(session: Session, anna: Resident) -> None:
    view(session, anna)

    html = shown(open_portal(session, anna.tenant).run().switch_page("pages/tenant/account.py").run())

    assert "widok najemcy: to, co widzisz w portalu, tylko do odczytu" in html
    assert "obsługa najemców" in html


def test_accounting_is_offered_the_finances_only(session: Session, anna: Resident) -> None:
    app = view(session, anna, Role.ACCOUNTING)

    assert BANNER in shown(app)
    assert app.radio(key="tenant_view_part").options == ["Finanse"]


def test_who_may_not_see_ledgers_is_not_offered_it(
    session: Session, anna: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GRANTS, Role.CLERK, GRANTS[Role.CLERK] - {Permission.SEE_LEDGER})

    app = card(session, anna)

    assert "open_tenant_view" not in [button.key for button in app.button]
    assert "Konto w portalu" in [header.value for header in app.header]


def test_view_that_was_not_opened_shows_nothing(session: Session, anna: Resident) -> None:
    tenant_id, number = anna.tenant.id, anna.tenancy.tenancy_no
    app = open_dashboard(session, Role.CLERK).run().switch_page("pages/staff/tenants.py")
    app.session_state[OPEN] = tenant_id
    app.run()

    assert "nie jest dziś otwarty" in shown(app)
    assert number not in shown(app)
    app.button(key="leave_tenant_view").click().run()
    assert "find_text" in [field.key for field in app.text_input]
