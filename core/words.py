"""Texts made comparable: as a person in a hurry types them."""

import unicodedata


def plain(text: str) -> str:
    """Lower-case, without diacritics; `ł` is a letter of its own to Unicode and not to a person in a hurry."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).replace("ł", "l")
