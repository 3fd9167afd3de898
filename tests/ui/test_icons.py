"""The icon typeface that we serve: every icon that a screen can show, and hardly anything else."""

import io
from pathlib import Path

import httpx
import pytest
from fontTools.ttLib import TTFont

from scripts.icons import cut, names_used, shown, whole
from tests.servers import Server
from ui.shell import ICONS, STREAMLIT_ICONS, STREAMLIT_STATIC


def test_every_icon_that_is_named_is_there() -> None:
    wanted = shown(whole(), names_used())
    assert len(wanted) > 50, "they are named otherwise now"
    assert {"visibility", "upload", "close", "keyboard_double_arrow_right", "check"} <= set(wanted)
    missing = set(wanted) - set(shown(TTFont(ICONS), wanted))
    assert not missing, "run `.venv/bin/python -m scripts.icons`"


def test_typeface_that_lacks_an_icon_is_found_out() -> None:
    wanted = shown(whole(), names_used())
    without_one = TTFont(io.BytesIO(cut(whole(), set(wanted) - {"visibility"})))
    assert set(wanted) - set(shown(without_one, wanted)) == {"visibility"}


def test_it_is_light() -> None:
    (file,) = (STREAMLIT_STATIC / "static" / "media").glob(STREAMLIT_ICONS)
    assert Path(ICONS).stat().st_size < file.stat().st_size / 20


@pytest.mark.parametrize("service", ["portal", "dashboard"])
def test_it_is_served_in_the_place_of_streamlits(service: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(service)
    (file,) = (STREAMLIT_STATIC / "static" / "media").glob(STREAMLIT_ICONS)
    prefix = httpx.get(server.url).text.split("/zasoby/")[1].split("/")[0]
    answer = httpx.get(f"{server.url}/zasoby/{prefix}/media/{file.name}")
    assert answer.content == Path(ICONS).read_bytes()
    assert answer.headers["content-type"] == "font/woff2"
