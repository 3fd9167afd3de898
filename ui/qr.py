"""QR codes on screen."""

import segno
import streamlit as st

from ui.markup import text


def qr_image(code: segno.QRCode, *, about: str) -> None:
    """The code, drawn in the page itself: it is sent nowhere. `about` is its text alternative.

    A picture of dots, because on a phone it is kept by a long press and read by the bank's app from the gallery, which
    takes no drawings of lines.
    """
    st.html(f'<img class="kit kit-qr" src="{text(code.png_data_uri(scale=8, border=4))}" alt="{text(about)}">')
