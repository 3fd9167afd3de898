"""How amounts and balances are said: the word first, because nobody should have to read a sign."""

from decimal import Decimal

from core.money import in_zloty, to_grosze


def zloty(amount: Decimal) -> str:
    """PLN: `1 234,56 zł`, below zero with a true minus. Raises ValueError for a fraction of a grosz."""
    return in_zloty(to_grosze(amount))


def balance_word(balance: Decimal) -> str:
    """The word that stands before an amount."""
    if balance > 0:
        return "Do wpłaty"
    return "Nadpłata" if balance < 0 else "Konto rozliczone"


def balance_phrase(balance: Decimal) -> str:
    """The balance within a sentence or a cell: `do wpłaty 12,00 zł`, `nadpłata 3,50 zł`, `rozliczone`."""
    return f"{balance_word(balance).lower()} {zloty(abs(balance))}" if balance else "rozliczone"
