"""Files kept by the SHA-256 of their content: the same content is kept once and can be proved unchanged.

They lie in a local folder (`var/files/`), or in a bucket where `IOK_FILES_URL` names one. Readers want a path in either case:
of a file in the bucket there is a copy under `var/files/cache/`, fetched when it is first asked for. A copy is never out of
date, because its name says what is in it.
"""

import hashlib
import io
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from core.clock import now
from core.documents.bucket import GONE, Bucket, StoreUnavailableError, files_bucket
from core.errors import NotFoundError
from core.settings import settings

COPIES_KEPT = timedelta(days=30)  # after their last use

log = logging.getLogger(__name__)


class DamagedFileError(StoreUnavailableError):
    """The bucket holds something else under the name of this file."""

    def __init__(self) -> None:
        super().__init__("Zapisany plik jest uszkodzony. Zgłoś to nam.")


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keep_file(source: Path, sha256: str) -> Path:
    """Copy a file into the store under its hash, durably, unless it is there already; returns its place.

    Raises StoreUnavailableError, and then nothing is kept.
    """
    with source.open("rb") as reader:
        return _keep(reader, sha256)


def keep_bytes(content: bytes) -> str:
    """Keep a file we made ourselves, as `keep_file` does; returns its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    _keep(io.BytesIO(content), sha256)
    return sha256


def kept_file(sha256: str) -> Path:
    """Where a kept file lies. Raises NotFoundError; from a bucket also StoreUnavailableError and DamagedFileError."""
    place = _place(sha256)
    if bucket := files_bucket():
        if not _used(place):
            _fetch(bucket, sha256, place)
    elif not place.exists():
        raise NotFoundError(GONE)
    return place


def drop_file(sha256: str) -> bool:
    """Remove a kept file for good; False when it was not there. The caller knows that nothing refers to it.

    Raises StoreUnavailableError, and then the file stays.
    """
    place = _place(sha256)
    if (bucket := files_bucket()) is None:
        there = place.exists()
    elif there := bucket.size(sha256) is not None:
        bucket.remove(sha256)
    place.unlink(missing_ok=True)
    return there


def kept_before(instant: datetime) -> list[str]:
    """Hashes of all files that were kept before an instant. Raises StoreUnavailableError."""
    if bucket := files_bucket():
        return bucket.all(before=instant)
    until = instant.timestamp()
    return [
        path.name for path in settings().files.glob("??/*") if len(path.name) == 64 and path.stat().st_mtime < until
    ]


def drop_old_copies() -> int:
    """Remove the copies of files in a bucket that nobody has used for long; returns their number.

    The folder in which files are kept when there is no bucket is not looked into: what lies there is no copy.
    """
    if settings().files_url is None:
        return 0
    before, removed = (now() - COPIES_KEPT).timestamp(), 0
    for copy in _copies().rglob("*"):
        with suppress(FileNotFoundError):  # another process has just removed it
            if copy.is_file() and copy.stat().st_mtime < before:
                copy.unlink()
                removed += 1
    return removed


def _keep(reader: BinaryIO, sha256: str) -> Path:
    place = _place(sha256)
    bucket = files_bucket()
    if bucket is None and place.exists():
        return place
    with _appearing(place) as path:
        with path.open("wb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
        # A copy here proves nothing: another machine may have dropped the file since.
        if bucket and bucket.size(sha256) != path.stat().st_size:
            bucket.upload(path, sha256)
    return place


def _fetch(bucket: Bucket, sha256: str, place: Path) -> None:
    with _appearing(place) as path:
        bucket.download(sha256, path)
        if hash_file(path) != sha256:
            log.error("the bucket of files: %s is damaged", sha256)
            raise DamagedFileError


@contextmanager
def _appearing(place: Path) -> Iterator[Path]:
    """A file to be written, which comes to its place when it is whole and on the disk, or goes."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as made:
        path = Path(made.name)
    try:
        yield path
        with path.open("rb") as written:
            os.fsync(written.fileno())
        path.replace(place)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _used(copy: Path) -> bool:
    """Note that a copy is used, by its time of change; False where there is none."""
    at = now().timestamp()
    try:
        os.utime(copy, (at, at))
    except FileNotFoundError:
        return False
    return True


def _place(sha256: str) -> Path:
    if len(sha256) != 64 or not sha256.isalnum():
        raise ValueError("not a SHA-256 in hexadecimal")
    return (_copies() if settings().files_url else settings().files) / sha256[:2] / sha256


def _copies() -> Path:
    # Beside the folders of the local store, whose names have two letters.
    return settings().files / "cache"
