"""Typed parsers of cells. Each takes the text of one cell and raises ValueError with a Polish reason.

The scalar function is the rule. `fast` is the same rule for the common shapes, over whole columns at once: it answers
null for whatever it is not sure of, and the scalar decides then. Tests hold the two together.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import polars as pl
from stdnum.pl import nip as nip_number

from core.clock import today
from core.errors import InvalidInputError
from core.imports.dialect import Dialect
from core.meters.verification import verified_until
from core.money import is_spreadsheet_damage, parse_grosze, parse_rate, parse_scaled
from core.registry.bank_accounts import parse_bank_account_no

EARLIEST_YEAR = 1990

Scalar = Callable[[str, Dialect], Any]
Fast = Callable[[pl.Expr], pl.Expr]


@dataclass(frozen=True, slots=True)
class Parser:
    """A type of cell: how one is read, what it becomes, and how to say in a few words what is expected."""

    scalar: Scalar
    dtype: type[pl.DataType]
    expects: str
    fast: Fast | None = None


def _text(cell: str, _: Dialect, *, longest: int) -> str:
    if len(cell) > longest:
        raise ValueError(f"tekst za długi (znaków: {len(cell)}): skróć go do {longest}")
    return cell


def text(longest: int) -> Parser:
    """Free text."""
    return Parser(
        partial(_text, longest=longest),
        pl.String,
        f"tekst do {longest} znaków",
        lambda cell: pl.when(cell.str.len_chars() <= longest).then(cell),
    )


_CODE_OK = r"^[\w/.:#()+ -]+$"
_DAMAGED = r"^[0-9]+(?:[.,][0-9]+)?[eE][+-][0-9]+$"


def _code(cell: str, dialect: Dialect, *, longest: int) -> str:
    if is_spreadsheet_damage(cell):
        raise ValueError(
            "numer uszkodzony przez arkusz kalkulacyjny: ustaw w arkuszu format „Tekst” i wyeksportuj plik ponownie"
        )
    if not re.search(_CODE_OK, cell):
        raise ValueError("numer zawiera niedozwolone znaki (wolno: litery, cyfry, / . : # ( ) + - _ i spację)")
    return _text(cell, dialect, longest=longest)


def code(longest: int) -> Parser:
    """A number or code of the landlord: text for ever, leading zeros kept."""
    return Parser(
        partial(_code, longest=longest),
        pl.String,
        f"numer do {longest} znaków",
        lambda cell: pl.when(
            (cell.str.len_chars() <= longest) & cell.str.contains(_CODE_OK) & ~cell.str.contains(_DAMAGED)
        ).then(cell),
    )


_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")


def parse_day(cell: str) -> date:
    """A day written `RRRR-MM-DD`, `DD.MM.RRRR`, `DD-MM-RRRR` or `DD/MM/RRRR`. Raises ValueError with a Polish reason."""
    if found := _ISO.fullmatch(cell):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(cell):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
    else:
        raise ValueError("to nie jest data zapisana jak 2026-11-23 albo 23.11.2026")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("nie ma takiego dnia w kalendarzu") from None


DAY = Parser(lambda cell, _: parse_day(cell), pl.Date, "data, np. 2026-11-23 albo 23.11.2026")


def _period(cell: str, _: Dialect) -> str:
    found = re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})", cell) or re.fullmatch(r"([0-9]{4})([0-9]{2})", cell)
    swapped = None if found else re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{4})", cell)
    if not found and not swapped:
        raise ValueError("to nie jest okres zapisany jak 2026-11")
    year, month = (found[1], found[2]) if found else (swapped[2], swapped[1]) if swapped else ("", "")
    if not 1 <= int(month) <= 12:
        raise ValueError("miesiąc okresu musi być od 01 do 12")
    if not EARLIEST_YEAR <= int(year) <= today().year + 1:
        raise ValueError("okres sprzed 1990 roku albo późniejszy niż następny rok")
    return f"{year}-{int(month):02d}"


PERIOD = Parser(_period, pl.String, "okres, np. 2026-11")

# Exactly two decimals and groups of three leave no doubt, whatever the decimal sign of the file.
_SURE_AMOUNT = r"^-?(?:[0-9]{1,9}|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,2})[,.][0-9]{2}$"


def _fast_amount(cell: pl.Expr) -> pl.Expr:
    digits = cell.str.replace_all(r"[ ,.\u00a0\u202f]", "")
    return pl.when(cell.str.contains(_SURE_AMOUNT)).then(digits).cast(pl.Int64, strict=False)


AMOUNT = Parser(
    lambda cell, dialect: parse_grosze(cell, point_is_decimal=dialect.point_is_decimal),
    pl.Int64,
    "kwota, np. 1 234,56",
    _fast_amount,
)


def _area(cell: str, dialect: Dialect) -> int:
    value = parse_scaled(cell, places=2, point_is_decimal=dialect.point_is_decimal)
    if not 0 <= value <= 10_000_000:
        raise ValueError("powierzchnia poza zakresem (sprawdź przecinek)")
    return value


AREA = Parser(_area, pl.Int64, "powierzchnia w m², np. 48,30")


def _quantity(cell: str, dialect: Dialect) -> int:
    value = parse_scaled(cell, places=3, point_is_decimal=dialect.point_is_decimal)
    if not 0 <= value <= 1_000_000_000:
        raise ValueError("ilość poza zakresem (sprawdź przecinek)")
    return value


QUANTITY = Parser(_quantity, pl.Int64, "ilość, np. 48,30")
RATE = Parser(
    lambda cell, dialect: parse_rate(cell, point_is_decimal=dialect.point_is_decimal),
    pl.Int64,
    "stawka w złotych, np. 9,12",
)

MEDIA = {"zimna": "cold", "zw": "cold", "ciepła": "hot", "ciepla": "hot", "cw": "hot"}


def _state(cell: str, dialect: Dialect) -> int:
    value = parse_scaled(cell, places=3, point_is_decimal=dialect.point_is_decimal)
    if value < 0:
        raise ValueError("stan licznika nie może być ujemny")
    if value >= 10**11:
        raise ValueError("stan licznika poza zakresem (sprawdź przecinek)")
    return value


STATE = Parser(_state, pl.Int64, "stan licznika w m³, np. 123,456")


def _mark(cell: str, _: Dialect) -> str:
    if verified_until(cell) is None:
        raise ValueError("cecha ma postać M i dwie cyfry roku, np. M21")
    return cell.upper()


MARK = Parser(_mark, pl.String, "cecha, np. M21")


def _yes_no(cell: str, _: Dialect) -> bool:
    try:
        return {"tak": True, "t": True, "1": True, "nie": False, "n": False, "0": False}[cell.casefold()]
    except KeyError:
        raise ValueError("dozwolone wartości: tak, nie") from None


YES_NO = Parser(_yes_no, pl.Boolean, "tak albo nie")

_UNITS = {"m2": "m²", "m3": "m³"}


def _unit(cell: str, dialect: Dialect) -> str:
    return _text(_UNITS.get(cell.casefold(), cell), dialect, longest=20)


UNIT = Parser(_unit, pl.String, "jednostka, np. m², os., m³, lokal")

_EXEMPT = frozenset({"zw", "zw.", "np", "np.", "-"})


def _vat(cell: str, _: Dialect) -> int | None:
    if cell.casefold() in _EXEMPT:
        return None
    found = re.fullmatch(r"([0-9]{1,2})[ \u00a0]?%?", cell)
    if not found:
        raise ValueError("stawka VAT to liczba procent, np. 23, albo „zw”")
    return int(found[1])


VAT = Parser(_vat, pl.Int64, "stawka VAT, np. 23 albo zw")


def _whole(cell: str, _: Dialect, *, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", cell) or not least <= int(cell) <= most:
        raise ValueError(f"oczekiwana liczba całkowita od {least} do {most}")
    return int(cell)


def whole(least: int, most: int) -> Parser:
    """A whole number between two bounds."""
    return Parser(partial(_whole, least=least, most=most), pl.Int64, f"liczba całkowita od {least} do {most}")


def _bank_account(cell: str, _: Dialect) -> str:
    if is_spreadsheet_damage(cell):
        raise ValueError(
            "numer rachunku uszkodzony przez arkusz kalkulacyjny: ustaw format „Tekst” i wyeksportuj plik ponownie"
        )
    try:
        return parse_bank_account_no(cell)
    except InvalidInputError as refusal:
        raise ValueError(refusal.message) from None


BANK_ACCOUNT = Parser(_bank_account, pl.String, "numer rachunku (26 cyfr)")


def _nip(cell: str, _: Dialect) -> str:
    digits = cell.replace("-", "").replace(" ", "").upper().removeprefix("PL")
    if not nip_number.is_valid(digits):
        raise ValueError("błędny NIP (cyfra kontrolna albo liczba cyfr)")
    return digits


NIP = Parser(_nip, pl.String, "NIP (10 cyfr)")


def _postal_code(cell: str, _: Dialect) -> str:
    if not re.fullmatch(r"[0-9]{2}-[0-9]{3}", cell):
        raise ValueError("kod pocztowy ma postać 00-000")
    return cell


POSTAL_CODE = Parser(_postal_code, pl.String, "kod pocztowy 00-000")


def _email(cell: str, dialect: Dialect) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+", cell):
        raise ValueError("to nie jest adres e-mail")
    return _text(cell, dialect, longest=120)


EMAIL = Parser(_email, pl.String, "adres e-mail")


def _choice(cell: str, _: Dialect, *, options: dict[str, str]) -> str:
    try:
        return options[cell.casefold()]
    except KeyError:
        raise ValueError(f"dozwolone wartości: {', '.join(options)}") from None


def choice(options: dict[str, str]) -> Parser:
    """One of a few words of the file, kept as our own word for it."""
    return Parser(partial(_choice, options=options), pl.String, f"jedno z: {', '.join(options)}")
