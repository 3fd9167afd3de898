"""For whom somebody acts: the choice in the sidebar, and the words above every screen of a proxy."""

from collections import Counter

import streamlit as st

from core.access.scopes import Proxy, TenantScope
from core.db import reading, transaction
from core.proxies.acting import act_for, standings
from core.proxies.grants import LEVELS
from ui import formats
from ui.layout import frame, note

HOME = "pages/tenant/home.py"
DRAWN_FOR, CHANGED, SAID = "drawn_for", "standing_changed", "standing_said"  # in st.session_state
OWN = 0  # among the numbers of grants: for oneself


def stop_if_standing_changed(scope: TenantScope) -> None:
    """What was typed in one person's name is not sent in another's: where the session's standing is no longer the one that
    this page was drawn for (another tab, a grant that ended), everything typed is dropped and the home page says so.
    """
    now = (scope.account_id, scope.proxy.grant_id if scope.proxy else OWN)
    before = st.session_state.setdefault(DRAWN_FOR, now)
    if before != now:
        _forget_everything()
        st.session_state[DRAWN_FOR], st.session_state[CHANGED] = now, True
        st.switch_page(HOME)
    if st.session_state.pop(CHANGED, False):
        whose = f"w imieniu: {scope.tenant_name}" if scope.proxy else "we własnym imieniu"
        st.session_state[SAID] = f"Działasz teraz {whose}. To, co było wpisane, nie zostało wysłane."


def say_standing_changed() -> None:
    """On the home page: that one acts for somebody else now, and that nothing was sent."""
    if (said := st.session_state.pop(SAID, None)) is not None:
        note(said, tone="attention")


def standing_switcher(scope: TenantScope) -> None:
    """For whom one acts, where there is a choice; another choice takes hold at once and begins at the home page."""
    with reading() as session:
        found = standings(session, scope)
    own: dict[int, str] = {OWN: "We własnym imieniu"} if found.own else {}
    times = Counter(one.tenant for one in found.held)
    names = own | {
        one.grant_id: f"{one.tenant}, {one.address}" if times[one.tenant] > 1 else one.tenant for one in found.held
    }
    if len(names) < 2:
        return
    now = scope.proxy.grant_id if scope.proxy else OWN
    key = f"standing-{now}"  # a choice made elsewhere is not undone by what this field remembers
    chosen = st.selectbox(
        "Działasz w imieniu", list(names), list(names).index(now), format_func=names.__getitem__, key=key
    )
    if chosen is not None and chosen != now:
        with transaction() as session:
            act_for(session, scope, grant_id=chosen or None)
        _forget_everything()
        st.switch_page(HOME)


def acting_note(proxy: Proxy) -> None:
    """Above every screen: whose matters these are."""
    note(
        f"Działasz jako pełnomocnik: {proxy.tenant}. Zakres: {LEVELS[proxy.level]}, do {formats.day(proxy.valid_to)}.",
        tone="attention",
    )


def not_for_proxies(title: str) -> None:
    """In the place of a screen that is the tenant's alone, or beyond what was granted."""
    with frame(title):
        note("Tej strony nie obejmuje Twoje pełnomocnictwo. Jeśli jest potrzebna, poproś najemcę o szerszy zakres.")


def _forget_everything() -> None:
    for remembered in list(st.session_state):
        del st.session_state[remembered]
