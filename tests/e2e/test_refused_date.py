"""A date that a field refuses never reaches the server: the field says so, in Polish, and what was chosen before holds."""

import pytest
from playwright.sync_api import BrowserContext, expect

from core.accounts.sign_in import operator_scope
from core.imports.desk import import_file
from tests.core.imports.files import CITY
from tests.e2e.conftest import TENANT, sign_in
from tests.servers import Server

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    "database", ["sqlite"], indirect=True
)  # what is refused is refused before the server hears of it
def test_refused_date_says_that_the_one_before_holds(context: BrowserContext, portal: Server) -> None:
    import_file(operator_scope(), kind="ledger", path=CITY / "kartoteka.csv")
    page = context.new_page()
    page.goto(f"{portal.url}/finanse")
    sign_in(page, *TENANT)
    count = page.locator(".kit-status[role=status]")
    expect(count).to_contain_text("naliczono")
    before = count.inner_text()

    page.get_by_text("Szukaj i filtruj").click()
    page.get_by_label("dzień, Od dnia").click()
    page.keyboard.type("01012000")
    page.get_by_role("button", name="Filtruj").click()

    field = page.get_by_test_id("stDateInput").first
    expect(field).to_contain_text("Data spoza zakresu. Wybierz datę od 0")
    expect(field).to_contain_text("Do tego czasu liczy się poprzednia.")
    expect(page.get_by_text("outside allowed range")).to_have_count(0)
    assert count.inner_text() == before
