"""The file with one's own data over HTTP: to the account that asked for it, made by the portal itself, and to nobody else."""

import time
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.accounts.models import PortalAccount
from core.clock import now
from core.db import reading, transaction
from core.own_data.models import DataExport, ExportState
from tests.core.own_data.cast import unpacked
from tests.servers import Server
from tests.ui.conftest import ANNA, staff_cookie, tenant_cookie

LONGEST_WAIT = 60  # seconds


@pytest.fixture(scope="module")
def export_id(inhabited: Path, portal: Server) -> int:
    """Asked for by Anna, and made by the portal without anybody's help."""
    with transaction() as session:
        account = session.scalars(select(PortalAccount).where(PortalAccount.login == "anna")).one()
        asked = DataExport(
            tenant_id=account.tenant_id, account_id=account.id, state=ExportState.WAITING, asked_at=now()
        )
        session.add(asked)
        session.flush()
        number = asked.id
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        with reading() as session:
            if session.get_one(DataExport, number).state == ExportState.READY:
                return number
        time.sleep(0.2)
    raise AssertionError("the portal did not make it")


def fetch(server: Server, number: int, cookie: str) -> httpx.Response:
    return httpx.get(f"{server.url}/pliki/moje-dane/{number}", headers={"Cookie": cookie} if cookie else {})


def test_who_asked_gets_it(export_id: int, portal: Server) -> None:
    answer = fetch(portal, export_id, tenant_cookie("anna"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"].startswith('attachment; filename="Moje-dane-')
    assert answer.headers["cache-control"] == "no-store, private"
    assert ANNA in unpacked(answer.content)["dane.json"].decode()


def test_nobody_else_gets_it(export_id: int, portal: Server, dashboard: Server) -> None:
    for server, cookie, status in (
        (portal, tenant_cookie("jan"), 404),
        (portal, staff_cookie("ewa"), 403),
        (portal, "", 403),
    ):
        answer = fetch(server, export_id, cookie)
        assert (answer.status_code, answer.content[:2] == b"PK") == (status, False)
    answer = fetch(dashboard, export_id, staff_cookie("ewa"))
    assert answer.content[:2] != b"PK"
    assert "zip" not in answer.headers["content-type"]
