"""Text that goes into HTML: everything is escaped, unless it is HTML that we made ourselves."""

import html
import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#$:~<>|!&])")


def as_typed(text: str) -> str:
    """The text for a place that reads Markdown, as headings and buttons do: its marks are signs and format nothing."""
    return _MARKS.sub(r"\\\1", text)


class Safe(str):
    """HTML made by the helpers of `ui`, never by data; `text` leaves it as it is."""

    __slots__ = ()


# Signs that turn the direction of writing; inside data they show one thing and mean another.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def text(value: object) -> Safe:
    """The value as text that HTML shows and never runs, in the order it is written."""
    if isinstance(value, Safe):
        return value
    return Safe(html.escape(str(value).translate(_TURNING), quote=True))


def text_lines(value: str) -> Safe:
    """Text of several lines, each on its own line."""
    return Safe("<br>".join(text(line) for line in value.split("\n")))


def phone_links(numbers: str | None) -> Safe:
    """Telephone numbers to tap: `42 000 00 00, 42 000 00 01` are two."""
    parts = [part.strip() for part in re.split(r"[,;]", numbers or "") if part.strip()]
    return Safe(", ".join(f'<a href="tel:{_dialled(part)}">{text(part)}</a>' for part in parts))


def email_link(address: str | None) -> Safe:
    """An e-mail address to tap."""
    return Safe(f'<a href="mailto:{text(address.strip())}">{text(address.strip())}</a>' if address else "")


def _dialled(number: str) -> str:
    # What follows the number (`wew. 12`) is not dialled.
    leading = re.match(r"[+\d\s()/-]*", number)
    return "".join(sign for sign in (leading[0] if leading else "") if sign in "+0123456789")
