"""An e-mail address changed by code in Chromium, refused at the old one, and settled by the office; mail over real SMTP."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.access.scopes import Role
from core.accounts.creating import create_employee, create_portal_account
from core.db import transaction
from tests.core.imports.files import load_city
from tests.e2e.conftest import TENANT_NO, Services, both_services, new_page, sign_in
from tests.mail import words

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("database", ["postgresql"], indirect=True)]
CLERK, PASSWORD = ("urzednik", "Wiosenny-Kasztan-2026"), "Kamienica7x"
OLD, NEW = "stary@example.com", "zlodziej@example.com"


@pytest.fixture
def city(database: str, tmp_path: Path) -> Iterator[Services]:
    load_city(ledger=False)
    with transaction() as session:
        login, password = CLERK
        create_employee(session, login=login, name="Ewa", password=password, roles=[Role.CLERK], district_codes=[])
        create_portal_account(session, tenant_no=TENANT_NO, login="anna", password=PASSWORD, email=OLD)
    with both_services(tmp_path) as services:
        yield services


def test_owner_of_the_old_address_gets_it_back(browser: Browser, city: Services) -> None:
    portal, dashboard, post = city
    thief = new_page(browser, width=1280)
    thief.goto(f"{portal.url}/dane-kontaktowe")
    sign_in(thief, "anna", PASSWORD)
    thief.get_by_label("Nowy adres e-mail").fill(NEW)
    thief.get_by_label("Obecne hasło").fill(PASSWORD)
    thief.get_by_role("button", name="Wyślij kod na nowy adres").click()
    expect(thief.get_by_label("Kod z wiadomości")).to_be_visible()
    code = re.search(r"^\d{6}$", words(post.letter("Kod do zmiany", to=NEW)), re.MULTILINE)
    assert code
    thief.get_by_label("Kod z wiadomości").fill(code.group())
    thief.get_by_role("button", name="Potwierdź nowy adres").click()
    expect(thief.get_by_text(f"Adres e-mail zmieniony na {NEW}.").first).to_be_visible()

    warning = words(post.letter("Ktoś zmienia adres e-mail", to=OLD))
    assert "z…@example.com" in warning
    assert NEW not in warning
    link = re.search(r"http://\S+/to-nie-ja\?klucz=\S+", warning)
    assert link
    owner = new_page(browser, width=360)
    owner.goto(link.group())
    owner.get_by_role("button", name="To nie ja").click()
    expect(owner.get_by_text("Zmiana adresu e-mail jest cofnięta").first).to_be_visible()
    post.letter("Konto w portalu zostało zablokowane", to=OLD)

    thief.get_by_role("link", name="Finanse").click()
    expect(thief.get_by_role("heading", name="Logowanie")).to_be_visible()
    thief.get_by_label("Identyfikator").fill("anna")
    thief.get_by_label("Hasło", exact=True).fill(PASSWORD)
    thief.get_by_role("button", name="Zaloguj się").click()
    expect(thief.get_by_text("Nieprawidłowy identyfikator lub hasło").first).to_be_visible()

    clerk = new_page(browser, width=1280)
    clerk.goto(f"{dashboard.url}/zmiany-danych")
    sign_in(clerk, *CLERK)
    expect(clerk.get_by_role("table")).to_contain_text(NEW)
    clerk.get_by_label("Co ustalono z najemcą").fill("Najemca był w rejonie.")
    clerk.get_by_role("button", name="Wyjaśnione").click()
    expect(clerk.get_by_text("sprawa wyjaśniona").first).to_be_visible()
    expect(clerk.get_by_text("Żadna zmiana danych nie czeka na rejon.")).to_be_visible()
