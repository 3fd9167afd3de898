"""The guides: whole and in Polish marks, with links that lead somewhere, and pictures only where there are some."""

import re
from pathlib import Path

import pytest

from core.access.models import Realm
from core.settings import ROOT
from ui import guide as guide_module
from ui.guide import GUIDES, guide_html, guide_text

SCRIPTS = {Realm.TENANT: "app_tenant.py", Realm.STAFF: "app_staff.py"}
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (720).to_bytes(4, "big")  # as wide as a phone, with two dots to a pixel


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(guide_module, "PICTURES", tmp_path)
    return tmp_path


@pytest.mark.parametrize("realm", Realm)
def test_guide_has_no_mark_left_over(realm: Realm) -> None:
    html = guide_html(guide_text(realm))
    assert not re.search(r"\]\(|\*\*|##|\$", html)
    assert html.count("<h2>") > 8


@pytest.mark.parametrize("realm", Realm)
def test_links_of_a_guide_lead_to_screens_of_its_service(realm: Realm) -> None:
    screens = set(re.findall(r'"([a-z-]+)"', (ROOT / SCRIPTS[realm]).read_text(encoding="utf-8"))) | {"logowanie", ""}
    linked = {path.removeprefix("/") for path in re.findall(r'href="([^"]+)"', guide_html(guide_text(realm)))}
    assert len(linked) > 8
    assert linked <= screens


def test_picture_that_is_not_made_leaves_no_trace(pictures: Path) -> None:
    assert guide_html("Przed.\n\n![Widok](widok.png)\n\nPo.") == "<p>Przed.</p><p>Po.</p>"


def test_picture_stands_in_its_place_with_its_words(pictures: Path) -> None:
    (pictures / "widok.png").write_bytes(PNG)
    assert guide_html('Przed.\n\n![Widok "A"](widok.png)\n\nPo.') == (
        '<p>Przed.</p><img alt="Widok &quot;A&quot;" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAtA=" '
        'width="360"><p>Po.</p>'
    )


@pytest.mark.parametrize("place", ["![x](../terms.png)", "![x](https://elsewhere.example/x.png)", "![x](x.svg)"])
def test_only_files_of_the_guide_are_pictures(pictures: Path, place: str) -> None:
    (pictures.parent / "terms.png").write_bytes(PNG)
    assert "<img" not in guide_html(place)


def test_each_service_has_its_guide() -> None:
    assert {file.stem for file in GUIDES.glob("*.md")} == {"README", *Realm}
