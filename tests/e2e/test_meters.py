"""A state typed like the dial shows it, in Chromium: the digits follow, the server judges."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from core.access.scopes import Role
from core.accounts.creating import create_employee
from core.db import transaction
from tests.cast import make_meter, make_reading
from tests.e2e.conftest import TENANT, pick, premises_of_tenant, sign_in
from tests.servers import Server

# Digits are the browser's affair: one database is enough.
CLERK = ("urzednik", "Wiosenny-Kasztan-2026")
pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def meter_no(city: str) -> str:
    """A meter of the tenant's that stands high."""
    with transaction() as session:
        premises = premises_of_tenant(session)
        meter = make_meter(session, premises)
        make_reading(session, meter, "2026-10-01", "99998.412")
        return meter.meter_no


def test_dial_follows_the_keys_and_a_turn_over_zero_is_taken(
    meter_no: str, portal: Server, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(f"{portal.url}/liczniki")
    sign_in(page, *TENANT)
    field = page.get_by_label("Stan licznika w m³")
    expect(field).to_have_attribute("inputmode", "decimal")
    dial = page.locator("[data-iok-dial]")
    field.press_sequentially("2,1")
    expect(dial.locator(".kit-digit")).to_have_text(["0", "0", "0", "0", "2", "1", "0", "0"])
    field.fill("dwa")
    expect(dial.locator(".kit-digit").first).to_have_text("–")
    field.fill("99999,5")
    expect(dial.get_by_role("status")).to_contain_text("1,088 m³")
    field.fill("00002,105")
    page.get_by_role("button", name="Wyślij odczyt").click()
    told = page.get_by_role("status").filter(has_text="Licznik przeszedł przez zero")
    expect(told).to_contain_text("3,693 m³")


def test_odd_reading_is_rejected_with_a_reason_that_the_tenant_reads(
    meter_no: str, portal: Server, dashboard: Server, context: BrowserContext
) -> None:
    login, password = CLERK
    with transaction() as session:
        create_employee(
            session, login=login, name="Ewa Urzędnik", password=password, roles=[Role.CLERK], district_codes=[]
        )
    page = context.new_page()
    page.goto(f"{portal.url}/liczniki")
    sign_in(page, *TENANT)
    page.get_by_label("Stan licznika w m³").fill("5000")
    page.get_by_role("button", name="Wyślij odczyt").click()
    expect(page.get_by_role("alert")).to_contain_text("a nie zużycie")
    page.get_by_text("Coś innego", exact=True).click()
    page.get_by_role("button", name="Wyślij odczyt").click()
    # The question may still stand beside the receipt for a moment, until the page is drawn.
    expect(page.get_by_role("status").filter(has_text="pracownik go sprawdzi")).to_be_visible()

    clerk = context.new_page()
    clerk.goto(f"{dashboard.url}/odczyty")
    sign_in(clerk, login, password)
    expect(clerk.get_by_role("table", name="Odczyty do wyjaśnienia (1)")).to_contain_text(meter_no)
    pick(clerk, "Pokaż licznik", re.compile(meter_no))
    clerk.get_by_role("radiogroup", name="Czynność").get_by_text("Odrzuć odczyt", exact=True).click()
    clerk.get_by_label("Powód (zobaczy go najemca)").fill("To zużycie, a nie stan")
    clerk.get_by_role("button", name="Odrzuć odczyt").click()
    expect(clerk.get_by_text("Najemca zobaczy powód.").first).to_be_visible()

    page.reload()
    expect(page.get_by_text("powód: To zużycie, a nie stan").first).to_be_visible()
