"""The card of premises as PDF: what is let, on which title, what it costs a month and who serves it."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.access.scopes import TenantScope
from core.charges.schedule import ChargeLine, ChargeSchedule, charge_schedule
from core.clock import local, now
from core.documents.blocks import heading, labelled, pairs
from core.documents.sheet import ACCENT, Paragraph, Sheet
from core.landlord import landlord
from core.money import in_rate, in_units, in_zloty, to_grosze
from core.registry.premises import PremisesDetails, premises_details


def premises_card(session: Session, scope: TenantScope, *, tenancy_id: int) -> bytes:
    """The card of one of the tenant's own tenancies as of now. Raises NotFoundError for another's."""
    details = premises_details(session, scope, tenancy_id=tenancy_id)
    schedule = charge_schedule(session, scope, tenancy_id=tenancy_id)
    return card_pdf(details, schedule, tenant=scope.tenant_name, made_at=now())


def card_name(details: PremisesDetails) -> str:
    """The name its file gets: `Karta-lokalu-N-00004-2007.pdf`."""
    return f"Karta-lokalu-{details.tenancy_no.replace('/', '-').replace(' ', '-')}.pdf"


def card_pdf(details: PremisesDetails, schedule: ChargeSchedule, *, tenant: str, made_at: datetime) -> bytes:
    """The card as PDF/A-2u; the same content and instant make the same bytes."""
    who = landlord()
    title = f"Karta lokalu, umowa {details.tenancy_no}"
    sheet = Sheet(title=title, author=who.name, made_at=made_at, running_title=title)
    for paragraph in (
        Paragraph(who.name, size=12, bold=True, colour=ACCENT),
        Paragraph("Karta lokalu", size=24, bold=True, before=0.5, tag="H1"),
        Paragraph(f"{details.address}, {details.town}", size=14),
        Paragraph(f"Stan na {local(made_at):%d.%m.%Y}. Dokument informacyjny, bez podpisu.", before=1),
    ):
        sheet.paragraph(paragraph)
    pairs(sheet, "Lokal", _of_premises(details))
    pairs(sheet, "Umowa", _of_tenancy(details, tenant))
    _charges(sheet, schedule)
    pairs(sheet, "Kto obsługuje ten lokal", _of_service(details))
    return sheet.to_bytes()


def _of_premises(details: PremisesDetails) -> list[tuple[str, str | None]]:
    return [
        ("Rodzaj", details.kind),
        ("Powierzchnia użytkowa", in_units(details.usable_area, "m²")),
        ("Powierzchnia ogrzewana", in_units(details.heated_area, "m²") if details.heated_area else None),
        ("Liczba izb", str(details.rooms) if details.rooms else None),
        ("Piętro", details.floor),
        ("Wyposażenie", details.equipment),
        ("Kod lokalu", details.premises_code),
    ]


def _of_tenancy(details: PremisesDetails, tenant: str) -> list[tuple[str, str | None]]:
    return [
        ("Najemca", tenant),
        ("Numer umowy", details.tenancy_no),
        ("Tytuł prawny", details.title),
        ("Obowiązuje od", f"{details.valid_from:%d.%m.%Y}"),
        ("Obowiązuje do", f"{details.valid_to:%d.%m.%Y}" if details.valid_to else None),
        ("Liczba osób", str(details.persons) if details.persons else None),
    ]


def _of_service(details: PremisesDetails) -> list[tuple[str, str | None]]:
    district, administrator = details.district, details.administrator
    if district is None or administrator is None:
        return [("Telefon", landlord().phone)]
    return [
        ("Biuro", district.name),
        ("Adres", district.address),
        ("Telefon", district.phone),
        ("E-mail", district.email),
        ("Godziny", district.hours),
        ("Administrator", administrator.name),
        ("Telefon administratora", administrator.phone),
        ("E-mail administratora", administrator.email),
    ]


def _charges(sheet: Sheet, schedule: ChargeSchedule) -> None:
    heading(sheet, "Opłata miesięczna")
    if not schedule.lines:
        sheet.paragraph(Paragraph("Brak stawek w tej chwili. Wysokość opłat podaje zawiadomienie o opłatach."))
    for line in schedule.lines:
        labelled(sheet, f"{line.component}: {_calculation(line)}", in_zloty(to_grosze(line.amount)))
    if schedule.lines:
        sheet.rule(y=sheet.y + 0.8)
        sheet.y += 1.6
        labelled(sheet, "Razem za miesiąc", in_zloty(to_grosze(schedule.total)), bold=True)
    for change in schedule.announced:
        told = f"{in_zloty(to_grosze(change.total_before))} → {in_zloty(to_grosze(change.total_after))}"
        sheet.paragraph(Paragraph(f"Zapowiedziana zmiana od {change.day:%d.%m.%Y}: {told} za miesiąc.", before=1.5))


def _calculation(line: ChargeLine) -> str:
    told = f"{in_units(line.quantity, line.unit)} × {in_rate(line.rate)}"
    if line.vat_percent is None:
        return told
    return f"{told} + {in_zloty(to_grosze(line.vat))} VAT ({line.vat_percent}%)"
