import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInputError
from ui import formats

AMOUNTS = st.integers(-(10**12), 10**12).map(lambda grosze: Decimal(grosze).scaleb(-2))
VOLUMES = st.integers(0, 10**9).map(lambda litres: Decimal(litres).scaleb(-3))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1234.56", "1\u00a0234,56\u00a0zł"),
        ("0", "0,00\u00a0zł"),
        ("-0.5", "\u22120,50\u00a0zł"),
        ("1000000", "1\u00a0000\u00a0000,00\u00a0zł"),
    ],
)
def test_money(amount: str, shown: str) -> None:
    assert formats.money(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 KB"),
        (1, "1 KB"),
        (12_000, "12 KB"),
        (999_999, "1 000 KB"),
        (1_250_000, "1,2 MB"),
        (10**10, "10 000,0 MB"),
    ],
)
def test_size(number: int, shown: str) -> None:
    assert formats.size(number).replace("\u00a0", " ") == shown


def test_a_fraction_of_a_grosz_is_a_bug() -> None:
    with pytest.raises(ValueError, match="whole number of grosze"):
        formats.money(Decimal("0.005"))


@given(AMOUNTS)
def test_what_money_shows_parse_amount_reads(amount: Decimal) -> None:
    assert formats.parse_amount(formats.money(amount)) == amount


@given(VOLUMES)
def test_what_volume_shows_parse_volume_reads(value: Decimal) -> None:
    assert formats.parse_volume(formats.volume(value)) == value


@given(st.text(max_size=12))
def test_parsers_take_a_number_or_refuse(text: str) -> None:
    for parse in (formats.parse_amount, formats.parse_volume):
        with contextlib.suppress(InvalidInputError):
            assert parse(text).is_finite()


@pytest.mark.parametrize("text", ["", "abc", "1,234,5", "NaN", "1_000", "1,2345", "1e3", "12,345"])
def test_parse_amount_refuses_what_is_no_amount(text: str) -> None:
    with pytest.raises(InvalidInputError):
        formats.parse_amount(text)


def test_parse_volume_takes_point_and_comma() -> None:
    assert formats.parse_volume("123,456") == formats.parse_volume("123.456 m³") == Decimal("123.456")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 wpisów"),
        (1, "1 wpis"),
        (2, "2 wpisy"),
        (5, "5 wpisów"),
        (12, "12 wpisów"),
        (22, "22 wpisy"),
        (101, "101 wpisów"),
        (112, "112 wpisów"),
        (1004, "1 004 wpisy"),
    ],
)
def test_plural(number: int, shown: str) -> None:
    assert formats.plural(number, "wpis", "wpisy", "wpisów") == shown.replace(" ", "\u00a0")


def test_days_and_instants_are_polish() -> None:
    assert formats.day(date(2026, 11, 3)) == "03.11.2026"
    assert formats.instant(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "02.07.2026, 00:30"
    assert formats.month(date(2026, 10, 1)) == "październik 2026"


@pytest.mark.parametrize(
    ("balance", "word", "phrase"),
    [
        ("12", "Do wpłaty", "do wpłaty 12,00 zł"),
        ("-12", "Nadpłata", "nadpłata 12,00 zł"),
        ("0", "Konto rozliczone", "rozliczone"),
    ],
)
def test_balance_is_words_first(balance: str, word: str, phrase: str) -> None:
    assert formats.balance_word(Decimal(balance)) == word
    assert formats.balance_phrase(Decimal(balance)).replace("\u00a0", " ") == phrase


def test_unknown_document_type_stays_as_it_is() -> None:
    assert formats.document_type("WPL") == "Wpłata"
    assert formats.document_type("XYZ") == "XYZ"


def test_district_is_short_where_there_is_little_room() -> None:
    assert formats.district("Rejon Obsługi Najemców Bałuty") == "RON Bałuty"
    assert formats.district("Biuro Zachód") == "Biuro Zachód"
