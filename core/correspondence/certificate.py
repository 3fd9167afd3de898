"""The certificate of opening: who opened which letter, when, in which session, and the hash of what was shown."""

from dataclasses import dataclass
from datetime import date, datetime

from core.clock import local
from core.correspondence.kinds import NAMES, LetterKind
from core.documents.sheet import Paragraph, Sheet
from core.landlord import landlord

HEADING = "Poświadczenie otwarcia pisma"
INFORMATIONAL = (
    "Pismo w portalu jest kopią do wiadomości. Poświadczenie mówi, kiedy najemca otworzył je w portalu po raz pierwszy; "
    "nie zastępuje dowodu doręczenia, którego wymagają przepisy."
)
HOW_TO_CHECK = (
    "Skrót SHA-256 można policzyć z pobranego pliku pisma. Jeśli jest taki sam, jest to dokładnie ten dokument, który "
    "najemca zobaczył przy pierwszym otwarciu."
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A first opening, as it is recorded."""

    letter_id: int
    tenant_no: str
    tenant: str
    kind: LetterKind
    letter_no: str
    dated: date
    title: str
    pages: int
    visible_at: datetime
    opened_at: datetime
    session_no: int | None
    sha256: str
    proxy: str | None = None  # who opened it in the tenant's place


def certificate_pdf(opening: Opening) -> bytes:
    """The certificate; the same opening makes the same bytes."""
    sheet = Sheet(title=HEADING, author=landlord().name, made_at=opening.opened_at, running_title=HEADING)
    sheet.paragraph(Paragraph(landlord().name, size=10))
    sheet.paragraph(Paragraph(HEADING, size=20, bold=True, before=4, tag="H1"))
    for name, value in _facts(opening):
        sheet.paragraph(Paragraph(name, size=10, before=3))
        sheet.paragraph(Paragraph(value, size=12, bold=True))
    sheet.paragraph(Paragraph(HOW_TO_CHECK, before=6))
    sheet.paragraph(Paragraph(INFORMATIONAL, before=3))
    return sheet.to_bytes()


def _facts(one: Opening) -> list[tuple[str, str]]:
    instant = "%d.%m.%Y, %H:%M:%S"
    return [
        ("Najemca", f"{one.tenant}, numer {one.tenant_no}"),
        ("Pismo", f"{one.title} ({NAMES[one.kind]})"),
        ("Numer i data pisma", f"{one.letter_no or 'bez numeru'}, {one.dated:%d.%m.%Y}"),
        ("Liczba stron", str(one.pages)),
        ("W portalu od", f"{local(one.visible_at):{instant}} czasu polskiego"),
        ("Otwarte po raz pierwszy", f"{local(one.opened_at):{instant}} czasu polskiego"),
        *([("Otwarte przez pełnomocnika", one.proxy)] if one.proxy else []),
        ("Sesja i pismo w rejestrze portalu", f"sesja {one.session_no or 'nieznana'}, pismo {one.letter_id}"),
        ("Skrót dokumentu (SHA-256)", one.sha256),
    ]
