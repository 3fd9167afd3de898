"""Streamlit's front-end in Polish: every literal is found, files are compressed once, a new version is noticed."""

import gzip
import json
import logging
import re
import tomllib
from pathlib import Path

import brotli
import pytest
from streamlit import config

from core.access.models import Realm
from core.settings import ROOT, Settings
from tests.conftest import forget_settings
from ui import frontend as frontend_module
from ui import shell as shell_module
from ui.configuration import wrong_settings
from ui.frontend import Frontend, patch_bundles, streamlit_version
from ui.service import SERVICES, SESSION_FIELD, SESSION_HEADER
from ui.shell import OWN_ASSETS, STREAMLIT_STATIC, shell

PORTAL = SERVICES[Realm.TENANT]
SAFE = {
    "server.trustedUserHeaders": {SESSION_HEADER: SESSION_FIELD},
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.baseUrlPath": "",
    "client.showErrorDetails": "none",
    "server.cookieSecret": "Vq8mXz2LkR7tYw4NbC1sDf6GhJ9pQeUa",
    "server.fileWatcherType": "none",
    "global.developmentMode": False,
}
PUBLIC = Settings(var=Path("var"), database_url="sqlite:///x", production=True, tls=True)


@pytest.fixture
def frontend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Frontend:
    monkeypatch.setenv("IOK_VAR", str(tmp_path))
    forget_settings()
    return Frontend(PORTAL)


def test_every_english_literal_is_found() -> None:
    patched, missing = patch_bundles()
    assert missing == []
    assert all(name.startswith("js/") for name in patched)


