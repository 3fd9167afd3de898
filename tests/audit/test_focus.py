"""Where the focus is after something was done with the keyboard: never nowhere."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.access.models import Realm
from tests.audit.tour import HEAD, TENANT, TOUR, Stop, open_everything, settled
from tests.audit.visits import Services, Visits
from tests.conftest import copy_sqlite
from tests.repeats import FULL, sampled

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]
# In a build the buttons by which a tenant sends a form, in drills all, and the office's too.
KINDS = "[data-testid=stButton], [data-testid=stFormSubmitButton]" if FULL else "[data-testid=stFormSubmitButton]"
BUTTONS = f"[data-testid=stMain] :is({KINDS}) button:not([disabled])"


def _place(stop: Stop) -> tuple[Realm, str]:
    return stop.realm, stop.path.partition("?")[0]


PLACES = {
    f"{realm}{path}": list(stops)
    for (realm, path), stops in groupby(sorted(TOUR, key=_place), key=_place)
    if FULL or realm is Realm.TENANT
}


@pytest.fixture
def as_it_was(var: Path, services: Services) -> Iterator[None]:
    """The city is given back as it was before the test."""
    copy_sqlite(var / "iok.db", var / "before.db")
    yield
    copy_sqlite(var / "before.db", var / "iok.db")


def is_somewhere(page: Page) -> bool:
    """Whether something of the page has the focus, at the latest once the page that was asked for is drawn."""
    for _ in range(40):
        if page.evaluate("document.activeElement !== null && document.activeElement !== document.body"):
            return True
        page.wait_for_timeout(200)
    return False


def key_of(button: Locator) -> str:
    """A button without the number of the row that it is about."""
    key = button.evaluate("one => one.closest('[class*=st-key-]')?.className ?? ''")
    named = re.search(r"st-key-(\S+)", key)
    return re.sub(r"\d+", "0", named[1] if named else button.inner_text())


@sampled
@pytest.mark.parametrize("stops", PLACES.values(), ids=PLACES.keys())
def test_every_button_leaves_the_focus_somewhere(stops: list[Stop], visit: Visits, as_it_was: None) -> None:
    pressed: set[str] = set()
    lost = []
    for stop in stops:
        page = visit(stop)
        open_everything(page)
        keys = [key_of(button) for button in page.locator(BUTTONS).all()]
        for nth, key in enumerate(keys):
            if key in pressed:
                continue
            if pressed & set(keys):  # something was pressed on this page already
                visit.again(page, stop)
                open_everything(page)
            pressed.add(key)
            button = page.locator(BUTTONS).nth(nth)
            if not button.count():
                continue  # the one that was pressed before has done away with it
            words = button.inner_text()
            button.focus()
            page.keyboard.press("Enter")
            settled(page)
            page.wait_for_timeout(300)
            if not is_somewhere(page):
                lost.append(f"{stop}: after “{words}” ({key}) the focus is nowhere")
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize(("realm", "login"), [(Realm.TENANT, TENANT), (Realm.STAFF, HEAD)])
def test_menu_leads_to_the_heading_of_each_page(realm: Realm, login: str, visit: Visits) -> None:
    page = visit(next(one for one in TOUR if one.realm is realm and one.login == login and one.path == "/"))
    links = page.get_by_test_id("stSidebarNavLink")
    assert links.count() > 7
    titles = {page.title()}
    for nth in range(1, links.count()):
        links.nth(nth).focus()
        page.keyboard.press("Enter")
        settled(page)
        expect(page.locator("h1:focus")).to_be_visible()
        titles.add(page.title())
    assert len(titles) == links.count()


@pytest.mark.parametrize(("realm", "login"), [(Realm.TENANT, TENANT), (Realm.STAFF, HEAD)])
def test_menu_of_a_phone_opens_and_closes_by_the_keyboard(realm: Realm, login: str, visit: Visits) -> None:
    page = visit(next(one for one in TOUR if one.realm is realm and one.login == login and one.path == "/"))
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    settled(page)
    opener, sidebar = page.get_by_test_id("stExpandSidebarButton"), page.get_by_test_id("stSidebar")
    expect(opener).to_be_visible()
    assert sidebar.evaluate("one => one.inert"), "closed, it takes no stop of Tab"

    opener.focus()
    page.keyboard.press("Enter")
    expect(sidebar.locator(":focus")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    assert sidebar.evaluate("one => one.inert")

    page.keyboard.press("Enter")
    expect(sidebar.locator(":focus")).to_be_visible()
    link = page.get_by_test_id("stSidebarNavLink").nth(1)
    link.focus()
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator("h1:focus")).to_be_visible()
    expect(opener).to_be_visible()
    assert sidebar.evaluate("one => one.inert"), "a chosen page is not under its menu"
