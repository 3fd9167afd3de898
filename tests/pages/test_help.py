"""Pomoc: open to everybody in both services, with what charges and documents mean, and linked from every screen."""

from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.access.scopes import Role
from core.clock import now
from core.plain_words.models import Described, EditedWords
from core.settings import ROOT
from tests.cast import make_tenant
from tests.pages.conftest import open_dashboard, open_portal, shown

LINK = '<a href="/pomoc" target="_self">Pomoc</a>'


def test_portal_explains_itself_and_its_charges_to_everybody(session: Session) -> None:
    session.add(
        EditedWords(
            kind=Described.COMPONENT,
            name_key="balkon",
            name="Balkon",
            text="Za balkon.",
            changed_at=now(),
            changed_by=None,
        )
    )
    session.commit()
    app = AppTest.from_file(ROOT / "app_tenant.py", default_timeout=30)
    html = shown(app.run().switch_page("pages/tenant/help.py").run())
    assert "<h2>Pierwsze logowanie</h2>" in html
    assert "<dt>Balkon</dt><dd>Za balkon.</dd>" in html
    assert "<dt>Naliczenie</dt>" in html


def test_dashboard_explains_its_desks_to_everybody(session: Session) -> None:
    session.commit()
    app = AppTest.from_file(ROOT / "app_staff.py", default_timeout=30)
    html = shown(app.run().switch_page("pages/staff/help.py").run())
    assert "<h2>Import w pięciu krokach</h2>" in html
    assert 'href="/logowanie"' in html, "the way to the sign-in"


def test_every_screen_links_to_it(session: Session) -> None:
    portal = open_portal(session, make_tenant(session)).run()
    dashboard = open_dashboard(session, Role.CLERK).run()
    outside = AppTest.from_file(ROOT / "app_tenant.py", default_timeout=30).run()
    for app in (portal, dashboard, outside):
        assert LINK in shown(app).split("kit-footer")[1]
