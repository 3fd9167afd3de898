"""Numbers of tenants and tenancies replaced by keyed hashes: the same in every export, and nobody's without the key."""

import base64
import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

import polars as pl

from core.settings import settings

KEY_FILE = "pseudonym.key"
LENGTH = 16  # signs; 80 bits tell any number of tenants apart


def pseudonyms(numbers: pl.Series) -> pl.Series:
    """The pseudonym of each number; null stays null."""
    known = numbers.unique().drop_nulls().to_list()
    return numbers.replace_strict(known, [pseudonym(one) for one in known], default=None, return_dtype=pl.String)


def pseudonym(number: str) -> str:
    """HMAC-SHA-256 of a number under this landlord's key, in base 32."""
    digest = hmac.new(_key(str(settings().var)), number.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:LENGTH]


@lru_cache(maxsize=4)
def _key(folder: str) -> bytes:
    """`IOK_PSEUDONYM_KEY`, or a key of its own that this installation makes once and keeps under `var/`."""
    if given := os.environ.get("IOK_PSEUDONYM_KEY"):
        return given.encode()
    place = Path(folder) / KEY_FILE
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_hex(32).encode())
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    return place.read_bytes()