def test_literal_that_is_gone_is_logged_and_leaves_the_rest(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("IOK_VAR", str(tmp_path))
    forget_settings()
    there = ("`Increment`", "`Zwiększ`")
    monkeypatch.setattr(
        frontend_module, "PATCHES", {"NumberInput.*.js": [("`No such word`", "`x`"), there], "Gone.*.js": []}
    )
    with caplog.at_level(logging.WARNING):
        made = Frontend(PORTAL)
    assert made.missing == [("NumberInput.*.js", "`No such word`"), ("Gone.*.js", "the file itself")]
    assert "No such word" in caplog.text
    name = next((STREAMLIT_STATIC / "static" / "js").glob("NumberInput.*.js")).name
    asset = made.find(f"{made.prefix}/js/{name}", "")
    assert asset
    assert "`Zwiększ`" in asset.body.decode()


@pytest.mark.parametrize(("accepted", "unpack"), [("gzip, deflate, br", brotli.decompress), ("gzip", gzip.decompress)])
def test_compressed_file_is_the_file(frontend: Frontend, accepted: str, unpack: object) -> None:
    path = f"{frontend.prefix}/portal.js"
    plain, packed = frontend.find(path, ""), frontend.find(path, accepted)
    assert plain
    assert packed
    assert plain.body == (OWN_ASSETS / "portal.js").read_bytes()
    assert callable(unpack)
    assert unpack(packed.body) == plain.body
    assert frontend.find(path, accepted) is packed


def test_compressed_files_are_kept_for_the_next_start(frontend: Frontend, tmp_path: Path) -> None:
    packed = frontend.find(f"{frontend.prefix}/portal.js", "br")
    assert packed
    assert packed.body in [file.read_bytes() for file in (tmp_path / "assets").iterdir()]


def test_path_changes_with_the_content(frontend: Frontend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Frontend(PORTAL).prefix == frontend.prefix
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "portal.css").write_text("h1 { color: red }")
    monkeypatch.setattr(frontend_module, "OWN_ASSETS", tmp_path / "own")
    assert Frontend(PORTAL).prefix != frontend.prefix


def test_nothing_outside_the_front_end_is_served(frontend: Frontend) -> None:
    for path in ("../index.html", "../../__init__.py", "js/../../../web/cli.py", "/etc/passwd", "js", ""):
        assert frontend.find(f"{frontend.prefix}/{path}", "") is None, path


def test_front_end_behind_a_symbolic_link_is_served(
    frontend: Frontend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    link = tmp_path / "streamlit"
    link.symlink_to(STREAMLIT_STATIC)
    monkeypatch.setattr(frontend_module, "STREAMLIT_STATIC", link)
    style = next((STREAMLIT_STATIC / "static" / "css").iterdir()).name
    assert frontend.find(f"{frontend.prefix}/css/{style}", "") is not None
    assert frontend.find(f"{frontend.prefix}/../index.html", "") is None


def test_shell_fails_loudly_when_streamlit_changes_its_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<html lang="en"><title>Something new</title></html>')
    monkeypatch.setattr(shell_module, "STREAMLIT_STATIC", tmp_path)
    with pytest.raises(LookupError, match="Streamlit"):
        shell(PORTAL, "/zasoby/x")


def test_sizes_of_type_follow_the_size_that_a_reader_chose() -> None:
    fixed = [
        (file.name, found)
        for file in OWN_ASSETS.glob("*.css")
        for found in re.findall(r"font(?:-size)?:[^;}]*\d(?:px|pt)\b", file.read_text(encoding="utf-8"))
    ]
    assert fixed == []


def test_scripts_follow_the_content_security_policy() -> None:
    source = (OWN_ASSETS / "portal.js").read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|https?://", source)


def test_colours_of_text_are_readable_on_their_backgrounds() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for colour in ("red", "orange", "yellow", "green", "blue", "gray"):
        assert contrast(theme[f"{colour}TextColor"], theme[f"{colour}BackgroundColor"]) >= 4.5, colour
    for background in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        assert contrast(theme["textColor"], background) >= 7
        assert contrast(theme["linkColor"], background) >= 4.5
        assert contrast(theme["borderColor"], background) >= 3


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_safe_production_settings_are_accepted() -> None:
    assert wrong_settings(PUBLIC, SAFE.__getitem__) == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.trustedUserHeaders", {}),
        ("server.trustedUserHeaders", {"X-Forwarded-User": "sid"}),
        ("server.enableXsrfProtection", False),
        ("server.enableCORS", False),
        ("server.enableStaticServing", True),
        ("server.baseUrlPath", "portal"),
        ("client.showErrorDetails", "full"),
        ("server.cookieSecret", ""),
        ("server.cookieSecret", "short"),
        ("server.cookieSecret", "x" * 40),
        ("server.fileWatcherType", "auto"),
        ("global.developmentMode", True),
    ],
)
def test_each_unsafe_setting_stops_production(option: str, value: object) -> None:
    problems = wrong_settings(PUBLIC, {**SAFE, option: value}.__getitem__)
    assert len(problems) == 1
    assert problems[0].startswith(option)


def test_production_needs_a_landlord() -> None:
    (problem,) = wrong_settings(PUBLIC, SAFE.__getitem__, landlord_is_made_up=True)
    assert problem.startswith("IOK_LANDLORD_NAME")
    demonstration = Settings(var=Path("var"), database_url="sqlite:///x", production=False, tls=False)
    assert wrong_settings(demonstration, SAFE.__getitem__, landlord_is_made_up=True) == []


def test_production_needs_tls() -> None:
    without = Settings(var=Path("var"), database_url="sqlite:///x", production=True, tls=False)
    assert wrong_settings(without, SAFE.__getitem__) == ["IOK_TLS must be 1: in production browsers come over TLS"]


def test_every_option_in_the_configuration_file_exists() -> None:
    known = json.loads(json.dumps(sorted(config._config_options_template)))
    read = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    options = {
        f"{section}.{name}"
        for section, values in read.items()
        for name, value in values.items()
        if not (section == "theme" and isinstance(value, dict))
    }
    assert options <= set(known)
    assert streamlit_version() == "1.67.0"


def test_cookie_is_bound_to_the_host_under_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_TLS", "1")
    forget_settings()
    names = {service.cookie_name for service in SERVICES.values()}
    forget_settings()
    assert names == {"__Host-iok_najemca", "__Host-iok_pracownik"}
