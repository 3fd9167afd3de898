"""Texts that people type: made one clean line or several, and comparable however they are written."""

import re
import unicodedata

# What a spreadsheet takes for a formula at the beginning of a text (OWASP, CSV Injection).
FORMULA = r"^[=+\-@\t\r]"


def plain(text: str) -> str:
    """Lower-case, without diacritics; `ł` is a letter of its own to Unicode and not to a person in a hurry."""
    return unaccented(text.casefold())


def unaccented(text: str) -> str:
    """The text without diacritics, in the case it is written in: `Łódź` is `Lodz`."""
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return bare.replace("ł", "l").replace("Ł", "L")


def harmless_cell(text: str) -> str:
    """The text for a cell of a spreadsheet, which runs no formula that somebody typed."""
    return f"'{text}" if re.match(FORMULA, text) else text


def one_line(typed: object, *, longest: int) -> str | None:
    """What was typed, as one line without signs that nobody sees; empty for what is no text, None when it is too long.

    Databases refuse NUL, UTF-8 refuses halves of signs, and marks that turn the direction of writing make one text look
    like another.
    """
    if not isinstance(typed, str):
        return ""
    if len(typed) > 20 * longest + 200:  # not worth the work below
        return None
    composed = unicodedata.normalize("NFC", typed)
    seen = "".join(" " if sign.isspace() else sign for sign in composed if sign.isspace() or _is_seen(sign))
    line = " ".join(seen.split())
    return line if len(line) <= longest else None


def several_lines(typed: object, *, longest: int) -> str | None:
    """What was typed, line by line as `one_line` makes them, with at most one empty line between two others.

    Empty for what is no text, None when it is too long.
    """
    if not isinstance(typed, str):
        return ""
    if len(typed) > 20 * longest + 200:
        return None
    lines: list[str] = []
    for line in typed.splitlines():
        clean = one_line(line, longest=4 * len(line)) or ""  # composing may lengthen a line, though hardly ever
        if clean or (lines and lines[-1]):
            lines.append(clean)
    text = "\n".join(lines).strip()
    return text if len(text) <= longest else None


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Cn", "Co")
