"""Money and volumes: `Decimal` in Python, integers in the database, never a float; strict parsers of both.

`Decimal("…")` alone would take `NaN`, full-width digits and `1_000`; these parsers take ASCII digits and one grammar.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Unit:
    """What a Decimal counts, and how many decimal places its integer in the database keeps."""

    symbol: str
    places: int


Money = Annotated[Decimal, Unit("PLN", 2)]
Volume = Annotated[Decimal, Unit("m³", 3)]
Area = Annotated[Decimal, Unit("m²", 2)]
Quantity = Annotated[Decimal, Unit("of a charge's unit", 3)]
Rate = Annotated[Decimal, Unit("PLN a unit", 4)]

GROSZ = Decimal("0.01")
LITRE = Decimal("0.001")
# Above this the amount is a mistake, not a debt (and the integer column stays far from its limit).
MAX_GROSZE = 10**12
# Longer is no number that anybody wrote; it is refused before any pattern looks at it.
LONGEST_NUMBER = 64

# U+00A0 and U+202F separate thousands in Polish typography; a point does in some accounting systems.
_SPACES = "  \u00a0\u202f"
_NUMBER = re.compile(
    rf"(?:[0-9]{{1,3}}(?:[{_SPACES}.][0-9]{{3}})+|[0-9]+)(?:,[0-9]+)?|[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+\.[0-9]+|[0-9]+\.[0-9]+"
)
# Points between groups of three; `0.500` and `1234.567` are no such groups and have too many decimals instead.
_POINTED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
# Accountants put a closing parenthesis or a minus behind the currency: `(12,00 zł)`, `12,00 zł-`.
_CURRENCY = re.compile(r"[ \u00a0\u202f]*(?:zł|ZŁ|Zł|PLN|pln)(?=[ \u00a0\u202f]*[-\u2212)]?$)")
_SPREADSHEET = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE][+-][0-9]+")


def is_spreadsheet_damage(text: str) -> bool:
    """Whether a spreadsheet turned a long number into its scientific form (`1,91431E+18`), losing digits for good."""
    return _SPREADSHEET.fullmatch(text.strip()) is not None


def parse_scaled(text: str, *, places: int, point_is_decimal: bool = False) -> int:
    """Read a decimal number written the Polish way as an integer of 10**-places.

    Takes thousands by blank, U+00A0, U+202F or point, a decimal comma or point, a leading or trailing minus
    (also U+2212)
    and accounting parentheses. `1.234` is 1234 unless `point_is_decimal` says that this source writes decimal points.
    Raises ValueError with a Polish reason.
    """
    body, negative = _unsign(text.strip(_SPACES))
    if not body:
        raise ValueError("brak liczby")
    if len(body) > LONGEST_NUMBER:
        raise ValueError("to nie jest liczba zapisana jak 1 234,56")
    if is_spreadsheet_damage(body):
        raise ValueError(
            "liczba uszkodzona przez arkusz kalkulacyjny: zapisz kolumnę jako tekst i wyeksportuj ponownie"
        )
    if not _NUMBER.fullmatch(body):
        raise ValueError("to nie jest liczba zapisana jak 1 234,56")
    whole, fraction = _split(body, point_is_decimal=point_is_decimal)
    if len(fraction) > places:
        raise ValueError(f"za dużo miejsc po przecinku (najwyżej {places})")
    value: int = int(whole) * 10**places + int((fraction + "0" * places)[:places] or "0")
    return -value if negative else value


def parse_grosze(text: str, *, point_is_decimal: bool = False) -> int:
    """Read an amount (`1 234,56`, `1234.56`, `1.234,56 zł`, `12,00-`, `(12,00)`) as integer grosze.

    Raises ValueError with a Polish reason, also above 10 000 000 000,00 zł.
    """
    return _parse_amount(text, places=2, point_is_decimal=point_is_decimal)


def parse_rate(text: str, *, point_is_decimal: bool = False) -> int:
    """Read a price of a unit (`9,12`, `3,9812 zł`) as an integer of 0.0001 zł; raises as `parse_grosze`."""
    return _parse_amount(text, places=4, point_is_decimal=point_is_decimal)


def _parse_amount(text: str, *, places: int, point_is_decimal: bool) -> int:
    amount = text.strip(_SPACES)
    if len(amount) <= LONGEST_NUMBER:
        amount = _CURRENCY.sub("", amount)
    scaled = parse_scaled(amount, places=places, point_is_decimal=point_is_decimal)
    if abs(scaled) > MAX_GROSZE * 10 ** (places - 2):
        raise ValueError("kwota poza zakresem (sprawdź przecinek)")
    return scaled


def from_grosze(grosze: int) -> Decimal:
    """Integer grosze as złote with two places."""
    return Decimal(grosze).scaleb(-2)


def in_zloty(grosze: int) -> str:
    """Integer grosze as people read them in a message: `−1 234,56 zł`, U+00A0 between, a true minus."""
    written = f"{abs(from_grosze(grosze)):,.2f}".replace(",", "\u00a0").replace(".", ",")
    return ("\u2212" if grosze < 0 else "") + f"{written}\u00a0zł"


def in_rate(rate: Decimal) -> str:
    """A price of a unit as people read it: `9,12 zł`, `3,9812 zł`; at least the grosze, at most four places."""
    return f"{_written(rate, least=2, most=4)}\u00a0zł"


def in_units(quantity: Decimal, unit: str) -> str:
    """A quantity as people read it: `48,30 m²`, `4,125 m³`, `3 os.`; whole, or with two places at least."""
    whole = quantity == quantity.to_integral_value()
    return f"{_written(quantity, least=0 if whole else 2, most=3)}\u00a0{unit}"


def _written(value: Decimal, *, least: int, most: int) -> str:
    whole, _, places = f"{abs(value):,.{most}f}".partition(".")
    places = places.rstrip("0").ljust(least, "0")
    sign = "\u2212" if value < 0 else ""
    return sign + whole.replace(",", "\u00a0") + (f",{places}" if places else "")


def to_grosze(amount: Decimal) -> int:
    """Złote as integer grosze. Raises ValueError where the amount holds a fraction of a grosz."""
    scaled = amount.scaleb(2)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of grosze")
    return int(scaled)


def _unsign(body: str) -> tuple[str, bool]:
    body = body.replace("\u2212", "-")
    if body.startswith("(") and body.endswith(")"):
        return body[1:-1].strip(_SPACES), True
    if body.startswith("-"):
        return body[1:].lstrip(_SPACES), True
    if body.endswith("-"):
        return body[:-1].rstrip(_SPACES), True
    return body.removeprefix("+"), False


def _split(body: str, *, point_is_decimal: bool) -> tuple[str, str]:
    for blank in _SPACES:
        body = body.replace(blank, "")
    if "," in body:
        whole, fraction = body.split(",")
        return whole.replace(".", ""), fraction
    if "." not in body:
        return body, ""
    if _POINTED.fullmatch(body) and not (point_is_decimal and body.count(".") == 1):
        return body.replace(".", ""), ""
    whole, _, last = body.rpartition(".")
    if "." in whole:
        raise ValueError("to nie jest liczba zapisana jak 1 234,56")
    return whole, last
