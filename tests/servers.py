"""The real applications as processes: `streamlit run app_….py` on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.settings import ROOT

START_LIMIT = 60  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A running application."""

    port: int
    log: Path
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    app: str, *, folder: Path, env: Mapping[str, str] | None = None, port: int | None = None
) -> Iterator[Server]:
    """Run `app_tenant.py` or `app_staff.py` over the database that the environment names; its log goes to `folder`.

    Only its health has been asked when it is handed over: no script has run in the process yet.
    """
    port, log_file = port or free_port(), folder / f"{Path(app).name}.{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port)]
    with log_file.open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=log, stderr=log)
    server = Server(port, log_file, process.pid)
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{server.url}/_stcore/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()[-4000:]}")
