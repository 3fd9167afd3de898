"""The dial of a device: what it can show, and how what it shows is typed."""

import re
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidInputError

_TYPED = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Dial:
    """Black digits before the decimal sign and red ones after it."""

    digits: int
    decimals: int

    @property
    def capacity(self) -> Decimal:
        """Where it turns over to zero, in m³: 100000 for five digits."""
        return Decimal(10) ** self.digits

    def fits(self, value: Decimal) -> bool:
        """Whether the dial can show the value."""
        return 0 <= value < self.capacity and value == round(value, self.decimals)

    def wrapped(self, since: Decimal, until: Decimal) -> Decimal:
        """What ran through between two states, over zero where the second is the lower one."""
        return until - since if until >= since else self.capacity - since + until

    def parse(self, typed: str) -> Decimal:
        """A state as typed or pasted (`00123,456`, `123.456 m³`, `123`), in m³. Raises InvalidInputError (field `value`)."""
        bare = re.sub(r"(?i)\s*m(?:3|³)$", "", typed.strip()[:_LONGEST])
        found = _TYPED.fullmatch(re.sub(r"[\s\u00a0\u202f]", "", bare))
        if not bare:
            raise _refused("Wpisz stan licznika.")
        if found is None:
            raise _refused("Wpisz same cyfry z tarczy licznika, na przykład 123,456.")
        whole, decimals = found[1].lstrip("0") or "0", found[2] or ""
        if len(whole) > self.digits:
            raise _refused(f"Za dużo cyfr. Przed przecinkiem przepisz tylko czarne, najwyżej {self.digits}.")
        if len(decimals.rstrip("0")) > self.decimals:
            raise _refused(
                f"Za dużo cyfr po przecinku. Przepisz tylko czerwone, najwyżej {self.decimals}."
                if self.decimals
                else "Ten licznik nie ma czerwonych cyfr. Wpisz liczbę bez przecinka."
            )
        return Decimal(f"{whole}.{decimals or '0'}").quantize(Decimal("0.001"))


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(message, field="value")
