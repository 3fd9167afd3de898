"""A fault from the question about danger to its end: tenant, clerk, mail, opened again, and a neighbour who joins in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from core.access.scopes import Role
from core.accounts.creating import create_employee, create_portal_account
from core.db import transaction
from tests.cast import make_premises, make_tenancy, make_tenant
from tests.core.imports.files import load_city
from tests.e2e.conftest import TENANT_NO, Services, both_services, drawn, pick, premises_of_tenant, sign_in
from tests.mail import words

pytestmark = pytest.mark.e2e
CLERK, PASSWORD = ("urzedniczka", "Wiosenny-Kasztan-2026"), "Kamienica7x"


@pytest.fixture
def city(database: str, tmp_path: Path) -> Iterator[Services]:
    """Anna of the small landlord's files, Jan next door, and a clerk."""
    load_city(ledger=False)
    with transaction() as session:
        login, password = CLERK
        create_employee(
            session, login=login, name="Ewa Urzędnik", password=password, roles=[Role.CLERK], district_codes=[]
        )
        at_home = premises_of_tenant(session)
        jan = make_tenant(session, "Jan Sąsiad")
        make_tenancy(session, jan, premises=make_premises(session, building=at_home.building, premises_no="99"))
        for login, tenant_no in (("anna", TENANT_NO), ("jan", jan.tenant_no)):
            create_portal_account(
                session, tenant_no=tenant_no, login=login, password=PASSWORD, email=f"{login}@example.com"
            )
    with both_services(tmp_path) as services:
        yield services


def tenant_page(browser: Browser, city: Services, login: str) -> Page:
    context = browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw", viewport={"width": 360, "height": 740})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{city.portal.url}/zgloszenia")
    sign_in(page, login, PASSWORD)
    return page


def say_what_it_is(page: Page) -> None:
    page.get_by_role("button", name="Zgłoś awarię albo usterkę").click()
    page.get_by_role("button", name="Nic z tych rzeczy").click()
    for group, choice in (
        ("Czego dotyczy", "Woda i kanalizacja"),
        ("Co się dzieje", "Zatkany odpływ albo kanalizacja"),
    ):
        expect(page.get_by_role("radiogroup", name=group)).to_be_visible()
        drawn(page)  # while the page is drawn anew a group may stand there twice
        page.get_by_role("radiogroup", name=group).get_by_text(choice).click()


def told(page: Page, said: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("status").filter(has_text=said).first).to_be_visible()


