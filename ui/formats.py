"""Numbers, days and words as Polish readers expect them, and the way back from what they type."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from core.clock import local
from core.errors import InvalidInputError
from core.ledger.document_types import DOCUMENT_TYPES
from core.ledger.words import balance_phrase as balance_phrase
from core.ledger.words import balance_word as balance_word
from core.ledger.words import zloty
from core.money import from_grosze, parse_grosze, parse_scaled

NBSP = "\u00a0"  # keeps a number, its thousands and its unit on one line
MINUS = "\u2212"
money = zloty  # PLN: `1 234,56 zł`
MONTHS = (
    "styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec",
    "lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień",
)  # fmt: skip


def volume(value: Decimal) -> str:
    """m³ with three places: `123,456 m³`. Raises ValueError for more."""
    return f"{_number(value, places=3)}{NBSP}m³"


def count(number: int) -> str:
    """A whole number with its thousands apart: `16 036`."""
    return _number(Decimal(number), places=0)


def size(number: int) -> str:
    """Bytes as people read them: `1,2 MB`, `12 KB`; never nothing for something."""
    if number >= 1_000_000:
        return f"{_number(Decimal(number).scaleb(-6).quantize(Decimal('0.1')), places=1)}{NBSP}MB"
    return f"{_number(Decimal(-(-number // 1000)), places=0)}{NBSP}KB"


def plural(number: int, one: str, few: str, many: str) -> str:
    """The number with the right form of its noun: 1 wpis, 2 wpisy, 5 wpisów, 12 wpisów, 22 wpisy."""
    if number == 1:
        form = one
    elif number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        form = few
    else:
        form = many
    return f"{count(number)}{NBSP}{form}"


def percent(part: int, whole: int) -> str:
    """A share in whole percent, never rounded up to 100 or down to 0: `98%`, `ponad 99%`, `poniżej 1%`."""
    if part == whole or part == 0:
        return f"{100 if part else 0}%"
    share = part * 100 / whole
    if share > 99:
        return "ponad 99%"
    return "poniżej 1%" if share < 1 else f"{share:.0f}%"


def day(value: date) -> str:
    """`23.11.2026`."""
    return f"{value:%d.%m.%Y}"


def day_of(value: datetime) -> str:
    """The day of an instant on a Polish wall clock."""
    return day(local(value).date())


def instant(value: datetime) -> str:
    """`23.11.2026, 14:05` on a Polish wall clock."""
    return f"{local(value):%d.%m.%Y, %H:%M}"


def district(name: str) -> str:
    """A service district's name where there is little room: `RON Bałuty`."""
    return name.replace("Rejon Obsługi Najemców", "RON")


def month(value: date) -> str:
    """`listopad 2026`."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def document_type(code: str) -> str:
    """The name of a document type; one we do not know stays as the landlord wrote it."""
    return DOCUMENT_TYPES.get(code, code)


def parse_count(text: str) -> int:
    """A whole number as typed, thousands apart or not: `16 036`. Raises InvalidInputError."""
    return _parsed(lambda: parse_scaled(text, places=0))


def parse_amount(text: str) -> Decimal:
    """PLN as typed: `1 234,56`, `1234.56`, `1 234,56 zł`. Raises InvalidInputError."""
    return from_grosze(_parsed(lambda: parse_grosze(text)))


def parse_volume(text: str) -> Decimal:
    """m³ as typed, at most three places: `123,456`, `123.456 m³`. Raises InvalidInputError."""
    bare = text.strip().removesuffix("m³").removesuffix("m3").rstrip()
    return Decimal(_parsed(lambda: parse_scaled(bare, places=3, point_is_decimal=True))).scaleb(-3)


def _parsed(parse: Callable[[], int]) -> int:
    try:
        return parse()
    except ValueError as reason:
        raise InvalidInputError(str(reason)) from reason


def _number(value: Decimal, *, places: int) -> str:
    if value != round(value, places):
        raise ValueError(f"{value} has more than {places} decimal places")
    sign = MINUS if value < 0 else ""
    return sign + f"{abs(value):,.{places}f}".replace(",", NBSP).replace(".", ",")
