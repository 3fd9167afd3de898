"""An account from the public form to the way back in, with real mail; and each way it can end otherwise."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from core.access.scopes import Role
from core.accounts.creating import create_employee
from core.accounts.models import PortalAccount
from core.accounts.terms import current_terms, publish_shipped_terms
from core.activation.codes import code_of
from core.activation.models import ActivationRequest, RequestState
from core.activation.submitting import submit_request
from core.clock import now
from core.db import reading, transaction
from core.housekeeping import expire
from core.registry.models import Building, BuildingService, Premises, ServiceDistrict, Tenancy, Tenant
from tests.core.activation.forms import a_form
from tests.core.imports.files import load_city
from tests.e2e.conftest import both_services, drawn, pick, sign_in
from tests.mail import Postman, words
from tests.servers import Server

pytestmark = pytest.mark.e2e
# The core's tests run on both databases; the browser's take the one of the live service.
one_database = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
CLERK = ("urzednik", "Wiosenny-Kasztan-2026")
APPLICANT = "anna@example.com"
OWN, OTHER_OWN = "Kamienica7x", "Brzozowa8gaj"


@dataclass(frozen=True)
class Home:
    """Somebody who lives in the small landlord's city, as they would fill in the form."""

    tenant_no: str
    name: str
    street: str
    building_no: str
    premises_no: str
    district: str


@dataclass(frozen=True)
class Office:
    """Both services, the applicant, and the server that takes the mail."""

    portal: Server
    dashboard: Server
    post: Postman
    home: Home

    def letter(self, subject: str, *, to: str = APPLICANT) -> EmailMessage:
        """The newest message with this in its subject, once it has come."""
        return self.post.letter(subject, to=to)


def told(message: EmailMessage, label: str) -> str:
    found = re.search(rf"^{label}: (\S+)$", words(message), re.MULTILINE)
    assert found, words(message)
    return found[1]


@pytest.fixture
def office(database: str, tmp_path: Path) -> Iterator[Office]:
    load_city(ledger=False)
    with transaction() as session:
        publish_shipped_terms(session)
        row = session.execute(
            select(Tenant.tenant_no, Tenant.name, Building.street, Building.building_no, Premises.premises_no)
            .add_columns(ServiceDistrict.code)
            .join(Tenancy, Tenancy.tenant_id == Tenant.id)
            .join(Premises, Premises.id == Tenancy.premises_id)
            .join(Building, Building.id == Premises.building_id)
            .join(BuildingService, BuildingService.building_id == Building.id)
            .join(ServiceDistrict, ServiceDistrict.id == BuildingService.district_id)
            .where(Tenant.kind == "person", Tenancy.valid_to.is_(None))
            .order_by(Tenant.tenant_no)
        ).first()
        assert row is not None
        home = Home(*row)
        login, password = CLERK
        create_employee(
            session,
            login=login,
            name="Ewa Urzędnik",
            password=password,
            roles=[Role.CLERK],
            district_codes=[home.district],
        )
    with both_services(tmp_path) as services:
        yield Office(*services, home)


@pytest.fixture
def clerk(context: BrowserContext, office: Office) -> Page:
    """The clerk at the queue of applications."""
    page = context.new_page()
    page.goto(f"{office.dashboard.url}/wnioski")
    sign_in(page, *CLERK)
    expect(page.get_by_role("heading", name="Wnioski", level=1)).to_be_visible()
    return page


@pytest.fixture
def tenant(browser: Browser) -> Iterator[Page]:
    """A tenant on a phone, in a browser of their own."""
    made = browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw", viewport={"width": 360, "height": 740})
    made.set_default_timeout(60_000)
    yield made.new_page()
    made.close()


def apply(office: Office) -> str:
    """The form, sent without a browser; returns the number."""
    with reading() as session:
        terms = current_terms(session)
    assert terms is not None
    home = office.home
    filled = a_form(
        name=home.name,
        street=home.street,
        building_no=home.building_no,
        premises_no=home.premises_no,
        email=APPLICANT,
    )
    return submit_request(filled, submission_key="e2e-key-0123456789", terms_version_id=terms.id).number


def open_request(clerk: Page, number: str) -> None:
    """Scan the code of the paper."""
    field = clerk.get_by_label("Zeskanuj albo wpisz kod")
    field.fill(code_of(number))
    field.press("Enter")
    expect(clerk.get_by_role("heading", name=number)).to_be_visible()


def file_paper(clerk: Page, number: str) -> None:
    open_request(clerk, number)
    tick(clerk, "Okazano dokument tożsamości")
    clerk.get_by_role("button", name="Przyjmij wniosek").click()
    expect(clerk.get_by_text("Termin rozpatrzenia:").first).to_be_visible()


def settled(page: Page, caption: str) -> None:
    """Wait until a table is there and the run that drew it is over: a list opened before would be closed again."""
    expect(page.get_by_role("table", name=caption)).to_be_visible()
    drawn(page)


def tick(page: Page, label: str) -> None:
    page.get_by_test_id("stCheckbox").filter(has_text=label).locator("label").first.click()


