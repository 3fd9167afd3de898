import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import MAX_GROSZE, from_grosze, is_spreadsheet_damage, parse_grosze, parse_scaled, to_grosze

GROSZE = st.integers(-MAX_GROSZE, MAX_GROSZE)


@pytest.mark.parametrize(
    ("text", "grosze"),
    [
        ("0", 0),
        ("12", 1200),
        ("12,5", 1250),
        ("12.57", 1257),
        ("1 234,56", 123456),
        ("1\u00a0234,56", 123456),
        ("1\u202f234,56", 123456),
        ("1.234,56", 123456),
        ("1.234", 123400),
        ("1.234.567,89", 123456789),
        ("1 234.56", 123456),
        ("-12,00", -1200),
        ("12,00-", -1200),
        ("\u221212,00", -1200),
        ("(12,00)", -1200),
        ("+12,00", 1200),
        (" 1 234,56 zł ", 123456),
        ("12 PLN", 1200),
    ],
)
def test_amounts_as_people_and_systems_write_them(text: str, grosze: int) -> None:
    assert parse_grosze(text) == grosze


def test_a_source_with_decimal_points_says_so() -> None:
    assert parse_scaled("1.234", places=3) == 1234000
    assert parse_scaled("1.234", places=3, point_is_decimal=True) == 1234


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "zł",
        "abc",
        "NaN",
        "Infinity",
        "1_000",
        "１２",
        "1,2,3",
        "1,234.5",
        "12,345",
        "1 23,45",
        "1e5",
        "--1",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_grosze(text)


def test_amounts_out_of_range_are_refused() -> None:
    assert parse_grosze("10000000000") == MAX_GROSZE
    with pytest.raises(ValueError, match="poza zakresem"):
        parse_grosze("10000000000,01")


@pytest.mark.parametrize(
    ("text", "damaged"), [("1,91431E+18", True), ("2e+05", True), ("12E5", False), ("1234", False), ("E12", False)]
)
def test_spreadsheet_damage_is_recognised(text: str, damaged: bool) -> None:
    assert is_spreadsheet_damage(text) is damaged


@given(GROSZE)
def test_every_amount_survives_being_written_and_read(grosze: int) -> None:
    sign, rest = ("-" if grosze < 0 else ""), abs(grosze)
    assert parse_grosze(f"{sign}{rest // 100},{rest % 100:02}") == grosze


@given(GROSZE)
def test_grosze_and_zlote_are_the_same_amount(grosze: int) -> None:
    assert to_grosze(from_grosze(grosze)) == grosze
    assert from_grosze(grosze) * 100 == grosze


def test_a_fraction_of_a_grosz_is_a_bug() -> None:
    with pytest.raises(ValueError, match="grosze"):
        to_grosze(Decimal("0.005"))


@given(st.text(max_size=15))
def test_any_text_is_an_amount_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse_grosze(text), int)


@pytest.mark.parametrize("text", [" " * 200_000 + "x", "1 " * 100_000, "9" * 5_000, "1" + "\u00a0" * 100_000 + "zł"])
def test_what_is_too_long_is_no_number_and_costs_nothing(text: str) -> None:
    with pytest.raises(ValueError, match=r"to nie jest liczba"):
        parse_grosze(text)


@pytest.mark.parametrize("text", ["(12,00)", "(12,00 zł)", "12,00-", "12,00 zł-", "12,00 zł -", "-12,00 zł"])
def test_minus_and_parentheses_may_stand_outside_the_currency(text: str) -> None:
    assert parse_grosze(text) == -1200
