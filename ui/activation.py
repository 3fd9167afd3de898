"""The form of an application for an account, and what its sender sees afterwards."""

import streamlit as st

from core.accounts.terms import Terms, personal_data_text
from core.activation.form import ApplicationForm, DoubtfulFormError
from core.activation.submitting import SubmittedRequest
from ui.addresses import street_input
from ui.document_routes import application_link
from ui.forms import show_errors
from ui.layout import kv, link_list, note, paragraph, section
from ui.markup import Safe, text
from ui.prose import prose

KINDS = {"person": "Osoba", "company": "Firma lub instytucja"}
LABELS = {
    "kind": "Kto składa wniosek",
    "name": "Imię i nazwisko albo nazwa firmy",
    "street": "Ulica",
    "building_no": "Numer budynku",
    "premises_no": "Numer lokalu (jeśli jest)",
    "email": "Adres e-mail",
    "email_repeated": "Powtórz adres e-mail",
    "phone": "Telefon (nieobowiązkowo)",
    "tenant_no": "Numer kontrahenta (nieobowiązkowo)",
    "tenancy_no": "Numer umowy najmu (nieobowiązkowo)",
    "terms": "Regulamin",
    "privacy": "Dane osobowe",
}


def application_fields(terms: Terms) -> ApplicationForm:
    """The fields, inside a form; returns what they hold."""
    section("Wnioskodawca")
    kind = st.radio(LABELS["kind"], list(KINDS), format_func=KINDS.__getitem__, key="application_kind", horizontal=True)
    name = _field("name", autocomplete="name")
    section("Lokal, którego dotyczy wniosek")
    street = street_input(LABELS["street"], key="application_street")
    building_no = _field("building_no", autocomplete="off")
    premises_no = _field("premises_no", autocomplete="off")
    section("Kontakt")
    email = _email("email")
    email_repeated = _email("email_repeated")
    phone = st.text_input(
        LABELS["phone"], key="application_phone", type="phone", icon="", placeholder="", autocomplete="tel"
    )
    section("Jeśli masz pod ręką umowę albo pismo od nas")
    tenant_no = _field("tenant_no", autocomplete="off")
    tenancy_no = _field("tenancy_no", autocomplete="off")
    section("Oświadczenia")
    with st.expander(f"Przeczytaj regulamin, wersja {terms.version}"):
        prose(terms.text, beside_a_form=True)
    # A tick is for the version it was set at: another one begins without.
    terms_accepted = st.checkbox(
        f"Znam regulamin w wersji {terms.version} i akceptuję go", key=f"application_terms_{terms.id}"
    )
    with st.expander("Przeczytaj informację o danych osobowych"):
        prose(personal_data_text(), beside_a_form=True)
    privacy_read = st.checkbox("Znam informację o przetwarzaniu moich danych osobowych", key="application_privacy")
    return ApplicationForm(
        kind=kind or "",
        name=name,
        street=street,
        building_no=building_no,
        premises_no=premises_no,
        email=email,
        email_repeated=email_repeated,
        phone=phone or "",
        tenant_no=tenant_no,
        tenancy_no=tenancy_no,
        terms_accepted=terms_accepted,
        privacy_read=privacy_read,
    )


def receipt(sent: SubmittedRequest, *, key: str) -> None:
    """What happens next, in the order in which it is done."""
    kv([("Numer wniosku", sent.number), ("Wysłaliśmy go na adres", sent.email)], label="Twój wniosek")
    download_link("Pobierz wniosek (PDF)", application_link(key))
    section("Co teraz zrobić")
    hours = f" Godziny przyjęć: {sent.hours}." if sent.hours else ""
    steps(
        "Wydrukuj wniosek i podpisz go. Nie masz drukarki? Wydrukujemy go na miejscu, wystarczy numer wniosku.",
        f"Złóż go osobiście i weź dokument tożsamości. Miejsce: {sent.where}.{hours}",
        "W ciągu 14 dni od złożenia wniosku wyślemy na ten adres e-mail identyfikator i hasło pierwotne.",
    )
    note("Wiadomość nie przyszła w kilka minut? Sprawdź folder ze spamem albo pobierz wniosek tutaj.")
    link_list([("Sprawdź stan wniosku", f"/wniosek?numer={sent.number}")], label="Dalej")


def show_doubts(doubt: DoubtfulFormError) -> None:
    """What looks like a slip, and how to go on when it is none."""
    asked = [f"{LABELS[field]}: {message}" for field, message in doubt.errors]
    asked[-1] += " Jeśli wszystko się zgadza, wyślij formularz jeszcze raz."
    show_errors(asked, title="Sprawdź jeszcze raz")


def steps(*items: str) -> None:
    """A numbered list."""
    listed = "".join(f"<li>{text(item)}</li>" for item in items)
    st.html(f'<div class="kit kit-prose"><ol>{listed}</ol></div>')


def download_link(label: str, path: str) -> None:
    """A link that looks like the main button and brings a file."""
    st.html(f'<p class="kit"><a class="kit-download" href="{text(path)}" target="_self" download>{text(label)}</a></p>')


def no_terms_yet() -> None:
    """Instead of the form, while there is nothing to accept."""
    note("Konta nie można jeszcze założyć: regulamin portalu nie został opublikowany.", tone="attention")
    paragraph(Safe('Zajrzyj tu później albo zapytaj w swoim <a href="/administrator" target="_self">rejonie</a>.'))


def _field(name: str, *, autocomplete: str) -> str:
    return st.text_input(LABELS[name], key=f"application_{name}", autocomplete=autocomplete) or ""


def _email(name: str) -> str:
    # The browser's own checks hold the form back without a word on screen when the field is out of sight.
    typed = st.text_input(
        LABELS[name],
        key=f"application_{name}",
        type="email",
        icon="",
        placeholder="",
        autocomplete="email",
        validate="",
    )
    return typed or ""
