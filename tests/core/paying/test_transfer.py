"""The payment QR code: the text by its rules, and the picture as a scanner that knows nothing of us reads it."""

import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.money import from_grosze
from core.paying.transfer import plain_signs, shortened, transfer_code, transfer_text
from tests.core.documents.readers import codes_of_pictures
from tests.repeats import repeats, sampled

ACCOUNT = "22999000094700010000004217"
VECTOR = f"1234563218|PL|{ACCOUNT}|048237|Zarzad Lokali Demo|Umowa K004217/2026|||"
POLISH = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźżAĄBCĆDEĘLŁNŃOÓSŚZŹŻ0123456789 /-.,|„”"
WORDS = st.text(st.sampled_from(POLISH), min_size=1, max_size=60)
GROSZE = st.integers(1, 2_000_000)


def text(
    grosze: int = 48237, *, nip: str = "1234563218", recipient: str = "Zarząd Lokali Demo", no: str = "K/1"
) -> str:
    return transfer_text(
        nip=nip, bank_account_no=ACCOUNT, amount=from_grosze(grosze), recipient=recipient, tenancy_no=no
    )


def picture(content: str) -> bytes:
    out = io.BytesIO()
    transfer_code(content).save(out, kind="png", scale=4, border=4)
    return out.getvalue()


def test_vector() -> None:
    assert text(no="K004217/2026") == VECTOR


def test_vector_of_the_recommendation_is_what_the_scanner_reads() -> None:
    vector = f"1234563218|PL|{ACCOUNT}|048237|Zarzad Lokali Demo|Oplata lokal K004217 2026-11|||"
    assert plain_signs("Zarząd Lokali Demo") == "Zarzad Lokali Demo"
    assert plain_signs("Opłata lokal K004217 2026-11") == "Oplata lokal K004217 2026-11"
    assert codes_of_pictures([picture(vector)]) == [vector]
    assert {transfer_code(vector[at:]).error for at in range(0, len(vector), 5)} == {"L"}


@pytest.mark.parametrize(
    ("amount", "told"),
    [("0.01", "000001"), ("1", "000100"), ("482.37", "048237"), ("9999.99", "999999"), ("10000", "000000"),
     ("999999.99", "000000")],
)  # fmt: skip
def test_amount_in_six_digits_of_grosze_or_none(amount: str, told: str) -> None:
    assert text(int(Decimal(amount) * 100)).split("|")[3] == told


@sampled
def test_every_amount_up_to_twenty_thousand() -> None:
    step = 1 if repeats(1, sample=0) else 89
    for grosze in (*range(1, 2_000_001, step), 999_999, 1_000_000, 2_000_000):
        told = text(grosze).split("|")[3]
        assert len(told) == 6
        assert int(told) == (grosze if grosze <= 999_999 else 0)


@pytest.mark.parametrize("amount", ["0", "-0.01", "-5"])
def test_what_nobody_can_pay_makes_no_code(amount: str) -> None:
    with pytest.raises(ValueError, match="cannot be paid"):
        transfer_text(nip="", bank_account_no=ACCOUNT, amount=Decimal(amount), recipient="Zarząd", tenancy_no="K/1")


def test_landlord_without_a_nip_leaves_its_place_empty() -> None:
    assert text(nip="").startswith(f"|PL|{ACCOUNT}|048237|")


@pytest.mark.parametrize(
    ("longest", "typed", "told"),
    [
        (20, "Zarzad Lokali Demo", "Zarzad Lokali Demo"),
        (20, "Zarzad Lokali Miejskich w Lodzi", "Zarzad Lokali"),
        (20, "Zarzad Budynkow w Lodzi", "Zarzad Budynkow"),
        (20, "Towarzystwo B. i S. Wielkopolska", "Towarzystwo"),
        (20, "TBS Konstantynopolitanczyk", "TBS Konstantynopolit"),
        (20, "Konstantynopolitanczykowianeczka", "Konstantynopolitancz"),
        (12, "Gmina Lodz - Miasto", "Gmina Lodz"),
    ],
)
def test_shortened_between_words_where_that_says_enough(longest: int, typed: str, told: str) -> None:
    assert shortened(typed, longest=longest) == told


def test_long_number_of_a_tenancy_goes_without_the_word_before_it() -> None:
    number = "U/" + "1" * 28
    assert text(no=number).split("|")[5] == number
    assert text(no="2" * 40).split("|")[5] == "2" * 32
    assert text(no="2" * 26).split("|")[5] == "Umowa " + "2" * 26


@given(grosze=GROSZE, recipient=WORDS, number=WORDS, nip=st.sampled_from(["", "1234563218"]))
def test_every_field_is_where_banks_look_for_it(grosze: int, recipient: str, number: str, nip: str) -> None:
    whole = text(grosze, nip=nip, recipient=recipient, no=number)
    fields = whole.split("|")
    assert len(whole) <= 160
    assert whole.isascii()
    assert len(fields) == 9
    assert fields[:3] == [nip, "PL", ACCOUNT]
    assert fields[6:] == ["", "", ""]
    to, title = fields[4], fields[5]
    assert len(to) <= 20
    assert len(title) <= 32
    assert plain_signs(recipient).startswith(to)
    assert plain_signs(f"Umowa {number}") == title or plain_signs(number).startswith(title)


@given(st.lists(st.tuples(GROSZE, WORDS, WORDS), min_size=12, max_size=12))
@settings(max_examples=5, deadline=None)
def test_scanner_reads_from_the_picture_what_was_meant(given_ones: list[tuple[int, str, str]]) -> None:
    meant = [text(grosze, recipient=recipient, no=number) for grosze, recipient, number in given_ones]
    assert codes_of_pictures([picture(one) for one in meant]) == meant
