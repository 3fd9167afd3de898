"""Files are kept once, by what is in them: in a folder, and in a bucket over real HTTP."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from core.documents.bucket import BLOCK, StoreUnavailableError, files_bucket
from core.documents.storage import (
    COPIES_KEPT,
    DamagedFileError,
    drop_file,
    drop_old_copies,
    hash_file,
    keep_bytes,
    keep_file,
    kept_file,
)
from core.errors import DomainError, NotFoundError
from core.settings import ROOT, settings
from tests.s3 import SECRET, TestBucket, forget_copies, use_bucket
from tests.servers import free_port

CONTRACT = hashlib.sha256(b"umowa").hexdigest()


@pytest.fixture(autouse=True)
def _var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("IOK_VAR", str(tmp_path / "var"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(params=["folder", "bucket"])
def _store(request: pytest.FixtureRequest, _var: None) -> None:
    if request.param == "bucket":
        request.getfixturevalue("bucket")


@pytest.fixture
def down(bucket: TestBucket, monkeypatch: pytest.MonkeyPatch) -> TestBucket:
    """A bucket with a kept file, whose server does not answer any more."""
    keep_bytes(b"umowa")
    use_bucket(bucket, monkeypatch, IOK_FILES_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    return bucket


def files() -> list[Path]:
    """Every file of this machine, also a half-written one."""
    return [file for file in settings().files.rglob("*") if file.is_file()]


@pytest.mark.usefixtures("_store")
def test_same_content_is_kept_once_whichever_way_it_comes(tmp_path: Path) -> None:
    sha256 = keep_bytes(b"umowa")
    source = tmp_path / "umowa.txt"
    source.write_bytes(b"umowa")
    assert hash_file(source) == sha256
    assert keep_file(source, sha256) == kept_file(sha256)
    assert keep_bytes(b"umowa") == sha256
    assert kept_file(sha256).read_bytes() == b"umowa"
    assert len(files()) == 1
    assert drop_file(sha256)
    assert not drop_file(sha256)
    assert files() == []
    with pytest.raises(NotFoundError):
        kept_file(sha256)


@pytest.mark.usefixtures("_store")
@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "a" * 62 + "/a"])
def test_only_a_hash_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        kept_file(name)


@pytest.mark.usefixtures("_store")
def test_threads_keep_and_read_the_same_at_once() -> None:
    def there_and_back(number: int) -> bytes:
        content = b"%d" % (number % 3)
        return kept_file(keep_bytes(content)).read_bytes()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(there_and_back, range(24))) == [b"%d" % (number % 3) for number in range(24)]
    assert len(files()) == 3


@pytest.mark.usefixtures("_store")
@pytest.mark.parametrize("size", [0, 3 * BLOCK + 1])
def test_empty_and_large_files_come_back(size: int) -> None:
    content = os.urandom(size)
    sha256 = keep_bytes(content)
    forget_copies()
    assert kept_file(sha256).read_bytes() == content


@pytest.mark.usefixtures("_store")
def test_source_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        keep_file(tmp_path, CONTRACT)
    assert files() == []


def test_bucket_has_it_and_it_travels_once(bucket: TestBucket) -> None:
    for _ in range(3):
        keep_bytes(b"umowa")
    assert bucket.content(CONTRACT) == b"umowa"
    assert bucket.uploads(CONTRACT) == 1
    assert kept_file(CONTRACT).is_relative_to(settings().files / "cache")


def test_lost_copy_is_fetched_and_then_used(bucket: TestBucket) -> None:
    keep_bytes(b"umowa")
    forget_copies()
    assert files() == []
    assert kept_file(CONTRACT).read_bytes() == b"umowa"
    bucket.overwrite(CONTRACT, b"inna")
    assert kept_file(CONTRACT).read_bytes() == b"umowa"
    assert bucket.uploads(CONTRACT) == 2


def test_threads_fetch_the_same_at_once(bucket: TestBucket) -> None:
    keep_bytes(b"umowa")
    forget_copies()
    with ThreadPoolExecutor(8) as threads:
        assert {path.read_bytes() for path in threads.map(kept_file, [CONTRACT] * 16)} == {b"umowa"}
    assert len(files()) == 1


def test_copy_here_does_not_stand_for_the_bucket(bucket: TestBucket) -> None:
    keep_bytes(b"umowa")
    lost = files_bucket()
    assert lost is not None
    lost.remove(CONTRACT)  # as another machine drops it
    keep_bytes(b"umowa")
    assert bucket.content(CONTRACT) == b"umowa"


@pytest.mark.parametrize("content", [b"", b"umowy", b"umowa i aneks"])
def test_damaged_object_is_noticed(bucket: TestBucket, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    keep_bytes(b"umowa")
    forget_copies()
    bucket.overwrite(CONTRACT, content)
    with pytest.raises(DamagedFileError, match="uszkodzony"):
        kept_file(CONTRACT)
    assert files() == []
    assert f"{CONTRACT} is damaged" in caplog.text


def test_truncated_object_is_made_good_by_keeping_it_again(bucket: TestBucket) -> None:
    keep_bytes(b"umowa")
    bucket.overwrite(CONTRACT, b"umo")
    keep_bytes(b"umowa")
    assert bucket.content(CONTRACT) == b"umowa"


def test_server_that_is_down_is_a_refusal_in_words(down: TestBucket, caplog: pytest.LogCaptureFixture) -> None:
    before = files()
    with pytest.raises(DomainError) as refusal:
        keep_bytes(b"aneks")
    assert refusal.value.message == "Pliki są teraz niedostępne. Spróbuj ponownie za chwilę."
    assert files() == before
    with pytest.raises(StoreUnavailableError):
        drop_file(CONTRACT)
    assert kept_file(CONTRACT).read_bytes() == b"umowa"  # from the copy
    forget_copies()
    with pytest.raises(StoreUnavailableError):
        kept_file(CONTRACT)
    assert files() == []
    assert down.content(CONTRACT) == b"umowa"
    assert "EndpointConnectionError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("answer", [b"500 Broken", b"403 Forbidden", b"200 OK\r\nContent-Length: 1000", b"so what"])
def test_server_that_does_not_do_its_work_leaves_nothing(
    answer: bytes, bucket: TestBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.1 " + answer + b"\r\nConnection: close\r\n\r\nhalf")

    with ThreadingTCPServer(("127.0.0.1", 0), Broken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        use_bucket(bucket, monkeypatch, IOK_FILES_ENDPOINT=f"http://127.0.0.1:{server.server_address[1]}")
        for use in (lambda: kept_file(CONTRACT), lambda: keep_bytes(b"umowa")):
            with pytest.raises(StoreUnavailableError):
                use()
        server.shutdown()
    assert files() == []


def test_bucket_that_does_not_exist_is_no_lost_file(bucket: TestBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    use_bucket(bucket, monkeypatch, IOK_FILES_URL="s3://iok-nowhere")
    for use in (lambda: keep_bytes(b"umowa"), lambda: kept_file(CONTRACT), lambda: drop_file(CONTRACT)):
        with pytest.raises(StoreUnavailableError):
            use()
    assert files() == []


def test_what_nobody_kept_is_not_found(bucket: TestBucket) -> None:
    with pytest.raises(NotFoundError, match="Nie ma już tego pliku"):
        kept_file(CONTRACT)
    assert files() == []


def test_drop_removes_object_and_copy(bucket: TestBucket) -> None:
    keep_bytes(b"umowa")
    forget_copies()
    assert drop_file(CONTRACT)
    assert bucket.content(CONTRACT) is None
    keep_bytes(b"umowa")
    assert drop_file(CONTRACT)
    assert (bucket.number(), files()) == (0, [])


def test_copies_unused_for_a_month_go_and_the_bucket_stays(bucket: TestBucket) -> None:
    old, read, young = keep_bytes(b"old"), keep_bytes(b"read"), keep_bytes(b"young")
    month_ago = time.time() - COPIES_KEPT.total_seconds() - 5
    for sha256 in (old, read):
        os.utime(kept_file(sha256), (month_ago, month_ago))
    kept_file(read)
    assert drop_old_copies() == 1
    assert drop_old_copies() == 0
    assert {file.name for file in files()} == {read, young}
    assert bucket.number() == 3
    assert kept_file(old).read_bytes() == b"old"


def test_only_store_is_never_cleaned(bucket: TestBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago = time.time() - timedelta(days=4000).total_seconds()
    for name in bucket.env:
        monkeypatch.delenv(name)
    settings.cache_clear()
    sha256 = keep_bytes(b"umowa")
    os.utime(kept_file(sha256), (long_ago, long_ago))
    assert drop_old_copies() == 0
    use_bucket(bucket, monkeypatch)  # what lies there from before is not in the bucket yet
    assert drop_old_copies() == 0
    assert len(files()) == 1


@pytest.mark.parametrize(
    "url",
    ["gs://iok", "file:///srv", "/srv/files", "s3://", "s3:///files", "s3:iok", "s3://key:secret@iok", "s3://iok?x=1"],
)
def test_only_buckets_are_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_FILES_URL", url)
    settings.cache_clear()
    with pytest.raises(ValueError, match="IOK_FILES_URL: expected") as refusal:
        settings()
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("s3://iok", "minio:9000"),
        ("s3://iok", "ftp://minio"),
        ("s3://iok", "http://"),
        ("s3://iok", "https://key:secret@minio"),
        ("", "http://minio"),
    ],
)
def test_endpoint_is_a_plain_address(url: str, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_FILES_URL", url)
    monkeypatch.setenv("IOK_FILES_ENDPOINT", endpoint)
    settings.cache_clear()
    with pytest.raises(ValueError, match="IOK_FILES_ENDPOINT") as refusal:
        settings()
    assert "secret" not in str(refusal.value)


def test_folder_needs_no_client_of_buckets(tmp_path: Path) -> None:
    program = (
        "import click, sys\n"
        "from core.commands import cli\n"
        "cli.get_help(click.Context(cli))  # imports every command\n"
        "from core.documents.storage import keep_bytes, kept_file, drop_file\n"
        "assert kept_file(keep_bytes(b'x')).exists()\n"
        "print({'s3fs', 'fsspec', 'botocore', 'aiohttp'} & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "IOK_VAR": str(tmp_path)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "set()\n"
