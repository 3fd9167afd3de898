"""Polish bank account numbers (NRB): 26 digits, the first two of which check the rest."""

from stdnum import iban

from core.errors import InvalidInputError


def parse_bank_account_no(text: str) -> str:
    """The 26 digits of an account number, blanks, hyphens and a leading `PL` removed.

    Check digits are 98 − (BBAN + "252100") mod 97, the rule of an IBAN (ISO 13616; Zarządzenie Prezesa NBP nr 7/2017).
    Raises InvalidInputError.
    """
    digits = "".join(sign for sign in text if sign not in " -\u00a0\u202f").upper().removeprefix("PL")
    if len(digits) != 26 or not digits.isascii() or not digits.isdigit():
        raise InvalidInputError("numer rachunku ma mieć 26 cyfr", field="bank_account_no")
    if not iban.is_valid("PL" + digits, check_country=False):
        raise InvalidInputError("błędne cyfry kontrolne numeru rachunku", field="bank_account_no")
    return digits


def grouped(bank_account_no: str) -> str:
    """The number as people read it: two check digits, then groups of four, with U+00A0 between."""
    head, body = bank_account_no[:2], bank_account_no[2:]
    return "\u00a0".join([head, *(body[at : at + 4] for at in range(0, len(body), 4))])
