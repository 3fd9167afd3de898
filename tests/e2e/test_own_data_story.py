"""A tenant asks for all their data, does something else, gets the mail and fetches a file with nothing but their own."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from core.accounts.creating import create_portal_account
from core.db import reading, transaction
from core.registry.models import Tenancy, Tenant
from tests.core.imports.files import load_city
from tests.core.own_data.cast import everything, unpacked
from tests.e2e.conftest import Services, both_services, sign_in
from tests.mail import words

pytestmark = pytest.mark.e2e
PASSWORD = "Kamienica7x"
OWN_NO = "000003"


@pytest.fixture
def city(database: str, tmp_path: Path) -> Iterator[Services]:
    load_city(ledger=False)
    with transaction() as session:
        create_portal_account(session, tenant_no=OWN_NO, login="anna", password=PASSWORD, email="anna@example.com")
    with both_services(tmp_path) as services:
        yield services


def names_of_others() -> tuple[str, set[str]]:
    """The tenant's name, and names and numbers that stand for others."""
    with reading() as session:
        own = session.scalars(select(Tenant).where(Tenant.tenant_no == OWN_NO)).one()
        others = session.execute(
            select(Tenant.name, Tenancy.tenancy_no)
            .join(Tenancy, Tenancy.tenant_id == Tenant.id)
            .where(Tenant.id != own.id, Tenant.name != own.name)
        ).all()
        return own.name, {word for row in others for word in row}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_tenant_takes_their_data_away(browser: Browser, city: Services) -> None:
    context = browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw", viewport={"width": 360, "height": 740})
    context.set_default_timeout(60_000)
    anna = context.new_page()
    anna.goto(f"{city.portal.url}/konto")
    sign_in(anna, "anna", PASSWORD)
    anna.get_by_role("button", name="Przygotuj moje dane").click()
    expect(anna.get_by_text("Przygotowujemy plik z Twoimi danymi").first).to_be_visible()
    link = anna.get_by_role("link", name=re.compile(r"^Pobierz \(ZIP, "))
    expect(link).to_be_visible()  # without anybody loading the page anew

    own, others = names_of_others()
    mail = words(city.post.letter("Plik z Twoimi danymi jest gotowy", to="anna@example.com"))
    assert own not in mail
    way = re.search(r"http://\S+/konto", mail)
    assert way
    anna.goto(way.group())
    with anna.expect_download() as download:
        link.click()
    assert re.fullmatch(r"Moje-dane-\d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    files = unpacked(download.value.path().read_bytes())
    assert json.loads(files["dane.json"])["osoba"][0]["nazwa"] == own
    said = everything(files)
    assert others
    assert [one for one in others if one.lower() in said] == []
    assert PASSWORD.lower() not in said
    assert "argon2" not in said
