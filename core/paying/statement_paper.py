"""The statement as PDF: a line an operation, sums, and a code to pay what is owed."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.access.models import ProxyLevel
from core.access.scopes import TenantScope, require_live
from core.clock import local, now
from core.documents.blocks import heading, labelled, pairs
from core.documents.sheet import ACCENT, BOTTOM, HEIGHT, INNER, SIDE, Paragraph, Sheet, line_height, text_width, wrap
from core.landlord import landlord
from core.ledger.document_types import DOCUMENT_TYPES
from core.ledger.lines import LedgerLine
from core.ledger.words import balance_phrase, zloty
from core.paying.payments import transfer
from core.paying.slip import transfer_block
from core.paying.statement import Statement, statement
from core.paying.tenancy import Parties
from core.registry.bank_accounts import grouped

SIZE = 9.5  # of the type in the table, points
STEP = line_height(SIZE)
# Left edges and widths of the columns, mm.
DAY, WHAT, WHAT_WIDTH, DEBIT, CREDIT, AFTER = 0.0, 19.0, 76.0, 117.0, 139.0, INNER
INFORMATIONAL = "Dokument informacyjny z systemu, bez podpisu. To nie jest wezwanie do zapłaty."
COLUMNS = ("Data", "Operacja", "Naliczono", "Wpłacono", "Saldo po operacji")


def statement_paper(session: Session, scope: TenantScope, *, tenancy_id: int, since: date, until: date) -> bytes:
    """The statement of one of the tenant's own tenancies as PDF. Raises as `statement`."""
    require_live(session, scope, proxy=ProxyLevel.SEE)
    return statement_pdf(statement(session, scope, tenancy_id=tenancy_id, since=since, until=until), made_at=now())


def statement_pdf(made: Statement, *, made_at: datetime) -> bytes:
    """The statement as PDF/A-2u; the same statement and instant make the same bytes."""
    who = made.parties
    title = f"Zestawienie, umowa {who.tenancy_no}, {_day(made.since)}–{_day(made.until)}"
    sheet = Sheet(title=title, author=landlord().name, made_at=made_at, running_title=title)
    for paragraph in (
        Paragraph(landlord().name, size=12, bold=True, colour=ACCENT),
        Paragraph("Zestawienie operacji", size=24, bold=True, before=0.5, tag="H1"),
        Paragraph(f"od {_day(made.since)} do {_day(made.until)}", size=14),
        Paragraph(f"Przygotowano {local(made_at):%d.%m.%Y, %H:%M}. {INFORMATIONAL}", before=1),
    ):
        sheet.paragraph(paragraph)
    pairs(sheet, "Umowa", whose(made.parties))
    heading(sheet, "Podsumowanie")
    _sums(sheet, made)
    heading(sheet, "Operacje")
    _table(sheet, made.lines)
    _to_pay(sheet, made)
    sheet.paragraph(Paragraph(f"Skrót danych zestawienia (SHA-256): {made.fingerprint()}", size=9, before=4))
    return sheet.to_bytes()


def whose(who: Parties) -> list[tuple[str, str | None]]:
    """Tenant and tenancy."""
    return [
        ("Najemca", f"{who.tenant}, numer {who.tenant_no}"),
        ("Numer umowy", who.tenancy_no),
        ("Lokal", f"{who.address}, {who.town}"),
    ]


def _sums(sheet: Sheet, made: Statement) -> None:
    labelled(sheet, f"Saldo na początek dnia {_day(made.since)}", balance_phrase(made.opening))
    labelled(sheet, "Naliczono w okresie", zloty(made.debit))
    labelled(sheet, "Wpłacono w okresie", zloty(made.credit))
    labelled(sheet, f"Saldo na koniec dnia {_day(made.until)}", balance_phrase(made.closing), bold=True)


def _table(sheet: Sheet, lines: Sequence[LedgerLine]) -> None:
    if not lines:
        sheet.paragraph(Paragraph("W tym okresie nic nie zaksięgowano."))
        return
    _columns(sheet)
    for line in lines:
        _line(sheet, line)
    sheet.rule(y=sheet.y + 0.6)
    sheet.y += 1.2


def _columns(sheet: Sheet) -> None:
    y = sheet.y
    with sheet.tagged("P"):
        for name, place in zip(COLUMNS[:2], (DAY, WHAT), strict=True):
            sheet.put(name, x=SIDE + place, y=y, size=SIZE, bold=True)
        for name, right in zip(COLUMNS[2:], (DEBIT, CREDIT, AFTER), strict=True):
            _to_the_right(sheet, name, right, y, bold=True)
    sheet.rule(y=y + STEP + 0.4)
    sheet.set_y(y + STEP + 1.2)


def _line(sheet: Sheet, line: LedgerLine) -> None:
    told = wrap(_what(line), width=WHAT_WIDTH, size=SIZE)
    if sheet.y + len(told) * STEP > HEIGHT - BOTTOM:
        sheet.room(len(told) * STEP)
        _columns(sheet)
    y = sheet.y
    with sheet.tagged("P"):
        sheet.put(_day(line.booked_on), x=SIDE + DAY, y=y, size=SIZE)
        for nth, part in enumerate(told):
            sheet.put(part, x=SIDE + WHAT, y=y + nth * STEP, size=SIZE)
        for amount, right in ((line.debit, DEBIT), (line.credit, CREDIT)):
            if amount:
                _to_the_right(sheet, zloty(amount), right, y)
        _to_the_right(sheet, balance_phrase(line.balance_after), AFTER, y)
    sheet.set_y(y + len(told) * STEP + 0.6)


def _what(line: LedgerLine) -> str:
    title = line.component or line.description or DOCUMENT_TYPES.get(line.document_type, line.document_type)
    due = f"termin {_day(line.due_on)}" if line.due_on else ""
    details = (line.description if line.description != title else "", line.document_no, due)
    return ", ".join(part for part in (title, *details) if part)


def _to_the_right(sheet: Sheet, text: str, right: float, y: float, *, bold: bool = False) -> None:
    x = SIDE + right - text_width(text, size=SIZE, bold=bold)
    sheet.put(text, x=x, y=y, size=SIZE, bold=bold)


def _to_pay(sheet: Sheet, made: Statement) -> None:
    owed = made.owed
    heading(sheet, f"Stan na dzień {_day(owed.as_of)}")
    labelled(sheet, "Saldo umowy", balance_phrase(owed.balance), bold=True)
    if owed.overdue > 0:
        labelled(sheet, "W tym po terminie", zloty(owed.overdue))
    if owed.balance > 0 and made.parties.bank_account_no:
        to_pay = transfer(made.parties, amount=owed.balance)
        labelled(sheet, "Numer konta", grouped(to_pay.bank_account_no))
        labelled(sheet, "Odbiorca", to_pay.recipient)
        labelled(sheet, "Tytuł przelewu", to_pay.title)
        sheet.y += 3
        transfer_block(sheet, to_pay)


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
