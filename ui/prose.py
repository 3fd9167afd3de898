"""Published texts (terms, personal data) as HTML: headings, paragraphs, lists, bold, links. Nothing else of Markdown.

An administrator may publish any text. What is not one of these marks stays text: no HTML, no pictures from elsewhere.
"""

import re
from collections.abc import Iterator

import streamlit as st

from ui.markup import Safe, text

_HEADING = re.compile(r"(#{1,6})\s+(.+)")
_ITEM = re.compile(r"(?:(\d{1,4})[.)]|[-*])\s+(.+)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\(([^\s()]+)\)")
# Addresses of this service (not `//elsewhere`), of mail and of other services over TLS.
_ADDRESS = re.compile(r"(?:/(?!/)|mailto:|https://)[^\s\"'<>\\]*")


def prose(published: str, *, beside_a_form: bool = False) -> None:
    """Show a published text on a screen; beside a form its links open elsewhere, so that nothing typed is lost."""
    html = prose_html(published)
    if beside_a_form:
        html = Safe(html.replace(' target="_self"', ' target="_blank" rel="noopener"'))
    st.html(f'<div class="kit kit-prose">{html}</div>')


def prose_html(published: str) -> Safe:
    """A published text as HTML. Its headings are h2 and h3: the screen has its own h1."""
    return Safe("".join(_block(lines) for lines in _blocks(published)))


def _blocks(published: str) -> Iterator[list[str]]:
    """Lines that belong together: a heading, the items of a list, a paragraph."""
    gathered: list[str] = []
    kind = None
    for line in (one.strip() for one in published.splitlines()):
        found = _kind(line) if line else None
        if gathered and (not line or found == "heading" or kind == "heading" or (found and found != kind)):
            yield gathered
            gathered = []
        if line:
            kind = found if found or not gathered else kind
            gathered.append(line)
    if gathered:
        yield gathered


def _kind(line: str) -> str | None:
    if _HEADING.fullmatch(line):
        return "heading"
    item = _ITEM.fullmatch(line)
    return None if item is None else "numbered" if item[1] else "listed"


def _block(lines: list[str]) -> str:
    heading = _HEADING.fullmatch(lines[0])
    if heading:
        tag = "h2" if len(heading[1]) < 3 else "h3"
        return f"<{tag}>{_inline(heading[2])}</{tag}>"
    if _kind(lines[0]) is None:
        return f"<p>{_inline(' '.join(lines))}</p>"
    return _list(lines)


def _list(lines: list[str]) -> str:
    items: list[str] = []
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item:
            items.append(item[2])
        else:  # an item that goes on in the next line
            items[-1] += f" {line}"
    first = _ITEM.fullmatch(lines[0])
    number = first[1] if first else None
    start = f' start="{int(number)}"' if number and int(number) != 1 else ""
    tag = "ol" if number else "ul"
    return f"<{tag}{start}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>"


def _inline(line: str) -> str:
    return _LINK.sub(_link, _BOLD.sub(r"<strong>\1</strong>", text(line)))


def _link(found: re.Match[str]) -> str:
    label, address = found[1], found[2]
    if not _ADDRESS.fullmatch(address):
        return found[0]
    return f'<a href="{address}" target="_self">{label}</a>'
