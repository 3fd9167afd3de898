"""The demo city, both services over it, and a browser of somebody whose computer speaks English."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.audit.visits import Services, Visits, services_of_a_demo_city
from tests.browsers import chromium


@pytest.fixture(scope="package")
def var(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the city."""
    folder = tmp_path_factory.mktemp("audited")
    shutil.copy(sqlite_template, folder / "iok.db")
    return folder


@pytest.fixture(scope="package")
def services(var: Path) -> Iterator[Services]:
    """Both services over a small demo city: something to see on every page."""
    with services_of_a_demo_city(var, tenancies=300) as running_services:
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
