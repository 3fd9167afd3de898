"""What our documents are built of: headings, pairs of label and value, lines that end in an amount."""

from collections.abc import Sequence

from core.documents.sheet import ACCENT, INNER, SIDE, Paragraph, Sheet, line_height, text_width

LABELS = 58.0  # column of labels, mm
AMOUNTS = 32.0  # column of amounts at the right, mm


def heading(sheet: Sheet, text: str) -> None:
    """An H2 that does not stay behind alone at the foot of a page."""
    sheet.room(25)
    sheet.paragraph(Paragraph(text, size=14, bold=True, colour=ACCENT, before=4, tag="H2"))
    sheet.y += 1


def pairs(
    sheet: Sheet, title: str, items: Sequence[tuple[str, str | None]], *, labels: float = LABELS, width: float = INNER
) -> None:
    """Labels and values under a heading (""; none), `width` mm wide in all; what has no value is left out."""
    if title:
        heading(sheet, title)
    for label, value in items:
        if not value:
            continue
        sheet.room(line_height(11))
        top, page = sheet.y, sheet.page
        sheet.paragraph(Paragraph(f"{label}:"), width=labels)
        below = sheet.y
        if sheet.page == page:
            sheet.set_y(top)
        sheet.paragraph(Paragraph(value, bold=True), x=SIDE + labels, width=width - labels)
        sheet.set_y(max(sheet.y, below))


def labelled(sheet: Sheet, text: str, amount: str, *, bold: bool = False) -> None:
    """A line of text with an amount at the right margin."""
    sheet.room(line_height(11))
    top = sheet.y
    sheet.paragraph(Paragraph(text, bold=bold), width=INNER - AMOUNTS)
    with sheet.tagged("P"):
        sheet.put(amount, x=SIDE + INNER - text_width(amount, size=11, bold=True), y=top, bold=True)
