"""Large type and paper, in Chromium: a size that stays, nothing beside the page on a phone, a ledger without its menu."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update

from core.accounts.sign_in import operator_scope
from core.clock import now
from core.correspondence.filing import keep_paper
from core.correspondence.matching import Match
from core.correspondence.models import Letter
from core.db import transaction
from core.registry.models import Tenancy, Tenant
from tests.cast import make_entry
from tests.core.correspondence.cast import paper, pdf, sent
from tests.core.documents.readers import pictures_of, text_of
from tests.e2e.conftest import TENANT, TENANT_NO, drawn, premises_of_tenant, sign_in
from tests.e2e.test_keyboard import walk_to
from tests.servers import Server

# Type and paper are the browser's affair: one database is enough.
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
    "/pomoc",
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


def test_printed_ledger_has_its_lines_and_not_the_menu(portal: Server, context: BrowserContext) -> None:
    with transaction() as session:
        tenancy = session.query(Tenancy).filter_by(premises_id=premises_of_tenant(session).id, valid_to=None).one()
        for month in range(1, 13):
            for part in range(1, 4):
                make_entry(
                    session, tenancy, f"2025-{month:02}-01", debit=f"{100 * part}.00", component=f"Składnik {part}",
                    document_no=f"NAL/{month:02}", position=part, description=f"Opłaty za {month:02}.2025",
                )  # fmt: skip
    page = context.new_page()
    page.goto(f"{portal.url}/finanse")
    sign_in(page, *TENANT)
    summary = page.get_by_text("Skąd ta kwota?").first
    summary.click()
    drawn(page)

    told = text_of(page.pdf(format="A4"), "-layout").replace("\u00a0", " ")
    sheets = told.split("\f")

    assert "Opłaty za 12.2025" in told
    assert "Opłaty za 01.2025" in told, "and all the page, not what is in the window"
    assert "Składnik 3" in told, "what is opened"
    assert re.search(r"Finanse\s+Wydruk z \d\d\.\d\d\.\d{4}", told)
    for pressed in (
        "Wyloguj się",
        "Strona główna",
        "Szukaj i filtruj",
        "Zapytaj o to",
        "Pobierz",
        "Deklaracja",
        "http",
    ):
        assert pressed not in told, pressed
    tables = [sheet for sheet in sheets if "NAL/" in sheet]
    assert len(tables) > 1
    assert all("Saldo po operacji" in sheet for sheet in tables), "the headings on each sheet"


def test_printed_letter_has_all_its_pages(portal: Server, context: BrowserContext) -> None:
    content = pdf("Pismo", pages=3)
    with transaction() as session:
        sha256, pages = keep_paper(content)
        to_tenant = Match(session.scalars(select(Tenant.id).where(Tenant.tenant_no == TENANT_NO)).one(), None)
        letter = replace(paper("Pismo", to_tenant), sha256=sha256, size=len(content), pages=pages)
        sent(session, operator_scope(), letter)
        session.execute(update(Letter).values(visible_at=now()))
    page = context.new_page()
    page.goto(f"{portal.url}/korespondencja?nr=1")
    sign_in(page, *TENANT)
    page.get_by_role("button", name="Otwórz pismo").click()
    expect(page.locator(".kit-pages img")).to_have_count(3)
    for nth in range(3):
        expect(page.locator(".kit-pages img").nth(nth)).to_have_js_property("complete", True)

    paper_sheets = page.pdf(format="A4")

    told = text_of(paper_sheets)
    assert "Zmiana opłat" in told
    assert "Pobierz" not in told
    assert len([size for size in pictures_of(paper_sheets) if size[0] > 500]) == 3
