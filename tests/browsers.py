"""A real Chromium for the tests that look at screens."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from scripts.browser import installed

# Background services of the browser would only fail on a closed network; the sandbox does not work for root.
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def flags() -> list[str]:
    """What the browser is started with."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; while it is there, its event loop runs in this thread and no other can."""
    path = installed()
    assert path, "no Chromium: run `make test`, which installs it"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=flags())
