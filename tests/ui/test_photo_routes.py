"""The photo of a dial over HTTP: its tenant's and its office's, and of nobody else."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.accounts.models import PortalAccount
from core.db import transaction
from core.documents.pictures import CleanPicture
from core.meters.photos import attach_photo
from core.registry.models import Tenant
from tests.cast import make_building, make_district, make_meter, make_premises, make_reading, make_tenancy
from tests.servers import Server
from tests.ui.conftest import staff_cookie, tenant_cookie


@pytest.fixture(scope="module")
def reading_id(inhabited: Path) -> int:
    """Anna's reading, with a photo."""
    with transaction() as session:
        anna = session.scalars(
            select(Tenant)
            .join(PortalAccount, PortalAccount.tenant_id == Tenant.id)
            .where(PortalAccount.login == "anna")
        ).one()
        premises = make_premises(session, building=make_building(session, district=make_district(session)))
        make_tenancy(session, anna, premises=premises)
        reading = make_reading(session, make_meter(session, premises), "2026-01-10", "5")
        attach_photo(session, reading.id, CleanPicture(b"\xff\xd8jpeg", 4, 3, "a" * 64))
        return reading.id


def look(server: Server, reading_id: int, cookie: str) -> httpx.Response:
    return httpx.get(f"{server.url}/pliki/zdjecie/{reading_id}", headers={"Cookie": cookie} if cookie else {})


def test_tenant_and_clerk_see_it(reading_id: int, portal: Server, dashboard: Server) -> None:
    for answer in (look(portal, reading_id, tenant_cookie("anna")), look(dashboard, reading_id, staff_cookie("ola"))):
        assert (answer.status_code, answer.content) == (200, b"\xff\xd8jpeg")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store, private"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_nobody_else_does(reading_id: int, portal: Server, dashboard: Server) -> None:
    for server, cookie, status in (
        (portal, tenant_cookie("jan"), 404),
        (portal, staff_cookie("ola"), 403),
        (portal, "", 403),
        (dashboard, staff_cookie("ewa"), 404),  # an accountant looks after no readings
        (dashboard, tenant_cookie("anna"), 403),
        (dashboard, "", 403),
    ):
        answer = look(server, reading_id, cookie)
        assert (answer.status_code, b"jpeg" in answer.content) == (status, False)
    assert look(portal, reading_id + 1, tenant_cookie("anna")).status_code == 404