def set_status(clerk: Page, status: str, note: str) -> None:
    drawn(clerk)  # while the page is drawn anew its form stands there twice
    clerk.get_by_role("radiogroup", name="Nowy stan").get_by_text(status, exact=True).click()
    clerk.get_by_label("Notatka dla najemcy").fill(note)
    clerk.get_by_role("button", name="Zmień stan").click()
    told(clerk, f"{status}. Najemca dostał powiadomienie.")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_from_the_first_question_to_the_neighbour(browser: Browser, city: Services, tmp_path: Path) -> None:
    anna = tenant_page(browser, city, "anna")
    anna.get_by_role("button", name="Zgłoś awarię albo usterkę").click()
    anna.get_by_role("button", name="Czuję gaz").click()
    expect(anna.get_by_role("link", name="Zadzwoń: 992")).to_have_attribute("href", "tel:992")
    assert not anna.get_by_role("radiogroup").count()
    assert not anna.get_by_role("textbox").count()
    anna.get_by_role("button", name="Wróć do zgłoszeń").click()

    say_what_it_is(anna)
    expect(anna.get_by_label("Opisz, co się stało")).to_be_visible()
    drawn(anna)
    for question, answer in (
        ("Co się zatkało?", "zlew"),
        ("Czy ścieki podchodzą do góry?", "nie"),
        ("Czy sąsiedzi mają to samo?", "nie wiem"),
    ):
        anna.get_by_role("radiogroup", name=question).get_by_text(answer, exact=True).click()
    anna.get_by_label("Opisz, co się stało").fill("Zlew w kuchni jest zatkany.")
    photo = tmp_path / "zlew.jpg"
    Image.new("RGB", (900, 600), "grey").save(photo)
    anna.locator("input[type=file]").set_input_files(photo)
    expect(anna.get_by_text("zlew.jpg")).to_be_visible()
    anna.get_by_role("button", name="Wyślij zgłoszenie").click()
    told(anna, re.compile(r"Zgłoszenie A/000001/\d{4} przyjęte"))
    seen = anna.get_by_role("img", name="Zdjęcie 1 z 1")
    expect(seen).to_be_visible()
    assert seen.evaluate("image => image.decode().then(() => image.naturalWidth)") == 900

    clerk = browser.new_context(locale="pl-PL", viewport={"width": 1280, "height": 900}).new_page()
    clerk.set_default_timeout(60_000)
    clerk.goto(f"{city.dashboard.url}/zgloszenia")
    sign_in(clerk, *CLERK)
    pick(clerk, "Otwórz zgłoszenie", re.compile("A.000001"))
    expect(clerk.get_by_role("img", name="Zdjęcie 1 z 1")).to_be_visible()
    clerk.get_by_role("button", name="Przydziel do mnie").click()
    told(clerk, "prowadzisz to zgłoszenie")
    set_status(clerk, "w realizacji", "Hydraulik przyjdzie jutro.")
    set_status(clerk, "wykonane", "Przepchano odpływ.")

    mail = words(city.post.letter("Zgłoszenie A/000001", to="anna@example.com"))
    assert "odpływ" not in mail
    link = re.search(r"http://\S+/zgloszenia\?nr=\d+", mail)
    assert link
    anna.goto(link.group())
    expect(anna.get_by_text("Przepchano odpływ.")).to_be_visible()
    anna.get_by_label("Dlaczego otwierasz zgłoszenie ponownie").fill("Znowu się zatkał.")
    anna.get_by_role("button", name="Otwórz ponownie").click()
    told(anna, "Zgłoszenie jest znów otwarte.")

    clerk.get_by_role("button", name="Wróć do kolejki").click()
    pick(clerk, "Otwórz zgłoszenie", re.compile("A.000001"))
    expect(clerk.get_by_text("Znowu się zatkał.")).to_be_visible()
    clerk.get_by_role("radiogroup", name="Czynność").get_by_text("Awaria w budynku", exact=True).click()
    clerk.get_by_label("Tytuł (zobaczą go najemcy)").fill("Zatkany pion")
    clerk.get_by_label("Co mają wiedzieć najemcy").fill("Nie używajcie zlewów.")
    clerk.get_by_role("button", name="Ogłoś awarię w budynku").click()
    told(clerk, "Awarię ogłoszono.")

    jan = tenant_page(browser, city, "jan")
    say_what_it_is(jan)
    expect(jan.get_by_text("Nie używajcie zlewów.")).to_be_visible()
    assert not jan.get_by_role("textbox").count()
    jan.get_by_role("button", name="Mnie też dotyczy").click()
    told(jan, re.compile(r"Zgłoszenie A/000002/\d{4} przyjęte"))

    clerk.goto(f"{city.dashboard.url}/zgloszenia")
    clerk.get_by_role("radiogroup", name="Widok").get_by_text("Awarie w budynkach", exact=True).click()
    expect(clerk.get_by_role("list", name="Kogo dotyczy")).to_contain_text(re.compile(r"2\s*Osoby"))
    clerk.get_by_text("Zakończ awarię").first.click()
    clerk.get_by_label("Co zrobiono").fill("Pion przepchany.")
    clerk.get_by_role("button", name="Zakończ awarię").click()
    told(clerk, re.compile("Awarię zakończono: 2.zgłoszenia wykonane"))
    jan.goto(f"{city.portal.url}/")
    drawn(jan)
    expect(jan.get_by_text("wykonane. Pion przepchany.")).to_be_visible()
