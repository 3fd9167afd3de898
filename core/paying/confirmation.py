"""The confirmation of a balance ("Potwierdzenie salda"): what a tenancy owed at the end of a day, on one page."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.clock import local, now, today
from core.documents.blocks import pairs
from core.documents.sheet import ACCENT, Paragraph, Sheet
from core.errors import InvalidInputError
from core.landlord import landlord
from core.ledger.balances import TenancyBalance, tenancy_balance
from core.ledger.words import balance_phrase, zloty
from core.paying.statement import fingerprint
from core.paying.statement_paper import INFORMATIONAL, whose
from core.paying.tenancy import Parties, parties


def balance_confirmation(session: Session, scope: TenantScope, *, tenancy_id: int, day: date) -> bytes:
    """The balance of one of the tenant's own tenancies at the end of a day, as PDF.

    Raises NotFoundError for another's, InvalidInputError (field `day`) for a day that has not come yet.
    """
    require_live(session, scope, proxy=ProxyLevel.SEE)
    if day > today():
        raise InvalidInputError("wybierz dzisiejszy dzień albo wcześniejszy", field="day")
    whose_it_is = parties(session, scope, tenancy_id=tenancy_id)
    stood = tenancy_balance(session, scope, tenancy_id=tenancy_id, as_of=day)
    return confirmation_pdf(whose_it_is, stood, made_at=now())


def confirmation_pdf(who: Parties, stood: TenancyBalance, *, made_at: datetime) -> bytes:
    """The confirmation as PDF/A-2u; the same balance and instant make the same bytes."""
    day = f"{stood.as_of:%d.%m.%Y}"
    title = f"Potwierdzenie salda, umowa {who.tenancy_no}, {day}"
    sheet = Sheet(title=title, author=landlord().name, made_at=made_at, running_title=title)
    for paragraph in (
        Paragraph(landlord().name, size=12, bold=True, colour=ACCENT),
        Paragraph("Potwierdzenie salda", size=24, bold=True, before=0.5, tag="H1"),
        Paragraph(f"na koniec dnia {day}", size=14),
        Paragraph(f"Przygotowano {local(made_at):%d.%m.%Y, %H:%M}. {INFORMATIONAL}", before=1),
    ):
        sheet.paragraph(paragraph)
    pairs(sheet, "Umowa", whose(who))
    pairs(sheet, "Saldo", _stood(stood))
    told = (
        "Saldo liczymy z operacji zaksięgowanych do końca tego dnia. Późniejsza operacja z wcześniejszą datą zmieni saldo "
        "i skrót poniżej."
    )
    sheet.paragraph(Paragraph(told, before=4))
    data = (who.tenant_no, who.tenancy_no, stood.as_of, stood.balance, stood.overdue)
    sheet.paragraph(Paragraph(f"Skrót danych (SHA-256): {fingerprint('saldo', *data)}", size=9, before=4))
    return sheet.to_bytes()


def _stood(stood: TenancyBalance) -> list[tuple[str, str | None]]:
    return [
        ("Na koniec dnia", f"{stood.as_of:%d.%m.%Y}"),
        ("Saldo umowy", balance_phrase(stood.balance)),
        ("W tym po terminie", zloty(stood.overdue) if stood.overdue > 0 else None),
    ]
