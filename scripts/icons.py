"""Cuts Streamlit's icon typeface down to the icons that its front-end can show: one fortieth of the weight of a first visit.

    .venv/bin/python -m scripts.icons    writes data/fonts/icons.woff2; again after each change of Streamlit's version

tests/ui/test_icons.py fails while an icon is missing.
"""

import io
import re
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from core.settings import ROOT
from ui.shell import ICONS, STREAMLIT_ICONS, STREAMLIT_STATIC

OURS = ("ui", "pages")
_NAME = re.compile(r":material/([a-z0-9_]+):")


def names_used() -> set[str]:
    """Icons that Streamlit's bundles or our own screens name."""
    bundles = (STREAMLIT_STATIC / "static" / "js").glob("*.js")
    screens = (file for folder in OURS for file in (ROOT / folder).rglob("*.py"))
    return {name for file in (*bundles, *screens) for name in _NAME.findall(file.read_text(encoding="utf-8"))}


def whole() -> TTFont:
    """Streamlit's own typeface; raises LookupError where it has another name or there are two."""
    (file,) = (STREAMLIT_STATIC / "static" / "media").glob(STREAMLIT_ICONS)
    return TTFont(file)


def icons_of(font: TTFont) -> dict[tuple[str, ...], str]:
    """The glyph that takes the place of each row of letters: an icon is written as its name."""
    found: dict[tuple[str, ...], str] = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            ligatures = getattr(getattr(table, "ExtSubTable", table), "ligatures", {})
            for first, rest in ligatures.items():
                found |= {(first, *one.Component): one.LigGlyph for one in rest}
    return found


def shown(font: TTFont, names: Iterable[str]) -> dict[str, str]:
    """The names that the typeface has an icon for, with its glyph."""
    letters, icons = font.getBestCmap(), icons_of(font)
    rows = {name: tuple(letters.get(ord(sign), "") for sign in name) for name in names}
    return {name: icons[row] for name, row in rows.items() if row in icons}


def cut(font: TTFont, names: Iterable[str]) -> bytes:
    """The typeface with nothing but these icons, as WOFF2."""
    wanted = shown(font, names)
    signs = {ord(sign) for name in wanted for sign in name}
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    options.layout_closure = False  # else the letters would bring back every icon that can be spelled with them
    cutter = subset.Subsetter(options)
    cutter.populate(glyphs=wanted.values(), unicodes=signs)
    cutter.subset(font)
    written = io.BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()


def main() -> None:
    """Write the file."""
    Path(ICONS).write_bytes(cut(whole(), names_used()))


if __name__ == "__main__":
    main()
