"""What must hold of a page as it stands in the browser. Each check returns the faults that it finds, one sentence each."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.audit.seeing import SEEN, contrast, luminance
from ui.polish import PATCHES

WIDTHS = (1280, 360, 320)  # a desktop, a phone, and 1280 at a zoom of 400 %
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
# Streamlit's own calendar: the button that opens its months is called "miesiąc" and shows the month's name, its header
# counts as a banner, and lists hang outside the landmarks. The day can be typed; the declaration names it.
IN_A_CALENDAR = frozenset({
    "label-content-name-mismatch", "landmark-banner-is-top-level", "landmark-no-duplicate-banner", "landmark-unique",
})  # fmt: skip
IN_A_LIST = frozenset({"region"})
OPTIONS = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
MARK = slice(4, 14)  # pixels of a label from above and from the left, inside the edge of its button or box
_AXE = Axe()


def found_by_axe(page: Page) -> list[str]:
    """Violations of WCAG 2.2 A and AA and of axe's best practices (https://dequeuniversity.com/rules/axe/)."""
    found: dict[str, Any] = _AXE.run(page, options=OPTIONS).response
    opened = {name: page.locator(selector).count() > 0 for name, selector in OPENED.items()}
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
        if not (opened["calendar"] and one["id"] in IN_A_CALENDAR)
        if not ((opened["list"] or opened["calendar"]) and one["id"] in IN_A_LIST)
    ]


OPENED = {"calendar": "[role=dialog] [role=grid]", "list": "[role=listbox]"}


def english(page: Page) -> list[str]:
    """Words of Streamlit's, or any other English ones, in text and in what a screen reader says."""
    said: list[str] = page.evaluate("audit.said()")
    return [f"English: {one}" for one in said if _ENGLISH.search(one)]


def _english() -> re.Pattern[str]:
    """What ui/polish.py translates, as it was before, and common words of the language that are none in Polish."""
    literals = {literal.strip("`\"' ") for patches in PATCHES.values() for literal, _ in patches}
    phrases = {one for one in literals if re.fullmatch(r"[A-Z][a-z]+( [a-z]+)*[.]?", one)} - POLISH_TOO
    longest_first = sorted(phrases | set(COMMON.split()), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


POLISH_TOO = {"Menu", "Stop", "Panel", "Print"}
COMMON = """
the and of with this that your please open close choose select search help show hide download upload press clear next
previous skip required date month year error file files options available remove loading running fullscreen column row copy
settings increment decrement suggestions dismiss toolbar page submit apply view more less expand collapse not found back
cancel day today drag drop here
"""
_ENGLISH = _english()


def icons(page: Page) -> list[str]:
    """Icons that show as words, for the typeface does not have them."""
    return [f"no icon but the word “{one}”" for one in page.evaluate("audit.icons()")]


def headings(page: Page) -> list[str]:
    """One h1, no level left out on the way down, and none without words.

    Under an open list, a dialog or the menu of a phone the page, with its h1, is out of the way.
    """
    found: list[tuple[int, str]] = page.evaluate("audit.headings()")
    if page.evaluate("audit.isCovered()"):
        found = [(1, "the page"), *found]
    faults = [f"an h{level} without words" for level, words in found if not words]
    first = [words for level, words in found if level == 1]
    if len(first) != 1:
        faults.append(f"{len(first)} headings of level 1: {first}")
    level = 0
    for deeper, words in found:
        if deeper > level + 1:
            faults.append(f"h{deeper} “{words}” follows h{level}")
        level = deeper
    return faults


def naming(page: Page, service: str) -> list[str]:
    """The window's title says which page of which service it is; the document says that it is Polish."""
    faults = []
    title = page.title()
    if not re.fullmatch(rf"\S.+ – {re.escape(service)}", title):
        faults.append(f"the title is “{title}”")
    if (language := page.evaluate("document.documentElement.lang")) != "pl":
        faults.append(f"the language is “{language}”")
    return faults


def edges(page: Page) -> list[str]:
    """Fields whose edge has less than a contrast of 3 with the page (WCAG 1.4.11)."""
    return [f"the edge of a field is too pale: {one}" for one in page.evaluate("audit.edges()")]


def beside(page: Page) -> list[str]:
    """What sticks out on the right, or is cut off, without a region of its own that scrolls and takes the focus."""
    return [str(one) for one in page.evaluate("audit.beside()")]


def spaced_out(page: Page) -> list[str]:
    """The same with the spacing of text that a reader may set (WCAG 1.4.12)."""
    page.evaluate("css => { const s = new CSSStyleSheet(); s.replaceSync(css);"
                  " document.adoptedStyleSheets = [...document.adoptedStyleSheets, s]; }", SPACING)  # fmt: skip
    try:
        return [f"with wide spacing: {one}" for one in beside(page)]
    finally:
        page.evaluate("document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)")


SPACING = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""


def in_forced_colours(page: Page) -> list[str]:
    """With the colours of the system (Windows, high contrast): text reads, buttons have an edge, a choice shows."""
    page.emulate_media(forced_colors="active")
    try:
        found: dict[str, Any] = _AXE.run(
            page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}}
        ).response
        faults = [f"{node['target']}: {node['failureSummary']}" for one in found["violations"] for node in one["nodes"]]
        faults += [str(one) for one in page.evaluate("audit.forced()")]
        return [f"in forced colours: {one}" for one in faults + _choices(page)]
    finally:
        page.emulate_media(forced_colors="none")


def _choices(page: Page) -> list[str]:
    """Inside its edge, a chosen radio button or box looks other than one that is not chosen."""
    if page.evaluate("audit.isCovered()"):
        return []
    faults = []
    for kind in ("radio", "checkbox"):
        inner = []
        for state in ("checked", "not(:checked)"):
            label = page.locator(f"[data-testid=stMain] label:has(input[type={kind}]:{state}:not(:disabled))").first
            if label.count() and label.is_visible():
                inner.append(luminance(label.screenshot(animations="disabled"))[MARK, MARK])
        if len(inner) == 2 and not (contrast(*inner) >= SEEN).any():
            faults.append(f"a chosen {kind} looks like one that is not")
    return faults
