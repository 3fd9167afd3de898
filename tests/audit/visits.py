"""A demo city with both services over it, and windows of a browser that go to the stops of the tour."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import delete, select, update

from core.access.models import Realm
from core.accounts.models import Employee, PortalAccount, TermsAcceptance
from core.db import transaction
from core.demo.load import make_demo
from tests.accounts import signed_in
from tests.audit.tour import NEW_CLERK, NEWCOMER, Stop, settled
from tests.conftest import living_in
from tests.servers import Server, running
from ui.service import SERVICES

TENANCIES = 300  # the smallest demo city in which everybody of the tour has something to see
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 800}
LOOKS = Path(__file__).with_name("looks.js")
Services = dict[Realm, Server]


def make_city(var: Path, *, tenancies: int) -> None:
    """Make a demo city in a folder, with two people who have not signed in yet."""
    with living_in(var):
        make_demo(tenancies=tenancies, years=2, seed=1)
        _newcomers()


@contextmanager
def services_over(var: Path) -> Iterator[Services]:
    """Both services over a folder, which becomes the `var/` of this process too."""
    with living_in(var):
        env = os.environ | {"IOK_DATABASE_URL": f"sqlite:///{var / 'iok.db'}"}
        with (
            running("app_tenant.py", folder=var, env=env) as portal,
            running("app_staff.py", folder=var, env=env) as dashboard,
        ):
            yield {Realm.TENANT: portal, Realm.STAFF: dashboard}


@contextmanager
def services_of_a_demo_city(var: Path, *, tenancies: int) -> Iterator[Services]:
    """A demo city in an empty folder, and both services over it."""
    make_city(var, tenancies=tenancies)
    with services_over(var) as services:
        yield services


def _newcomers() -> None:
    """One tenant and one employee of the city who have not signed in yet."""
    with transaction() as session:
        tenant = select(PortalAccount.id).where(PortalAccount.login == NEWCOMER)
        session.execute(delete(TermsAcceptance).where(TermsAcceptance.account_id.in_(tenant)))
        session.execute(update(Employee).where(Employee.login == NEW_CLERK).values(must_change_password=True))


class Visits:
    """A window in front of both services, with one page in it. Whose language is not Polish must see Polish all the same."""

    def __init__(self, browser: Browser, services: Services, *, locale: str = "en-US", dots: int = 1) -> None:
        self.services = services
        self._window = browser.new_context(
            locale=locale,
            timezone_id="Europe/Warsaw",
            viewport=DESKTOP,
            reduced_motion="reduce",
            device_scale_factor=dots,
        )
        self._window.add_init_script(path=LOOKS)
        self._window.set_default_timeout(30_000)

    def __call__(self, stop: Stop, viewport: ViewportSize = DESKTOP) -> Page:
        """Come to the stop on a new page in the place of the last one, signed in as whom the stop names."""
        for left in self._window.pages:
            left.close()
        page = self._window.new_page()
        page.set_viewport_size(viewport)
        page.goto(self.services[stop.realm].url + "/dostepnosc")
        page.evaluate("localStorage.clear()")  # a menu that was left open, a size of type
        self.again(page, stop)
        return page

    def again(self, page: Page, stop: Stop) -> None:
        """Come to the stop on the same page, whatever was done there; signed in anew."""
        url = self.services[stop.realm].url
        self._window.clear_cookies()
        if stop.login is not None:
            self._window.add_cookies([cookie_of(stop, url)])
        page.goto(url + stop.path)
        settled(page)
        for step in stop.steps:
            step(page)

    def close(self) -> None:
        """Close the window."""
        self._window.close()


def cookie_of(stop: Stop, url: str) -> SetCookieParam:
    """The cookie of a fresh session of whom the stop names."""
    assert stop.login is not None
    key = signed_in(stop.realm, login=stop.login, password=stop.password)
    return {"name": SERVICES[stop.realm].cookie_name, "value": key, "url": url}
