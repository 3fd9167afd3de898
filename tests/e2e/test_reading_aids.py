"""Large type in Chromium: a size that stays, and nothing beside the page on a phone."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import TENANT, drawn, sign_in
from tests.e2e.test_keyboard import walk_to
from tests.servers import Server

# Type is the browser's affair: one database is enough.
pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
PATHS = (
    "/",
    "/finanse",
    "/lokale",
    "/liczniki",
    "/korespondencja",
    "/dane-kontaktowe",
    "/zgloszenia",
    "/konto",
)


def type_size(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).fontSize"))


def choose(page: Page, url: str, size: str, *, steps: int) -> None:
    """Choose a size by the keyboard, `steps` further than the one chosen."""
    page.goto(f"{url}/konto")
    drawn(page)
    walk_to(page, page.get_by_role("radiogroup", name="Tekst na wszystkich stronach"))
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    walk_to(page, page.get_by_role("button", name="Zapisz wielkość tekstu"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Wielkość tekstu")).to_contain_text(size)


def test_large_type_stays_and_leaves_nothing_beside_the_page(portal: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(portal.url)
    sign_in(page, *TENANT)
    assert type_size(page) == "16px"

    choose(page, portal.url, "największy", steps=2)
    expect(page.locator("html")).to_have_class(re.compile("iok-text-150"))
    assert type_size(page) == "24px"

    page.set_viewport_size({"width": 320, "height": 800})
    for path in PATHS:
        page.goto(portal.url + path, wait_until="domcontentloaded")
        assert type_size(page) == "24px", "before anything is drawn"
        expect(page.locator("h1")).to_be_visible()
        drawn(page)
        beside = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
        assert beside <= 0, path

    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(portal.url)
    page.get_by_role("button", name="Wyloguj się").click()
    expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()
    assert type_size(page) == "24px", "the browser keeps it"

    sign_in(page, *TENANT)
    choose(page, portal.url, "zwykły", steps=-2)
    expect(page.locator("html")).not_to_have_class(re.compile("iok-text"))
    assert type_size(page) == "16px"
