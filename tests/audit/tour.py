"""Every page of both services and what opens on it: where a browser goes, as whom, and what it presses.

The audit of the tests and the pictures go the same way, so that neither forgets a page.
"""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from core.access.models import Realm
from core.demo.cast import EMPLOYEE_PASSWORD, TENANT_PASSWORD
from core.settings import settings

Step = Callable[[Page], None]
TENANT = "marek.wojcik"
SEARCH = "Nazwisko, adres, identyfikator albo numer: najemcy, umowy, lokalu, licznika, pisma, wniosku, zgłoszenia"
NEWCOMER, NEW_CLERK = "piotr.wozniak", "ola.obsluga"  # who sign in for the first time
HEAD, CHIEF, EDITOR, ANALYST, ADMIN = (
    "karol.kierownik", "gabriela.glowna", "radek.redaktor", "alina.analityk", "adela.admin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """A page as somebody sees it; `name` is that of its picture, in one realm only once."""

    realm: Realm
    name: str
    path: str
    login: str | None  # who is signed in
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        return f"{self.realm}-{self.name}"

    @property
    def password(self) -> str:
        """That of the demo city."""
        return TENANT_PASSWORD if self.realm is Realm.TENANT else EMPLOYEE_PASSWORD


def settled(page: Page) -> None:
    """Wait until the page is drawn to the end and stands still."""
    page.locator("h1").first.wait_for()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').or_(
        page.locator("body.plain")
    ).wait_for()
    page.locator('[data-testid="stSkeleton"]').first.wait_for(state="detached")
    page.wait_for_timeout(250)  # what was drawn moves into its place, and portal.js looks at it


def see(option: str) -> Step:
    """Choose a view, or any radio button."""
    return lambda page: _then(page, page.locator("label").filter(has=page.get_by_role("radio", name=option)).first)


def press(name: str) -> Step:
    """Press the first button that is called so."""
    return lambda page: _then(page, page.get_by_role("button", name=re.compile(name)).first)


def choose(label: str, option: str = "") -> Step:
    """Choose from a list what has this in it; without an option, the first."""

    def step(page: Page) -> None:
        _open(page, label)
        _then(page, page.get_by_role("option").filter(has_text=re.compile(option)).first)

    return step


def open_list(label: str) -> Step:
    """Open a list and choose nothing."""

    def step(page: Page) -> None:
        _open(page, label)
        settled(page)

    return step


def write(label: str, text: str) -> Step:
    """Type into a field."""
    return lambda page: page.get_by_label(label, exact=True).first.fill(text)


def open_calendar(page: Page) -> None:
    """Open the first calendar."""
    _then(page, page.get_by_test_id("stDateInputCalendarButton").first)


def open_everything(page: Page) -> None:
    """Open what can be opened in place."""
    closed = "[...document.querySelectorAll('[data-testid=stMain] details:not([open]) > summary')]"
    page.evaluate(f"{closed}.filter(one => one.checkVisibility()).forEach(one => one.click())")
    settled(page)


def menu(page: Page) -> None:
    """Open the menu of a phone; on a desktop it is there."""
    page.set_viewport_size({"width": 360, "height": 800})
    _then(page, page.get_by_test_id("stExpandSidebarButton"))


def hand_in_ledger(page: Page) -> None:
    """Hand in a ledger file of this month's corrections, made of rows of the demo city's own, and have it checked."""
    with (settings().var / "demo" / "demo-kartoteka.csv").open(encoding="cp1250", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    charged = [one for one in rows if one["typ_dokumentu"] == "NAL"][-24:]
    text = io.StringIO()
    written = csv.DictWriter(text, list(rows[0]), delimiter=";")
    written.writeheader()
    for nth, one in enumerate(charged):
        written.writerow({**one, "nr_dokumentu": f"KOR/{nth + 1}", "tresc": "Korekta zaliczki"})
    _open(page, "Rodzaj pliku")
    _then(page, page.get_by_role("option", name="Kartoteka finansowa"))
    content = text.getvalue().encode("cp1250")
    page.locator("input[type=file]").set_input_files({"name": "korekty.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Usuń korekty.csv").wait_for()
    _then(page, page.get_by_role("button", name="Sprawdź plik"))
    page.get_by_role("heading", name="Sprawdzony plik").wait_for()


def _open(page: Page, label: str) -> None:
    """A press as long as a person's, once more where the list closes again: with a shorter one, or when drawn anew."""
    for _ in range(5):
        page.get_by_role("combobox", name=label).first.click(delay=100)
        try:
            page.get_by_role("listbox").wait_for(timeout=2000)
        except PlaywrightTimeout:
            continue
        return
    raise AssertionError(f"the list {label!r} does not open")


def _then(page: Page, control: Locator) -> None:
    control.click()
    settled(page)


def _public(name: str, path: str, *steps: Step) -> Stop:
    return Stop(Realm.TENANT, name, path, None, steps)


def _tenant(name: str, path: str, *steps: Step, login: str = TENANT) -> Stop:
    return Stop(Realm.TENANT, name, path, login, steps)


def _staff(name: str, path: str, *steps: Step, login: str | None) -> Stop:
    return Stop(Realm.STAFF, name, path, login, steps)


PUBLIC = (
    _public("logowanie", "/logowanie"),
    _public("logowanie-odmowa", "/logowanie", write("Identyfikator", "nikt"), write("Hasło", "Nic-takiego-1"),
            press("Zaloguj się")),
    _public("aktywacja", "/aktywacja"),
    _public("aktywacja-bledy", "/aktywacja", press("Wyślij wniosek")),
    _public("aktywacja-firma", "/aktywacja", see("Firma")),
    _public("wniosek", "/wniosek"),
    _public("odzyskiwanie", "/odzyskiwanie"),
    _public("odzyskiwanie-klucz", "/odzyskiwanie?klucz=dawno-zuzyty"),
    _public("pelnomocnictwo", "/pelnomocnictwo?klucz=dawno-zuzyty"),
    _public("to-nie-ja", "/to-nie-ja?klucz=dawno-zuzyty"),
    _public("administrator", "/administrator"),
    _public("administrator-wynik", "/administrator?ulica=Piotrkowska&numer=1"),
    _public("pomoc", "/pomoc"),
    _public("regulamin", "/regulamin"),
    _public("dostepnosc", "/dostepnosc"),
    _public("rodo", "/rodo"),
)  # fmt: skip

TENANTS = (
    _tenant("strona-glowna", "/"),
    _tenant("strona-glowna-menu", "/", menu),
    _tenant("strona-glowna-rozliczone", "/", login="anna.kowalska"),
    _tenant("strona-glowna-nadplata", "/", login="halina.zielinska"),
    _tenant("finanse", "/finanse"),
    _tenant("finanse-filtr", "/finanse", open_everything, open_calendar),
    _tenant("finanse-lista", "/finanse", open_everything, open_list("Rodzaj")),
    _tenant("finanse-na-dzien", "/finanse", see("Saldo na dzień")),
    _tenant("finanse-oplata", "/finanse", see("Opłata")),
    _tenant("finanse-wykresy", "/finanse", see("Wykresy")),
    _tenant("finanse-gdzie-wplata", "/finanse", see("Gdzie moja wpłata?")),
    _tenant("lokale", "/lokale"),
    _tenant("liczniki", "/liczniki"),
    _tenant("liczniki-bledy", "/liczniki", press("Wyślij|Podaj|Zapisz")),
    _tenant("zgloszenia", "/zgloszenia"),
    _tenant("zgloszenie", "/zgloszenia", press("^A.0000")),
    _tenant("zgloszenie-pytanie", "/zgloszenia", press("Zgłoś")),
    _tenant("zgloszenie-niebezpieczne", "/zgloszenia", press("Zgłoś"), press("Czuję gaz")),
    _tenant(
        "zgloszenie-nowe",
        "/zgloszenia",
        press("Zgłoś"),
        press("Nic z tych rzeczy"),
        see("Winda"),
    ),
    _tenant("ogloszenia", "/ogloszenia"),
    _tenant("ogloszenie", "/ogloszenia?nr=1"),
    _tenant("korespondencja", "/korespondencja"),
    _tenant("pismo", "/korespondencja", press("Potwierdzenie salda")),
    _tenant("pytania", "/korespondencja", see("Pytania")),
    _tenant("pytanie-nowe", "/korespondencja", see("Pytania"), press("Zadaj pytanie")),
    _tenant("pytanie", "/korespondencja", see("Pytania"), press("Naliczenie z"), login="anna.kowalska"),
    _tenant("dane-kontaktowe", "/dane-kontaktowe"),
    _tenant("konto", "/konto"),
    _tenant("regulamin-pierwsze-logowanie", "/", login=NEWCOMER),
    _tenant("nieznana", "/nie-ma-takiej-strony"),
)

STAFF = (
    _staff("logowanie", "/logowanie", login=None),
    _staff("pomoc", "/pomoc", login=None),
    _staff("dostepnosc", "/dostepnosc", login=None),
    _staff("rodo", "/rodo", login=None),
    _staff("regulamin", "/regulamin", login=None),
    _staff("haslo-pierwsze-logowanie", "/", login=NEW_CLERK),
    _staff("pulpit", "/", login=HEAD),
    _staff("wnioski", "/wnioski", login=HEAD),
    _staff("wniosek", "/wnioski", choose("Sprawa"), login=HEAD),
    _staff("najemcy", "/najemcy", login=HEAD),
    _staff("najemcy-wynik", "/najemcy", write(SEARCH, "Wójcik"), press("Szukaj"), login=CHIEF),
    _staff("najemcy-brak", "/najemcy", write(SEARCH, "Brzęczyszczykiewicz"), press("Szukaj"), login=CHIEF),
    _staff("zmiany-danych", "/zmiany-danych", login=HEAD),
    _staff("zgloszenia", "/zgloszenia", login=HEAD),
    _staff("zgloszenie", "/zgloszenia", choose("Otwórz zgłoszenie"), login=HEAD),
    _staff("awarie", "/zgloszenia", see("Awarie w budynkach"), login=HEAD),
    _staff("import", "/import", login=CHIEF),
    _staff("import-plik", "/import", hand_in_ledger, login=CHIEF),
    _staff("import-partia", "/import", choose("Pokaż partię", "kartoteka"), login=CHIEF),
    _staff("poczekalnia", "/poczekalnia", login=CHIEF),
    _staff("poczekalnia-platnik", "/poczekalnia", choose("Pokaż wiersze płatnika"), login=CHIEF),
    _staff("poczekalnia-przypisane", "/poczekalnia", see("Przypisane"), login=CHIEF),
    _staff("poczekalnia-odeslane", "/poczekalnia", see("Odesłane"), login=CHIEF),
    _staff("poczekalnia-plik", "/poczekalnia", see("Plik"), login=CHIEF),
    _staff("okresy", "/okresy", login=CHIEF),
    _staff("okresy-roznice", "/okresy", see("Różnice sald"), login=CHIEF),
    _staff("odczyty", "/odczyty", login=HEAD),
    _staff("odczyty-licznik", "/odczyty", choose("Pokaż licznik"), login=HEAD),
    _staff("odczyty-okna", "/odczyty", see("Okna odczytowe"), login=HEAD),
    _staff("odczyty-anomalie", "/odczyty", see("Anomalie"), login=HEAD),
    _staff("finanse", "/finanse", login=ANALYST),
    _staff("finanse-naliczenia", "/finanse", see("Naliczenia i wpłaty"), login=ANALYST),
    _staff("finanse-dluznicy", "/finanse", see("Najwięksi dłużnicy"), login=HEAD),
    _staff("finanse-w-czasie", "/finanse", see("Zmiany w czasie"), login=ANALYST),
    _staff("eksporty", "/eksporty", login=ANALYST),
    _staff("eksporty-finanse", "/eksporty", see("Finanse"), login=ANALYST),
    _staff("ogloszenia", "/ogloszenia", login=EDITOR),
    _staff("ogloszenie", "/ogloszenia", choose("Pokaż ogłoszenie"), login=EDITOR),
    _staff("ogloszenie-nowe", "/ogloszenia", press("Napisz|Nowe"), login=EDITOR),
    _staff("objasnienia", "/ogloszenia", see("Objaśnienia opłat"), login=EDITOR),
    _staff("pytania", "/korespondencja", login=HEAD),
    _staff("pytanie", "/korespondencja", choose("Otwórz pytanie"), login=HEAD),
    _staff("pisma", "/korespondencja", see("Paczki"), login=HEAD),
    _staff("pisma-wczytanie", "/korespondencja", see("Wczytaj pisma"), login=HEAD),
    _staff("pisma-szablon", "/korespondencja", see("Napisz z szablonu"), login=HEAD),
    _staff("pisma-bez-najemcy", "/korespondencja", see("Bez najemcy"), login=HEAD),
    _staff("administracja", "/administracja", login=ADMIN),
    _staff("administracja-poczta", "/administracja", see("Poczta"), login=ADMIN),
    _staff("administracja-regulamin", "/administracja", see("Regulamin"), login=ADMIN),
    _staff("administracja-dziennik", "/administracja", see("Dziennik zdarzeń"), login=ADMIN),
    _staff("konto", "/konto", login=HEAD),
)
TOUR = (*PUBLIC, *TENANTS, *STAFF)
