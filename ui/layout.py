"""The frame of every screen and the blocks that screens are built of. Pages hold no HTML; this is where it is written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import streamlit as st

from core.db import reading
from core.landlord import landlord
from core.overview import TenantHome, is_demo
from core.registry.queries import TenancyCard
from core.settings import settings
from ui import formats
from ui.markup import Safe, as_typed, email_link, phone_links, text

Tone = Literal["neutral", "good", "attention", "information", "urgent", "overdue"]
Links = Sequence[tuple[str, str]]  # label and path
TENANCY = "tenancy"  # in st.session_state: the tenancy chosen by a tenant
# On every screen of both services: the guide, and what the law asks for.
FOOTER_LINKS: Links = (
    ("Pomoc", "/pomoc"),
    ("Deklaracja dostępności", "/dostepnosc"),
    ("Regulamin", "/regulamin"),
    ("Dane osobowe", "/rodo"),
)
_footer_links: ContextVar[Links] = ContextVar("footer_links", default=FOOTER_LINKS)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name; `attention` marks one that waits for somebody."""

    value: int
    label: str
    attention: bool = False


def add_to_footer(links: Links) -> None:
    """Put a service's own links before those of both; holds for the run of the script."""
    _footer_links.set((*links, *FOOTER_LINKS))


@contextmanager
def frame(title: str, lead: str | None = None) -> Iterator[None]:
    """A screen: its heading, what the page shows, the line with contacts at the end."""
    if _demo(settings().database_url):
        demo_banner()
    page_header(title, lead)
    yield
    footer(_footer_links.get())


def public_header(service: str, links: Links, *, current: str) -> None:
    """Above a screen that needs no sign-in: whose service it is, and the way to its other screens of that kind."""
    items = "".join(
        f'<li><a href="{text(path)}" target="_self"{_current(path, current)}>{text(label)}</a></li>'
        for label, path in links
    )
    menu = f'<nav class="kit kit-public" aria-label="Bez logowania"><ul>{items}</ul></nav>' if items else ""
    st.html(f'<p class="iok-service">{text(service)}</p>{menu}')


def _current(path: str, current: str) -> str:
    return ' aria-current="page"' if path == current else ""


def page_header(title: str, lead: str | None = None) -> None:
    """The screen's only h1, constant while the screen lives, and a sentence under it."""
    st.title(title, anchor=False)
    if lead:
        st.html(f'<p class="kit kit-lead">{text(lead)}</p>')


def asked_number(name: str) -> int | None:
    """The number that the address asks for under this name; None without one, and for what is no number of a row."""
    asked = st.query_params.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None


def section(title: str) -> None:
    """An h2. The title is text, whatever marks it holds: a file's name is no formatting."""
    st.header(as_typed(title), anchor=False)


def note(message: str, *, tone: Tone = "information", link: tuple[str, str] | None = None) -> None:
    """A quiet framed remark, with a way on at its end. Unlike st.info and st.warning it interrupts no screen reader."""
    way = f' <a href="{text(link[1])}" target="_self">{text(link[0])}</a>' if link else ""
    st.html(f'<p class="kit kit-note kit-{tone}">{text(message)}{way}</p>')


def status(message: str) -> None:
    """A line that is read out when it changes, as the count above a filtered table."""
    st.html(f'<p class="kit kit-status" role="status">{text(message)}</p>')


def badge(label: str, tone: Tone = "neutral") -> Safe:
    """A state in a word with a border: the colour repeats what the word says."""
    return Safe(f'<span class="kit-badge kit-{tone}">{text(label)}</span>')


def kv(items: Sequence[tuple[str, str]], *, label: str) -> None:
    """A description list: what → value."""
    st.html(f'<dl class="kit kit-kv" aria-label="{text(label)}">{_pairs(items)}</dl>')


def kpi_row(figures: Sequence[Figure], *, label: str) -> None:
    """Numbers in a row, each with its name in one list item."""
    items = "".join(
        f'<li class="kit-{"attention" if figure.attention else "neutral"}">'
        f"<b>{formats.count(figure.value)}</b> {text(figure.label)}</li>"
        for figure in figures
    )
    st.html(f'<ul class="kit kit-figures" aria-label="{text(label)}">{items}</ul>')


@contextmanager
def card(title: str, *, key: str) -> Iterator[None]:
    """A bordered box with an h2."""
    with st.container(border=True, key=key):
        section(title)
        yield


@contextmanager
def on_screen_only(key: str) -> Iterator[None]:
    """A part that is of no use on paper: what is fetched, pressed or filled in (print.css)."""
    with st.container(key=f"screen-{key}"):
        yield


def balance_card(home: TenantHome) -> None:
    """The state of dues of the chosen tenancy: the word first, the amount without a sign, then when to pay and for what."""
    if home.current is None or home.chosen is None:
        return
    balance = home.current.balance
    kind = "due" if balance > 0 else "over" if balance < 0 else "settled"
    st.html(
        f'<section class="kit kit-card kit-card-{kind}" aria-labelledby="saldo">'
        f'<h2 id="saldo">{text(formats.balance_word(balance))}</h2>'
        f'<p class="kit-amount">{text(formats.money(abs(balance)))}</p>'
        f'<dl class="kit-kv">{_pairs(_when(home))}{_pairs([_place(home.chosen)])}</dl>'
        f'<p class="kit-small">{text(_informational(home))}</p></section>'
    )


