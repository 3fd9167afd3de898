"""An analyst reads the arrears of the city and takes them home as a sheet, in Chromium and in LibreOffice."""

import csv
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import true

from core.access.scopes import Role
from core.accounts.creating import create_employee
from core.accounts.sign_in import operator_scope
from core.clock import today
from core.db import reading, transaction
from core.imports.desk import import_file
from core.ledger.arrears import arrears
from core.ledger.balances import all_balances
from core.money import parse_grosze
from core.registry.pseudonyms import pseudonym
from tests.core.imports.files import CITY
from tests.e2e.conftest import pick, sign_in
from tests.servers import Server

ANALYST = ("analityk", "Wiosenny-Kasztan-2026")
pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def owing(city: str) -> int:
    """The small city with its ledger; what is overdue in all, in grosze."""
    import_file(operator_scope(), kind="ledger", path=CITY / "kartoteka.csv")
    login, password = ANALYST
    with transaction() as session:
        create_employee(
            session, login=login, name="Alina Analityk", password=password, roles=[Role.ANALYST], district_codes=[]
        )
    with reading() as session:
        return int(arrears(session, true(), day=today())["overdue"].sum())


def cells(sheet: Path, folder: Path) -> list[dict[str, str]]:
    """A sheet opened by LibreOffice: every cell as a person sees it there."""
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,false", "--outdir", folder / "out",
            sheet,
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (folder / "out" / f"{sheet.stem}.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_an_analyst_takes_the_arrears_home(
    owing: int, dashboard: Server, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(f"{dashboard.url}/finanse")
    sign_in(page, *ANALYST)
    expect(page.get_by_text("Zaległości na")).to_be_visible()
    page.get_by_text("Najwięksi dłużnicy").click()
    expect(page.get_by_role("table", name="Najwięksi dłużnicy")).to_be_visible()
    page.get_by_role("link", name="Pobierz jako plik").click()
    page.get_by_test_id("stRadio").filter(has_text="Widok").get_by_text("Finanse").click()
    expect(page.get_by_text("zastępujemy pseudonimami, a treść")).to_be_visible()
    pick(page, "Format", re.compile("Excel .XLSX"))
    page.get_by_role("button", name="Eksportuj").click()
    link = page.get_by_role("link", name="Pobierz plik")
    expect(link).to_be_visible()
    with page.expect_download() as started:
        link.click()
    sheet = tmp_path / "zaleglosci.xlsx"
    started.value.save_as(sheet)

    rows = cells(sheet, tmp_path)

    with reading() as session:
        known = {pseudonym(one.tenancy_no) for one in all_balances(session, operator_scope())}
    assert {row["nr_umowy"] for row in rows} <= known
    assert len({row["nr_umowy"] for row in rows}) == len(rows) > 100
    assert sum(parse_grosze(row["wymagalne"]) for row in rows) == owing > 0
