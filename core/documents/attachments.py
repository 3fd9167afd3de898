"""Files that people attach: a PDF that was looked into, or a photo without its hidden data, under a harmless name."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.documents.pdfs import check_pdf
from core.documents.pictures import clean_picture
from core.errors import InvalidInputError

LARGEST_MB = 10
SUFFIXES = ("pdf", "jpg", "jpeg", "png", "heic", "heif")
MEDIA_TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg"}
LONGEST_NAME = 100
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is kept of a file: its content, and a name that ends in .pdf or .jpg."""

    name: str
    content: bytes


def checked_attachment(name: str, data: bytes) -> Attachment:
    """The file as we keep it. Raises InvalidInputError (field `file`) saying what is wrong with it."""
    stem, suffix = harmless_name(name)
    if suffix == ".pdf":
        check_pdf(data, largest_mb=LARGEST_MB)
        return Attachment(f"{stem}.pdf", data)
    if suffix[1:] not in SUFFIXES:
        raise InvalidInputError("Załącznik może być plikiem PDF albo zdjęciem (JPEG, PNG, HEIC).", field="file")
    try:
        return Attachment(f"{stem}.jpg", clean_picture(data).content)
    except InvalidInputError as refusal:
        raise InvalidInputError(refusal.message, field="file") from None


def harmless_name(name: str) -> tuple[str, str]:
    """A file's name without folders, hidden signs and what no system takes: stem and lower-case suffix."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    path = PurePosixPath(_FORBIDDEN.sub("_", visible).strip(" ."))
    return (path.stem.strip(" .")[:LONGEST_NAME] or "plik"), path.suffix.lower()


def media_type(name: str) -> str:
    """The media type of a kept attachment's name."""
    return MEDIA_TYPES[PurePosixPath(name).suffix]
