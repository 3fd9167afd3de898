"""The photo of a fault over HTTP: its tenant's and its office's, and of nobody else."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.accounts.models import PortalAccount
from core.db import transaction
from core.documents.pictures import CleanPicture
from core.faults.models import FaultPhoto
from core.faults.sending import send_report
from core.registry.models import Tenant
from tests.cast import make_building, make_district, make_premises, make_tenancy, sign_in_tenant
from tests.core.faults.cast import form
from tests.servers import Server
from tests.ui.conftest import staff_cookie, tenant_cookie


@pytest.fixture(scope="module")
def photo_id(inhabited: Path) -> int:
    """The photo of Anna's report."""
    with transaction() as session:
        anna = session.scalars(
            select(Tenant)
            .join(PortalAccount, PortalAccount.tenant_id == Tenant.id)
            .where(PortalAccount.login == "anna")
        ).one()
        premises = make_premises(session, building=make_building(session, district=make_district(session)))
        tenancy = make_tenancy(session, anna, premises=premises)
        sent = form(photos=(CleanPicture(b"\xff\xd8jpeg", 4, 3, "a" * 64),))
        send_report(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, form=sent)
        return session.scalars(select(FaultPhoto.id)).one()


def look(server: Server, photo_id: int, cookie: str) -> httpx.Response:
    return httpx.get(f"{server.url}/pliki/awaria/{photo_id}", headers={"Cookie": cookie} if cookie else {})


def test_tenant_and_clerk_see_it(photo_id: int, portal: Server, dashboard: Server) -> None:
    for answer in (look(portal, photo_id, tenant_cookie("anna")), look(dashboard, photo_id, staff_cookie("ola"))):
        assert (answer.status_code, answer.content) == (200, b"\xff\xd8jpeg")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store, private"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_nobody_else_does(photo_id: int, portal: Server, dashboard: Server) -> None:
    for server, cookie, status in (
        (portal, tenant_cookie("jan"), 404),
        (portal, staff_cookie("ola"), 403),
        (portal, "", 403),
        (dashboard, staff_cookie("ewa"), 404),  # an accountant deals with no faults
        (dashboard, tenant_cookie("anna"), 403),
        (dashboard, "", 403),
    ):
        answer = look(server, photo_id, cookie)
        assert (answer.status_code, b"jpeg" in answer.content) == (status, False)
    assert look(portal, photo_id + 1, tenant_cookie("anna")).status_code == 404
