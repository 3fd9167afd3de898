"""The text of a payment QR code, by the recommendation of the Polish Bank Association for 2D codes.

`NIP|PL|NRB|amount|recipient|title|||`: amount in grosze, six digits; what is longer is shortened, what would end a field
early is replaced. Letters lose their diacritics: scanners guess how a code is encoded, and plain ones all read alike.
"""

from decimal import Decimal

import segno

from core.documents.codes import qr_code
from core.money import from_grosze, to_grosze
from core.words import one_line, unaccented

LARGEST = from_grosze(999_999)  # PLN that six digits hold; above it the payer types the amount
LONGEST = 160  # characters of the whole text
RECIPIENT, TITLE = 20, 32  # characters, at most
_ANY_LENGTH = 1000  # names and titles come from our own columns, which are shorter
# What keyboards of banks do not have, and the sign that ends a field.
_SIGNS = str.maketrans({"|": "/", "„": '"', "”": '"', "’": "'", "–": "-", "—": "-", "\u2212": "-"})


def transfer_title(tenancy_no: str) -> str:
    """The title of a transfer for a tenancy."""
    return f"Umowa {tenancy_no}"


def transfer_text(*, nip: str, bank_account_no: str, amount: Decimal, recipient: str, tenancy_no: str) -> str:
    """What the code says. `amount` in PLN, above zero; `nip` may be empty, `bank_account_no` has 26 digits.

    Raises ValueError for an amount that nobody can pay.
    """
    grosze = to_grosze(amount)
    if grosze <= 0:
        raise ValueError(f"{amount} cannot be paid")
    told = grosze if amount <= LARGEST else 0
    title = plain_signs(transfer_title(tenancy_no))
    if len(title) > TITLE:  # the number is what matters
        title = shortened(plain_signs(tenancy_no), longest=TITLE)
    to = shortened(plain_signs(recipient), longest=RECIPIENT)
    return "|".join((nip, "PL", bank_account_no, f"{told:06d}", to, title, "", "", ""))


def transfer_code(text: str) -> segno.QRCode:
    """The text as a QR code with error correction L, as the recommendation has it."""
    return qr_code(text, correction="l", at_least=False)


def plain_signs(text: str) -> str:
    """One line of letters without diacritics, and nothing that would end a field of the code."""
    return unaccented(one_line(text, longest=_ANY_LENGTH) or "").translate(_SIGNS)


def shortened(text: str, *, longest: int) -> str:
    """The text in so many characters: whole words where they say enough, no preposition left hanging at the end."""
    if len(text) <= longest:
        return text
    words = text[: longest + 1].split(" ")[:-1]
    while words and len(words[-1].strip(".,-")) < 2:
        words.pop()
    whole = " ".join(words).rstrip(" ,-")
    return whole if 2 * len(whole) >= longest else text[:longest].rstrip()
