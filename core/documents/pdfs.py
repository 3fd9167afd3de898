"""PDF files that people hand in: really PDF, readable without a password, of a sensible size, and with nothing that acts.

Active content by ISO 32000-1, 12.6 (actions), 7.11.4 (embedded files), 12.7.8 (XFA) and 13 (multimedia). A link to a web page
and a jump to a page act only when they are clicked and are what ordinary letters hold.
"""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from core.errors import InvalidInputError

LARGEST_MB = 10
LARGEST_STREAM = 64 * 1024 * 1024  # bytes of one structural stream when unpacked; a letter's are a thousandth of it
MOST_NODES = 500_000
_MARK = b"%PDF-"
_ACTIVE_KEYS = frozenset(
    {"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
)
_ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Movie", "/Sound", "/Rendition",
     "/RichMediaExecute", "/Hide", "/ResetForm"}
)  # fmt: skip
# The library's own limits; they hold for the process and have to be set before any file is opened.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=LARGEST_STREAM,
    png_max_memory=LARGEST_STREAM,
    tiff_max_memory=LARGEST_STREAM,
    run_length_max_memory=LARGEST_STREAM,
    dct_max_memory=LARGEST_STREAM,
    doc_max_warnings=100,
    parser_max_container_size=MOST_NODES,
)


def check_pdf(data: bytes, *, largest_mb: int = LARGEST_MB) -> int:
    """Number of pages of a PDF that may be kept and shown.

    Raises InvalidInputError (field `file`) for what is no PDF, too large, damaged, locked, without a page, or acts by itself.
    """
    if len(data) > largest_mb * 1024 * 1024:
        raise _refused(f"Plik PDF może mieć najwyżej {largest_mb} MB.")
    # Readers accept the mark within the first 1024 bytes (Adobe, Implementation Note 13); we do not: a file that is also
    # something else is of no use to a tenant.
    if not data.startswith(_MARK):
        raise _refused("To nie jest plik PDF. Zapisz dokument jako PDF.")
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise _refused("Ten plik PDF jest zabezpieczony. Zapisz go bez hasła i ograniczeń.")
            _refuse_active(pdf)
            return len(pdf.pages)
    except pikepdf.PasswordError:
        raise _refused("Ten plik PDF jest zabezpieczony. Zapisz go bez hasła i ograniczeń.") from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, RecursionError):
        raise _refused("Tego pliku PDF nie da się odczytać. Zapisz go jeszcze raz i spróbuj ponownie.") from None


def _refuse_active(pdf: pikepdf.Pdf) -> None:
    seen = 0
    for whole in pdf.objects:
        for node in _nodes(whole):
            seen += 1
            if seen > MOST_NODES:
                raise _refused(
                    "Ten plik PDF ma zbyt złożoną budowę. Zapisz go jeszcze raz, na przykład drukując do PDF."
                )
            action = node.get("/S")
            acts = isinstance(action, pikepdf.Name) and str(action) in _ACTIVE_ACTIONS
            if acts or not _ACTIVE_KEYS.isdisjoint(node.keys()):
                raise _refused(
                    "Ten plik PDF zawiera skrypty, formularze albo załączniki. Zapisz go jako zwykły dokument, "
                    "na przykład drukując do PDF."
                )


def _nodes(whole: Any) -> Iterator[Any]:
    """All dictionaries of one object that stand in it directly; what it refers to is another object's."""
    waiting = [whole]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += [item for item in one if not getattr(item, "is_indirect", False)]
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            fields = one.stream_dict if isinstance(one, pikepdf.Stream) else one
            yield fields
            waiting += [item for _, item in fields.items() if not getattr(item, "is_indirect", False)]


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(message, field="file")
