"""A payment with a slip in its number waits, is given to whom it belongs, and the gift is taken back; in Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from core import db
from core.accounts.sign_in import operator_scope
from core.imports.desk import import_file
from core.imports.models import SuspendedRow
from core.ledger.models import LedgerEntry
from core.registry.models import Tenancy
from tests.core.imports.files import HEADER
from tests.e2e.conftest import EMPLOYEE, drawn, pick, sign_in
from tests.servers import Server

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["postgresql"], indirect=True)]
SLIP = "U/0O003/2013"  # an O for a zero
ROWS = [HEADER, f"999999;{SLIP};WPL/7;1;WPL;2026-10-05;;Czynsz za październik;;150,00"]


def figures() -> tuple[int, int]:
    """How many rows wait, and how many entries the ledger has."""
    with db.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(one)) or 0 for one in (SuspendedRow, LedgerEntry)]
        return counts[0], counts[1]


def settle(page: Page, button: str) -> None:
    drawn(page)
    page.get_by_role("button", name=button).click()


def test_row_of_an_unknown_payer_is_assigned_and_taken_back(
    city: str, dashboard: Server, context: BrowserContext, tmp_path: Path
) -> None:
    file = tmp_path / "kartoteka.csv"
    file.write_bytes("\r\n".join(ROWS).encode("cp1250"))
    import_file(operator_scope(), kind="ledger", path=file)
    with db.reading() as session:
        assert session.scalar(select(Tenancy.id).where(Tenancy.tenancy_no == "U/00003/2013"))
    assert figures() == (1, 0)

    page = context.new_page()
    page.goto(f"{dashboard.url}/poczekalnia")
    sign_in(page, *EMPLOYEE)
    expect(page.get_by_role("table", name="Płatnicy, których nie ma w ewidencji")).to_contain_text(SLIP)
    drawn(page)
    pick(page, "Pokaż wiersze płatnika", re.compile("0O003"))
    expect(page.get_by_role("heading", name=f"Umowa „{SLIP}”")).to_be_visible()
    # Whose it is has to be said by somebody: the likeliest is offered first and not chosen.
    settle(page, "Przypisz")
    expect(page.locator("[data-nonce]")).to_contain_text("Wskaż umowę na liście albo wpisz jej numer.")
    drawn(page)
    page.get_by_text("U/00003/2013").first.click()
    settle(page, "Przypisz")
    expect(page.get_by_text("Przypisano do umowy U/00003/2013 wiersze: 1.").first).to_be_visible()
    assert figures() == (1, 1)

    drawn(page)
    page.get_by_text("Przypisane", exact=True).click()
    drawn(page)
    expect(page.get_by_role("table", name=re.compile("Przypisane"))).to_contain_text("U/00003/2013")
    pick(page, "Cofnij decyzje o wierszach", re.compile("150,00"))
    page.keyboard.press("Escape")
    settle(page, "Cofnij wybrane")
    expect(page.get_by_text("Wiersze znów czekają: 1.").first).to_be_visible()
    assert figures() == (1, 0)
