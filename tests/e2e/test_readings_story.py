"""Readings from the dial to the analyst's file, in Chromium: tenant, clerk, analyst, and the files read back."""

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from core.access.scopes import Role
from core.accounts.creating import create_employee
from core.db import transaction
from tests.cast import make_meter, make_reading
from tests.e2e.conftest import TENANT, pick, premises_of_tenant, sign_in
from tests.servers import Server

PASSWORD = "Wiosenny-Kasztan-2026"
pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def meters(city: str) -> list[str]:
    """Three meters of the tenant's: bathroom, kitchen, and one that is about to turn over zero."""
    with transaction() as session:
        premises = premises_of_tenant(session)
        made = [make_meter(session, premises, place=place) for place in ("aneks", "kuchnia", "wc")]
        for meter, value in zip(made, ("100", "200", "99998.412"), strict=True):
            make_reading(session, meter, "2026-10-01", value)
        for login, role in (("urzednik", Role.CLERK), ("analityk", Role.ANALYST)):
            create_employee(
                session, login=login, name="Ewa Urzędnik", password=PASSWORD, roles=[role], district_codes=[]
            )
        return [meter.meter_no for meter in made]


def photo(folder: Path) -> Path:
    path = folder / "licznik.jpg"
    Image.new("RGB", (900, 600), "grey").save(path)
    return path


def hand_in(page: Page, place: str, value: str) -> None:
    form = page.get_by_test_id("stForm").filter(has=page.get_by_label(f"Stan licznika w m³: zimna woda, {place}"))
    form.get_by_label("Stan licznika w m³").fill(value)
    form.get_by_role("button", name="Wyślij odczyt").click()


def told(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words).first).to_be_visible()


def export(page: Page) -> pd.DataFrame:
    """Make the next delta on the screen and fetch its file."""
    page.get_by_text("Przyrost: nowe od ostatniego").click()
    page.get_by_role("button", name="Eksportuj").click()
    link = page.get_by_role("link", name="Pobierz plik")
    expect(link).to_be_visible()
    with page.expect_download() as started:
        link.click()
    content = Path(started.value.path()).read_bytes()
    page.reload()
    expect(page.get_by_role("button", name="Eksportuj")).to_be_visible()
    return pd.read_csv(io.BytesIO(content), sep=";", decimal=",", encoding="utf-8-sig", dtype={"nr_licznika": str})


def test_from_the_dial_to_the_file(
    meters: list[str], portal: Server, dashboard: Server, context: BrowserContext, tmp_path: Path
) -> None:
    plain, odd, _ = meters
    tenant = context.new_page()
    tenant.goto(f"{portal.url}/liczniki")
    sign_in(tenant, *TENANT)
    hand_in(tenant, "aneks", "105,500")
    told(tenant, "105,500 m³ przyjęto")
    hand_in(tenant, "wc", "2,105")
    told(tenant, "Licznik przeszedł przez zero")
    hand_in(tenant, "kuchnia", "5000")
    expect(tenant.get_by_role("alert")).to_contain_text("dużo więcej")
    form = tenant.get_by_test_id("stForm").filter(has=tenant.get_by_text("pomoże nam przyjąć ten odczyt"))
    form.locator("input[type=file]").set_input_files(photo(tmp_path))
    expect(form.get_by_text("licznik.jpg")).to_be_visible()
    form.get_by_text("Coś innego", exact=True).click()
    form.get_by_role("button", name="Wyślij odczyt").click()
    told(tenant, "pracownik go sprawdzi")

    clerk = context.new_page()
    clerk.goto(f"{dashboard.url}/odczyty")
    sign_in(clerk, "urzednik", PASSWORD)
    expect(clerk.get_by_role("table", name="Odczyty do wyjaśnienia (1)")).to_contain_text("ze zdjęciem")
    pick(clerk, "Pokaż licznik", re.compile(odd))
    seen = clerk.get_by_role("img", name=re.compile("Zdjęcie tarczy"))
    expect(seen).to_be_visible()
    assert seen.evaluate("image => image.decode().then(() => image.naturalWidth)") == 900
    clerk.get_by_role("radiogroup", name="Czynność").get_by_text("Odrzuć odczyt", exact=True).click()
    clerk.get_by_label("Powód (zobaczy go najemca)").fill("Na zdjęciu jest 205")
    clerk.get_by_role("button", name="Odrzuć odczyt").click()
    expect(clerk.get_by_text("Najemca zobaczy powód.").first).to_be_visible()
    clerk.get_by_role("radiogroup", name="Czynność").get_by_text("Wymień licznik", exact=True).click()
    clerk.get_by_label("Stan końcowy starego licznika (m³)").fill("205")
    clerk.get_by_label("Numer nowego licznika").fill("NOWY/1")
    clerk.get_by_role("button", name="Wymień licznik").click()
    expect(clerk.get_by_text(f"Wymieniono licznik {odd} na NOWY/1.").first).to_be_visible()

    tenant.goto(portal.url)
    expect(tenant.get_by_text("Powód: Na zdjęciu jest 205").first).to_be_visible()
    tenant.goto(f"{portal.url}/liczniki")
    expect(tenant.get_by_text("powód: Na zdjęciu jest 205").first).to_be_visible()

    analyst = context.browser.new_context(locale="pl-PL").new_page()  # type: ignore[union-attr]
    analyst.goto(f"{dashboard.url}/eksporty")
    sign_in(analyst, "analityk", PASSWORD)
    first = export(analyst)
    assert set(first["zapis"]) == {"nowy"}
    assert set(first["stan"][first["nr_licznika"].isin(meters)]) == {100.0, 105.5, 200.0, 205.0, 99998.412, 2.105}
    used = first.set_index("stan")["zuzycie_m3"]
    assert (used[105.5], used[2.105], used[205.0]) == (5.5, 3.693, 5.0)
    assert export(analyst).empty

    clerk.get_by_role("button", name="Wróć do kolejki").click()
    clerk.get_by_label("Numer licznika, umowy albo najemcy").fill(plain)
    clerk.get_by_role("button", name="Szukaj").click()
    pick(clerk, re.compile("Znalezione liczniki"), re.compile(plain))
    clerk.get_by_role("radiogroup", name="Czynność").get_by_text("Popraw odczyt", exact=True).click()
    clerk.get_by_label("Właściwy stan (m³)").fill("104,5")
    clerk.get_by_label("Powód (zobaczy go najemca)").fill("Pomyłka w cyfrze")
    clerk.get_by_role("button", name="Popraw odczyt").click()
    expect(clerk.get_by_text("Poprawiono odczyt").first).to_be_visible()
    third = export(analyst)
    assert third[["nr_licznika", "stan", "zapis"]].values.tolist() == [[plain, 104.5, "korekta"]]
    assert third["poprawia_id"].tolist() == first["id_odczytu"][first["stan"] == 105.5].tolist()
