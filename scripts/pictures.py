"""`make pictures`: every page of both apps at a desktop's width and at a phone's, of a demo city made for it.

They come into `var/pictures/`, to be looked at one by one. Those that the guides and the README show are cut out
and put into their places, so that they show the product as it is.
"""

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import click
from PIL import Image
from playwright.sync_api import Page, ViewportSize

from core.settings import ROOT
from tests.audit.tour import TOUR, Stop, settled
from tests.audit.visits import DESKTOP, PHONE, TENANCIES, Visits, services_of_a_demo_city
from tests.browsers import chromium
from ui.guide import DOTS

MARGIN = 16  # pixels above a heading
LONGEST = 6000  # pixels; a longer page is cut
GUIDES, README = ROOT / "data" / "help" / "pictures", ROOT / "docs" / "pictures"
COLOURS = 64  # of a picture that is shown: it comes within the page


class Shown(NamedTuple):
    """A part of a picture that the guides or the README show: so high, from the top or from a heading on.

    Widths and heights are pixels of the page; a picture has `DOTS` times as many, for screens that show them all.
    """

    file: Path
    width: int
    height: int = 760
    heading: str | None = None


SHOWN = {
    "tenant-logowanie": [Shown(GUIDES / "logowanie.png", 360, 478, "Logowanie")],
    "tenant-strona-glowna": [
        Shown(GUIDES / "saldo.png", 360, 588, "Strona główna"),
        Shown(GUIDES / "zaplac.png", 360, 850, "Zapłać"),
        Shown(README / "home-1280.png", 1280, 900),
        Shown(README / "home-360.png", 360),
    ],
    "tenant-liczniki": [Shown(GUIDES / "odczyt.png", 360, 772, "Zimna woda, kuchnia")],
    "tenant-korespondencja": [Shown(GUIDES / "pisma.png", 360, 672, "Korespondencja")],
    "tenant-finanse": [Shown(README / "finance-1280.png", 1280, 900), Shown(README / "finance-360.png", 360)],
    "staff-pulpit": [Shown(GUIDES / "pulpit.png", 1280, 800, "Pulpit")],
    "staff-import-plik": [
        Shown(GUIDES / "import.png", 1280, 760, "Sprawdzony plik"),
        Shown(README / "import-1280.png", 1280, 900, "Sprawdzony plik"),
        Shown(README / "import-360.png", 360, 760, "Sprawdzony plik"),
    ],
}


def whole(page: Page) -> None:
    """Make the window as high as the page: Streamlit scrolls inside of itself."""
    high = page.evaluate("(document.querySelector('[data-testid=stMain]') ?? document.documentElement).scrollHeight")
    size = page.viewport_size or DESKTOP
    page.set_viewport_size({"width": size["width"], "height": min(max(int(high), size["height"]), LONGEST)})
    settled(page)


def take(visit: Visits, stop: Stop, size: ViewportSize, folder: Path) -> None:
    """The whole page as a picture, and its parts that are shown."""
    page = visit(stop, size)
    whole(page)
    file = folder / f"{stop}-{size['width']}.png"
    page.screenshot(path=file)
    for shown in SHOWN.get(str(stop), []):
        if shown.width == size["width"]:
            _cut(page, file, shown)


def _cut(page: Page, file: Path, shown: Shown) -> None:
    left = top = 0
    if shown.heading is not None:
        box = page.get_by_role("heading", name=shown.heading).first.bounding_box()
        if box is None:
            raise LookupError(shown.heading)
        left, top = max(0, round(box["x"]) - MARGIN), max(0, round(box["y"]) - MARGIN)
    shown.file.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(file) as picture:
        bottom = min(picture.height, (top + shown.height) * DOTS)
        part = picture.convert("RGB").crop((left * DOTS, top * DOTS, shown.width * DOTS, bottom))
        part.quantize(COLOURS).save(shown.file, optimize=True)


@click.command()
@click.option("--only", default="", help="Pages whose name has this in it.")
def main(only: str) -> None:
    """Make the pictures and say where they are."""
    pictures = ROOT / "var" / "pictures"
    if not only:
        shutil.rmtree(pictures, ignore_errors=True)
    pictures.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="iok-pictures-") as folder,
        services_of_a_demo_city(Path(folder), tenancies=TENANCIES) as services,
        chromium() as browser,
    ):
        visit = Visits(browser, services, locale="pl-PL", dots=DOTS)
        for stop in TOUR:
            if only not in str(stop):
                continue
            for size in (DESKTOP, PHONE):
                take(visit, stop, size, pictures)
            click.echo(f"  {stop}")
        visit.close()
    click.echo(f"The pictures are in {pictures}.")


if __name__ == "__main__":
    main()
