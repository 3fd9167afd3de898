"""A tenant explains an amount, down to the line of the file and the day it was loaded, and reads a past balance."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from core import db
from core.accounts.sign_in import operator_scope
from core.clock import today
from core.imports.desk import import_file
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy
from tests.core.imports.files import CITY
from tests.e2e.conftest import TENANT, drawn, sign_in
from tests.servers import Server
from ui import formats

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["postgresql"], indirect=True)]
TENANCY, DOCUMENT, COMPONENT = "U/00003/2013", "NAL/2026/03/0000089", "Zaliczka: woda i ścieki"
PAST = date(2026, 3, 31)


def entries() -> list[LedgerEntry]:
    with db.reading() as session:
        own = select(LedgerEntry).join(Tenancy, Tenancy.id == LedgerEntry.tenancy_id)
        return list(session.scalars(own.where(Tenancy.tenancy_no == TENANCY)))


def test_tenant_explains_an_amount_and_reads_a_past_balance(context: BrowserContext, portal: Server) -> None:
    import_file(operator_scope(), kind="ledger", path=CITY / "kartoteka.csv")
    lines = [one for one in entries() if one.document_no == DOCUMENT]
    water = next(one for one in lines if one.description == COMPONENT)
    page = context.new_page()
    page.goto(f"{portal.url}/finanse")
    sign_in(page, *TENANT)
    drawn(page)

    page.get_by_text("Szukaj i filtruj").click()
    page.get_by_role("textbox", name="Szukaj").fill("nal/2026/03 SCIEKI")
    page.get_by_role("button", name="Filtruj").click()
    expect(page.locator(".kit-status[role=status]")).to_contain_text("1 operacja: naliczono")
    assert page.get_by_text(COMPONENT).is_hidden()
    page.locator("summary", has_text="Skąd ta kwota?").press("Enter")

    opened = page.locator("details[open]").filter(has=page.locator("summary", has_text="Skąd ta kwota?"))
    expect(opened).to_contain_text(f"dokument {DOCUMENT}")
    expect(opened).to_contain_text(f"Wczytano do portalu: {formats.day(today())}.")
    part = opened.get_by_role("listitem").filter(has_text=COMPONENT)
    expect(part).to_contain_text(formats.money(water.debit))
    expect(part).to_contain_text(f"wiersz {water.line_no} wczytanego pliku")
    expect(opened.get_by_role("listitem")).to_have_count(len(lines))

    page.get_by_text("Saldo na dzień", exact=True).click()
    page.get_by_label("dzień, Dzień").click()
    page.keyboard.type(f"{PAST:%d%m%Y}")
    page.keyboard.press("Escape")

    balance = sum((one.debit - one.credit for one in entries() if one.booked_on <= PAST), Decimal(0))
    told = page.get_by_text(f"Na koniec dnia {formats.day(PAST)}: {formats.balance_phrase(balance)}")
    expect(told).to_be_visible()
    expect(page.get_by_role("heading", name=f"Operacje do {formats.day(PAST)}")).to_be_visible()