def choose(page: Page, action: str) -> None:
    page.get_by_role("radiogroup", name="Czynność").get_by_text(action, exact=True).click()


def approve(clerk: Page, office: Office) -> None:
    clerk.get_by_role("button", name="Rozpocznij rozpatrywanie").click()
    settled(clerk, "Pasujący najemcy")
    pick(clerk, "Najemca", re.compile(office.home.tenant_no))
    clerk.get_by_role("button", name="Zatwierdź i załóż konto").click()
    expect(clerk.get_by_text("Zatwierdzono wniosek").first).to_be_visible()


def pass_gates(tenant: Page, office: Office, login: str, initial: str) -> None:
    """The first sign-in, to the home page."""
    tenant.goto(office.portal.url)
    fill_sign_in(tenant, login, initial)
    expect(tenant.get_by_role("heading", name="Regulamin", level=1)).to_be_visible()
    tick(tenant, "Znam regulamin")
    tenant.get_by_role("button", name="Akceptuję i przechodzę dalej").click()
    expect(tenant.get_by_role("heading", name="Ustaw własne hasło", level=1)).to_be_visible()
    set_password(tenant, OWN, "Zapisz hasło")
    expect(tenant.get_by_role("heading", name="Strona główna", level=1)).to_be_visible()


def fill_sign_in(page: Page, login: str, password: str) -> None:
    page.get_by_label("Identyfikator").fill(login)
    page.get_by_label("Hasło", exact=True).fill(password)
    page.get_by_role("button", name="Zaloguj się").click()


def set_password(page: Page, password: str, button: str) -> None:
    page.get_by_label("Nowe hasło", exact=True).fill(password)
    page.get_by_label("Powtórz nowe hasło").fill(password)
    page.get_by_role("button", name=button).click()


def sign_out(page: Page) -> None:
    if page.get_by_test_id("stExpandSidebarButton").is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("button", name="Wyloguj się").click()
    expect(page.get_by_role("heading", name="Logowanie")).to_be_visible()


def ask_for_link(tenant: Page, office: Office, login: str, initial: str) -> str:
    """Recovery up to the link that came by mail."""
    tenant.goto(f"{office.portal.url}/odzyskiwanie")
    tenant.get_by_label("Identyfikator").fill(login)
    tenant.get_by_label("Hasło pierwotne z wiadomości e-mail").fill(initial)
    tenant.get_by_role("button", name="Wyślij odnośnik").click()
    expect(tenant.get_by_text("Jeśli identyfikator i hasło pierwotne").first).to_be_visible()
    found = re.search(r"http\S+klucz=\S+", words(office.letter("Odnośnik do ustawienia")))
    assert found
    return found[0]


def state_of(number: str) -> RequestState:
    with reading() as session:
        return RequestState(
            session.scalars(select(ActivationRequest.state).where(ActivationRequest.number == number)).one()
        )


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens behind the screens."""
    deadline = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.2)


def send_form(tenant: Page, office: Office) -> str:
    """The public form by the keyboard and the phone's screen; returns the number."""
    home = office.home
    tenant.goto(f"{office.portal.url}/aktywacja")
    expect(tenant.get_by_role("heading", name="Aktywacja konta", level=1)).to_be_visible()
    tenant.get_by_label("Imię i nazwisko").fill(home.name)
    street = tenant.get_by_role("combobox", name="Ulica")
    street.fill(home.street)
    street.press("Enter")
    tenant.get_by_label("Numer budynku").fill(home.building_no)
    tenant.get_by_label("Numer lokalu").fill(home.premises_no)
    tenant.get_by_label("Adres e-mail", exact=True).fill(APPLICANT)
    tenant.get_by_label("Powtórz adres e-mail").fill(APPLICANT)
    tick(tenant, "regulamin")
    tick(tenant, "danych osobowych")
    tenant.get_by_role("button", name="Wyślij wniosek").click()
    number = tenant.get_by_text(re.compile(r"IOK/\d{4}/\d{6}")).first
    expect(number).to_be_visible()
    found = re.search(r"IOK/\d{4}/\d{6}", number.inner_text())
    assert found
    return found[0]


@one_database
def test_from_the_form_to_the_way_back_in(office: Office, clerk: Page, tenant: Page) -> None:
    number = send_form(tenant, office)
    first = office.letter(f"Wniosek {number}")
    (attached,) = list(first.iter_attachments())
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_payload(decode=True)[:5] == b"%PDF-"  # type: ignore[index]

    file_paper(clerk, number)
    assert "Rozpatrzymy go najpóźniej do" in words(office.letter("został złożony"))
    approve(clerk, office)
    credentials = office.letter("hasło pierwotne")
    login, initial = told(credentials, "Identyfikator"), told(credentials, "Hasło pierwotne")
    until(lambda: state_of(number) is RequestState.CREDENTIALS_SENT)

    pass_gates(tenant, office, login, initial)
    assert state_of(number) is RequestState.COMPLETED
    sign_out(tenant)
    fill_sign_in(tenant, login, initial)
    expect(tenant.get_by_text("Nieprawidłowy identyfikator lub hasło").first).to_be_visible()

    link = ask_for_link(tenant, office, login, initial)
    tenant.goto(link)
    set_password(tenant, OTHER_OWN, "Zapisz nowe hasło")
    expect(tenant.get_by_role("heading", name="Hasło zostało zmienione")).to_be_visible()
    assert login in words(office.letter("zostało zmienione"))
    tenant.goto(link)
    expect(tenant.get_by_text("już nie działa").first).to_be_visible()
    tenant.goto(office.portal.url)
    fill_sign_in(tenant, login, OTHER_OWN)
    expect(tenant.get_by_role("heading", name="Strona główna", level=1)).to_be_visible()


