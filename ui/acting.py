"""For whom somebody acts: the choice in the sidebar, and the words above every screen of a proxy."""

from collections import Counter

import streamlit as st

from core.access.scopes import Proxy, TenantScope
from core.db import reading, transaction
from core.proxies.acting import act_for, standings
from core.proxies.grants import LEVELS
from ui import formats
from ui.layout import frame, note

OWN = 0  # among the numbers of grants: for oneself


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
        for remembered in list(st.session_state):
            del st.session_state[remembered]  # what was typed and asked belongs to somebody else's matters
        st.switch_page("pages/tenant/home.py")


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
