"""The code of an application: its number with a check character, as a scanner reads it or a clerk types it."""

import re

from stdnum.iso7064 import mod_37_36

from core.errors import InvalidInputError

NUMBER = re.compile(r"IOK/[0-9]{4}/[0-9]{6}")
TYPED = re.compile(r"I[O0]K([0-9]{4})([0-9]{6})([0-9A-Z]?)")
LOOK_ALIKES = str.maketrans("O", "0")  # on paper they are one sign to most eyes


def code_of(number: str) -> str:
    """The code of an application's number: `IOK/2026/000123` gives `IOK2026000123` and a check character (ISO 7064)."""
    if not NUMBER.fullmatch(number):
        raise ValueError(f"not the number of an application: {number!r}")
    compact = number.replace("/", "")
    return compact + str(mod_37_36.calc_check_digit(compact))


def number_of_code(text: str) -> str:
    """The number behind a code that was scanned or typed; blanks, strokes and the case of letters do not matter.

    Raises InvalidInputError (field `code`) for what is no code, for one without its check character and for a wrong one.
    """
    typed = re.sub(r"[\s/–-]", "", text[:60]).upper()
    found = TYPED.fullmatch(typed)
    if not found:
        raise InvalidInputError(
            "To nie jest kod wniosku. Kod zaczyna się od liter IOK i jest na wniosku pod kodem kreskowym.", field="code"
        )
    year, serial, check = found.groups()
    if not check:
        raise InvalidInputError(
            "Brakuje ostatniego znaku kodu. Przepisz cały kod, który jest na wniosku pod kodem kreskowym.", field="code"
        )
    number = f"IOK/{year}/{serial}"
    if code_of(number)[-1].translate(LOOK_ALIKES) != check.translate(LOOK_ALIKES):
        raise InvalidInputError(
            "Kod jest przepisany z błędem: ostatni znak się nie zgadza. Porównaj kod z wydrukiem znak po znaku.",
            field="code",
        )
    return number
