"""Forged widget messages write nothing, show nothing of anybody else and break nothing."""

import random

import httpx
import pytest
from sqlalchemy import func, select

from core.access.models import PortalSession
from core.accounts.models import Employee, EmployeeRole, PortalAccount
from core.activation.models import ActivationRequest
from core.db import reading
from core.outbox.models import OutgoingMail
from core.registry.models import Tenant
from tests.servers import Server
from tests.ui.conftest import ANNA, JAN, staff_cookie, tenant_cookie
from tests.ui.forging import forge
from tests.ws_client import client

MESSAGES = 150  # to each service
OFFERED = "totp_secret"  # whoever opens their own account's page is offered one
WATCHED = (PortalAccount, Employee, EmployeeRole, ActivationRequest, OutgoingMail, Tenant)


@pytest.mark.parametrize("service", ["portal", "dashboard"])
def test_forged_messages_do_no_harm(request: pytest.FixtureRequest, service: str) -> None:
    server = request.getfixturevalue(service)
    app = "app_tenant.py" if service == "portal" else "app_staff.py"
    cookie = tenant_cookie("anna") if service == "portal" else staff_cookie("ola")
    probe(server, app, cookie, MESSAGES, forbidden=[JAN] if service == "portal" else [])


def probe(server: Server, app: str, cookie: str, messages: int, *, forbidden: list[str]) -> None:
    """Send so many messages, over a new connection after every fifty, and compare what is stored before and after."""
    chance = random.Random(20261123)
    before, sessions = stored(), _sessions()
    for start in range(0, messages, 50):
        with client(server.port, cookie=cookie) as tab:
            assert ANNA in str(tab.rerun()) or app == "app_staff.py"
            for _ in range(min(50, messages - start)):
                seen = forge(tab, app, chance)
                assert not [word for word in forbidden if word in seen]
    assert stored() == before
    assert _sessions() == sessions
    assert httpx.get(f"{server.url}/healthz").status_code == 200


def stored() -> list[object]:
    """All rows that a forged message might write."""
    with reading() as session:
        columns = [[column for column in model.__table__.columns if column.name != OFFERED] for model in WATCHED]
        return [sorted(map(repr, session.execute(select(*kept)))) for kept in columns]


def _sessions() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(PortalSession)) or 0
