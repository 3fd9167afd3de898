"""The main job from end to end: a file in, a balance out, and nothing for who is not signed in."""

import ast
import json
import re
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from core import clock
from core.settings import ROOT
from tests.core.imports.files import CITY
from tests.e2e.conftest import EMPLOYEE, TENANT, sign_in
from tests.repeats import FULL, sampled
from tests.servers import Server, running

pytestmark = pytest.mark.e2e
EXPECTED = json.loads((CITY / "expected.json").read_text())
TENANCY = "U/00003/2013"


def _polish(grosze: int) -> str:
    return f"{Decimal(grosze) / 100:,.2f} zł".replace(",", " ").replace(".", ",")


def _load_ledger(page: Page, dashboard: Server) -> None:
    page.goto(f"{dashboard.url}/import")
    sign_in(page, *EMPLOYEE)
    page.get_by_role("combobox", name="Rodzaj pliku").click()
    page.get_by_role("option", name="Kartoteka finansowa").click()
    page.locator("input[type=file]").set_input_files(CITY / "kartoteka.csv")
    expect(page.get_by_text("kartoteka.csv")).to_be_visible()
    page.get_by_role("button", name="Sprawdź plik").click()
    expect(page.get_by_role("heading", name="Sprawdzony plik: kartoteka.csv")).to_be_visible()
    expect(page.get_by_label("Wynik sprawdzenia")).to_contain_text(re.compile(r"16.033\s*do wczytania"))
    page.get_by_role("button", name="Wczytaj plik").dblclick()
    expect(page.get_by_text("jako partię 5", exact=False).first).to_be_in_viewport()
    expect(page.locator("[data-nonce]:focus")).to_contain_text("jako partię 5")
    expect(page.get_by_role("table", name="Historia importu")).to_contain_text(re.compile(r"wczytane 16.033"))


def test_ledger_in_balance_out_signed_out_for_good(context: BrowserContext, dashboard: Server, portal: Server) -> None:
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            problems.append(message.text)

    staff = context.new_page()
    staff.on("console", note)
    _load_ledger(staff, dashboard)

    page = context.new_page()
    page.on("console", note)
    page.goto(portal.url)
    assert page.locator("html").get_attribute("lang") == "pl"
    sign_in(page, *TENANT)
    expect(page).to_have_title(re.compile("Strona główna"))
    card = page.get_by_role("region", name="Do wpłaty")
    shown = card.inner_text().replace("\u00a0", " ")
    assert _polish(EXPECTED["balance_gr"][TENANCY]) in shown
    assert _polish(EXPECTED["overdue_2026_10_31_gr"][TENANCY]) in shown
    page.get_by_role("link", name="Finanse").click()
    expect(page.get_by_role("heading", name="Finanse", level=1)).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("Wpłata w kasie")

    cookies = {str(one["name"]): str(one["value"]) for one in context.cookies(portal.url)}
    page.get_by_role("button", name="Wyloguj się").click()
    expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()
    context.add_cookies([{"name": name, "value": value, "url": portal.url} for name, value in cookies.items()])
    page.goto(f"{portal.url}/finanse")
    expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()
    assert "Wpłata w kasie" not in page.content()
    assert problems == []


# What a cold process shows first is decided before any table is asked: one database is enough, and a process for each path.
one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _closed_paths(app: str) -> list[str]:
    """Addresses of the screens behind the sign-in, by their Polish path and by the name of their file."""
    tree = ast.parse((ROOT / f"app_{app}.py").read_text())
    screens = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Screen"]
    closed = [screen for screen in screens if not any(word.arg == "public" for word in screen.keywords)]
    told = [[str(part.value) for part in screen.args if isinstance(part, ast.Constant)] for screen in closed]
    return [f"/{words[2] if len(words) > 2 else ''}" for words in told] + [f"/{Path(one[0]).stem}" for one in told]


def _cold_paths() -> list[tuple[str, str]]:
    """All of them in a drill; in a build one Polish path and one name of a file, which move on from day to day."""
    chosen = []
    for app in ("tenant", "staff"):
        paths = _closed_paths(app)
        screens, today = len(paths) // 2, clock.today().toordinal()
        of_today = [paths[today % screens], paths[screens + today % screens]]
        chosen += [(app, path) for path in (paths if FULL else of_today)]
    return chosen


def test_closed_paths_are_those_of_the_application() -> None:
    assert {"/", "/finanse", "/liczniki", "/konto", "/home", "/meters"} <= set(_closed_paths("tenant"))
    assert {"/", "/import", "/eksporty", "/konto", "/desk", "/exports"} <= set(_closed_paths("staff"))
    assert "/aktywacja" not in _closed_paths("tenant")


@sampled
@one_database
@pytest.mark.parametrize(("app", "path"), _cold_paths())
def test_first_request_of_a_cold_server_shows_nothing(
    context: BrowserContext, city: str, tmp_path: Path, app: str, path: str
) -> None:
    with running(f"app_{app}.py", folder=tmp_path) as server:
        page = context.new_page()
        page.goto(server.url + path)
        expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()
        assert page.get_by_role("button", name="Wyloguj się").count() == 0
        assert page.get_by_role("table").count() == 0
        assert httpx.get(f"{server.url}/media/anything").status_code in (403, 404)


PUBLIC = {
    "/administrator": "Administrator",
    "/regulamin": "Regulamin",
    "/odzyskiwanie": "Odzyskiwanie dostępu",
    "/aktywacja": "Aktywacja konta",
    "/wniosek": "Stan wniosku",
}


def _first_asked() -> list[str]:
    """Each in a drill; in a build the one of the day."""
    paths = list(PUBLIC)
    return paths if FULL else [paths[clock.today().toordinal() % len(paths)]]


@sampled
@one_database
@pytest.mark.parametrize("first", _first_asked())
def test_public_screens_open_also_to_the_first_request_of_a_cold_server(
    context: BrowserContext, portal: Server, first: str
) -> None:
    for path in sorted(PUBLIC, key=lambda path: path != first):
        page = context.new_page()
        page.goto(portal.url + path)
        expect(page.get_by_role("heading", name=PUBLIC[path], level=1)).to_be_visible()
        expect(page.get_by_role("navigation", name="Bez logowania")).to_be_visible()
        assert page.get_by_role("button", name="Wyloguj się").count() == 0
