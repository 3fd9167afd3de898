"""The application on paper: read by poppler, scanned by zbar, the same bytes each time."""

import dataclasses
import hashlib
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from core.activation.codes import code_of, number_of_code
from core.activation.document import AdministratorContact, ApplicationDocument, OfficeContact, application_pdf
from core.errors import InvalidInputError
from core.settings import ROOT
from tests.core.documents.readers import codes_of, fonts_of, pages_of, text_of

NUMBER = "IOK/2026/000123"
USUAL = ApplicationDocument(
    number=NUMBER,
    submitted_at=datetime(2026, 11, 3, 23, 30, tzinfo=UTC),  # the 4th in Poland
    kind="person",
    name="Żaneta Gżegżółka-Śćwiąkalska",
    address="ul. Łąkowa 9/11 m. 7, 90-001 Łódź",
    email="zaneta.gzegzolka@poczta.example",
    terms_version="1.0",
    landlord_name="Zarząd Lokali Demo",
    landlord_phone="42 000 00 00",
    landlord_email="kontakt@lokale.example",
    tenant_no="000123",
    tenancy_no="U/00012/2014",
    phone="600 700 800",
    office=OfficeContact("RON Śródmieście", "ul. Przykładowa 10, 90-001 Łódź", "42 000 00 01", "pn.–pt. 8:00–15:00"),
    administrator=AdministratorContact("Jan Święcicki", "42 111 22 33"),
)
DIGEST = """
import hashlib
from tests.core.activation.test_document import USUAL
from core.activation.document import application_pdf
print(hashlib.sha256(application_pdf(USUAL)).hexdigest())
"""


def read(document: bytes) -> str:
    return re.sub(r"\s+", " ", text_of(document))


@pytest.fixture(scope="module")
def usual() -> bytes:
    return application_pdf(USUAL)


def test_all_data_stands_on_one_page(usual: bytes) -> None:
    text = read(usual)
    for value in (
        NUMBER,
        USUAL.name,
        USUAL.address,
        USUAL.email,
        "000123",
        "U/00012/2014",
        "600 700 800",
        "04.11.2026",
    ):
        assert value in text
    assert pages_of(usual) == 1


def test_declarations_and_places_to_sign_are_there(usual: bytes) -> None:
    text = read(usual)
    for part in (
        "Oświadczam",
        "tytuł prawny",
        "w wersji 1.0",
        "danych osobowych",
        "miejscowość i data",
        "czytelny podpis",
    ):
        assert part in text


def test_office_has_its_own_part(usual: bytes) -> None:
    text = read(usual)
    for part in ("Wypełnia pracownik", "data wpływu", "okazany dokument", "kto przyjął wniosek", "pieczęć"):
        assert part in text


def test_it_says_what_to_bring_and_where_to_go(usual: bytes) -> None:
    # Two columns side by side: each is read on its own.
    text = re.sub(r"\s+", " ", text_of(usual, "-x", "0", "-y", "630", "-W", "300", "-H", "212"))
    text += re.sub(r"\s+", " ", text_of(usual, "-x", "300", "-y", "630", "-W", "295", "-H", "212"))
    for part in (
        "dokument tożsamości",
        "RON Śródmieście, ul. Przykładowa 10, 90-001 Łódź, tel. 42 000 00 01",
        "pn.–pt. 8:00–15:00",
        "Jan Święcicki, tel. 42 111 22 33",
        "W ciągu 14 dni",
        "42 000 00 00, kontakt@lokale.example",
        "Nie mają Państwo drukarki",
    ):
        assert part in text


def test_nobody_is_asked_for_pesel_or_the_number_of_a_document(usual: bytes) -> None:
    text = read(usual).lower()
    assert "pesel" not in text
    assert "numer dowodu" not in text
    assert "numer dokumentu" not in text


@pytest.mark.parametrize("dots_an_inch", [100, 200])
def test_scanner_reads_both_codes_and_they_mean_the_number(usual: bytes, dots_an_inch: int) -> None:
    code = code_of(NUMBER)
    assert codes_of(usual, dots_an_inch=dots_an_inch) == {f"QR-Code:{code}", f"CODE-128:{code}"}
    assert number_of_code(code) == NUMBER


