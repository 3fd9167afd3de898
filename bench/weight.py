"""What a browser fetches for a page of the tenant portal, cold and warm: bytes on the wire and number of requests.

Cold is a browser that has never been here; home comes cold after a sign-in, as with a link from a letter while the
session's cookie is there. Warm is the same browser once more. Counted is what the browser says came over the wire, with
its headers, and the frames of the WebSocket beside it; the ratio is to the same files unpacked.
"""

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from core.access.models import Realm
from tests.audit.tour import TENANT, Stop, settled
from tests.audit.visits import cookie_of, services_of_a_demo_city
from tests.browsers import chromium

SIGN_IN = Stop(Realm.TENANT, "logowanie", "/logowanie", None)
HOME = Stop(Realm.TENANT, "strona-glowna", "/", TENANT)
GOALS = {SIGN_IN: 1.2, HOME: 1.6}  # MB
MEGABYTE = 1_000_000
QUIET = 2000  # milliseconds without a word, after which a page has all that it wants


@dataclass
class Wire:
    """What came over it: bytes of each request by its address, bytes of the WebSocket, bytes of the files unpacked."""

    requests: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    frames: int = 0
    unpacked: int = 0

    @property
    def total(self) -> float:
        """Bytes."""
        return sum(self.requests.values())


def load(context: BrowserContext, url: str) -> Wire:
    """One load of a page in a tab of its own, until it has been quiet for a while."""
    page, wire, names = context.new_page(), Wire(), dict[str, str]()
    protocol = context.new_cdp_session(page)

    def asked(event: Mapping[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            names[event["requestId"]] = event["request"]["url"]

    def came(event: Mapping[str, Any]) -> None:
        if event["requestId"] in names and not event["response"].get("fromDiskCache"):
            wire.requests[names[event["requestId"]]] += 0

    def received(event: Mapping[str, Any]) -> None:
        wire.unpacked += event["dataLength"]

    def finished(event: Mapping[str, Any]) -> None:
        if names.get(event["requestId"]) in wire.requests:
            wire.requests[names[event["requestId"]]] += event["encodedDataLength"]

    def frame(event: Mapping[str, Any]) -> None:
        wire.frames += len(event["response"]["payloadData"]) * 3 // 4  # binary frames are told in base64

    for name, heard in {
        "Network.requestWillBeSent": asked,
        "Network.responseReceived": came,
        "Network.dataReceived": received,
        "Network.loadingFinished": finished,
        "Network.webSocketFrameReceived": frame,
    }.items():
        protocol.on(name, heard)
    protocol.send("Network.enable")
    page.goto(url)
    settled(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET)
    page.close()
    return wire


def _visit(browser: Browser, url: str, stop: Stop) -> tuple[Wire, Wire]:
    """The same address twice in one new browser profile: cold, then warm."""
    context = browser.new_context(locale="pl-PL", viewport={"width": 390, "height": 844})
    if stop.login is not None:
        context.add_cookies([cookie_of(stop, url)])
    cold, warm = load(context, url + stop.path), load(context, url + stop.path)
    context.close()
    return cold, warm


def compare() -> None:
    """Print the weight of both pages."""
    with (
        tempfile.TemporaryDirectory(prefix="iok-bench-") as folder,
        services_of_a_demo_city(Path(folder), tenancies=80) as services,
        chromium() as browser,
    ):
        url = services[Realm.TENANT].url
        for stop, goal in GOALS.items():
            cold, warm = _visit(browser, url, stop)
            print(
                f"weight of {stop.name}, cold: {cold.total / MEGABYTE:.2f} MB in {len(cold.requests)} requests (goal ≤ "
                f"{goal} MB), {cold.total / cold.unpacked:.0%} of the same unpacked, WebSocket {cold.frames / 1000:.0f} kB; "
                f"warm: {warm.total / 1000:.0f} kB in {len(warm.requests)} requests "
                f"({', '.join(_told(one, url) for one in warm.requests)}), WebSocket {warm.frames / 1000:.0f} kB"
            )


def _told(address: str, url: str) -> str:
    return address.removeprefix(url).replace("ws:", "").replace("http:", "").removeprefix("//" + url.partition("//")[2])
