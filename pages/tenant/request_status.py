"""Stan wniosku: an applicant follows an application by its number and e-mail address. Open to everybody."""

import streamlit as st

from core.activation.tracking import RequestStatus, request_status, withdraw_request
from ui.authenticator import network
from ui.forms import message_slot, refusals, show_success
from ui.layout import frame, note, paragraph
from ui.request_progress import show_progress

LABELS = {"number": "Numer wniosku", "email": "Adres e-mail"}
# In the browser's session: number and address that were found to belong together, and whether it was just withdrawn.
FOLLOWED, WITHDRAWN = "followed_request", "request_withdrawn"


def ask() -> tuple[str, str] | None:
    """The form; what was typed, when it was sent."""
    if "request_number" not in st.session_state:
        st.session_state["request_number"] = st.query_params.get("numer", "")
    with st.form("request_status"):
        number = st.text_input(LABELS["number"], key="request_number", autocomplete="off")
        email = st.text_input(LABELS["email"], key="request_email", autocomplete="email")
        sent = st.form_submit_button("Sprawdź", type="primary")
    return (number or "", email or "") if sent else None


def show(status: RequestStatus, number: str, email: str) -> None:
    """The application, and the way out of it while it is open."""
    show_progress(status)
    if status.can_be_withdrawn:
        with st.expander("Nie chcesz już konta? Wycofaj wniosek"):
            paragraph("Wycofanego wniosku nie da się przywrócić. Nowy możesz złożyć w każdej chwili.")
            st.button("Tak, wycofaj wniosek", key="withdraw", on_click=withdraw, args=(number, email))


def withdraw(number: str, email: str) -> None:
    """Withdraw at the next run, above which a message can stand."""
    st.session_state[WITHDRAWN] = (number, email)


with frame("Stan wniosku", "Sprawdź, co dzieje się z wnioskiem o konto. Numer jest na wniosku i w wiadomości e-mail."):
    slot = message_slot("request_status")
    if asked := ask():
        st.session_state[FOLLOWED] = asked
    followed = st.session_state.get(FOLLOWED)
    if (leaving := st.session_state.pop(WITHDRAWN, None)) and leaving == followed:
        with refusals(slot, LABELS):
            withdraw_request(number=leaving[0], email=leaving[1], network=network())
            with slot:
                show_success("Wniosek został wycofany. Potwierdzenie wysłaliśmy e-mailem.")
    if followed is None:
        note("Numer wygląda tak: IOK/2026/000123. Adres e-mail to ten, który jest we wniosku.")
    else:
        with refusals(slot, LABELS):
            found = request_status(number=followed[0], email=followed[1], network=network())
            with slot:
                show(found, *followed)
