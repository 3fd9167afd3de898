"""A state typed like the dial shows it, in Chromium: the digits follow, the server judges."""

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from core.db import transaction
from core.registry.models import Premises, Tenancy, Tenant
from tests.cast import make_meter, make_reading
from tests.e2e.conftest import TENANT, TENANT_NO, sign_in
from tests.servers import Server

# Digits are the browser's affair: one database is enough.
pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def test_dial_follows_the_keys_and_a_turn_over_zero_is_taken(
    city: str, portal: Server, context: BrowserContext
) -> None:
    with transaction() as session:
        premises = session.scalars(
            select(Premises)
            .join(Tenancy, Tenancy.premises_id == Premises.id)
            .join(Tenant, Tenant.id == Tenancy.tenant_id)
            .where(Tenant.tenant_no == TENANT_NO, Tenancy.valid_to.is_(None))
        ).first()
        assert premises is not None
        make_reading(session, make_meter(session, premises), "2026-10-01", "99998.412")
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
    told = page.locator("[data-nonce]")
    expect(told).to_contain_text("Licznik przeszedł przez zero")
    expect(told).to_contain_text("3,693 m³")
