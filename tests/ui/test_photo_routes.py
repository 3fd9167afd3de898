"""Photos of a dial and of a fault over HTTP: their tenant's and their office's, and of nobody else."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import PortalAccount
from core.db import transaction
from core.documents.pictures import CleanPicture
from core.faults.models import FaultPhoto
from core.faults.sending import send_report
from core.meters.photos import attach_photo
from core.registry.models import Premises, Tenancy, Tenant
from tests.cast import (
    make_building,
    make_district,
    make_meter,
    make_premises,
    make_reading,
    make_tenancy,
    sign_in_tenant,
)
from tests.core.faults.cast import form
from tests.servers import Server
from tests.ui.conftest import staff_cookie, tenant_cookie

PHOTO = CleanPicture(b"\xff\xd8jpeg", 4, 3, "a" * 64)


def of_a_dial(session: Session, anna: Tenant, premises: Premises, tenancy: Tenancy) -> tuple[str, int]:
    """Where the photo of Anna's reading is asked for: path and the reading's number."""
    reading = make_reading(session, make_meter(session, premises), "2026-01-10", "5")
    attach_photo(session, reading.id, PHOTO)
    return "/pliki/zdjecie/", reading.id


def of_a_fault(session: Session, anna: Tenant, premises: Premises, tenancy: Tenancy) -> tuple[str, int]:
    """Where the photo of Anna's report is asked for: path and the photo's number."""
    send_report(session, sign_in_tenant(session, anna), tenancy_id=tenancy.id, form=form(photos=(PHOTO,)))
    return "/pliki/awaria/", session.scalars(select(FaultPhoto.id)).one()


@pytest.fixture(scope="module", params=[of_a_dial, of_a_fault])
def photo(request: pytest.FixtureRequest, inhabited: Path) -> tuple[str, int]:
    """Path and number of a photo of Anna's."""
    with transaction() as session:
        anna = session.scalars(
            select(Tenant)
            .join(PortalAccount, PortalAccount.tenant_id == Tenant.id)
            .where(PortalAccount.login == "anna")
        ).one()
        premises = make_premises(session, building=make_building(session, district=make_district(session)))
        tenancy = make_tenancy(session, anna, premises=premises)
        made: tuple[str, int] = request.param(session, anna, premises, tenancy)
        return made


def look(server: Server, photo: tuple[str, int], cookie: str) -> httpx.Response:
    path, number = photo
    return httpx.get(f"{server.url}{path}{number}", headers={"Cookie": cookie} if cookie else {})


def test_tenant_and_clerk_see_it(photo: tuple[str, int], portal: Server, dashboard: Server) -> None:
    for answer in (look(portal, photo, tenant_cookie("anna")), look(dashboard, photo, staff_cookie("ola"))):
        assert (answer.status_code, answer.content) == (200, b"\xff\xd8jpeg")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store, private"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_nobody_else_does(photo: tuple[str, int], portal: Server, dashboard: Server) -> None:
    for server, cookie, status in (
        (portal, tenant_cookie("jan"), 404),
        (portal, staff_cookie("ola"), 403),
        (portal, "", 403),
        (dashboard, staff_cookie("ewa"), 404),  # an accountant looks after neither readings nor faults
        (dashboard, tenant_cookie("anna"), 403),
        (dashboard, "", 403),
    ):
        answer = look(server, photo, cookie)
        assert (answer.status_code, b"jpeg" in answer.content) == (status, False)
    path, number = photo
    assert look(portal, (path, number + 1), tenant_cookie("anna")).status_code == 404
