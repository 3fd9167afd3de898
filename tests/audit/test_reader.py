"""What readers have set in their browser counts: the size of type."""

import pytest
from playwright.sync_api import sync_playwright

from core.access.models import Realm
from scripts.browser import installed
from tests.audit.tour import settled
from tests.audit.visits import Services
from tests.browsers import flags

pytestmark = pytest.mark.e2e
LARGE = 32  # pixels; browsers begin with 16


@pytest.mark.parametrize("path", ["/logowanie", "/aktywacja", "/dostepnosc"])
def test_size_of_type_of_the_browser_counts(services: Services, path: str) -> None:
    path_of_browser = installed()
    assert path_of_browser, "no Chromium: run `make test`, which installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path_of_browser, args=[*flags(), f"--blink-settings=defaultFontSize={LARGE}"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(services[Realm.TENANT].url + path)
        settled(page)
        told = page.evaluate("""[getComputedStyle(document.documentElement).fontSize,
            getComputedStyle(document.querySelector('main p, main label')).fontSize,
            (document.querySelector('[data-testid=stMain]') ?? document.documentElement).scrollWidth - innerWidth]""")
        browser.close()
    assert told[0] == f"{LARGE}px"
    assert float(told[1].removesuffix("px")) >= LARGE * 0.85
    assert told[2] <= 0, "and nothing stands beside the page"
