"""Letters that are written here: the text with its fields, and one letter of it as PDF."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache

from core.correspondence.kinds import LetterKind
from core.documents.sheet import INNER, LINE, SIDE, WIDTH, Paragraph, Sheet, text_width
from core.documents.sheet import plain as settable
from core.errors import InvalidFormError
from core.landlord import landlord
from core.settings import ROOT

FOLDER = ROOT / "data" / "letters"
KINDS = (LetterKind.CHARGE_CHANGE, LetterKind.BALANCE_CONFIRMATION, LetterKind.REMINDER)
LONGEST_BODY, LONGEST_TITLE = 6_000, 150
FIELDS = {
    "najemca": "imię i nazwisko albo nazwa",
    "nr_najemcy": "numer najemcy",
    "umowa": "numer umowy",
    "lokal": "adres lokalu",
    "nr_rachunku": "rachunek do wpłat",
    "data": "data pisma",
    "stan_na": "dzień, na który liczone jest saldo",
    "saldo": "saldo słowem i kwotą",
    "zaleglosc": "kwota po terminie",
    "oplata": "obecna opłata miesięczna",
    "nowa_oplata": "opłata po zmianie",
    "zmiana_od": "dzień zmiany opłaty",
    "skladniki": "lista zmienionych składników, w osobnym wierszu",
}
# What is only known of a tenancy with an announced change of its charges.
OF_CHANGE = frozenset({"nowa_oplata", "zmiana_od", "skladniki"})
_FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
INFORMATIONAL = "Pismo w portalu jest kopią do wiadomości."


@dataclass(frozen=True, slots=True)
class LetterText:
    """What a letter says: its kind, its title, and the body with `{{ fields }}`."""

    kind: LetterKind
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class MergedLetter:
    """One letter ready to be set: `fields` fill the body, `addressee` are the lines of its window."""

    title: str
    body: str
    letter_no: str
    dated: date
    addressee: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SetLetter:
    """A letter as PDF."""

    content: bytes
    pages: int


@cache
def shipped_text(kind: LetterKind) -> str:
    """The body that ships for a kind of `KINDS`."""
    return (FOLDER / f"{kind}.txt").read_text(encoding="utf-8").strip()


def checked_text(text: LetterText) -> LetterText:
    """The text made clean. Raises InvalidFormError (`title`, `body`), which names fields that we do not know."""
    title, body = " ".join(text.title.split()), text.body.replace("\r\n", "\n").strip()
    errors = []
    if not title or len(title) > LONGEST_TITLE:
        errors.append(("title", f"Wpisz tytuł, najwyżej {LONGEST_TITLE} znaków."))
    if not body or len(body) > LONGEST_BODY:
        errors.append(("body", f"Wpisz treść, najwyżej {LONGEST_BODY} znaków."))
    used = set(_FIELD.findall(body[:LONGEST_BODY]))
    if unknown := sorted(used - FIELDS.keys()):
        errors.append(("body", f"Nie ma pól: {', '.join(unknown)}. Są: {', '.join(FIELDS)}."))
    if "{{" in title or "}}" in title:
        errors.append(("title", "W tytule nie można używać pól."))
    rest = _FIELD.sub("", body)
    if "{{" in rest or "}}" in rest:
        errors.append(("body", "Gdzieś brakuje klamry: pole pisze się {{ tak }}."))
    elif not any(sign.isalnum() for sign in body):
        errors.append(("body", "Wpisz treść."))
    if text.kind is not LetterKind.CHARGE_CHANGE and (used & OF_CHANGE):
        errors.append(("body", f"Pola {', '.join(sorted(used & OF_CHANGE))} są tylko w piśmie o zmianie opłat."))
    if errors:
        raise InvalidFormError(errors)
    return LetterText(text.kind, title, body)


def filled(body: str, fields: Mapping[str, str]) -> str:
    """The body with its fields filled. KeyError for one that nobody gives is a bug: `checked_text` came before."""
    return _FIELD.sub(lambda found: fields[found[1]], body)


def set_letter(letter: MergedLetter) -> SetLetter:
    """The letter as PDF; the same letter makes the same bytes."""
    made_at = datetime.combine(letter.dated, time(12), UTC)
    sheet = Sheet(title=letter.title, author=landlord().name, made_at=made_at, running_title=letter.letter_no)
    _head(sheet, letter)
    sheet.paragraph(Paragraph(letter.title, size=15, bold=True, before=10, tag="H1"))
    for block in filled(letter.body, letter.fields).split("\n"):
        line = block.strip()
        if line.startswith("# "):
            sheet.paragraph(Paragraph(line[2:], size=12, bold=True, before=4, tag="H2"))
        elif line.startswith("- "):
            sheet.paragraph(Paragraph(line[2:], before=0.8, indent=5, mark="•"))
        elif line:
            sheet.paragraph(Paragraph(line, before=3))
    sheet.paragraph(Paragraph(landlord().name, before=8))
    sheet.paragraph(Paragraph(INFORMATIONAL, size=9, before=6))
    return SetLetter(sheet.to_bytes(), sheet.pages_count)


def _head(sheet: Sheet, letter: MergedLetter) -> None:
    who = landlord()
    date_line = settable(f"{letter.letter_no}, {letter.dated:%d.%m.%Y}")
    with sheet.tagged("P"):
        sheet.put(date_line, x=WIDTH - SIDE - text_width(date_line, size=11), y=sheet.y)
    sheet.paragraph(Paragraph(who.name, bold=True))
    sheet.paragraph(Paragraph(f"{who.address}, tel. {who.phone}, {who.email}", size=9, colour=LINE))
    sheet.rule(y=sheet.y + 1.5)
    sheet.y += 8
    for line in letter.addressee:
        sheet.paragraph(Paragraph(line), x=SIDE + INNER / 2, width=INNER / 2)
