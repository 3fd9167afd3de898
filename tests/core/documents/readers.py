"""Documents as others read them: poppler for text, fonts and pictures, zbar for codes."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _scan(*pictures: Path) -> list[str]:
    command = ["zbarimg", "--quiet", "--nodbus", *map(str, pictures)]
    scanned = subprocess.run(command, check=False, capture_output=True, text=True)
    assert scanned.returncode in (0, 4), scanned.stderr  # 4: no code on the page
    return scanned.stdout.splitlines()


def text_of(document: bytes, *options: str) -> str:
    """What a person reads, page after page."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.pdf"
        file.write_bytes(document)
        return _run("pdftotext", *options, str(file), "-")


def fonts_of(document: bytes) -> list[list[str]]:
    """The lines of `pdffonts` below its head, in words."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.pdf"
        file.write_bytes(document)
        return [line.split() for line in _run("pdffonts", str(file)).splitlines()[2:]]


def codes_of(document: bytes, *, dots_an_inch: int = 100) -> set[str]:
    """What a scanner sees on the pages, as `QR-Code:…` and `CODE-128:…`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.pdf"
        file.write_bytes(document)
        _run("pdftoppm", "-r", str(dots_an_inch), "-gray", "-png", str(file), f"{folder}/page")
        return {code for page in sorted(Path(folder).glob("page*.png")) for code in _scan(page)}


def codes_of_pictures(pictures: Sequence[bytes]) -> list[str]:
    """What a scanner sees on each picture (PNG) with one QR code, without its kind."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{nth:06}.png" for nth in range(len(pictures))]
        for file, picture in zip(files, pictures, strict=True):
            file.write_bytes(picture)
        return [code.removeprefix("QR-Code:") for code in _scan(*files)]


def pictures_of(document: bytes) -> list[tuple[int, int]]:
    """Width and height of every picture on the pages, as `pdfimages` lists them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.pdf"
        file.write_bytes(document)
        lines = [line.split() for line in _run("pdfimages", "-list", str(file)).splitlines()[2:]]
    return [(int(line[3]), int(line[4])) for line in lines]


def pages_of(document: bytes) -> int:
    """How many pages there are."""
    return text_of(document).count("\f")
