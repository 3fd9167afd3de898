"""Three hundred letters in one ZIP, three of them misnamed: looked at, sent, opened, certified, given to their tenant."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from core.access.scopes import Role
from core.accounts.creating import create_employee, create_portal_account
from core.correspondence.models import Letter
from core.db import reading, transaction
from core.documents.storage import hash_file
from core.registry.models import Tenant
from tests.core.correspondence.cast import pdf
from tests.core.documents.readers import text_of
from tests.core.imports.files import load_city
from tests.e2e.conftest import both_services, drawn, sign_in
from tests.mail import Postman, words
from tests.servers import Server

pytestmark = pytest.mark.e2e
EDITOR, PASSWORD = ("redaktor", "Wiosenny-Kasztan-2026"), "Kamienica7x"
LETTERS, MISNAMED = 300, 3


@dataclass(frozen=True)
class City:
    """Both services, the mail, and the number of the tenant who signs in."""

    portal: Server
    dashboard: Server
    post: Postman
    numbers: list[str]


@pytest.fixture
def city(database: str, tmp_path: Path) -> Iterator[City]:
    load_city(ledger=False)
    with transaction() as session:
        login, password = EDITOR
        create_employee(
            session, login=login, name="Ewa Redaktor", password=password, roles=[Role.EDITOR], district_codes=[]
        )
        numbers = list(session.scalars(select(Tenant.tenant_no).order_by(Tenant.tenant_no)))
        create_portal_account(session, tenant_no=numbers[0], login="anna", password=PASSWORD, email="anna@example.com")
    with both_services(tmp_path) as services:
        yield City(*services, numbers)


def parcel(numbers: list[str]) -> bytes:
    """A letter to each tenant in turn, until there are three hundred; three have names that say nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(LETTERS):
            number = numbers[at % len(numbers)]
            name = f"skan-{at}.pdf" if at >= LETTERS - MISNAMED else f"rozliczenie_{number}_{at}.pdf"
            archive.writestr(name, pdf(f"Rozliczenie {at} najemcy {number}"))
    return packed.getvalue()


def phone(browser: Browser, city: City) -> Page:
    context = browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw", viewport={"width": 360, "height": 740})
    context.set_default_timeout(60_000)
    return context.new_page()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_three_hundred_letters_with_three_wrong_names(browser: Browser, city: City) -> None:
    office = browser.new_context(locale="pl-PL", viewport={"width": 1280, "height": 900}).new_page()
    office.set_default_timeout(60_000)
    office.goto(f"{city.dashboard.url}/korespondencja")
    sign_in(office, *EDITOR)
    office.get_by_text("Wczytaj pisma", exact=True).click()
    office.locator('input[type="file"]').set_input_files(
        {"name": "rozliczenia.zip", "mimeType": "application/zip", "buffer": parcel(city.numbers)}
    )
    office.get_by_label("Tytuł, który zobaczy najemca").fill("Rozliczenie wody")
    office.get_by_role("button", name="Sprawdź pisma").click()
    figures = office.get_by_role("list", name="Paczka w liczbach")
    expect(figures).to_contain_text(re.compile(r"297\s*Do najemców"))
    expect(figures).to_contain_text(re.compile(r"3\s*Bez najemcy"))
    office.get_by_role("button", name="Wyślij paczkę").click()
    office.get_by_role("button", name=re.compile("Tak, wyślij 297")).click()
    expect(office.get_by_text(re.compile("Wysłano 297")).first).to_be_visible()

    mail = words(city.post.letter("Masz nowe pism", to="anna@example.com"))
    assert "Rozliczenie" not in mail
    link = re.search(r"http://\S+/korespondencja", mail)
    assert link
    anna = phone(browser, city)
    anna.goto(link.group())
    sign_in(anna, "anna", PASSWORD)
    titles = anna.get_by_role("button", name="Rozliczenie wody")
    expect(titles.first).to_be_visible()
    with reading() as session:
        assert session.scalars(select(Letter.id).where(Letter.opened_at.is_not(None))).all() == []
    titles.first.click()
    page = anna.get_by_role("img", name=re.compile("strona 1 z 1"))
    expect(page).to_be_visible()
    assert page.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1100
    with anna.expect_download() as letter:
        anna.get_by_role("link", name="Pobierz pismo (PDF)").click()
    with anna.expect_download() as certificate:
        anna.get_by_role("link", name="Pobierz poświadczenie otwarcia (PDF)").click()
    with reading() as session:
        opened = session.scalars(select(Letter).where(Letter.opened_at.is_not(None))).one()
    assert hash_file(letter.value.path()) == opened.opened_sha256 == opened.sha256
    told = text_of(certificate.value.path().read_bytes())
    assert opened.sha256 in told
    assert city.numbers[0] in told

    office.get_by_role("button", name="Wróć do listy paczek").click()
    office.get_by_text("Bez najemcy", exact=True).first.click()
    office.get_by_label("Numer najemcy albo umowy").fill(city.numbers[0])
    office.get_by_role("button", name="Sprawdź, czyj to numer").click()
    office.get_by_role("button", name=re.compile("Tak, pismo jest do")).click()
    expect(office.get_by_text("pismo trafiło do najemcy").first).to_be_visible()
    anna.goto(f"{city.portal.url}/korespondencja")
    drawn(anna)
    expect(titles.first).to_be_visible()
    with reading() as session:
        waiting = session.scalars(select(Letter.id).where(Letter.tenant_id.is_(None))).all()
    assert len(waiting) == MISNAMED - 1
