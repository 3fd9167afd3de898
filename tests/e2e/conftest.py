"""A real Chromium in front of the real applications."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.access.scopes import Role
from core.accounts.creating import create_employee, create_portal_account
from core.registry.models import Premises, Tenancy, Tenant
from tests.browsers import chromium
from tests.core.imports.files import load_city
from tests.mail import Postman, smtp_server
from tests.servers import Server, free_port, running

expect.set_options(timeout=40_000)  # milliseconds; a build server with two processors is not in a hurry
EMPLOYEE = ("ksiegowa", "Wiosenny-Kasztan-2026")
TENANT_NO, TENANT = "000003", ("najemca-trzeci", "Kamienica7x")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module."""
    with chromium() as running_browser:
        yield running_browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser window that has never been here, of a foreigner: what it shows must be Polish all the same."""
    made = browser.new_context(locale="en-US", timezone_id="Europe/Warsaw", viewport={"width": 1280, "height": 900})
    made.set_default_timeout(60_000)
    yield made
    made.close()


@pytest.fixture
def city(database: str) -> str:
    """The small landlord's registry, without a ledger; an accountant and a tenant who can sign in."""
    load_city(ledger=False)
    with db.transaction() as session:
        login, password = EMPLOYEE
        create_employee(
            session, login=login, name="Irena Księgowa", password=password, roles=[Role.ACCOUNTING], district_codes=[]
        )
        login, password = TENANT
        create_portal_account(session, tenant_no=TENANT_NO, login=login, password=password)
    return database


@pytest.fixture
def portal(city: str, tmp_path: Path) -> Iterator[Server]:
    """The tenant portal."""
    with running("app_tenant.py", folder=tmp_path) as server:
        yield server


@pytest.fixture
def dashboard(city: str, tmp_path: Path) -> Iterator[Server]:
    """The staff dashboard."""
    with running("app_staff.py", folder=tmp_path) as server:
        yield server


class Services(NamedTuple):
    """Both services, and the server that takes their mail."""

    portal: Server
    dashboard: Server
    post: Postman


@contextmanager
def both_services(folder: Path) -> Iterator[Services]:
    """Both services over one SMTP server; the links in the mail of either lead to the portal."""
    post, port = Postman(), free_port()
    with smtp_server(post) as smtp:
        env = {"IOK_SMTP_URL": f"smtp://{smtp}", "IOK_TENANT_URL": f"http://127.0.0.1:{port}"}
        with (
            running("app_tenant.py", folder=folder, env=env, port=port) as portal,
            running("app_staff.py", folder=folder, env=env) as dashboard,
        ):
            yield Services(portal, dashboard, post)


def premises_of_tenant(session: Session) -> Premises:
    """What the tenant of the city rents today."""
    found = session.scalars(
        select(Premises)
        .join(Tenancy, Tenancy.premises_id == Premises.id)
        .join(Tenant, Tenant.id == Tenancy.tenant_id)
        .where(Tenant.tenant_no == TENANT_NO, Tenancy.valid_to.is_(None))
    ).first()
    assert found is not None
    return found


def new_page(browser: Browser, *, width: int) -> Page:
    """A window of its own, with cookies of its own, so wide: somebody else, or another device."""
    context = browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw", viewport={"width": width, "height": 900})
    context.set_default_timeout(60_000)
    return context.new_page()


def sign_in(page: Page, login: str, password: str) -> None:
    """Fill the sign-in form of either application and wait until somebody is signed in."""
    page.get_by_label("Identyfikator").fill(login)
    page.get_by_label("Hasło", exact=True).fill(password)
    page.get_by_role("button", name="Zaloguj się").click()
    page.get_by_role("button", name="Wyloguj się").wait_for(state="attached")


def drawn(page: Page) -> None:
    """Wait until the run that draws the page is over; what is typed into a form before may be drawn over."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def pick(page: Page, label: str | re.Pattern[str], option: re.Pattern[str]) -> None:
    """Choose from a list by the keyboard. A list that is open when the page is drawn anew closes: then once more."""
    found = page.get_by_role("option", name=option)
    for _ in range(10):
        page.get_by_role("combobox", name=label).press("ArrowDown")
        try:
            found.click(timeout=3000)
        except PlaywrightTimeout:
            continue
        return
    raise AssertionError(f"no {option.pattern!r} to choose in {label!r}")
