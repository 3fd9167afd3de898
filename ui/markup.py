"""Text that goes into HTML: everything is escaped, unless it is HTML that we made ourselves."""

import html


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
