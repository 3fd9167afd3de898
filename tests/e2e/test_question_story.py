"""A question about a letter: asked with an attachment, noted and answered at the office, read by the tenant, closed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from core.access.scopes import Role
from core.accounts.creating import create_employee, create_portal_account
from core.accounts.sign_in import operator_scope
from core.correspondence.matching import Match
from core.db import transaction
from core.registry.models import Tenancy, Tenant
from tests.core.correspondence.cast import paper, pdf, sent
from tests.core.imports.files import load_city
from tests.e2e.conftest import TENANT_NO, Services, both_services, drawn, pick, sign_in
from tests.mail import words

pytestmark = pytest.mark.e2e
CLERK, PASSWORD = ("urzednik", "Wiosenny-Kasztan-2026"), "Kamienica7x"
NOTE, ANSWER = "Stawka zmieniona uchwała, nie podawać numeru sprawy", "Kwota wynika ze zmiany stawki za wodę."


@pytest.fixture
def city(database: str, tmp_path: Path) -> Iterator[Services]:
    load_city(ledger=False)
    with transaction() as session:
        login, password = CLERK
        create_employee(
            session, login=login, name="Ewa Urzędnik", password=password, roles=[Role.CLERK], district_codes=[]
        )
        create_portal_account(session, tenant_no=TENANT_NO, login="anna", password=PASSWORD, email="anna@example.com")
        tenant_id, tenancy_id = session.execute(
            select(Tenant.id, Tenancy.id)
            .join(Tenancy, Tenancy.tenant_id == Tenant.id)
            .where(Tenant.tenant_no == TENANT_NO)
            .order_by(Tenancy.id)
            .limit(1)
        ).one()
        sent(session, operator_scope(), paper("Zmiana", Match(tenant_id, tenancy_id), title="Zmiana opłat od stycznia"))
    with both_services(tmp_path) as services:
        yield services


def opened(browser: Browser, address: str, login: str, password: str, *, width: int) -> Page:
    page = browser.new_context(locale="pl-PL", viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    sign_in(page, login, password)
    return page


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_question_is_asked_answered_read_and_closed(browser: Browser, city: Services) -> None:
    anna = opened(browser, f"{city.portal.url}/korespondencja", "anna", PASSWORD, width=360)
    anna.get_by_role("button", name="Zmiana opłat od stycznia").click()
    anna.get_by_role("button", name="Zapytaj o to pismo").click()
    expect(anna.get_by_text("Pytasz o: Zmiana opłat od stycznia")).to_be_visible()
    anna.locator('input[type="file"]').set_input_files(
        {"name": "moje wyliczenie.pdf", "mimeType": "application/pdf", "buffer": pdf("Wyliczenie")}
    )
    expect(anna.get_by_text("moje wyliczenie.pdf")).to_be_visible()
    anna.get_by_label("Twoje pytanie").fill("Skąd ta kwota?\n<b>Proszę</b> o wyliczenie.")
    anna.get_by_role("button", name="Wyślij pytanie").click()
    expect(anna.get_by_text("Pytanie wysłane.")).to_be_visible()
    expect(anna.get_by_text("<b>Proszę</b> o wyliczenie.")).to_be_visible()

    clerk = opened(browser, f"{city.dashboard.url}/korespondencja", *CLERK, width=1280)
    expect(clerk.get_by_role("list", name="Pytania najemców")).to_contain_text(re.compile(r"1\s*Czekają na odpowiedź"))
    pick(clerk, "Otwórz pytanie", re.compile("Zmiana opłat od stycznia"))
    expect(clerk.get_by_text("<b>Proszę</b> o wyliczenie.")).to_be_visible()
    with clerk.expect_download() as saved:
        clerk.get_by_role("link", name="Załącznik: moje wyliczenie.pdf").click()
    assert saved.value.path().read_bytes() == pdf("Wyliczenie")
    clerk.get_by_label("Notatka wewnętrzna").fill(NOTE)
    clerk.get_by_role("button", name="Zapisz notatkę").click()
    expect(clerk.get_by_text("Notatkę zapisano.")).to_be_visible()
    drawn(clerk)
    clerk.get_by_label("Odpowiedź, którą przeczyta najemca").fill(ANSWER)
    clerk.get_by_role("button", name="Wyślij odpowiedź").click()
    expect(clerk.get_by_text("Odpowiedź wysłana.")).to_be_visible()
    expect(clerk.get_by_text(NOTE)).to_be_visible()

    mail = words(city.post.letter("Odpowiedź na Twoje pytanie P/000001/", to="anna@example.com"))
    assert "Zmiana opłat" not in mail
    assert ANSWER not in mail
    link = re.search(r"http://\S+/korespondencja\?pytanie=\d+", mail)
    assert link
    anna.goto(link.group())
    expect(anna.get_by_text(ANSWER)).to_be_visible()
    drawn(anna)
    assert NOTE not in anna.content()
    assert "nie podawać" not in anna.content()

    other = opened(browser, link.group(), "anna", PASSWORD, width=360)
    other.get_by_label("Dopisz wiadomość").fill("I jeszcze jedno")
    anna.get_by_role("button", name="Zamknij pytanie").click()
    expect(anna.get_by_text("Pytanie zamknięte.")).to_be_visible()
    other.get_by_role("button", name="Wyślij wiadomość").click()
    expect(other.get_by_text("To pytanie jest zamknięte.")).to_be_visible()
    expect(other.get_by_text("Tego tekstu nie wysłano")).to_be_visible()
    expect(other.get_by_text("I jeszcze jedno")).to_be_visible()
    anna.get_by_role("button", name="Wróć do listy pytań").click()
    expect(anna.get_by_text("zamknięte", exact=True)).to_be_visible()
