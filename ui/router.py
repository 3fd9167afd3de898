"""One run of either service: who is it, which screens do they have, which one is asked for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.access.models import ProxyLevel, Realm
from core.access.scopes import EmployeeScope, Permission, TenantScope
from core.db import reading
from core.maintenance import current_pause
from core.notices.models import Topic
from core.overview import new_counts
from ui.acting import acting_note, not_for_proxies, standing_switcher, stop_if_standing_changed
from ui.gates import pass_gates_or_stop
from ui.layout import add_to_footer, public_header
from ui.markup import text
from ui.service import SERVICES
from ui.sign_in import SIGN_IN_PATH, current_employee, current_tenant, sign_in_or_stop, sign_out_button, this_run
from ui.text_size import text_size_mark

SIGN_IN_TITLE = "Logowanie"
# For who has a page open when a pause begins; whoever comes meanwhile sees the page of the pause.
PAUSE = "Trwa przerwa techniczna. Tego, co było wpisane i niewysłane, nie zapisaliśmy. Odśwież stronę za kilka minut."
# Who is signed in may still want to know who serves an address; an application is of no use to them.
FOOTER_PATHS = ("/administrator",)
# Where what is new on a topic is seen.
PATHS = {
    Topic.READINGS: "liczniki",
    Topic.VERIFICATION: "liczniki",
    Topic.ANNOUNCEMENTS: "ogloszenia",
    Topic.CONTACT: "dane-kontaktowe",
    Topic.LETTERS: "korespondencja",
    Topic.FAULTS: "zgloszenia",
    Topic.QUESTIONS: "korespondencja",
    Topic.ACCOUNT: "konto",
}


@dataclass(frozen=True, slots=True)
class Screen:
    """A page file with its name in the menu. The first screen of a service is its home and needs no path."""

    file: str
    title: str
    path: str | None = None
    permission: Permission | None = None  # the menu shows it to those who have it; the page itself asks again
    public: bool = False  # runs without a sign-in, then in the menu above such screens and not beside them
    proxy: ProxyLevel | None = None  # a proxy from this level on sees it; None: only the tenant
    listed: bool = True  # whether a public screen stands in that menu; else something links to it


def run(realm: Realm, screens: Sequence[Screen], *, sign_in_file: str) -> None:
    """Navigate, ask to sign in where nobody is signed in, and run the page; during a pause say so and nothing else."""
    if current_pause() is not None:
        st.html(f'<div class="kit kit-note kit-attention" role="alert">{text(PAUSE)}</div>')
        st.stop()
    scope = current_tenant() if realm is Realm.TENANT else current_employee()
    counts = _counts(scope)
    pages = [_page(screen, scope, counts, home=screen is screens[0]) for screen in screens]
    titles = {page.url_path: screen.title for page, screen in zip(pages, screens, strict=True)}
    public = [page for page, screen in zip(pages, screens, strict=True) if screen.public]
    sign_in_page = st.Page(sign_in_file, title=SIGN_IN_TITLE, url_path=SIGN_IN_PATH.strip("/"), visibility="hidden")
    # Before the gate: a run that stops earlier would leave Streamlit to its own idea of `pages/`, and the address
    # somebody came with would be lost on the way through the sign-in.
    at_work = scope is not None and not scope.restricted
    # Expanded: of many pages Streamlit would show ten, and an English button for the others.
    chosen = st.navigation([*pages, sign_in_page], position="sidebar" if at_work else "hidden", expanded=True)
    is_public = any(chosen == page for page in public)
    title = titles.get(chosen.url_path, chosen.title) if at_work or is_public else SIGN_IN_TITLE
    st.set_page_config(
        page_title=f"{title} – {SERVICES[realm].name}",
        layout="wide" if at_work and realm is Realm.STAFF else "centered",
    )
    listed = [(screen.title, f"/{screen.path}") for screen in screens if screen.public and screen.listed]
    add_to_footer([link for link in listed if link[1] in FOOTER_PATHS])
    if scope is None:
        menu = [(SIGN_IN_TITLE, SIGN_IN_PATH), *listed] if listed else []
        if not is_public:
            sign_in_or_stop(realm, menu=menu)
        public_header(SERVICES[realm].name, menu, current=f"/{chosen.url_path}")
        chosen.run()
        return
    with st.sidebar:
        size = text_size_mark(scope) if isinstance(scope, TenantScope) else ""
        st.html(f'<p class="iok-person"{size}>Zalogowano: <b>{text(scope.name)}</b></p>')
        if isinstance(scope, TenantScope) and not scope.restricted:
            stop_if_standing_changed(scope)
            standing_switcher(scope)
        sign_out_button()
    if scope.restricted and not is_public:
        pass_gates_or_stop(scope)
    if isinstance(scope, TenantScope) and scope.proxy is not None and not is_public:
        acting_note(scope.proxy)
        open_to_them = [page for page, screen in zip(pages, screens, strict=True) if _opens(screen, scope)]
        if not any(chosen == page for page in [sign_in_page, *open_to_them]):
            not_for_proxies(title)
            return
    with this_run(scope):
        chosen.run()


def _counts(scope: TenantScope | EmployeeScope | None) -> dict[str, int]:
    """What is new on a tenant's screens, by path."""
    if not isinstance(scope, TenantScope) or scope.restricted:
        return {}
    with reading() as session:
        by_topic = new_counts(session, scope)
    counts: Counter[str] = Counter()
    for topic, number in by_topic.items():
        counts[PATHS[topic]] += number
    return counts


def _opens(screen: Screen, scope: TenantScope | EmployeeScope | None) -> bool:
    if isinstance(scope, TenantScope):
        return scope.reaches(screen.proxy)
    return screen.permission is None or (isinstance(scope, EmployeeScope) and scope.may(screen.permission))


def _page(
    screen: Screen, scope: TenantScope | EmployeeScope | None, counts: Mapping[str, int], *, home: bool
) -> st.Page:
    shown = not screen.public and _opens(screen, scope)
    number = counts.get(screen.path or "", 0)
    return st.Page(
        screen.file,
        title=f"{screen.title} ({number})" if number else screen.title,
        url_path=screen.path,
        default=home,
        visibility="visible" if shown else "hidden",
    )
