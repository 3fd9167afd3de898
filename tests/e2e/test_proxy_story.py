"""A tenant invites a relative, who accepts from the mail on a phone, sees one tenancy, and is let out again; in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.accounts.creating import create_portal_account
from core.db import transaction
from tests.core.imports.files import load_city
from tests.e2e.conftest import TENANT_NO, Services, both_services, drawn, new_page, pick, sign_in
from tests.mail import words

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["postgresql"], indirect=True)]
PASSWORD, NEW = "Kamienica7x", "Zielona8Brama"
ANNA, GRANDSON = "anna@example.com", "wnuk@example.com"


@pytest.fixture
def city(database: str, tmp_path: Path) -> Iterator[Services]:
    load_city(ledger=False)
    with transaction() as session:
        create_portal_account(session, tenant_no=TENANT_NO, login="anna", password=PASSWORD, email=ANNA)
    with both_services(tmp_path) as services:
        yield services


def test_relative_is_let_in_and_out_again(browser: Browser, city: Services) -> None:
    portal, _, post = city
    anna = new_page(browser, width=1280)
    anna.goto(f"{portal.url}/konto")
    sign_in(anna, "anna", PASSWORD)
    drawn(anna)
    anna.get_by_text("Ustanów pełnomocnika").click()
    drawn(anna)
    anna.get_by_label("Imię i nazwisko").fill("Piotr Wnuk")
    anna.get_by_label("Adres e-mail").fill(GRANDSON)
    anna.get_by_text("Wgląd oraz podawanie i poprawianie odczytów").click()
    form = anna.get_by_test_id("stForm").filter(has_text="Wyślij zaproszenie")
    form.get_by_label("Obecne hasło").fill(PASSWORD)
    anna.get_by_role("button", name="Wyślij zaproszenie").click()
    expect(anna.get_by_text(f"Zaproszenie wysłane na adres {GRANDSON}").first).to_be_visible()
    expect(anna.get_by_role("table", name="Pełnomocnicy")).to_contain_text("zaproszenie wysłane")

    link = re.search(r"http://\S+/pelnomocnictwo\?klucz=\S+", words(post.letter("Zaproszenie", to=GRANDSON)))
    assert link
    phone = new_page(browser, width=360)
    phone.goto(link.group())
    expect(phone.get_by_text("Piotr Wnuk")).to_be_visible()
    phone.get_by_role("button", name="Przyjmuję pełnomocnictwo").click()
    expect(phone.get_by_text("Pełnomocnictwo przyjęte.").first).to_be_visible()
    post.letter("Piotr Wnuk przyjmuje Twoje pełnomocnictwo", to=ANNA)
    credentials = words(post.letter("Twój identyfikator", to=GRANDSON))
    login = re.search(r"Identyfikator: (\S+)", credentials)
    initial = re.search(r"Hasło pierwotne: (\S+)", credentials)
    assert login
    assert initial

    phone.get_by_role("link", name="Przejdź do logowania").click()
    phone.get_by_label("Identyfikator").fill(login[1])
    phone.get_by_label("Hasło", exact=True).fill(initial[1])
    phone.get_by_role("button", name="Zaloguj się").click()
    phone.get_by_label("Nowe hasło", exact=True).fill(NEW)
    phone.get_by_label("Powtórz nowe hasło").fill(NEW)
    phone.get_by_role("button", name="Zapisz hasło").click()
    expect(phone.get_by_text("Działasz jako pełnomocnik").first).to_be_visible()
    expect(phone.get_by_role("heading", name="Strona główna")).to_be_visible()
    for path, title in (("/finanse", "Finanse"), ("/liczniki", "Liczniki"), ("/lokale", "Lokale")):
        phone.goto(f"{portal.url}{path}")
        expect(phone.get_by_role("heading", name=title)).to_be_visible()
        expect(phone.get_by_text("Działasz jako pełnomocnik").first).to_be_visible()
    for path in ("/dane-kontaktowe", "/korespondencja", "/zgloszenia"):
        phone.goto(f"{portal.url}{path}")
        expect(phone.get_by_text("Tej strony nie obejmuje Twoje pełnomocnictwo.")).to_be_visible()

    anna.reload()
    expect(anna.get_by_role("table", name="Pełnomocnicy")).to_contain_text("czynne")
    drawn(anna)
    pick(anna, "Odwołaj pełnomocnictwo", re.compile("Piotr Wnuk"))
    anna.get_by_role("button", name="Odwołaj", exact=True).click()
    anna.get_by_role("button", name="Tak, odwołaj").click()
    expect(anna.get_by_text("Pełnomocnictwo odwołane: Piotr Wnuk.").first).to_be_visible()
    post.letter("zostało odwołane", to=GRANDSON)
    phone.goto(f"{portal.url}/finanse")
    expect(phone.get_by_text("Wylogowano, ponieważ pełnomocnictwo zostało odwołane.").first).to_be_visible()
