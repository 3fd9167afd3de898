"""Who runs this portal: the name and the contacts that screens show. An installation sets them in its environment."""

import os
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Landlord:
    """The landlord in the words of a footer and of a bank transfer."""

    name: str
    phone: str
    email: str


@lru_cache(maxsize=1)
def landlord() -> Landlord:
    """The landlord of this process: `IOK_LANDLORD_NAME`, `IOK_LANDLORD_PHONE`, `IOK_LANDLORD_EMAIL`.

    Without them the made-up landlord of the demonstration.
    """
    return Landlord(
        name=os.environ.get("IOK_LANDLORD_NAME") or "Zarząd Lokali Demo",
        phone=os.environ.get("IOK_LANDLORD_PHONE") or "42 000 00 00",
        email=os.environ.get("IOK_LANDLORD_EMAIL") or "kontakt@lokale.example",
    )
