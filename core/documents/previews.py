"""Pages of a kept PDF as pictures, and its words as text: what a screen shows where a PDF reader is not at hand."""

import io
import threading
from pathlib import Path

import pypdfium2

from core.errors import NotFoundError

WIDTH = 1100  # pixels: sharp on a phone of 360 points at three pixels each
_one_at_a_time = threading.Lock()  # the library underneath knows no threads


def picture_of(document: Path | bytes, *, page: int = 1, width: int = WIDTH) -> bytes:
    """Page number `page` (from 1) as PNG, `width` pixels wide. Raises NotFoundError for a page that is not there."""
    with _one_at_a_time, pypdfium2.PdfDocument(document) as whole:
        if not 1 <= page <= len(whole):
            raise NotFoundError("To pismo nie ma takiej strony.")
        shown = whole[page - 1]
        picture = shown.render(scale=min(width / shown.get_width(), 5)).to_pil()
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG", optimize=True)
    return out.getvalue()


def page_texts(path: Path) -> list[str]:
    """The words of each page, line by line; a scanned page has none and is an empty text."""
    with _one_at_a_time, pypdfium2.PdfDocument(path) as document:
        return [_lines(page.get_textpage().get_text_bounded()) for page in document]


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\ufffe", "-").split("\n")).strip()
