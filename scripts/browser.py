"""Sees to it that there is a Chromium for the tests in a real browser.

One on the PATH will do; so will the one that playwright keeps. Where there is none: through apt when run as root on Debian or
Ubuntu, else through playwright, else a plain sentence.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def installed() -> str | None:
    """The browser's path: on the PATH first, then playwright's own."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> bool:
    """Try the ways this machine offers, one after another; True as soon as one worked."""
    ways: list[list[list[str]]] = []
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways.append([["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]])
    ways.append([[sys.executable, "-m", "playwright", "install", "chromium"]])
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for way in ways:
        done = all(
            subprocess.run(step, check=False, stdout=sys.stderr, env=environment).returncode == 0  # noqa: S603
            for step in way
        )
        if done and installed():
            return True
    return False


def main() -> int:
    """Find or install; returns the exit status."""
    if installed() or install():
        return 0
    sys.stderr.write(
        "No Chromium for the tests in a browser, and it could not be installed. "
        "Install the package `chromium` of your system (as root: apt-get install chromium) and run make test again.\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
