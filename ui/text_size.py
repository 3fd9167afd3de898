"""The part of Moje konto about the size of type. `portal.js` puts it on the page and keeps it for the next visit."""

import streamlit as st

from core.access.scopes import TenantScope
from core.accounts.text_size import TextSize, choose_text_size
from core.db import transaction
from ui.forms import message_slot, show_success
from ui.layout import section
from ui.markup import Safe

NAMES: dict[TextSize, str] = {
    TextSize.USUAL: "Zwykły",
    TextSize.LARGE: "Większy (125%)",
    TextSize.LARGEST: "Największy (150%)",
}
ZOOM = (
    "Litery są za małe? W komputerze naciśnij Ctrl i plus, na telefonie powiększ tekst w ustawieniach przeglądarki. "
    "Po zalogowaniu ustawisz większe litery na stronie Moje konto."
)
RECEIPT = "text_size_receipt"


def text_size_part(scope: TenantScope) -> None:
    """The whole part."""
    section("Wielkość tekstu")
    with message_slot("text_size"):
        if RECEIPT in st.session_state:
            show_success(st.session_state.pop(RECEIPT))
    with st.form("text_size"):
        sizes = list(NAMES)
        size = st.radio(
            "Tekst na wszystkich stronach portalu",
            sizes,
            index=sizes.index(TextSize(scope.text_percent or TextSize.USUAL)),
            format_func=lambda one: NAMES[one],
            key="text_size",
        )
        sent = st.form_submit_button("Zapisz wielkość tekstu", type="primary")
    if sent and size is not None:
        with transaction() as session:
            choose_text_size(session, scope, size=size)
        st.session_state[RECEIPT] = f"Wielkość tekstu: {NAMES[size].lower()}. Ta przeglądarka ją zapamięta."
        st.rerun()


def text_size_mark(scope: TenantScope) -> Safe:
    """What tells `portal.js` the size of the account; nothing where none was ever chosen, so that a browser keeps its own."""
    return Safe(f' data-iok-text="{int(scope.text_percent)}"' if scope.text_percent else "")
