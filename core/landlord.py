"""Who runs this portal: the name and the contacts that screens show. An installation sets them in its environment."""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from string import Template

from stdnum.exceptions import ValidationError
from stdnum.pl import nip

MADE_UP_NIP = "1234563218"


@dataclass(frozen=True, slots=True)
class Landlord:
    """The landlord in the words of a footer, of a bank transfer and of the texts that the law asks for."""

    name: str
    phone: str
    email: str
    address: str
    nip: str  # 10 digits, as bank transfers carry it; "": it has none, or it is not told
    data_protection_email: str  # of the data protection officer
    portal_opened: date  # when this portal was published
    building_access: str  # how to get into the offices without steps, in a sentence or two


@lru_cache(maxsize=1)
def landlord() -> Landlord:
    """The landlord of this process, from `IOK_LANDLORD_NAME`, `…_PHONE`, `…_EMAIL`, `…_ADDRESS`, `…_NIP`,
    `…_DATA_PROTECTION_EMAIL`, `…_PORTAL_OPENED` (a day, as 2026-11-02) and `…_BUILDING_ACCESS`.

    Without them the made-up landlord of the demonstration. Raises ValueError for a day or a NIP that is none.
    """
    return Landlord(
        name=_set("NAME", "Zarząd Lokali Demo"),
        phone=_set("PHONE", "42 000 00 00"),
        email=_set("EMAIL", "kontakt@lokale.example"),
        address=_set("ADDRESS", "ul. Przykładowa 10, 90-001 Łódź"),
        nip=_nip(),
        data_protection_email=_set("DATA_PROTECTION_EMAIL", "iod@lokale.example"),
        portal_opened=_day("PORTAL_OPENED", "2026-11-02"),
        building_access=_set(
            "BUILDING_ACCESS",
            "O wejściach bez schodów, windach i miejscach parkingowych w siedzibie i w biurach rejonów powiemy przez "
            "telefon albo napiszemy e-mailem. Pomożemy też zaplanować wizytę.",
        ),
    )


def is_made_up() -> bool:
    """Whether nobody has said who the landlord is: good for a demonstration, wrong in a public installation."""
    return not os.environ.get("IOK_LANDLORD_NAME")


def in_landlords_name(text: str, *, escape: Callable[[str], str] = str, **more: str) -> str:
    """A text that ships with the product, with the landlord's `$name`, `$address`, `$phone` and so on filled in.

    `escape` is for the landlord's words; `more` goes in as it is. Raises KeyError for a name that nobody gives.
    """
    known = {name: escape(str(value)) for name, value in asdict(landlord()).items()}
    return Template(text).substitute(known, **more)


def _set(name: str, default: str) -> str:
    return os.environ.get(f"IOK_LANDLORD_{name}") or default


def _nip() -> str:
    typed = os.environ.get("IOK_LANDLORD_NIP")
    if not typed:  # the made-up number is never put on the transfers of a real landlord
        return MADE_UP_NIP if is_made_up() else ""
    try:
        return str(nip.validate(typed))
    except ValidationError:
        raise ValueError("IOK_LANDLORD_NIP: expected the ten digits of a NIP, as 1234563218") from None


def _day(name: str, default: str) -> date:
    try:
        return date.fromisoformat(_set(name, default))
    except ValueError:
        raise ValueError(f"IOK_LANDLORD_{name}: expected a day, as 2026-11-02") from None
