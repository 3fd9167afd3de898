"""Thousands of probes over the raw WebSocket: nothing of a neighbour comes back, nothing is written, nothing breaks."""

import random
from pathlib import Path

import pytest
from sqlalchemy import select

from core.access.models import Realm
from core.access.sessions import key_of
from core.accounts.models import PortalAccount
from core.accounts.sign_in import sign_out
from core.db import transaction
from core.registry.models import Tenant
from tests.access.letters import household_letters
from tests.access.questions import household_question
from tests.access.world import household_fault
from tests.accounts import EMPLOYEE_PASSWORD, signed_in
from tests.cast import make_building, make_district, make_premises, make_tenancy
from tests.servers import Server
from tests.ui.conftest import (
    ANNA,
    JAN,
    dashboard,
    dashboard_of_the_house,
    house,
    inhabited,
    portal,
    portal_of_the_house,
    staff_cookie,
    tenant_cookie,
)
from tests.ui.forging import PAGES, forge
from tests.ui.test_asgi_forged import probe
from tests.ws_client import client

__all__ = ["dashboard", "dashboard_of_the_house", "house", "inhabited", "portal", "portal_of_the_house"]  # fixtures
pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

PROBES = 200  # of each service and each visitor
FORGED = 2_500  # to each service


@pytest.fixture(scope="module")
def furnished(inhabited: Path) -> Path:
    """Letters, questions and fault reports of both tenants, with their names in every text."""
    with transaction() as session:
        for serial, (login, name) in enumerate((("anna", ANNA), ("jan", JAN)), start=1):
            tenant_id = session.scalars(select(PortalAccount.tenant_id).where(PortalAccount.login == login)).one()
            district = make_district(session, code=f"R{serial}")
            premises = make_premises(session, building=make_building(session, district=district))
            tenancy = make_tenancy(session, session.get_one(Tenant, tenant_id), premises=premises)
            letters = household_letters(session, district, tenancy, name)
            household_question(session, tenancy, letters["letter_id"], name)
            household_fault(session, tenancy, name, serial)
    return inhabited


def test_nobody_sees_anybody_else(furnished: Path, portal: Server, dashboard: Server) -> None:
    seen = 0
    for server, app, cookie, words in _visitors(portal, dashboard):
        chance = random.Random(app)
        for start in range(0, PROBES, len(PAGES[app]) * 4):
            with client(server.port, cookie=cookie) as tab:
                tab.rerun()
                for _ in range(start, min(start + len(PAGES[app]) * 4, PROBES)):
                    shown = forge(tab, app, chance)
                    assert not [word for word in words if word in shown], (app, cookie)
                    seen += 1
    assert seen >= 2_000


def _visitors(portal: Server, dashboard: Server) -> list[tuple[Server, str, str | None, list[str]]]:
    """Who comes, and what they must not see."""
    over_tenant, over_staff = signed_in(login="anna"), signed_in(Realm.STAFF, login="ewa", password=EMPLOYEE_PASSWORD)
    with transaction() as session:
        sign_out(session, key=key_of(over_tenant))
        sign_out(session, key=key_of(over_staff))
    as_tenant = [
        None,
        "iok_najemca=made-up",
        f"iok_najemca={over_tenant}",
        staff_cookie().replace("pracownik", "najemca"),
    ]
    as_staff = [None, "iok_pracownik=x", f"iok_pracownik={over_staff}", tenant_cookie().replace("najemca", "pracownik")]
    return [
        *((portal, "app_tenant.py", cookie, [ANNA, JAN]) for cookie in as_tenant),
        (portal, "app_tenant.py", tenant_cookie("anna"), [JAN]),
        (portal, "app_tenant.py", tenant_cookie("jan"), [ANNA]),
        *((dashboard, "app_staff.py", cookie, [ANNA, JAN, "Ewa Urzędnik"]) for cookie in as_staff),
    ]


@pytest.mark.parametrize("service", ["portal", "dashboard"])
@pytest.mark.usefixtures("furnished")
def test_forged_messages_do_no_harm(request: pytest.FixtureRequest, service: str) -> None:
    server = request.getfixturevalue(service)
    if service == "portal":
        probe(server, "app_tenant.py", tenant_cookie("anna"), FORGED, forbidden=[JAN])
    else:
        probe(server, "app_staff.py", staff_cookie("ola"), FORGED, forbidden=[])
