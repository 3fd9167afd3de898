"""How people can be reached: e-mail addresses and telephone numbers, as they type them and as we keep them.

Numbers follow the numbering plans of the world (libphonenumber) and are kept as E.164.
"""

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat
from rapidfuzz.distance import OSA

from core.errors import InvalidInputError

LONGEST_EMAIL = 254  # RFC 5321
# Where most tenants have their mail. One letter beside one of these is a slip more often than another provider.
COMMON_DOMAINS = (
    "gmail.com", "wp.pl", "o2.pl", "op.pl", "vp.pl", "onet.pl", "onet.eu", "poczta.onet.pl", "interia.pl", "interia.eu",
    "poczta.fm", "tlen.pl", "go2.pl", "gazeta.pl", "buziaczek.pl", "outlook.com", "hotmail.com", "live.com", "yahoo.com",
    "icloud.com", "proton.me", "protonmail.com",
)  # fmt: skip
COMMON_SLIPS = {"gmail.pl": "gmail.com", "gmail.com.pl": "gmail.com", "wp.com": "wp.pl", "hotmail.pl": "hotmail.com"}
OTHER_DOMAINS = frozenset({"email.com", "ymail.com", "onet.com"})  # real ones beside a common one
HOME = "PL"
LONGEST_PHONE = 40  # as typed
SHORT_NAME = 4  # letters; shorter names have too many real neighbours


def normal_email(typed: str) -> str:
    """The address in small letters and in ASCII, as it is stored and compared. Raises InvalidInputError (`email`)."""
    if len(typed) > LONGEST_EMAIL:
        raise InvalidInputError(f"Adres e-mail może mieć najwyżej {LONGEST_EMAIL} znaki.", field="email")
    if re.search(r"\s", typed):
        raise InvalidInputError("W adresie e-mail nie może być spacji.", field="email")
    if "@" not in typed:
        raise InvalidInputError("W adresie e-mail brakuje znaku @.", field="email")
    if not typed.rpartition("@")[0].isascii():
        raise InvalidInputError("Przed znakiem @ nie może być polskich liter, na przykład ą albo ł.", field="email")
    try:
        checked = validate_email(typed, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise InvalidInputError(
            "To nie jest adres e-mail. Powinien wyglądać tak: anna.kowalska@poczta.pl", field="email"
        ) from None
    address = (checked.ascii_email or checked.normalized).lower()
    if len(address) > LONGEST_EMAIL:  # letters of other alphabets take more room in ASCII
        raise InvalidInputError(f"Adres e-mail może mieć najwyżej {LONGEST_EMAIL} znaki.", field="email")
    return address


def suggested_email(email: str) -> str | None:
    """What somebody meant who wrote a common provider with a slip (`gmial.com`); None where nothing looks wrong."""
    name, _, domain = email.rpartition("@")
    if domain in COMMON_DOMAINS or domain in OTHER_DOMAINS:
        return None
    meant = COMMON_SLIPS.get(domain) or next((common for common in COMMON_DOMAINS if _is_slip(domain, common)), None)
    return f"{name}@{meant}" if meant else None


def e164(typed: str) -> str:
    """`+48600700800`; empty for nothing typed. A number without a country code is Polish.

    Raises InvalidInputError (field `phone`) for what is no telephone number anywhere.
    """
    if not typed.strip():
        return ""
    refusal = InvalidInputError(
        "To nie jest numer telefonu. Podaj 9 cyfr, na przykład 600 700 800, albo numer z kierunkowym kraju, "
        "na przykład +49 30 123456.",
        field="phone",
    )
    # The library reads digits of every script and letters of keypads; people who type those mean something else.
    if len(typed) > LONGEST_PHONE or not typed.isascii() or any(sign.isalpha() for sign in typed):
        raise refusal
    try:
        number = phonenumbers.parse(typed, HOME)
    except NumberParseException:
        raise refusal from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise refusal
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def phone_words(kept: str | None) -> str:
    """A kept number as people read it: `600 700 800`, `+49 30 123456`; anything else as it is."""
    try:
        number = phonenumbers.parse(kept or "", None)
    except NumberParseException:
        return kept or ""
    polish = phonenumbers.region_code_for_number(number) == HOME
    shape = PhoneNumberFormat.NATIONAL if polish else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, shape)


def _is_slip(domain: str, common: str) -> bool:
    name, _, ending = domain.partition(".")
    common_name, _, common_ending = common.partition(".")
    if len(common_name) < SHORT_NAME:
        return name == common_name and OSA.distance(ending, common_ending) == 1
    return OSA.distance(domain, common, score_cutoff=1) == 1
