"""Moje konto: who has looked at the tenant's data, in words."""

from sqlalchemy.orm import Session

from core.access.scopes import Role
from core.audit.views import Purpose, note_views
from tests.cast import make_tenant, sign_in_employee
from tests.pages.conftest import open_portal, shown

PAGE = "pages/tenant/account.py"


def test_looks_are_told_by_role_purpose_and_day_without_a_name(session: Session) -> None:
    anna = make_tenant(session)
    ola = sign_in_employee(session, Role.CLERK, Role.HEAD)
    for purpose in Purpose:
        note_views(session, ola, tenants=[anna.id], purpose=purpose)
    html = shown(open_portal(session, anna).run().switch_page(PAGE).run())
    assert "obsługa najemców, kierownik rejonu" in html
    assert html.count("obsługa najemców") == len(Purpose)
    assert "pisma" in html
    assert ola.name not in html


def test_nobody_yet_is_said(session: Session) -> None:
    html = shown(open_portal(session, make_tenant(session)).run().switch_page(PAGE).run())
    assert "żaden pracownik nie otwierał Twoich danych" in html
