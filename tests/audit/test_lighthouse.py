"""Lighthouse, as anybody would run it from their browser: accessibility and best practices are whole.

https://developer.chrome.com/docs/lighthouse; a score of 1 is what its page calls 100.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from core.access.models import Realm
from scripts.browser import installed
from scripts.lighthouse import PROGRAM
from tests.audit.tour import PUBLIC, TENANTS, Stop
from tests.audit.visits import Services, cookie_of
from tests.browsers import flags
from tests.servers import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
CATEGORIES = ("accessibility", "best-practices")
SIGNED_IN = {"strona-glowna", "finanse", "liczniki"}
STOPS = [
    one
    for one in (*PUBLIC, *TENANTS)
    if not one.steps and "?" not in one.path and (one.login is None or one.name in SIGNED_IN)
]


@pytest.fixture(scope="module")
def port() -> int:
    """Where Lighthouse finds the browser."""
    return free_port()


@pytest.fixture(scope="module")
def window(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser that others may steer; its cookies are those of all of its tabs."""
    path = installed()
    assert path, "no Chromium: run `make test`, which installs it"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("lighthouse"),
            executable_path=path,
            args=[*flags(), f"--remote-debugging-port={port}"],
        )


def lighthouse(url: str, port: int) -> dict[str, Any]:
    """The report on one address."""
    done = subprocess.run(
        [
            *(str(Path(sys.executable).parent / "node"), str(PROGRAM), url, f"--port={port}", "--disable-storage-reset"),
            *(f"--only-categories={','.join(CATEGORIES)}", "--output=json", "--output-path=stdout", "--quiet"),
        ],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def faults(report: dict[str, Any]) -> list[str]:
    """What kept a score from being whole."""
    return [
        f"{name} {report['categories'][name]['score']}: {one['id']} {report['audits'][one['id']]['title']} "
        f"{json.dumps(report['audits'][one['id']].get('details', {}).get('items', []))[:600]}"
        for name in CATEGORIES
        for one in report["categories"][name]["auditRefs"]
        if one["weight"] and report["categories"][name]["score"] != 1
        if report["audits"][one["id"]]["score"] not in (1, None)
    ]


@pytest.mark.parametrize("stop", STOPS, ids=str)
def test_lighthouse_finds_nothing(stop: Stop, services: Services, window: BrowserContext, port: int) -> None:
    url = services[Realm.TENANT].url
    window.clear_cookies()
    if stop.login is not None:
        window.add_cookies([cookie_of(stop, url)])
    report = lighthouse(url + stop.path, port)
    assert report["finalDisplayedUrl"] == url + stop.path
    assert faults(report) == []
    assert [report["categories"][name]["score"] for name in CATEGORIES] == [1, 1]


PLANTED = b"<!DOCTYPE html><title>Strona</title><h1>Strona</h1><img src='data:,'><p style='color: #aaa'>Blady tekst"


class _Planted(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PLANTED)


def test_lighthouse_finds_a_planted_fault(window: BrowserContext, port: int) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Planted) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        report = lighthouse(f"http://127.0.0.1:{server.server_port}/", port)
        server.shutdown()
    assert {"image-alt", "html-has-lang", "color-contrast"} <= {one.split()[2] for one in faults(report)}
