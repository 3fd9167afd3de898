"""The receipt of a batch: what it did, on paper and on screen."""

import json
from decimal import Decimal

from sqlalchemy.orm import Session

from core.access.scopes import EmployeeScope
from core.batches.models import BatchState
from core.clock import local
from core.documents.sheet import Paragraph, Sheet
from core.errors import NotFoundError
from core.imports.history import BatchLine, batch_line
from core.imports.kinds import KINDS
from core.imports.posted import LEDGER, SUSPENSE
from core.landlord import landlord
from core.money import in_zloty, to_grosze

HEADING = "Potwierdzenie wczytania pliku"


def batch_receipt(session: Session, scope: EmployeeScope, *, batch_id: int) -> bytes:
    """What a committed batch did, as PDF; the same batch makes the same bytes. Raises NotFoundError for any other."""
    line = batch_line(session, scope, batch_id=batch_id)
    if line.committed_at is None or line.state is not BatchState.COMMITTED:
        raise NotFoundError("Ta partia nie jest wczytana.")
    sheet = Sheet(title=HEADING, author=landlord().name, made_at=line.committed_at, running_title=HEADING)
    sheet.paragraph(Paragraph(landlord().name, size=10))
    sheet.paragraph(Paragraph(HEADING, size=20, bold=True, before=4, tag="H1"))
    for name, value in receipt_facts(line):
        sheet.paragraph(Paragraph(name, size=10, before=3))
        sheet.paragraph(Paragraph(value, size=12, bold=True))
    return sheet.to_bytes()


def receipt_facts(line: BatchLine) -> list[tuple[str, str]]:
    """What a receipt says, on paper and on screen: names and values."""
    facts = [
        ("Partia", f"{line.id}, {KINDS[line.kind].title}"),
        ("Plik", line.file_name),
        ("Skrót pliku (SHA-256)", line.sha256),
        (
            "Wczytano",
            f"{local(line.committed_at):%d.%m.%Y, %H:%M}, {line.employee_login}" if line.committed_at else "—",
        ),
        ("Wiersze w pliku", _count(line.rows)),
        ("Przyjęte", _count(line.accepted)),
        ("Powtórzone", _count(line.repeated)),
        ("Do poczekalni", _count(line.suspended)),
        ("Pominięte z błędami", _count(line.rejected)),
    ]
    if line.kind in (LEDGER, SUSPENSE):
        facts += [
            ("Suma obciążeń przyjętych (Wn)", in_zloty(to_grosze(line.accepted_debit))),
            ("Suma uznań przyjętych (Ma)", in_zloty(to_grosze(line.accepted_credit))),
        ]
    if line.effect is not None:
        effect = json.loads(line.effect)
        facts += [
            ("Zmienione salda umów", _count(effect["changed"])),
            ("Suma zmian sald", in_zloty(to_grosze(Decimal(effect["change"])))),
        ]
    facts.append(("Ostrzeżenia", "potwierdzone przez wczytującego" if line.warnings_accepted else "bez ostrzeżeń"))
    return facts


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")
