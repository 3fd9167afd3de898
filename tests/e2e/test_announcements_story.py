"""An announcement from the editor's desk to one district's tenants, their mail, the reach board and a correction."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from core.access.scopes import Role
from core.accounts.creating import create_employee, create_portal_account
from core.announcements.models import Announcement
from core.clock import now
from core.db import transaction
from core.registry.models import BuildingService, Premises, ServiceDistrict, Tenancy, Tenant
from tests.core.imports.files import load_city
from tests.e2e.conftest import both_services, drawn, pick, sign_in
from tests.mail import Postman, words
from tests.servers import Server

pytestmark = pytest.mark.e2e
EDITOR, PASSWORD = ("redaktor", "Wiosenny-Kasztan-2026"), "Kamienica7x"


@dataclass(frozen=True)
class City:
    """Both services, the mail, and the name of the district that is written to."""

    portal: Server
    dashboard: Server
    post: Postman
    district: str


@pytest.fixture
def city(database: str, tmp_path: Path) -> Iterator[City]:
    load_city(ledger=False)
    with transaction() as session:
        login, password = EDITOR
        create_employee(
            session, login=login, name="Ewa Redaktor", password=password, roles=[Role.EDITOR], district_codes=[]
        )
        rows = session.execute(
            select(ServiceDistrict.name, Tenant.tenant_no)
            .join(BuildingService, BuildingService.district_id == ServiceDistrict.id)
            .join(Premises, Premises.building_id == BuildingService.building_id)
            .join(Tenancy, Tenancy.premises_id == Premises.id)
            .join(Tenant, Tenant.id == Tenancy.tenant_id)
            .where(Tenancy.valid_to.is_(None))
            .order_by(ServiceDistrict.name, Tenant.tenant_no)
        ).all()
        first = rows[0]
        other = next(one for one in rows if one[0] != first[0])
        for login, tenant_no in (("anna", first[1]), ("jan", other[1])):
            create_portal_account(
                session, tenant_no=tenant_no, login=login, password=PASSWORD, email=f"{login}@example.com"
            )
    with both_services(tmp_path) as services:
        yield City(*services, first[0])


def tenant_page(browser: Browser, city: City, login: str) -> Page:
    context = browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw", viewport={"width": 360, "height": 740})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"{city.portal.url}/ogloszenia")
    sign_in(page, login, PASSWORD)
    return page


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_one_district_hears_reads_and_is_counted(browser: Browser, city: City) -> None:
    editor = browser.new_context(locale="pl-PL", viewport={"width": 1280, "height": 900}).new_page()
    editor.set_default_timeout(60_000)
    editor.goto(f"{city.dashboard.url}/ogloszenia")
    sign_in(editor, *EDITOR)
    editor.get_by_role("button", name="Napisz ogłoszenie").click()
    pick(editor, "Do kogo", re.compile("Najemcy rejonu"))
    pick(editor, "Najemcy rejonu (RON)", re.compile(re.escape(city.district)))
    editor.get_by_label("Tytuł").fill("Remont dachu")
    editor.get_by_label("Treść").fill("Od **poniedziałku**.\n\n- zamknij okna\n- zdejmij pranie")
    editor.get_by_role("button", name="Zapisz szkic").click()
    expect(editor.get_by_text("Szkic zapisano").first).to_be_visible()
    editor.get_by_role("button", name="Sprawdź odbiorców i opublikuj").click()
    editor.get_by_role("button", name="Opublikuj do").click()
    expect(editor.get_by_text("Opublikowano.").first).to_be_visible()

    anna, jan = tenant_page(browser, city, "anna"), tenant_page(browser, city, "jan")
    expect(anna.get_by_text("Nie ma teraz żadnych ogłoszeń.")).to_be_visible()
    with transaction() as session:  # the minute in which it can be taken back is over
        session.execute(update(Announcement).values(visible_from=now()))
    mail = words(city.post.letter("Ogłoszenie: Remont dachu", to="anna@example.com"))
    link = re.search(r"http://\S+/ogloszenia\?nr=\d+", mail)
    assert link
    anna.goto(link.group())
    expect(anna.get_by_role("heading", name="Remont dachu")).to_be_visible()
    expect(anna.get_by_role("listitem").filter(has_text="zamknij okna")).to_be_visible()

    jan.goto(f"{city.portal.url}/ogloszenia")
    expect(jan.get_by_text("Nie ma teraz żadnych ogłoszeń.")).to_be_visible()
    jan.goto(link.group())
    expect(jan.get_by_text("Nie ma takiego ogłoszenia.")).to_be_visible()
    assert "Remont dachu" not in jan.content()
    assert {one["To"] for one in city.post.taken} == {"anna@example.com"}

    editor.get_by_role("button", name="Wróć do listy").click()
    pick(editor, "Pokaż ogłoszenie", re.compile("Remont dachu"))
    expect(editor.get_by_role("list", name="Zasięg")).to_contain_text(re.compile(r"1\s*Otworzyło"))
    drawn(editor)
    editor.get_by_text("Popraw treść").click()
    drawn(editor)
    editor.get_by_label("Treść").fill("Od środy.")
    editor.get_by_label("Treść").press("Tab")  # what is typed is handed over when the field is left
    drawn(editor)
    editor.get_by_role("button", name="Opublikuj poprawioną treść").click()
    expect(editor.get_by_text("Opublikowano poprawioną treść.").first).to_be_visible()
    told = anna.get_by_text("Zmieniono ogłoszenie.")
    for _ in range(20):  # the worker looks every few seconds
        anna.goto(f"{city.portal.url}/")
        expect(anna.get_by_role("heading", name="Strona główna")).to_be_visible()
        drawn(anna)
        if told.count():
            break
        anna.wait_for_timeout(2000)
    expect(told).to_be_visible()
    anna.get_by_role("link", name="Przeczytaj: Remont dachu").click()
    expect(anna.get_by_text("Od środy.")).to_be_visible()
    expect(anna.get_by_text("zmieniono", exact=True)).to_be_visible()