@one_database
def test_rejection_reaches_the_applicant(office: Office, clerk: Page, tenant: Page) -> None:
    number = apply(office)
    file_paper(clerk, number)
    choose(clerk, "Odrzuć")
    pick(clerk, "Powód", re.compile("nie jest stroną umowy"))
    clerk.get_by_role("button", name="Odrzuć wniosek").click()
    expect(clerk.get_by_text(f"Odrzucono wniosek {number}").first).to_be_visible()
    assert "nie jest stroną umowy" in words(office.letter("odmownie"))
    look_up(tenant, office, number)
    expect(tenant.get_by_text("nie jest stroną umowy").first).to_be_visible()
    with reading() as session:
        assert session.scalars(select(PortalAccount.id)).all() == []


@one_database
def test_correction_stops_the_clock_until_it_is_mended(office: Office, clerk: Page, tenant: Page) -> None:
    number = apply(office)
    file_paper(clerk, number)
    choose(clerk, "Poproś o uzupełnienie")
    clerk.get_by_label("Co trzeba uzupełnić").fill("Brakuje podpisu na drugiej stronie.")
    clerk.get_by_role("button", name="Wyślij prośbę o uzupełnienie").click()
    expect(clerk.get_by_text(f"Wysłano prośbę o uzupełnienie wniosku {number}").first).to_be_visible()
    assert "Brakuje podpisu" in words(office.letter("uzupełnienie"))
    look_up(tenant, office, number)
    expect(tenant.get_by_text("Brakuje podpisu").first).to_be_visible()
    open_request(clerk, number)
    expect(clerk.get_by_text("zegar stoi").first).to_be_visible()
    clerk.get_by_role("button", name="Wznów rozpatrywanie").click()
    expect(clerk.get_by_text(f"Wznowiono wniosek {number}").first).to_be_visible()
    assert state_of(number) is RequestState.IN_REVIEW


@one_database
def test_application_without_paper_expires(office: Office, tenant: Page) -> None:
    number = apply(office)
    with transaction() as session:
        session.execute(update(ActivationRequest).values(submitted_at=now() - timedelta(days=61)))
    expire()
    assert number in words(office.letter("wygasł"))
    look_up(tenant, office, number)
    expect(tenant.get_by_text(re.compile("wygasł", re.IGNORECASE)).first).to_be_visible()


@one_database
def test_locked_account_is_unlocked_by_the_office(office: Office, clerk: Page, tenant: Page) -> None:
    number = apply(office)
    file_paper(clerk, number)
    approve(clerk, office)
    credentials = office.letter("hasło pierwotne")
    login, initial = told(credentials, "Identyfikator"), told(credentials, "Hasło pierwotne")
    pass_gates(tenant, office, login, initial)

    clerk.get_by_role("link", name="Najemcy").click()
    expect(clerk.get_by_role("heading", name="Najemcy", level=1)).to_be_visible()
    drawn(clerk)
    clerk.get_by_label("Nazwisko, adres").fill(login)
    clerk.get_by_role("button", name="Szukaj").click()
    clerk.get_by_role("button", name="Zablokuj konto").click()
    clerk.get_by_role("button", name="Tak: zablokuj konto").click()
    expect(clerk.get_by_text("Konto zablokowane.").first).to_be_visible()
    office.letter("zostało zablokowane")
    tenant.goto(office.portal.url)
    expect(tenant.get_by_role("heading", name="Logowanie")).to_be_visible()
    fill_sign_in(tenant, login, OWN)
    expect(tenant.get_by_text("Nieprawidłowy identyfikator lub hasło").first).to_be_visible()

    clerk.get_by_role("button", name="Odblokuj konto").click()
    clerk.get_by_role("button", name="Tak: odblokuj konto").click()
    expect(clerk.get_by_text("Konto odblokowane.").first).to_be_visible()
    office.letter("zostało odblokowane")
    fill_sign_in(tenant, login, OWN)
    expect(tenant.get_by_role("heading", name="Strona główna", level=1)).to_be_visible()


def look_up(tenant: Page, office: Office, number: str) -> None:
    """Stan wniosku, by number and e-mail."""
    tenant.goto(f"{office.portal.url}/wniosek")
    tenant.get_by_label("Numer wniosku").fill(number)
    tenant.get_by_label("Adres e-mail").fill(APPLICANT)
    tenant.get_by_role("button", name="Sprawdź").click()
    expect(tenant.get_by_text(number).first).to_be_visible()