@pytest.mark.parametrize("number", ["IOK/2026/000001", "IOK/2026/999999", "IOK/2031/314159"])
def test_codes_of_other_numbers_are_read_too(number: str) -> None:
    code = code_of(number)
    assert codes_of(application_pdf(dataclasses.replace(USUAL, number=number))) == {
        f"QR-Code:{code}",
        f"CODE-128:{code}",
    }


def test_printed_code_can_be_typed(usual: bytes) -> None:
    printed = re.search(r"IOK \d{4} \d{6} [0-9A-Z]", read(usual))
    assert printed
    assert number_of_code(printed[0].lower()) == NUMBER


def test_wrong_sign_in_a_code_is_noticed() -> None:
    code = code_of(NUMBER)
    for at in range(3, len(code)):
        for sign in "0123456789":
            if sign != code[at]:
                with pytest.raises(InvalidInputError):
                    number_of_code(code[:at] + sign + code[at + 1 :])


def test_typeface_is_embedded_and_cut_down(usual: bytes) -> None:
    assert all(font[4:7] == ["yes", "yes", "yes"] for font in fonts_of(usual))
    assert len(usual) < 60_000


def test_it_is_an_archive_document_in_polish(usual: bytes) -> None:
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" in usual
    assert b"/Lang (pl)" in usual
    assert f"Wniosek o aktywację konta {NUMBER}".encode() in usual  # the title, in the metadata
    assert f"/Alt (Kod QR wniosku: {code_of(NUMBER)})".encode() in usual


def test_same_application_makes_the_same_bytes_in_another_process(usual: bytes) -> None:
    assert application_pdf(USUAL) == usual
    other = subprocess.run(
        [sys.executable, "-c", DIGEST],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert other.stdout.strip() == hashlib.sha256(usual).hexdigest()


def test_company_signs_as_a_company() -> None:
    text = read(application_pdf(dataclasses.replace(USUAL, kind="company", name="Piekarnia Ćwikła sp. z o.o.")))
    for part in (
        "Firma lub instytucja",
        "Piekarnia Ćwikła sp. z o.o.",
        "reprezentowany przeze mnie podmiot",
        "pieczęć firmy",
    ):
        assert part in text


def test_unknown_address_sends_to_any_office() -> None:
    text = read(application_pdf(dataclasses.replace(USUAL, office=None, administrator=None)))
    assert "w dowolnym Rejonie Obsługi Najemców" in text


def test_what_was_not_given_is_said_to_be_missing() -> None:
    bare = dataclasses.replace(USUAL, tenant_no=None, tenancy_no=None, phone=None)
    assert read(application_pdf(bare)).count("nie podano") == 3


def test_longest_values_flow_and_stay_whole() -> None:
    long = dataclasses.replace(
        USUAL,
        name="Wspólnota " + "Przedsiębiorstw " * 11 + "Łódź",
        address="ul. " + "Ł" * 110 + " 12345678901234567890 m. 12345678901234567890, 90-001 Łódź",
        email="a" * 240 + "@example.com",
        office=OfficeContact("RON " + "Ó" * 116, "ul. " + "Ż" * 196, "4" * 40, "pn. " * 50),
        administrator=AdministratorContact("J" * 120, "5" * 40),
    )
    document = application_pdf(long)
    text = re.sub(r"\s", "", text_of(document))
    for value in (long.name, long.address, long.email):
        assert re.sub(r"\s", "", value) in text
    assert pages_of(document) == 2
    assert codes_of(document) == {f"QR-Code:{code_of(NUMBER)}", f"CODE-128:{code_of(NUMBER)}"}


def test_nothing_typed_becomes_part_of_the_file() -> None:
    hostile = "Jan) Tj ET (\\ <</S/JavaScript/JS(app.alert(1))>> endobj"
    document = application_pdf(dataclasses.replace(USUAL, name=hostile))
    assert b"app.alert" not in document
    assert re.sub(r"\s", "", hostile) in re.sub(r"\s", "", text_of(document))
