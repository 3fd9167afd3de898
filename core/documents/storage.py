"""Files kept by the SHA-256 of their content: the same content is kept once and can be proved unchanged."""

import hashlib
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from core.errors import NotFoundError
from core.settings import settings


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keep_file(source: Path, sha256: str) -> Path:
    """Copy a file into the store under its hash, durably, unless it is there already; returns its place."""
    with source.open("rb") as reader:
        return _keep(reader, sha256)


def keep_bytes(content: bytes) -> str:
    """Keep a file we made ourselves, as `keep_file` does; returns its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    _keep(io.BytesIO(content), sha256)
    return sha256


def kept_file(sha256: str) -> Path:
    """Where a kept file lies. Raises NotFoundError."""
    place = _place(sha256)
    if not place.exists():
        raise NotFoundError("Nie ma już tego pliku w magazynie.")
    return place


def drop_file(sha256: str) -> bool:
    """Remove a kept file for good; False when it was not there. The caller knows that nothing refers to it."""
    place = _place(sha256)
    if not place.exists():
        return False
    place.unlink(missing_ok=True)
    return True


def _keep(reader: BinaryIO, sha256: str) -> Path:
    place = _place(sha256)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())
        Path(writer.name).replace(place)
    return place


def _place(sha256: str) -> Path:
    if len(sha256) != 64 or not sha256.isalnum():
        raise ValueError("not a SHA-256 in hexadecimal")
    return settings().files / sha256[:2] / sha256
