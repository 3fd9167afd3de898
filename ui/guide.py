"""Pomoc: the guide of each service, a text that ships with the product, with its pictures where they have been made."""

import base64
import re

import streamlit as st

from core.access.models import Realm
from core.landlord import in_landlords_name
from core.settings import ROOT
from ui.markup import Safe, text
from ui.prose import prose_html

GUIDES = ROOT / "data" / "help"
PICTURES = GUIDES / "pictures"
DOTS = 2  # of a picture to a pixel of the page: screens of phones show them all
# A place for a picture: a line of its own that names a file of ours.
_PLACE = re.compile(r"!\[([^\[\]]+)\]\(([a-z0-9-]+\.png)\)")


def guide(realm: Realm) -> None:
    """The whole guide of a service."""
    st.html(f'<div class="kit kit-prose kit-guide">{guide_html(guide_text(realm))}</div>')


def guide_text(realm: Realm) -> str:
    """The guide in the landlord's name."""
    return in_landlords_name((GUIDES / f"{realm}.md").read_text(encoding="utf-8"))


def guide_html(written: str) -> Safe:
    """The guide as HTML; a picture that has not been made leaves no trace."""
    parts: list[str] = []
    prose: list[str] = []
    for line in written.splitlines():
        place = _PLACE.fullmatch(line.strip())
        if place is None:
            prose.append(line)
            continue
        parts += [prose_html("\n".join(prose)), _picture(place[1], place[2])]
        prose = []
    return Safe("".join([*parts, prose_html("\n".join(prose))]))


def _picture(told: str, name: str) -> str:
    file = PICTURES / name
    if not file.is_file():
        return ""
    content = file.read_bytes()
    wide = int.from_bytes(content[16:20], "big") // DOTS  # of the PNG's header
    # In the page itself: the screen is open to everybody, and Streamlit's own files are for those who are signed in.
    return f'<img alt="{text(told)}" src="data:image/png;base64,{base64.b64encode(content).decode()}" width="{wide}">'
