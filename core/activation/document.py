"""The application as the applicant prints, signs and hands in: one page, with what to do next to cut off at its foot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.activation.codes import code_of
from core.clock import local
from core.documents.codes import QUIET_CODE128, QUIET_QR, code128_bars, qr_code, qr_rows
from core.documents.sheet import ACCENT, INNER, SIDE, TOP, Paragraph, Sheet, line_height, text_width, wrap

QR_SIDE = 27.0  # mm
BAR = 0.35  # width of the narrowest bar: cheap scanners and plain printers manage it
BAR_HEIGHT = 11.0
LABELS = 47.0  # column of labels, mm
GAP = 8.0  # between the two columns at the foot
COLUMN = (INNER - GAP) / 2
DAYS = 14


@dataclass(frozen=True, slots=True)
class OfficeContact:
    """The RON that serves the address."""

    name: str
    address: str | None = None
    phone: str | None = None
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class AdministratorContact:
    """The administrator of the property."""

    name: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class ApplicationDocument:
    """All that is printed. `office` is None when the address is not in the registry: any RON takes the application then."""

    number: str  # IOK/2026/000123
    submitted_at: datetime
    kind: Literal["person", "company"]
    name: str
    address: str  # of the premises
    email: str
    terms_version: str
    landlord_name: str
    landlord_phone: str
    landlord_email: str
    tenant_no: str | None = None
    tenancy_no: str | None = None
    phone: str | None = None
    office: OfficeContact | None = None
    administrator: AdministratorContact | None = None


def application_pdf(application: ApplicationDocument) -> bytes:
    """The application as PDF/A-2u; the same application makes the same bytes."""
    sheet = Sheet(
        title=f"Wniosek o aktywację konta {application.number}",
        author=application.landlord_name,
        made_at=application.submitted_at,
        running_title=f"Wniosek {application.number}",
    )
    _head(sheet, application)
    _applicant(sheet, application)
    _declarations(sheet, application)
    _signature(sheet, application)
    _office_part(sheet)
    _what_next(sheet, application)
    return sheet.to_bytes()


def _head(sheet: Sheet, application: ApplicationDocument) -> None:
    code = code_of(application.number)
    sheet.set_y(TOP)
    beside_qr = INNER - QR_SIDE - 6
    for paragraph in (
        Paragraph(application.landlord_name, size=12, bold=True, colour=ACCENT),
        Paragraph("Wniosek o aktywację konta", size=24, bold=True, before=0.5, tag="H1"),
        Paragraph("w Internetowej Obsłudze Kontrahenta (IOK)", size=14),
    ):
        sheet.paragraph(paragraph, width=beside_qr)
    rows = qr_rows(qr_code(code, correction="q"))
    module = QR_SIDE / len(rows)
    left = SIDE + INNER - QR_SIDE
    sheet.modules(rows, x=left, y=TOP, module=module, height=module, alt=f"Kod QR wniosku: {code}")
    sheet.set_y(max(sheet.y, TOP + QR_SIDE + QUIET_QR * module))
    _number(sheet, application, code)


def _number(sheet: Sheet, application: ApplicationDocument, code: str) -> None:
    top, height = sheet.y, 23.0
    bars, modules = code128_bars(code)
    wide = (modules + 2 * QUIET_CODE128) * BAR
    left = SIDE + INNER - wide
    sheet.band(y=top, height=height, width=INNER - wide - 2)
    sheet.set_y(top + 2.5)
    day = f"{local(application.submitted_at):%d.%m.%Y}"
    for paragraph in (
        Paragraph("Numer wniosku"),
        Paragraph(application.number, size=26, bold=True),
    ):
        sheet.paragraph(paragraph, x=SIDE + 4)
    sheet.modules(
        [bars], x=left + QUIET_CODE128 * BAR, y=top, module=BAR, height=BAR_HEIGHT, alt=f"Kod kreskowy wniosku: {code}"
    )
    for at, line in enumerate((" ".join((code[:3], code[3:7], code[7:13], code[13:])), f"Formularz wysłano {day} r.")):
        with sheet.tagged("P"):
            sheet.put(
                line,
                x=left + (wide - text_width(line, size=11)) / 2,
                y=top + BAR_HEIGHT + 0.8 + at * line_height(11),
            )
    sheet.set_y(top + height)


def _heading(sheet: Sheet, text: str) -> None:
    sheet.room(25)  # a heading does not stay behind alone
    sheet.paragraph(Paragraph(text, size=14, bold=True, colour=ACCENT, before=3.5, tag="H2"))
    sheet.y += 1


def _applicant(sheet: Sheet, application: ApplicationDocument) -> None:
    company = application.kind == "company"
    _heading(sheet, "1. Kto składa wniosek i którego lokalu dotyczy")
    for label, value in (
        ("Firma lub instytucja" if company else "Imię i nazwisko", application.name),
        ("Adres lokalu", application.address),
        ("Numer kontrahenta", application.tenant_no),
        ("Numer umowy najmu", application.tenancy_no),
        ("Adres e-mail", application.email),
        ("Telefon", application.phone),
    ):
        _row(sheet, label, value)


def _row(sheet: Sheet, label: str, value: str | None) -> None:
    size, step = 12.5, line_height(12.5) + 0.9
    lines = wrap(value, width=INNER - LABELS, size=size, bold=True) if value else ["nie podano"]
    sheet.room(step * len(lines))
    with sheet.tagged("P"):
        sheet.put(label + ":", x=SIDE, y=sheet.y, size=size)
        for line in lines:
            sheet.put(line, x=SIDE + LABELS, y=sheet.y, size=size, bold=bool(value))
            sheet.y += step


def _declarations(sheet: Sheet, application: ApplicationDocument) -> None:
    _heading(sheet, "2. Oświadczam, że")
    whose = "reprezentowany przeze mnie podmiot ma" if application.kind == "company" else "mam"
    for number, text in enumerate(
        (
            f"{whose} tytuł prawny do lokalu pod adresem podanym wyżej (na przykład umowę najmu);",
            "dane podane w tym wniosku są prawdziwe;",
            f"znam Regulamin Internetowej Obsługi Kontrahenta w wersji {application.terms_version} i akceptuję go;",
            "znam informację o przetwarzaniu moich danych osobowych.",
        ),
        start=1,
    ):
        sheet.paragraph(Paragraph(text, size=12, indent=7, mark=f"{number})", before=0.9))


def _signature(sheet: Sheet, application: ApplicationDocument) -> None:
    sheet.room(23)
    sheet.y += 16
    who = "podpis osoby uprawnionej, pieczęć firmy" if application.kind == "company" else "czytelny podpis"
    _to_fill(sheet, [(SIDE, COLUMN, "miejscowość i data"), (SIDE + COLUMN + GAP, COLUMN, who)])


def _to_fill(sheet: Sheet, places: Sequence[tuple[float, float, str]]) -> None:
    """Lines to write on, side by side, each with what belongs there below it."""
    for x, width, label in places:
        sheet.rule(y=sheet.y, x=x, width=width)
        with sheet.tagged("P"):
            sheet.put(label, x=x, y=sheet.y + 0.5)
    sheet.y += 0.5 + line_height(11)


def _office_part(sheet: Sheet) -> None:
    height = 36.0
    sheet.room(height + 4)
    sheet.y += 4
    top, inside, width = sheet.y, SIDE + 4, 62.0
    sheet.band(y=top, height=height, filled=False)
    sheet.y += 1.5
    sheet.paragraph(Paragraph("Wypełnia pracownik", size=12, bold=True, tag="H2"), x=inside)
    second = inside + width + 6
    for labels in (("data wpływu", "okazany dokument (rodzaj)"), ("kto przyjął wniosek", "")):
        sheet.y += 8.0
        places = [(inside, width, labels[0]), (second, width, labels[1])]
        _to_fill(sheet, [place for place in places if place[2]])
    with sheet.tagged("P"):
        sheet.put("pieczęć", x=SIDE + INNER - 4 - text_width("pieczęć", size=11), y=top + height - 6)
    sheet.set_y(top + height)


def _what_next(sheet: Sheet, application: ApplicationDocument) -> None:
    left = [*_bring(), *_deadline(application)]
    right = [*_where(application), *_no_printer()]
    height = 9 + max(sheet.height_of(column, width=COLUMN) for column in (left, right))
    sheet.room(height)
    sheet.y += 3.5
    sheet.rule(y=sheet.y, dashed=True)
    sheet.y += 1.5
    title = f"Dla Państwa, do odcięcia i zachowania: wniosek {application.number}"
    sheet.paragraph(Paragraph(title, bold=True, tag="H2"))
    sheet.y += 1
    top = sheet.y
    for x, column in ((SIDE, left), (SIDE + COLUMN + GAP, right)):
        sheet.set_y(top)
        for paragraph in column:
            sheet.paragraph(paragraph, x=x, width=COLUMN)


def _topic(heading: str, *texts: str) -> list[Paragraph]:
    return [
        Paragraph(heading, size=12, bold=True, colour=ACCENT, before=1.5, tag="H2"),
        *(Paragraph(text, size=11.5) for text in texts),
    ]


def _bring() -> list[Paragraph]:
    return _topic("Co zabrać", "Ten wniosek, wydrukowany i podpisany, oraz dokument tożsamości do okazania.")


def _where(application: ApplicationDocument) -> list[Paragraph]:
    office, administrator = application.office, application.administrator
    if office is None:
        return _topic(
            "Gdzie złożyć",
            "Osobiście, w dowolnym Rejonie Obsługi Najemców (RON). Adresy i godziny przyjęć są w zakładce „Administrator”"
            f" naszego serwisu i pod telefonem {application.landlord_phone}.",
        )
    texts = [f"Osobiście: {_joined(office.name, office.address, _phone(office.phone))}."]
    if office.hours:
        texts.append(f"Godziny: {office.hours}")
    if administrator:
        texts.append(
            f"Albo u administratora nieruchomości: {_joined(administrator.name, _phone(administrator.phone))}."
        )
    return _topic("Gdzie złożyć", *texts)


def _deadline(application: ApplicationDocument) -> list[Paragraph]:
    return _topic(
        "Co dalej",
        f"W ciągu {DAYS} dni od złożenia wniosku w RON wyślemy na adres e-mail z wniosku wiadomość z identyfikatorem"
        " i hasłem pierwotnym. Prosimy ją zachować: służy też do odzyskania dostępu.",
        f"Pytania: {application.landlord_phone}, {application.landlord_email}",
    )


def _no_printer() -> list[Paragraph]:
    return _topic(
        "Nie mają Państwo drukarki?",
        "Proszę zapisać ten plik i wysłać go e-mailem do RON. Wydrukujemy go, gdy przyjdą Państwo go podpisać.",
    )


def _phone(number: str | None) -> str | None:
    return f"tel. {number}" if number else None


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
