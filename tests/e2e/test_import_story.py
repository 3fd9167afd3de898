"""A clerk loads a dirty file, mends it through the errors file, sees its effect, commits, and takes it back; in Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from core import db
from core.ledger.models import LedgerEntry
from tests.core.imports.files import HEADER
from tests.e2e.conftest import EMPLOYEE, drawn, pick, sign_in
from tests.servers import Server

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["postgresql"], indirect=True)]
ROWS = [
    HEADER.replace("uznanie", "Ma"),  # a column that the source calls otherwise
    "000003;U/00003/2013;D/1;1;NAL;2026-10-01;2026-10-10;Czynsz;100,00;",
    "000003;U/00003/2013;D/2;1;NAL;wczoraj;2026-10-10;Woda;20,00;",
    "000003;U/00003/2013;D/3;1;WPL;2026-10-05;;Wpłata;;pięć",
]


def hand_in(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("button", name=f"Usuń {file.name}")).to_be_visible()
    page.get_by_role("button", name="Sprawdź plik").click()


def entries() -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def test_dirty_file_is_mended_loaded_and_taken_back(context: BrowserContext, dashboard: Server, tmp_path: Path) -> None:
    page = context.new_page()
    page.goto(f"{dashboard.url}/import")
    sign_in(page, *EMPLOYEE)
    dirty = tmp_path / "kartoteka-10.csv"
    dirty.write_bytes("\r\n".join(ROWS).encode("cp1250"))
    page.get_by_role("combobox", name="Rodzaj pliku").click()
    page.get_by_role("option", name="Kartoteka finansowa").click()
    hand_in(page, dirty)
    expect(page.get_by_text("Wskaż kolumny, które w pliku nazywają się inaczej")).to_be_visible()
    expect(page.get_by_text("Wskaż wyżej, jak te kolumny nazywają się w pliku.")).to_be_visible()
    drawn(page)
    pick(page, "Kolumna uznanie (wymagana)", re.compile("^Ma$"))
    page.get_by_role("button", name="Sprawdź jeszcze raz").click()
    expect(page.get_by_label("Wynik sprawdzenia")).to_contain_text(re.compile(r"2\s*błędnych"))
    drawn(page)
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Pobierz wiersze z błędami (CSV)").click()
    mended = tmp_path / "kartoteka-10-bledy.csv"
    text = Path(fetched.value.path()).read_bytes().decode("cp1250")
    assert [line.split(";")[2] for line in text.splitlines()] == ["nr_dokumentu", "D/2", "D/3"]
    mended.write_bytes(text.replace("wczoraj", "2026-10-02").replace("pięć", "50,00").encode("cp1250"))

    page.get_by_text("Pomiń błędne wiersze").click()
    drawn(page)
    expect(page.get_by_label("Wpływ na salda")).to_contain_text(re.compile(r"1\s*umów zmieni saldo"))
    page.get_by_role("button", name="Wczytaj plik").click()
    expect(page.get_by_text(f"Wczytano plik {dirty.name}").first).to_be_visible()
    assert entries() == 1

    drawn(page)
    hand_in(page, mended)
    expect(page.get_by_role("heading", name=f"Sprawdzony plik: {mended.name}")).to_be_visible()
    expect(page.get_by_label("Wynik sprawdzenia")).to_contain_text(re.compile(r"2\s*do wczytania"))
    expect(page.get_by_role("table", name="Największe zmiany")).to_contain_text(re.compile(r"-30,00|−30,00"))
    drawn(page)
    page.get_by_role("button", name="Wczytaj plik").click()
    expect(page.get_by_text(f"Wczytano plik {mended.name}").first).to_be_visible()
    assert entries() == 3

    drawn(page)
    pick(page, "Pokaż partię", re.compile(mended.stem))
    expect(page.get_by_text("Zmienione salda umów")).to_be_visible()
    with page.expect_download() as receipt:
        page.get_by_role("button", name="Pobierz potwierdzenie (PDF)").click()
    assert Path(receipt.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="Sprawdź wycofanie partii").click()
    expect(page.get_by_label("Co się stanie")).to_contain_text(re.compile(r"2\s*zniknie"))
    drawn(page)
    page.get_by_role("button", name=re.compile("^Wycofaj partię")).click()
    expect(page.get_by_text("usunięto 2").first).to_be_visible()
    assert entries() == 1
