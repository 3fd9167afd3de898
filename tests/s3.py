"""A real S3 server for tests, in a process of its own, and a bucket in it to look into past the product."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from core.settings import settings
from tests.servers import free_port

START_LIMIT = 60  # seconds
KEY, SECRET = "iok-tests", "a-secret-of-the-tests"
SIGNED = {"Authorization": f"AWS {KEY}:-"}  # the server wants somebody's name, and believes it


@dataclass(frozen=True, slots=True)
class S3Server:
    """A running server."""

    url: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """End it; a second time does nothing."""
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True, slots=True)
class TestBucket:
    """A bucket of the server, asked over plain HTTP."""

    __test__ = False

    server: S3Server
    name: str
    prefix: str = "pliki"

    @property
    def env(self) -> dict[str, str]:
        """The environment in which files are kept here."""
        return {
            "IOK_FILES_URL": f"s3://{self.name}/{self.prefix}",
            "IOK_FILES_ENDPOINT": self.server.url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "NO_PROXY": "127.0.0.1",
        }

    def address(self, sha256: str) -> str:
        """Where an object is expected."""
        return f"{self.server.url}/{self.name}/{self.prefix}/{sha256[:2]}/{sha256}"

    def content(self, sha256: str) -> bytes | None:
        """What is kept under a hash."""
        answer = httpx.get(self.address(sha256), headers=SIGNED)
        return None if answer.status_code == 404 else answer.raise_for_status().content

    def overwrite(self, sha256: str, content: bytes) -> None:
        """Damage an object."""
        httpx.put(self.address(sha256), content=content, headers=SIGNED).raise_for_status()

    def uploads(self, sha256: str) -> int:
        """How often an object was sent, by the server's log."""
        return self.server.log.read_text().count(f"PUT /{self.name}/{self.prefix}/{sha256[:2]}/{sha256} ")

    def number(self) -> int:
        """How many objects there are."""
        listing = httpx.get(f"{self.server.url}/{self.name}?list-type=2", headers=SIGNED)
        return listing.raise_for_status().text.count("<Key>")


@contextmanager
def s3_running(folder: Path) -> Iterator[S3Server]:
    """Run a server; its log goes to `folder`."""
    port, log_file = free_port(), folder / f"s3.{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with log_file.open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    server = S3Server(f"http://127.0.0.1:{port}", log_file, process)
    try:
        _wait(server)
        yield server
    finally:
        server.stop()


def new_bucket(server: S3Server, name: str) -> TestBucket:
    """An empty bucket."""
    httpx.put(f"{server.url}/{name}", headers=SIGNED).raise_for_status()
    return TestBucket(server, name)


def use_bucket(bucket: TestBucket, patch: pytest.MonkeyPatch, **changed: str) -> None:
    """Keep files in a bucket from now on; `changed` has other values for its environment."""
    for name, value in {**bucket.env, **changed}.items():
        patch.setenv(name, value)
    settings.cache_clear()


def forget_copies() -> None:
    """Lose the copies of this machine, as a new one begins."""
    for file in (settings().files / "cache").rglob("*"):
        if file.is_file():
            file.unlink()


def _wait(server: S3Server) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            httpx.get(server.url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the S3 server did not start:\n{server.log.read_text()[-4000:]}")
