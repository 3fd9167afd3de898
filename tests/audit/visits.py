"""A demo city with both services over it, and windows of a browser that go to the stops of the tour."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from core.access.models import Realm
from core.demo.load import make_demo
from tests.accounts import signed_in
from tests.audit.tour import Stop, settled
from tests.conftest import living_in
from tests.servers import Server, running
from ui.service import SERVICES

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 800}
LOOKS = Path(__file__).with_name("looks.js")
Services = dict[Realm, Server]


@contextmanager
def services_of_a_demo_city(var: Path, *, tenancies: int) -> Iterator[Services]:
    """Make a demo city in an empty folder, which becomes the `var/` of this process, and run both services over it."""
    with living_in(var):
        make_demo(tenancies=tenancies, years=2, seed=1)
        env = os.environ | {"IOK_DATABASE_URL": f"sqlite:///{var / 'iok.db'}"}
        with (
            running("app_tenant.py", folder=var, env=env) as portal,
            running("app_staff.py", folder=var, env=env) as dashboard,
        ):
            yield {Realm.TENANT: portal, Realm.STAFF: dashboard}


@dataclass(frozen=True)
class Visits:
    """Windows in front of both services. Whose language is not Polish must see Polish all the same."""

    browser: Browser
    services: Services
    locale: str = "en-US"
    windows: list[BrowserContext] = field(default_factory=list)

    def __call__(self, stop: Stop, viewport: ViewportSize = DESKTOP) -> Page:
        """Come to the stop in a window of its own, signed in as whom the stop names."""
        window = self.browser.new_context(
            locale=self.locale, timezone_id="Europe/Warsaw", viewport=viewport, reduced_motion="reduce"
        )
        self.windows.append(window)
        window.add_init_script(path=LOOKS)
        window.set_default_timeout(30_000)
        page = window.new_page()
        self.again(page, stop)
        return page

    def again(self, page: Page, stop: Stop) -> None:
        """Come to the stop in the same window, whatever was done there; signed in anew."""
        url = self.services[stop.realm].url
        if stop.login is not None:
            page.context.add_cookies([cookie_of(stop, url)])
        page.goto(url + stop.path)
        settled(page)
        for step in stop.steps:
            step(page)

    def close(self) -> None:
        """Close all windows."""
        while self.windows:
            self.windows.pop().close()


def cookie_of(stop: Stop, url: str) -> SetCookieParam:
    """The cookie of a fresh session of whom the stop names."""
    assert stop.login is not None
    key = signed_in(stop.realm, login=stop.login, password=stop.password)
    return {"name": SERVICES[stop.realm].cookie_name, "value": key, "url": url}
