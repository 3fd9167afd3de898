"""Employees sign in through a real OpenID Connect provider, which asks who they are and nothing else."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update

from core.access.models import PortalSession, Realm
from core.access.scopes import Role
from core.access.sessions import key_of
from core.accounts.models import AccountState, Employee
from core.db import reading, transaction
from tests.accounts import EMPLOYEE_PASSWORD, make_employee, signed_in
from tests.conftest import living_in
from tests.servers import Server, free_port, running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def city_hall(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder `var/` with two clerks, one of whom the provider knows. What is asked of the database is tested on both."""
    var = tmp_path_factory.mktemp("city-hall")
    shutil.copy(sqlite_template, var / "iok.db")
    with living_in(var):
        with transaction() as session:
            make_employee(session, Role.CLERK, login="ewa").oidc_subject = "urzad-ewa"
            make_employee(session, Role.CLERK, login="ola")
        yield var


@pytest.fixture(scope="module")
def office(city_hall: Path) -> Iterator[str]:
    """A provider with two people; one of them claims a session of somebody else."""
    foreign = key_of(signed_in(Realm.STAFF, login="ola", password=EMPLOYEE_PASSWORD))
    people = [{"sub": "urzad-ewa"}, {"sub": "urzad-obcy", "sid": foreign}]
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "--require-nonce", "true"]
    for one in people:
        command += ["--user-claims", json.dumps(one)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    try:
        _wait(url)
        yield url
    finally:
        process.terminate()
        process.wait(15)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the provider does not answer")


@pytest.fixture(scope="module")
def panel(office: str, city_hall: Path) -> Iterator[Server]:
    """The dashboard of an office with that provider."""
    port = free_port()
    env = {
        "IOK_OIDC_METADATA_URL": office,
        "IOK_OIDC_CLIENT_ID": "iok",
        "IOK_OIDC_CLIENT_SECRET": "tajne",
        "IOK_STAFF_URL": f"http://127.0.0.1:{port}",
    }
    with running("app_staff.py", folder=city_hall, env=env, port=port) as server:
        yield server


def _through_the_provider(page: Page, panel: Server, subject: str) -> None:
    page.goto(panel.url)
    page.get_by_role("button", name="Zaloguj się przez konto urzędu").click()
    page.get_by_role("button", name=subject).click()


def test_employee_signs_in_and_the_session_is_ours_alone(context: BrowserContext, panel: Server) -> None:
    page = context.new_page()
    _through_the_provider(page, panel, "urzad-ewa")
    page.get_by_role("button", name="Wyloguj się").wait_for(state="attached")
    expect(page.get_by_role("heading", name="Pulpit", level=1)).to_be_visible()
    left = {str(one["name"]) for one in context.cookies(panel.url)}
    assert "iok_pracownik" in left
    assert not {name for name in left if name.startswith("_streamlit_user")}
    with reading() as session:
        ours = session.scalars(select(PortalSession).order_by(PortalSession.id.desc())).first()
        assert ours is not None
        assert ours.second_factor_at is not None
    page.get_by_role("button", name="Wyloguj się").click()
    expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()
    page.goto(panel.url)  # nothing of the provider's signs in again
    expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()
    assert page.get_by_role("button", name="Wyloguj się").count() == 0


def test_stranger_is_told_so_whatever_session_they_claim(context: BrowserContext, panel: Server) -> None:
    page = context.new_page()
    _through_the_provider(page, panel, "urzad-obcy")
    expect(page.get_by_text("To konto nie ma dostępu do panelu")).to_be_visible()
    assert page.get_by_role("button", name="Wyloguj się").count() == 0


@pytest.fixture
def locked(city_hall: Path) -> Iterator[None]:
    """The account of who the provider knows is locked, during this test."""
    _set_state(AccountState.LOCKED)
    yield
    _set_state(AccountState.ACTIVE)


def _set_state(state: AccountState) -> None:
    with transaction() as session:
        session.execute(update(Employee).where(Employee.login == "ewa").values(state=state))


def test_blocked_employee_is_told_so(context: BrowserContext, panel: Server, locked: None) -> None:
    page = context.new_page()
    _through_the_provider(page, panel, "urzad-ewa")
    expect(page.get_by_text("To konto nie ma dostępu do panelu")).to_be_visible()


def test_forged_answers_sign_nobody_in(context: BrowserContext, panel: Server) -> None:
    for path in ("/oauth2callback?state=zgadnięty&code=zgadnięty", "/oauth2callback", "/auth/login?provider=x"):
        answer = httpx.get(panel.url + path)
        assert answer.status_code == 302
        assert not [one for one in answer.headers.get_list("set-cookie") if one.startswith("_streamlit_user=")]
    assert httpx.get(f"{panel.url}/auth/logout").status_code == 404
    context.add_cookies([{"name": "_streamlit_user", "value": "2|1:0|10:1|forged", "url": panel.url}])
    page = context.new_page()
    page.goto(panel.url)
    expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()
    assert page.get_by_role("button", name="Wyloguj się").count() == 0
