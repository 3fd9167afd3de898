"""QR codes on screen."""

import segno
import streamlit as st

from ui.markup import text


def qr_image(content: str, *, about: str) -> None:
    """The content as a QR code, drawn in the page itself: it is sent nowhere. `about` is its text alternative."""
    drawn = segno.make(content, error="m").svg_data_uri(scale=5, border=4)
    st.html(f'<img class="kit kit-qr" src="{text(drawn)}" alt="{text(about)}">')
