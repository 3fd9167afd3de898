from decimal import Decimal

import pytest

from core.errors import InvalidInputError
from core.meters.dial import Dial

DIAL = Dial(5, 3)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("123,456", "123.456"),
        ("00123.456", "123.456"),
        (" 123 ", "123"),
        ("123,4 m³", "123.4"),
        ("123 m3", "123"),
        ("12 345,6", "12345.6"),
        ("0", "0"),
        ("99999,999", "99999.999"),
        ("1,5000", "1.5"),
        ("00000123", "123"),
    ],
)
def test_state_is_read_as_people_type_it(typed: str, value: str) -> None:
    assert DIAL.parse(typed) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Wpisz stan"),
        ("   ", "Wpisz stan"),
        ("abc", "same cyfry"),
        ("12O,5", "same cyfry"),
        ("-5", "same cyfry"),
        ("1,2,3", "same cyfry"),
        ("1e5", "same cyfry"),
        ("١٢٣", "same cyfry"),
        ("123456", "Za dużo cyfr"),
        ("1,2345", "po przecinku"),
        ("9" * 5000, "Za dużo cyfr"),
    ],
)
def test_what_is_no_state_is_refused_at_the_field(typed: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told) as refused:
        DIAL.parse(typed)
    assert refused.value.field == "value"


def test_dial_without_red_digits_takes_none() -> None:
    with pytest.raises(InvalidInputError, match="bez przecinka"):
        Dial(5, 0).parse("12,5")
    assert Dial(5, 0).parse("12,0") == 12


def test_dial_shows_what_fits() -> None:
    assert DIAL.fits(Decimal("99999.999"))
    assert not DIAL.fits(Decimal(100_000))
    assert not DIAL.fits(Decimal("0.0001"))
    assert not DIAL.fits(Decimal(-1))
    assert not Dial(5, 1).fits(Decimal("0.25"))


def test_what_runs_over_zero_is_added_up() -> None:
    assert DIAL.wrapped(Decimal("99998.412"), Decimal("2.105")) == Decimal("3.693")
    assert DIAL.wrapped(Decimal(5), Decimal(5)) == 0
