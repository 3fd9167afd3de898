"""The bucket of an S3-compatible server in which files may be kept (`IOK_FILES_URL`); credentials are those of AWS's tools.

What reaches the bucket is an object per file, named as in the local folder: `ab/abcd…`.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from core.errors import DomainError, NotFoundError
from core.settings import settings

BLOCK = 8 << 20  # bytes; a larger file travels in several parts at once
AT_ONCE = 4  # parts
# Whoever writes a file often holds the only pen of SQLite meanwhile, for which others wait 30 seconds.
PATIENCE = {"connect_timeout": 3, "read_timeout": 10, "retries": {"mode": "standard", "total_max_attempts": 2}}
GONE = "Nie ma już tego pliku. Jeśli jest potrzebny, zgłoś to nam."

log = logging.getLogger(__name__)
_making = threading.Lock()


class StoreUnavailableError(DomainError):
    """The file may well be there, but the store does not hand it over or take it now."""

    def __init__(self, message: str = "Pliki są teraz niedostępne. Spróbuj ponownie za chwilę.") -> None:
        super().__init__(message)


class Bucket:
    """Objects under a prefix. Any thread may ask: s3fs speaks to the server in a loop and a thread of its own."""

    def __init__(self, url: str, endpoint: str | None) -> None:
        # Half a second that an installation with a local folder does not pay.
        import fsspec
        from aiohttp import ClientError
        from botocore.exceptions import BotoCoreError

        # Kept by us: fsspec itself would make one, with connections of its own, for each of Streamlit's short threads.
        self._remote = fsspec.filesystem(
            "s3", endpoint_url=endpoint, config_kwargs=PATIENCE, default_block_size=BLOCK, max_concurrency=AT_ONCE,
            use_listings_cache=False, skip_instance_cache=True,
        )  # fmt: skip
        self._remote.retries = 1  # below it botocore tries again already
        self._failures = (OSError, BotoCoreError, ClientError)
        self._folder = url.removeprefix("s3://").rstrip("/")

    def size(self, sha256: str) -> int | None:
        """Bytes of a file; None where it is not there. Raises StoreUnavailableError."""
        with self._asked():
            try:
                return int(self._remote.info(self._object(sha256))["size"])
            except FileNotFoundError as missing:
                _require_bucket(missing)
                return None

    def upload(self, source: Path, sha256: str) -> None:
        """Put a file there; it appears whole or not at all. Raises StoreUnavailableError."""
        with self._asked():
            self._remote.put_file(str(source), self._object(sha256), chunksize=BLOCK)

    def download(self, sha256: str, target: Path) -> None:
        """Write a file's content over `target`. Raises NotFoundError and StoreUnavailableError."""
        with self._asked():
            try:
                self._remote.get_file(self._object(sha256), str(target))
            except FileNotFoundError as missing:
                _require_bucket(missing)
                raise NotFoundError(GONE) from None

    def remove(self, sha256: str) -> None:
        """Remove a file, if it is there. Raises StoreUnavailableError."""
        with self._asked():
            self._remote.rm_file(self._object(sha256))

    def all(self, *, before: datetime) -> list[str]:
        """Hashes of the files that were put there before an instant. Raises StoreUnavailableError."""
        with self._asked():
            try:
                found = self._remote.find(self._folder, detail=True)
            except FileNotFoundError as missing:
                _require_bucket(missing)
                return []
        return [name.rpartition("/")[2] for name, about in found.items() if about["LastModified"] < before]

    def _object(self, sha256: str) -> str:
        return f"{self._folder}/{sha256[:2]}/{sha256}"

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except self._failures as failure:
            log.warning("the bucket of files: %s: %s", type(failure).__name__, failure)
            raise StoreUnavailableError from failure


def files_bucket() -> Bucket | None:
    """The bucket that the settings name; None where files are kept in the local folder."""
    url = settings().files_url
    if url is None:
        return None
    with _making:  # two threads would make two
        return _bucket(url, settings().files_endpoint)


@lru_cache(maxsize=1)
def _bucket(url: str, endpoint: str | None) -> Bucket:
    return Bucket(url, endpoint)


def _require_bucket(missing: FileNotFoundError) -> None:
    # To s3fs a bucket that does not exist looks like a file that does not; here it is a wrong setting, not a lost file.
    answer = getattr(missing.__cause__, "response", None) or {}
    if answer.get("Error", {}).get("Code") == "NoSuchBucket":
        raise missing
