"""Letters over HTTP: the PDF, its pages as pictures and the certificate; of an opened letter, and of nobody else."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from core.access.scopes import Role
from core.accounts.creating import create_employee
from core.accounts.models import PortalAccount
from core.correspondence.matching import Match
from core.correspondence.models import Letter
from core.correspondence.own import open_letter
from core.db import transaction
from core.registry.models import Tenant
from tests.accounts import EMPLOYEE_PASSWORD
from tests.cast import sign_in_tenant
from tests.core.correspondence.cast import clerk, paper, pdf, sent
from tests.core.documents.readers import text_of
from tests.servers import Server
from tests.ui.conftest import staff_cookie, tenant_cookie


@dataclass(frozen=True)
class Letters:
    """Two letters to Anna."""

    opened: int
    unopened: int


@pytest.fixture(scope="module")
def letters(inhabited: Path) -> Letters:
    with transaction() as session:
        create_employee(
            session, login="lidia", name="Lidia", password=EMPLOYEE_PASSWORD, roles=[Role.EDITOR], district_codes=[]
        )
        account = session.scalars(select(PortalAccount).where(PortalAccount.login == "anna")).one()
        anna = session.get_one(Tenant, account.tenant_id)
        sent(session, clerk(session), paper("tajne", Match(anna.id, None)), paper("drugie", Match(anna.id, None)))
        first, second = session.scalars(select(Letter.id).order_by(Letter.id)).all()
        open_letter(session, sign_in_tenant(session, anna, account_id=account.id), letter_id=first)
    return Letters(first, second)


def fetch(server: Server, path: str, cookie: str) -> httpx.Response:
    return httpx.get(f"{server.url}/pliki/{path}", headers={"Cookie": cookie} if cookie else {})


def test_opened_letter_its_pages_and_its_certificate_are_handed_over(
    letters: Letters, portal: Server, dashboard: Server
) -> None:
    for server, cookie in ((portal, tenant_cookie("anna")), (dashboard, staff_cookie("lidia"))):
        whole = fetch(server, f"pismo/{letters.opened}", cookie)
        assert (whole.status_code, whole.content) == (200, pdf("tajne"))
        assert whole.headers["content-disposition"].startswith('attachment; filename="Pismo-2026-11-20-')
        page = fetch(server, f"pismo-strona/{letters.opened}/1", cookie)
        with Image.open(BytesIO(page.content)) as picture:
            assert (picture.format, picture.width) == ("PNG", 1100)
        certificate = fetch(server, f"poswiadczenie/{letters.opened}", cookie)
        assert "Poświadczenie otwarcia pisma" in text_of(certificate.content)
        assert {one.headers["cache-control"] for one in (whole, page, certificate)} == {"no-store, private"}
        assert fetch(server, f"pismo-strona/{letters.opened}/2", cookie).status_code == 404
        assert fetch(server, f"pismo-strona/{letters.opened}/0", cookie).status_code == 404


def test_address_does_not_open_a_letter(letters: Letters, portal: Server) -> None:
    for path in (
        f"pismo/{letters.unopened}",
        f"pismo-strona/{letters.unopened}/1",
        f"poswiadczenie/{letters.unopened}",
    ):
        assert fetch(portal, path, tenant_cookie("anna")).status_code == 404
    with transaction() as session:
        assert session.get_one(Letter, letters.unopened).opened_at is None


@pytest.mark.parametrize("path", ["pismo/{}", "pismo-strona/{}/1", "poswiadczenie/{}"])
def test_nobody_else_gets_it(letters: Letters, portal: Server, dashboard: Server, path: str) -> None:
    for server, cookie, status in (
        (portal, tenant_cookie("jan"), 404),
        (portal, staff_cookie("lidia"), 403),
        (portal, "", 403),
        (dashboard, tenant_cookie("anna"), 403),
        (dashboard, "", 403),
    ):
        answer = fetch(server, path.format(letters.opened), cookie)
        assert (answer.status_code, b"tajne" in answer.content) == (status, False)
