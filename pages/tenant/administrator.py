"""Administrator: which service district and which property administrator serve an address. Open to everybody."""

from urllib.parse import urlencode

import streamlit as st

from core.landlord import landlord
from core.registry.asking import Answer, ask_who_serves
from ui.addresses import street_input, who_serves
from ui.authenticator import network
from ui.forms import refusals, show_errors, show_success
from ui.layout import frame, link_list, note, paragraph
from ui.markup import Safe, phone_links

LABELS = {"street": "Ulica", "building_no": "Numer budynku"}
LEAD = "Sprawdź, który Rejon Obsługi Najemców (RON) i który administrator obsługuje Twój budynek."


def show(answer: Answer, street: str, building_no: str) -> None:
    """Who serves the address, or how to get on."""
    if not answer.found:
        show_unknown(answer, street, building_no)
        return
    if len(answer.found) > 1:
        show_success(f"Pod tym adresem jest kilka budynków ({len(answer.found)}). Sprawdź, który jest Twój.")
    else:
        show_success(f"Ten adres obsługuje {answer.found[0].district.name}.")
    for address in answer.found:
        who_serves(address.line, address.district, address.administrator)


def show_unknown(answer: Answer, street: str, building_no: str) -> None:
    """What to do about an address that is not in the registry."""
    if answer.numbers:
        show_errors([f"Ulicę „{street}” znamy, ale budynku „{building_no}” nie."], title="Nie ma takiego numeru")
        paragraph("Podaj numer samego budynku, bez numeru mieszkania. Najbliższe numery przy tej ulicy:")
        link_list([(number, link(street, number)) for number in answer.numbers], label="Numery budynków", inline=True)
    else:
        show_errors([f"Nie znamy ulicy „{street}”. Sprawdź pisownię."], title="Nie ma takiej ulicy")
        if answer.streets:
            paragraph("Może chodzi o jedną z tych ulic?")
            link_list([(name, link(name, building_no)) for name in answer.streets], label="Podobne ulice", inline=True)
    paragraph(
        Safe(f"Budynek może nie należeć do zasobu, którym zarządzamy. Zapytaj: tel. {phone_links(landlord().phone)}.")
    )


def link(street: str, building_no: str) -> str:
    """The address of this screen with an answer in it."""
    return f"/administrator?{urlencode({'ulica': street, 'numer': building_no})}"


# Whoever comes by such a link finds the form filled and the answer under it.
asked_by_link = "ulica" in st.query_params and "address_street" not in st.session_state
if asked_by_link:
    st.session_state["address_street"] = st.query_params["ulica"]
    st.session_state["address_number"] = st.query_params.get("numer", "")

with frame("Administrator", LEAD):
    with st.form("who_serves"):
        street = street_input(LABELS["street"], key="address_street")
        building_no = st.text_input(LABELS["building_no"], key="address_number", max_chars=20) or ""
        sent = st.form_submit_button("Pokaż", type="primary")
    slot = st.container(key="answer")
    if sent or asked_by_link:
        with refusals(slot, LABELS), slot:
            show(ask_who_serves(street=street, building_no=building_no, network=network()), street, building_no)
    else:
        with slot:
            note("Wielkość liter, polskie znaki i skróty „ul.”, „al.”, „pl.” nie mają znaczenia.")
