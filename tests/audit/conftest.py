"""The demo city, both services over it, and a browser of somebody whose computer speaks English."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.audit.visits import TENANCIES, Services, Visits, make_city, services_over
from tests.browsers import chromium


@pytest.fixture(scope="session")
def made_city(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a demo city, made by whichever process of the tests comes first."""
    root = tmp_path_factory.getbasetemp()
    shared = root if worker_id == "master" else root.parent
    city = shared / "demo-city"
    with (shared / "demo-city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not city.exists():
            half = shared / "demo-city.half"
            shutil.rmtree(half, ignore_errors=True)
            make_city(half, tenancies=TENANCIES)
            half.rename(city)
    return city


@pytest.fixture(scope="package")
def var(made_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it that is this process's own."""
    return Path(shutil.copytree(made_city, tmp_path_factory.mktemp("audited") / "var"))


@pytest.fixture(scope="package")
def services(var: Path) -> Iterator[Services]:
    """Both services over the city: something to see on every page."""
    with services_over(var) as running_services:
        yield running_services


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module."""
    with chromium() as running_browser:
        yield running_browser


@pytest.fixture(scope="module")
def visit(browser: Browser, services: Services) -> Iterator[Visits]:
    """Goes to stops of the tour."""
    visits = Visits(browser, services)
    yield visits
    visits.close()
