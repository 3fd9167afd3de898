"""Text that goes into HTML: everything is escaped, unless it is HTML that we made ourselves."""

import html


class Safe(str):
    """HTML made by the helpers of `ui`, never by data; `text` leaves it as it is."""

    __slots__ = ()


def text(value: object) -> Safe:
    """The value as text that HTML shows and never runs."""
    return value if isinstance(value, Safe) else Safe(html.escape(str(value), quote=True))
