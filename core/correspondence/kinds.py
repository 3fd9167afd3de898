"""Kinds of letters: how offices write them in a manifest, and what they are in plain words."""

from enum import StrEnum

from core.errors import InvalidInputError
from core.words import plain


class LetterKind(StrEnum):
    """What a letter is about."""

    CHARGE_CHANGE = "charge_change"
    BALANCE_CONFIRMATION = "balance_confirmation"
    REMINDER = "reminder"
    DEMAND = "demand"
    SETTLEMENT = "settlement"
    ANSWER = "answer"
    TERMINATION = "termination"
    OTHER = "other"


NAMES = {
    LetterKind.CHARGE_CHANGE: "zmiana opłat",
    LetterKind.BALANCE_CONFIRMATION: "potwierdzenie salda",
    LetterKind.REMINDER: "przypomnienie",
    LetterKind.DEMAND: "wezwanie do zapłaty",
    LetterKind.SETTLEMENT: "rozliczenie",
    LetterKind.ANSWER: "odpowiedź",
    LetterKind.TERMINATION: "wypowiedzenie",
    LetterKind.OTHER: "inne pismo",
}
_BY_NAME = {plain(name): kind for kind, name in NAMES.items()} | {"inne": LetterKind.OTHER}


def kind_named(name: str) -> LetterKind:
    """The kind that a manifest names in Polish, whatever its case and marks. Raises InvalidInputError listing all."""
    found = _BY_NAME.get(" ".join(plain(name).split()))
    if found is None:
        raise InvalidInputError(
            f"Nieznany rodzaj pisma „{name}”. Dozwolone: {', '.join(NAMES.values())}.", field="kind"
        )
    return found
