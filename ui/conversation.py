"""What tenant and office write to each other, message by message, as text with its line breaks."""

from typing import Literal

import streamlit as st

from core.access.scopes import TenantScope
from ui.markup import Safe, text

# Whose it is to who reads it: one's own, the other side's, a note that the other side never sees.
Side = Literal["own", "theirs", "inside"]


def author(scope: TenantScope, *, proxy: str | None) -> str:
    """Who wrote something on the tenant's side, to who reads it now; `proxy`: somebody in the tenant's place."""
    if proxy:
        return f"pełnomocnik: {proxy}"
    return "Ty" if scope.proxy is None else "najemca"


def said(body: str, *, who: str, when: str, side: Side = "own", mark: Safe | None = None, below: str = "") -> None:
    """One message; `mark`: a badge before the name, `below`: HTML of ours under the text."""
    st.html(
        f'<article class="kit kit-said kit-{side}" aria-label="{text(f"{who}, {when}")}">'
        f'<p class="kit-entry">{mark or ""} <strong>{text(who)}</strong>, {text(when)}</p>'
        f'<div class="kit-plain">{text(body)}</div>{below}</article>'
    )


def quoted(body: str, *, side: Side = "own") -> None:
    """A text of several lines, framed, without a word on who wrote it."""
    st.html(f'<div class="kit kit-said kit-{side}"><div class="kit-plain">{text(body)}</div></div>')