def total_line(home: TenantHome) -> None:
    """The sum over all tenancies, for who has several."""
    number = formats.plural(len(home.tenancies), "umowa", "umowy", "umów")
    overdue = f", w tym po terminie {formats.money(home.total_overdue)}" if home.total_overdue else ""
    st.html(
        f'<p class="kit kit-status">Wszystkie umowy razem ({number}): '
        f"<strong>{text(formats.balance_phrase(home.total_balance))}</strong>{text(overdue)}.</p>"
    )


def tenancy_switcher(tenancies: Sequence[TenancyCard], *, key: str = TENANCY) -> TenancyCard | None:
    """The tenancy to look at: the only one, or the one chosen here and remembered on the other screens; None of none."""
    if len(tenancies) < 2:
        return tenancies[0] if tenancies else None
    by_id = {each.tenancy_id: each for each in tenancies}
    chosen = st.selectbox(
        "Umowa",
        list(by_id),
        format_func=lambda tenancy_id: tenancy_name(by_id[tenancy_id]),
        key=key,
        persist_state="session",
    )
    return by_id.get(chosen, tenancies[0])


def choose_view(names: Sequence[str], *, key: str, label: str = "Widok") -> str:
    """Which part of a screen is looked at."""
    return st.radio(label, names, horizontal=True, key=key) or names[0]


def no_tenancy_yet() -> None:
    """What a tenant without a tenancy reads in the place of everything else."""
    note("Nie ma jeszcze umowy przypisanej do Twojego konta. Zadzwoń do swojego Rejonu Obsługi Najemców.")


def remembered_tenancy() -> int | None:
    """The tenancy chosen in the switcher of any screen; None before a choice."""
    chosen = st.session_state.get(TENANCY)
    return chosen if isinstance(chosen, int) else None


def tenancy_name(tenancy: TenancyCard) -> str:
    """`ul. Kwiatowa 12 m. 7, umowa U/00012/2014`."""
    ended = f", zakończona {formats.day(tenancy.valid_to)}" if tenancy.valid_to else ""
    return f"{tenancy.address}, umowa {tenancy.tenancy_no}{ended}"


def paragraph(message: str) -> None:
    """A plain paragraph."""
    st.html(f'<p class="kit kit-status">{text(message)}</p>')


def copyable(label: str, value: str) -> None:
    """A value to take along, in lines as it stands, and the button that copies it (portal.js).

    Not `st.code`: its highlighter and its typeface weigh half a megabyte, a third of the tenant's home page.
    """
    st.html(
        f'<div class="kit kit-copy"><p><b>{text(label)}</b></p><p class="kit-copied">{text(value)}</p>'
        f'<button type="button" data-iok-copy="{text(value)}">Skopiuj {text(label.lower())}</button> '
        '<span role="status"></span></div>'
    )


def link_list(links: Links, *, label: str, inline: bool = False) -> None:
    """Links to other screens: label and path; `inline` puts many short ones beside each other."""
    row = " kit-inline" if inline else ""
    items = "".join(f'<li><a href="{text(path)}" target="_self">{text(name)}</a></li>' for name, path in links)
    st.html(f'<ul class="kit kit-links{row}" aria-label="{text(label)}">{items}</ul>')


def footer(links: Links = FOOTER_LINKS) -> None:
    """The last line of every screen: how to reach the landlord, and the pages the law asks for."""
    st.html(footer_html(links))


def footer_html(links: Links, *, current: str = "") -> Safe:
    """The footer's HTML; `current` is the path of the page it stands on."""
    who = landlord()
    items = [
        f"tel. {phone_links(who.phone)}",
        email_link(who.email),
        *(f'<a href="{text(path)}" target="_self"{_current(path, current)}>{text(label)}</a>' for label, path in links),
    ]
    listed = "".join(f"<li>{item}</li>" for item in items)
    return Safe(
        f'<footer class="kit kit-footer"><p>{text(who.name)}</p><ul aria-label="Kontakt">{listed}</ul></footer>'
    )


def demo_banner() -> None:
    """Says that people and amounts are made up."""
    told = "Dane demonstracyjne: osoby, adresy i kwoty są zmyślone."
    st.html(f'<p class="kit kit-note kit-attention kit-demo">{told}</p>')


@st.cache_data(ttl=60, show_spinner=False)
def _demo(database_url: str) -> bool:  # the argument is the cache's key
    with reading() as session:
        return is_demo(session)


def _pairs(items: Sequence[tuple[str, str]]) -> str:
    return "".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in items)


def _informational(home: TenantHome) -> str:
    booked = f", z wpłatami zaksięgowanymi do {formats.day(home.booked_through)}" if home.booked_through else ""
    return (
        f"To informacja, a nie wezwanie do zapłaty: stan na {formats.day(home.as_of)}{booked}. "
        "Późniejsze wpłaty pojawią się tu po zaksięgowaniu."
    )


def _when(home: TenantHome) -> list[tuple[str, str]]:
    items: list[tuple[str, str]] = []
    if home.current and home.current.overdue > Decimal(0):
        items.append(("W tym po terminie", formats.money(home.current.overdue)))
    if home.next_due:
        items.append(
            ("Najbliższa płatność", f"{formats.money(home.next_due.amount)} do {formats.day(home.next_due.due_on)}")
        )
    items.append(("Stan na", formats.day(home.as_of)))
    booked = formats.day(home.booked_through) if home.booked_through else "brak wpłat"
    return [*items, ("Wpłaty zaksięgowane do", booked)]


def _place(tenancy: TenancyCard) -> tuple[str, str]:
    return "Lokal", f"{tenancy.address}, {tenancy.town}"
