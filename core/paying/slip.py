"""The payment slip as PDF: a transfer with its QR code, to pay at a desk or in a bank's form."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.clock import local, now
from core.documents.blocks import pairs
from core.documents.codes import QUIET_QR, qr_rows
from core.documents.sheet import ACCENT, INNER, SIDE, Paragraph, Sheet
from core.landlord import landlord
from core.ledger.words import zloty
from core.paying.payments import Transfer, transfer
from core.paying.tenancy import parties
from core.paying.transfer import transfer_code
from core.registry.bank_accounts import grouped

LABELS = 34.0  # mm
MODULE = 1.0  # of the code, mm
AMOUNT_TYPED = "Kod nie mieści kwoty powyżej 9 999,99 zł. Po zeskanowaniu wpisz kwotę: {amount}."
SCAN = "Zeskanuj kod w aplikacji swojego banku."


def payment_slip(session: Session, scope: TenantScope, *, tenancy_id: int, amount: Decimal) -> bytes:
    """The slip for an amount (PLN) and one of the tenant's own tenancies, as of now.

    Raises NotFoundError for another's, InvalidInputError (field `amount`) and DomainError as `transfer`.
    """
    require_live(session, scope, proxy=ProxyLevel.SEE)
    return slip_pdf(transfer(parties(session, scope, tenancy_id=tenancy_id), amount=amount), made_at=now())


def slip_pdf(to_pay: Transfer, *, made_at: datetime) -> bytes:
    """The slip as PDF/A-2u; the same transfer and instant make the same bytes."""
    title = f"Dane do przelewu, umowa {to_pay.parties.tenancy_no}"
    sheet = Sheet(title=title, author=to_pay.recipient, made_at=made_at, running_title=title)
    for paragraph in (
        Paragraph(to_pay.recipient, size=12, bold=True, colour=ACCENT),
        Paragraph("Dane do przelewu", size=24, bold=True, before=0.5, tag="H1"),
        Paragraph(f"Przygotowano {local(made_at):%d.%m.%Y}. To informacja, a nie wezwanie do zapłaty.", before=1),
    ):
        sheet.paragraph(paragraph)
    sheet.y += 4
    pairs(sheet, "", _lines(to_pay), labels=LABELS)
    sheet.y += 6
    transfer_block(sheet, to_pay)
    return sheet.to_bytes()


def transfer_block(sheet: Sheet, to_pay: Transfer) -> None:
    """The QR code of a transfer with a word on how to use it."""
    code = transfer_code(to_pay.text)
    rows = qr_rows(code)
    side, quiet = len(rows) * MODULE, QUIET_QR * MODULE
    told = [Paragraph(SCAN, bold=True)]
    if to_pay.amount_is_typed:
        told.append(Paragraph(AMOUNT_TYPED.format(amount=zloty(to_pay.amount)), before=1))
    sheet.room(side + quiet)
    top = sheet.y
    sheet.modules(rows, x=SIDE, y=top, module=MODULE, height=MODULE, alt=f"Kod QR przelewu: {zloty(to_pay.amount)}")
    sheet.set_y(top + max(0, (side - sheet.height_of(told, width=INNER - side - quiet)) / 2))
    for paragraph in told:
        sheet.paragraph(paragraph, x=SIDE + side + quiet, width=INNER - side - quiet)
    sheet.set_y(max(sheet.y, top + side + quiet))


def _lines(to_pay: Transfer) -> list[tuple[str, str | None]]:
    payer = to_pay.parties
    nip = landlord().nip
    return [
        ("Odbiorca", to_pay.recipient),
        ("Adres", to_pay.recipient_address),
        ("NIP odbiorcy", nip),
        ("Numer konta", grouped(to_pay.bank_account_no)),
        ("Kwota", zloty(to_pay.amount)),
        ("Tytuł", to_pay.title),
        ("Płaci", payer.tenant),
        ("Za lokal", f"{payer.address}, {payer.town}"),
    ]
