"""The keyboard's way over a page: every stop of Tab, what it looks like, and what cannot be reached."""

from typing import NamedTuple

from playwright.sync_api import FloatRect, Page

from tests.audit.seeing import SEEN, contrast, luminance

FURTHEST = 400  # presses of Tab that no page needs; more is a trap


class Control(NamedTuple):
    """What has the focus: its kind (tag and Streamlit's name of the block), its words, its box in the window."""

    kind: str
    words: str
    box: tuple[float, float, float, float]  # left, top, width, height


def walk(page: Page, *, rings: set[str] | None = None) -> list[str]:
    """Press Tab from the top until the focus leaves the page.

    Faults: a control that is not stopped at, a stop that cannot be seen, a walk without an end. With `rings`, each kind of
    control that is not in the set yet is looked at with and without the focus, and put into it.
    """
    page.evaluate("audit.start()")
    faults: list[str] = []
    for _ in range(FURTHEST):
        page.keyboard.press("Tab")
        found = page.evaluate("audit.here()")
        if found is None:
            break
        stop = Control(found["kind"], found["words"], tuple(found["box"]))
        if found["hidden"]:
            faults.append(f"the focus is on {stop.kind} “{stop.words}”, which {found['hidden']}")
        elif rings is not None and stop.kind not in rings:
            rings.add(stop.kind)
            faults += ring(page, stop)
    else:
        faults.append(f"after {FURTHEST} presses of Tab the walk has no end")
    return faults + [f"Tab never comes to {one}" for one in page.evaluate("audit.leftOut()")]


def ring(page: Page, stop: Control) -> list[str]:
    """Whether the focus shows: what changes with it, at a contrast of 3, is at least half as long as the control's edge."""
    left, top, width, height = stop.box
    window = page.viewport_size
    assert window is not None
    x, y = max(0.0, left - 8), max(0.0, top - 8)
    clip: FloatRect = {
        "x": x,
        "y": y,
        "width": min(left + width + 8, window["width"]) - x,
        "height": min(top + height + 8, window["height"]) - y,
    }
    focused = luminance(page.screenshot(clip=clip, caret="hide", animations="disabled"))
    page.evaluate("window.auditHere = audit.hideFocus()")
    plain = luminance(page.screenshot(clip=clip, caret="hide", animations="disabled"))
    page.evaluate("audit.showFocus(window.auditHere)")
    if focused.shape != plain.shape:
        return [f"the window moved with the focus on {stop.kind} “{stop.words}”"]
    changed = contrast(focused, plain)
    shown = int((changed >= SEEN).sum())
    needed = int(clip["width"] + clip["height"]) - 32
    if shown >= needed:
        return []
    told = f"changes {shown} px at a contrast of {SEEN}, of {needed} needed (at most {changed.max():.2f})"
    return [f"the focus on {stop.kind} “{stop.words}” {told}"]
