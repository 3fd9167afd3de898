"""Each check of the audit finds the fault that it is there for, planted in a page that has none beside it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.audit import checks
from tests.audit.visits import DESKTOP, LOOKS
from tests.audit.walking import walk

pytestmark = pytest.mark.e2e
STYLE = """
body { font-size: 16px; color: #0f1720; background: #fff }
button { padding: 12px; border: 1px solid }
.tiny { padding: 0; width: 12px; height: 12px }
.narrow { width: 120px; white-space: nowrap }
.filled { border: 0; background: #0b5c8f; color: #fff }
.cover { position: fixed; inset: 0; background: #fff }
.gone { position: absolute; width: 1px; height: 1px; overflow: hidden }
label.choice { display: inline-block }
label.choice i { display: inline-block; width: 24px; height: 24px; border: 1px solid; margin: 0 }
label.choice i.on { background: #0b5c8f }
:is(a, button, input, summary):focus-visible, label:has(:focus-visible) { outline: 3px solid #0f1720; outline-offset: 2px }
"""
SOUND = """
<main data-testid="stMain"><h1>Finanse</h1><p>Do wpłaty 12,50 zł</p>
<h2>Wpłaty</h2><p><a href="/x">Wszystkie wpłaty i naliczenia</a></p>
<label>Kwota <input name="kwota"></label> <button data-testid="stButton">Wyślij</button>{planted}</main>
"""
LONG = "Konstantynopolitańczykowianeczka" * 12
TINY = '<div style="display: flex"><button class="tiny">a</button><button class="tiny">b</button></div>'
FILLED = '<div data-testid="stButton"><button class="filled">Zapisz</button></div>'
RADIOS = (
    '<label class="choice"><input type="radio" name="r" style="opacity: 0" checked><i class="on"></i> tak</label>'
    '<label class="choice"><input type="radio" name="r" style="opacity: 0"><i></i> nie</label>'
)
Check = Callable[[Page], list[str]]


def walked(page: Page) -> list[str]:
    return walk(page, rings=set())


def named(page: Page) -> list[str]:
    return checks.naming(page, "Portal najemcy")


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Shows a page with something planted in it."""
    context = browser.new_context(viewport=DESKTOP)
    context.add_init_script(path=LOOKS)

    def shown(
        planted: str = "", *, title: str = "Finanse – Portal najemcy", lang: str = "pl", width: int = 1280
    ) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("about:blank")
        page.set_content(
            f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title><style>{STYLE}</style></head>'
            f"<body>{SOUND.format(planted=planted)}</body></html>"
        )
        return page

    yield shown
    context.close()


ALL: list[Check] = [
    checks.found_by_axe, checks.english, checks.icons, checks.edges, checks.headings, named, checks.beside, checks.spaced_out,
    checks.in_forced_colours, walked,
]  # fmt: skip


@pytest.mark.parametrize("check", ALL)
@pytest.mark.parametrize("width", checks.WIDTHS)
def test_sound_page_has_no_faults(show: Callable[..., Page], check: Check, width: int) -> None:
    assert check(show(RADIOS if check is not checks.in_forced_colours else "", width=width)) == []


PLANTED: list[tuple[str, Check, str, str]] = [
    ("picture without words", checks.found_by_axe, '<img src="data:," width="40" height="40">', "image-alt"),
    ("pale text", checks.found_by_axe, '<p style="color: #999">Szary tekst</p>', "color-contrast"),
    ("small target", checks.found_by_axe, TINY, "target-size"),
    ("field without a name", checks.found_by_axe, '<input id="x">', "label"),
    ("English text", checks.english, "<p>Upload a file</p>", "Upload"),
    ("English for a screen reader", checks.english, '<button aria-label="Clear value">×</button>', "Clear value"),
    ("English in an empty field", checks.english, '<input aria-label="Pole" placeholder="Choose an option">', "Choose"),
    ("icon as a word", checks.icons, '<span data-testid="stIconMaterial">visibility</span>', "the word “visibility”"),
    ("pale edge of a field", checks.edges, '<div data-testid="stTextInputRootElement" style="border: 1px solid #ccc">x</div>',
     "the edge of a field is too pale"),
    ("level left out", checks.headings, "<h4>Za głęboko</h4>", "h4 “Za głęboko” follows h2"),
    ("second title", checks.headings, "<h1>Drugi</h1>", "2 headings of level 1"),
    ("heading without words", checks.headings, "<h2></h2>", "an h2 without words"),
    ("too wide", checks.beside, '<div style="width: 2000px">szeroko</div>', "px beside the page"),
    ("cut off", checks.beside, f'<p class="narrow" style="overflow: hidden">{LONG}</p>', "is cut off"),
    ("scrolls without the keyboard", checks.beside, f'<div class="narrow" style="overflow-x: auto"><b>{LONG}</b></div>',
     "cannot be reached by the keyboard"),
    ("no room for spacing", checks.spaced_out, '<p class="narrow" style="overflow: hidden">Naliczenia i wpł</p>',
     "with wide spacing"),
    ("own colours", checks.in_forced_colours, '<p style="forced-color-adjust: none">Zawsze czarne</p>', "keeps its colours"),
    ("button without an edge", checks.in_forced_colours,
     FILLED, "has no edge"),
    ("choice by background", checks.in_forced_colours, RADIOS, "a chosen radio looks like one that is not"),
    ("not in the way of Tab", walked, '<button tabindex="-1">Tylko myszą</button>', "Tab never comes to button “Tylko myszą”"),
    ("under something", walked, '<button>Pod spodem</button><div class="cover"></div>',
     "is under DIV"),
    ("stop of no size", walked, '<a href="/y" class="gone">nic</a>',
     "takes no room"),
    ("no focus to be seen", walked, '<button type="reset" style="outline: none">Bez obwódki</button>', "changes 0 px"),
    ("pale focus", walked, '<button type="reset" style="outline-color: #ccc">Blada obwódka</button>', "at a contrast of 3"),
    ("trap", walked, '<button onkeydown="event.preventDefault()">Pułapka</button>', "no end"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "planted", "told"), [one[1:] for one in PLANTED], ids=[one[0] for one in PLANTED])
def test_planted_fault_is_found(show: Callable[..., Page], check: Check, planted: str, told: str) -> None:
    assert any(told in one for one in check(show(planted))), check(show(planted))


@pytest.mark.parametrize(
    ("given", "told"), [({"title": "Streamlit"}, "the title is"), ({"lang": "en"}, "the language is")]
)
def test_wrong_naming_is_found(show: Callable[..., Page], given: dict[str, str], told: str) -> None:
    assert [one for one in named(show(**given)) if told in one]
