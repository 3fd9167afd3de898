"""Addresses on screen: the field for a street with suggestions, and who serves a building."""

import streamlit as st

from core.db import reading
from core.landlord import landlord
from core.registry.asking import LONGEST
from core.registry.lookup import AdministratorContact, DistrictContact, street_names
from core.settings import settings
from ui.layout import kv, section
from ui.markup import Safe, email_link, phone_links, text


def street_input(label: str, *, key: str) -> str:
    """A field for a street that suggests those of the registry while one types, and takes any other text as well.

    A text field with the browser's own list (portal.js joins them): Streamlit's selectbox drops what was typed and not
    picked from its list.
    """
    typed = st.text_input(label, key=key, max_chars=LONGEST, autocomplete="off") or ""
    st.html(f'<datalist id="podpowiedzi-{text(key)}" data-iok-suggests="{text(label)}">{street_options()}</datalist>')
    return typed


def street_options() -> Safe:
    """The streets of the registry in Polish order, at most five minutes old, as options of a list."""
    return Safe(_options(settings().database_url))


@st.cache_data(ttl=300, show_spinner=False)
def _options(database_url: str) -> str:  # the argument is the cache's key
    with reading() as session:
        return "".join(f'<option value="{text(name)}"></option>' for name in street_names(session))


def who_serves(title: str, district: DistrictContact, administrator: AdministratorContact) -> None:
    """A building's service district and property administrator, and how to reach both, under a heading."""
    section(title)
    office = [
        ("Biuro", text(district.name)),
        ("Adres", text(district.address or "")),
        ("Telefon", phone_links(district.phone)),
        ("E-mail", email_link(district.email)),
        ("Godziny", text(district.hours or "")),
    ]
    if not any((district.address, district.phone, district.email)):
        office.append(("Kontakt", phone_links(landlord().phone)))
    person = [
        ("Administrator", text(administrator.name)),
        ("Telefon", phone_links(administrator.phone)),
        ("E-mail", email_link(administrator.email)),
    ]
    kv([(label, value) for label, value in office if value], label="Rejon Obsługi Najemców")
    kv([(label, value) for label, value in person if value], label="Administrator nieruchomości")
