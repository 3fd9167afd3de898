"""The attachment of an announcement over HTTP: its recipients', its editor's, and of nobody else."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.access.scopes import Role
from core.accounts.creating import create_employee
from core.accounts.models import PortalAccount
from core.db import transaction
from core.documents.attachments import Attachment
from core.registry.audiences import Audience, AudienceKind
from core.registry.models import Tenant
from tests.accounts import EMPLOYEE_PASSWORD
from tests.cast import make_tenancy
from tests.core.announcements.cast import editor, published
from tests.pages.tenant.test_announcements import seen_now
from tests.servers import Server
from tests.ui.conftest import staff_cookie, tenant_cookie


@pytest.fixture(scope="module")
def number(inhabited: Path) -> int:
    """An announcement to Anna alone, with a plan attached."""
    with transaction() as session:
        create_employee(
            session, login="radek", name="Radek", password=EMPLOYEE_PASSWORD, roles=[Role.EDITOR], district_codes=[]
        )
        anna = session.scalars(select(PortalAccount.tenant_id).where(PortalAccount.login == "anna")).one()
        tenancy = make_tenancy(session, session.get_one(Tenant, anna))
        plan = Attachment("plan osiedla.pdf", b"%PDF-1.7 plan")
        audience = Audience(AudienceKind.TENANCY, (tenancy.id,))
        return seen_now(session, published(session, editor(session), audience, attachment=plan))


def fetch(server: Server, number: int, cookie: str) -> httpx.Response:
    return httpx.get(f"{server.url}/pliki/ogloszenie/{number}", headers={"Cookie": cookie} if cookie else {})


def test_recipient_and_editor_save_it_under_its_name(number: int, portal: Server, dashboard: Server) -> None:
    for answer in (
        fetch(portal, number, tenant_cookie("anna")),
        fetch(dashboard, number, staff_cookie("radek")),
    ):
        assert (answer.status_code, answer.content) == (200, b"%PDF-1.7 plan")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''plan%20osiedla.pdf")
        assert answer.headers["cache-control"] == "no-store, private"


def test_nobody_else_gets_it(number: int, portal: Server, dashboard: Server) -> None:
    for server, cookie, status in (
        (portal, tenant_cookie("jan"), 404),
        (portal, staff_cookie("radek"), 403),
        (portal, "", 403),
        (dashboard, staff_cookie("ola"), 404),  # a clerk writes no announcements
        (dashboard, tenant_cookie("anna"), 403),
        (dashboard, "", 403),
    ):
        answer = fetch(server, number, cookie)
        assert (answer.status_code, b"plan" in answer.content) == (status, False)
