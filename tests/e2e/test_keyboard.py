"""By keyboard alone: the form of an application and the sign-in. No click, no filled-in value, no script."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from core.accounts.terms import publish_shipped_terms
from core.db import transaction
from tests.e2e.conftest import TENANT
from tests.servers import Server

# Keys are the browser's affair: one database is enough.
pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
FURTHEST = 60  # presses of Tab that no screen here needs


def focused_tag(page: Page) -> str:
    return str(page.evaluate("document.activeElement?.tagName"))


def walk_to(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus; each stop on the way is a control too, and one that can be seen."""
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        if control.evaluate("one => one.contains(document.activeElement)"):
            return
    raise AssertionError(f"{control} cannot be reached by Tab")


def write(page: Page, control: Locator, text: str) -> None:
    walk_to(page, control)
    page.keyboard.type(text)


def test_application_is_sent_without_a_mouse(city: str, portal: Server, context: BrowserContext) -> None:
    with transaction() as session:
        publish_shipped_terms(session)
    page = context.new_page()
    page.goto(f"{portal.url}/aktywacja")
    expect(page.get_by_role("heading", name="Aktywacja konta", level=1)).to_be_visible()
    send = page.get_by_role("button", name="Wyślij wniosek")

    walk_to(page, send)
    page.keyboard.press("Enter")
    summary = page.locator("[data-nonce]:focus")
    expect(summary).to_contain_text("Imię i nazwisko")

    write(page, page.get_by_label("Imię i nazwisko"), "Anna Nowak")
    write(page, page.get_by_role("combobox", name="Ulica"), "Piotrkowska")
    write(page, page.get_by_label("Numer budynku"), "1")
    write(page, page.get_by_label("Adres e-mail", exact=True), "anna@example.com")
    write(page, page.get_by_label("Powtórz adres e-mail"), "anna@example.com")
    for label in ("regulamin", "danych osobowych"):
        walk_to(page, page.get_by_role("checkbox", name=label))
        page.keyboard.press("Space")
    walk_to(page, send)
    page.keyboard.press("Space")
    for _ in range(2):  # an address that the registry does not know is asked about once
        expect(page.locator("[data-nonce]:focus, h1:focus")).to_be_visible()
        if page.get_by_role("heading", name="Wniosek wysłany").is_visible():
            break
        walk_to(page, send)
        page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Wniosek wysłany", level=1)).to_be_visible()
    assert focused_tag(page) != "BODY"
    walk_to(page, page.get_by_role("link", name="Pobierz wniosek"))


def test_tenant_signs_in_and_out_without_a_mouse(portal: Server, context: BrowserContext) -> None:
    login, password = TENANT
    page = context.new_page()
    page.goto(portal.url)
    expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()
    write(page, page.get_by_label("Identyfikator"), login)
    write(page, page.get_by_label("Hasło", exact=True), "nie-to-hasło")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nieprawidłowy identyfikator lub hasło")
    # The message is in view: the focus stays where the mistake is.
    expect(page.get_by_label("Hasło", exact=True)).to_be_focused()

    page.keyboard.press("Control+A")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Strona główna", level=1)).to_be_focused()

    walk_to(page, page.get_by_role("link", name="Finanse"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Finanse", level=1)).to_be_focused()
    walk_to(page, page.get_by_role("button", name="Wyloguj się"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Logowanie")).to_be_focused()
