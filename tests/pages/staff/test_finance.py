"""Finanse of the dashboard: each view with its sentence and table, names only for who may see tenants."""

from datetime import timedelta

from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.clock import today
from core.ledger.maintained import rebuild
from core.registry.pseudonyms import pseudonym
from tests.cast import make_entry, make_tenancy, make_tenant
from tests.pages.conftest import open_dashboard, shown

NUMBER = "U/00077/2010"


def desk(session: Session, role: Role, view: str) -> AppTest:
    tenancy = make_tenancy(session, make_tenant(session, "Bogna Dłużna"), tenancy_no=NUMBER)
    for days, amount in ((400, "100.00"), (40, "23.50")):
        booked = str(today() - timedelta(days=days))
        make_entry(session, tenancy, booked, debit=amount, due_on=booked)
    make_entry(session, tenancy, str(today() - timedelta(days=20)), credit="3.50")
    rebuild(session)
    app = open_dashboard(session, role).run().switch_page("pages/staff/finance.py").run()
    app.radio(key="finance_view").set_value(view)
    return app.run()


def test_arrears_are_told_by_age_and_part(session: Session) -> None:
    html = shown(desk(session, Role.ANALYST, "Zaległości"))

    assert "120,00 zł, 1 dłużnik" in html
    assert "starsze niż 360 dni: 96,50 zł" in html
    assert "RON: najwięcej RON Centrum, 120,00 zł" in html


def test_parts_follow_the_choice(session: Session) -> None:
    app = desk(session, Role.HEAD, "Zaległości")
    app.radio(key="finance_parts").set_value("Rodzaj lokalu")
    assert "Rodzaj lokalu: najwięcej mieszkalny" in shown(app.run())


def test_an_earlier_day_is_looked_at_as_it_was(session: Session) -> None:
    app = desk(session, Role.HEAD, "Zaległości")
    app.date_input(key="finance_day").set_value(today() - timedelta(days=30))
    assert "123,50 zł" in shown(app.run())


def test_charged_and_paid_have_a_rate(session: Session) -> None:
    html = shown(desk(session, Role.HEAD, "Naliczenia i wpłaty"))
    assert "naliczono 123,50 zł, wpłacono 3,50 zł, ściągalność 2,8%" in html
    assert "RON: najwięcej naliczono – RON Centrum, 123,50 zł, wpłacono 3,50 zł" in html
    assert "Składnik: najwięcej naliczono – bez składnika, 123,50 zł." in html


def test_accounting_reads_names_and_goes_to_the_tenant(session: Session) -> None:
    app = desk(session, Role.ACCOUNTING, "Najwięksi dłużnicy")
    assert "Bogna Dłużna" in shown(app)

    app.selectbox(key="finance_debtor").set_value(NUMBER)

    html = shown(app.run())
    assert "Numer najemcy" in html
    assert NUMBER in html


def test_analyst_reads_pseudonyms_only(session: Session) -> None:
    app = desk(session, Role.ANALYST, "Najwięksi dłużnicy")
    html = shown(app)

    assert pseudonym(NUMBER) in html
    assert "120,00 zł" in html
    assert "Bogna" not in html
    assert NUMBER not in html
    assert "Kwiatowa" not in html
    assert [one.key for one in app.selectbox if one.key == "finance_debtor"] == []


def test_trend_tells_today_and_a_year_ago(session: Session) -> None:
    html = shown(desk(session, Role.ANALYST, "Zmiany w czasie"))
    assert "więcej niż" in html
    assert "123,50 zł" in html


def test_without_arrears_that_is_said(session: Session) -> None:
    app = open_dashboard(session, Role.HEAD).run().switch_page("pages/staff/finance.py").run()
    assert "nikt w Twoim rejonie nie ma zaległości" in shown(app)
    for view in ("Naliczenia i wpłaty", "Najwięksi dłużnicy", "Zmiany w czasie"):
        app.radio(key="finance_view").set_value(view)
        shown(app.run())
