"""A tenant chooses what is overdue, scans the code from the screen, and takes the statement and the slip away."""

import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from core.accounts.creating import create_portal_account
from core.db import transaction
from tests.cast import ACCOUNT_NO, make_entry, make_tenancy, make_tenant
from tests.core.documents.readers import codes_of, codes_of_pictures, text_of
from tests.e2e.conftest import sign_in
from tests.servers import running

pytestmark = pytest.mark.e2e
PASSWORD = "Kamienica7x"


def taken(page: Page, button: str) -> tuple[str, bytes]:
    """The name and the content of what a button brings."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def scanned(page: Page) -> str:
    """The code on the screen, as a camera sees it."""
    (code,) = codes_of_pictures([page.locator("img.kit-qr").screenshot()])
    return code


@pytest.fixture
def owing(database: str) -> None:
    """Anna owes 700 zł, 100 zł of them overdue."""
    with transaction() as session:
        anna = make_tenant(session, tenant_no="000077")
        tenancy = make_tenancy(session, anna, tenancy_no="U/7/2014")
        make_entry(session, tenancy, "2026-01-02", debit="600", due_on="2026-01-12", description="Czynsz")
        make_entry(session, tenancy, "2026-01-10", credit="500", description="=Wpłata")
        make_entry(session, tenancy, "2026-01-20", debit="600", due_on="2099-01-12", description="Ugoda")
        create_portal_account(session, tenant_no=anna.tenant_no, login="anna", password=PASSWORD)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_overdue_part_is_chosen_scanned_and_put_on_paper(browser: Browser, owing: None, tmp_path: Path) -> None:
    context = browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw", viewport={"width": 360, "height": 740})
    context.set_default_timeout(60_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    with running("app_tenant.py", folder=tmp_path) as portal:
        page = context.new_page()
        page.goto(portal.url)
        sign_in(page, "anna", PASSWORD)
        before = f"1234563218|PL|{ACCOUNT_NO}|"
        expect(page.locator("img.kit-qr")).to_have_attribute("alt", re.compile("700,00"))
        assert scanned(page) == f"{before}070000|Zarzad Lokali Demo|Umowa U/7/2014|||"
        page.get_by_role("button", name="Skopiuj numer konta").click()
        expect(page.get_by_role("status").filter(has_text="Skopiowano.")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.replace(" ", "") == ACCOUNT_NO

        page.get_by_text("Po terminie: 100,00 zł").click()
        expect(page.locator("img.kit-qr")).to_have_attribute("alt", re.compile("na 100,00"))
        overdue = f"{before}010000|Zarzad Lokali Demo|Umowa U/7/2014|||"
        assert scanned(page) == overdue
        name, slip = taken(page, "Pobierz dane do przelewu (PDF)")
        assert name == "Przelew-U-7-2014.pdf"
        assert codes_of(slip) == {f"QR-Code:{overdue}"}

        page.goto(f"{portal.url}/finanse")
        name, paper = taken(page, "Zestawienie (PDF)")
        assert re.fullmatch(r"Zestawienie-U-7-2014-2026-01-02-\d{4}-\d\d-\d\d\.pdf", name)
        written = " ".join(text_of(paper, "-layout").replace("\u00a0", " ").split())
        assert "do wpłaty 700,00 zł" in written
        name, confirmed = taken(page, "Potwierdzenie salda (PDF)")
        assert "do wpłaty 700,00 zł" in text_of(confirmed, "-layout").replace("\u00a0", " ")
        name, book = taken(page, "Operacje (XLSX)")
        (tmp_path / name).write_bytes(book)
        read = pd.read_excel(tmp_path / name, dtype={"nr_kontrahenta": str})
        assert read["nr_kontrahenta"].tolist() == ["000077"] * 3
        assert read["tresc"].tolist()[1] == "'=Wpłata"
        assert Decimal(str(read["saldo"].iloc[-1])) == 700
    context.close()
