"""Plain words on screen: what the documents and components in sight are, behind "Co to znaczy?"."""

from collections.abc import Iterable, Sequence

import streamlit as st

from core.plain_words.models import Described
from core.plain_words.reading import PlainWords
from ui import formats
from ui.layout import kv, section
from ui.markup import Safe, text, text_lines

QUESTION = "Co to znaczy?"
Told = Sequence[tuple[str, str]]  # what is told of, and what is told


def components_told(words: PlainWords, components: Iterable[str]) -> Told:
    """Those of the components that somebody described, once each."""
    return [(name, told) for name in dict.fromkeys(components) if (told := words.of_component(name))]


def document_told(words: PlainWords, code: str, components: Iterable[str]) -> Told:
    """What a document is and what its components are, as far as somebody described them."""
    kind = words.of_document(code)
    return [*([(formats.document_type(code), kind)] if kind else []), *components_told(words, components)]


def explanation(told: Told, *, of: str) -> None:
    """What is told, closed until somebody asks; nothing where there is nothing to tell. `of` names it to the ear."""
    if told:
        st.html(explanation_html(told, of=of))


def explanation_html(told: Told, *, of: str, opened: bool = False) -> Safe:
    """The same as HTML."""
    if not told:
        return Safe("")
    items = "".join(f"<dt>{text(name)}</dt><dd>{text_lines(words)}</dd>" for name, words in told)
    return Safe(
        f'<details class="kit kit-words"{" open" if opened else ""}>'
        f'<summary aria-label="{text(QUESTION)} {text(of)}">{QUESTION}</summary><dl class="kit-told">{items}</dl></details>'
    )


def all_words(words: PlainWords) -> None:
    """Every description there is, as a part of a guide."""
    documents = [(formats.document_type(one.name), one.text) for one in words.all_of(Described.DOCUMENT_TYPE)]
    components = [(one.name, one.text) for one in words.all_of(Described.COMPONENT)]
    for title, told in (("Co oznaczają operacje", documents), ("Za co są opłaty", components)):
        section(title)
        kv(told, label=title)
