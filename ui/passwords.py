"""The two fields of a new password with the rules beside them; portal.js ticks the rules off while one types."""

import streamlit as st

from core.accounts.own_passwords import REMEMBERED
from core.accounts.passwords import EMPLOYEE_LENGTH, TENANT_LENGTH
from ui.markup import text

NEW, REPEATED = "Nowe hasło", "Powtórz nowe hasło"
# Rule → what it says. The names are those that portal.js knows; the core checks all of them, and more, again.
TENANT_RULES = {
    "length": f"od {TENANT_LENGTH[0]} do {TENANT_LENGTH[1]} znaków",
    "lower": "mała litera",
    "upper": "wielka litera",
    "digit": "cyfra",
}
EMPLOYEE_RULES = {"length": f"co najmniej {EMPLOYEE_LENGTH[0]} znaków; mogą to być cztery słowa"}
# What the password must not be; the core says which of these it was.
NEVER = (
    "zawierać identyfikatora ani słów IOK, najemca, portal",
    "zaczynać się ani kończyć spacją",
    "być jednym z popularnych haseł",
)
TENANT_ALSO = (
    f"Musi też być inne niż hasło pierwotne i {REMEMBERED} ostatnich haseł. "
    "Polskie litery i znaki takie jak ! są dozwolone."
)
EMPLOYEE_ALSO = "Musi też być inne niż obecne. Polskie litery, spacje i inne znaki są dozwolone."


def new_password_fields(*, tenant: bool) -> tuple[str, str]:
    """What was typed into both fields; pasting is welcome, the eye shows what was typed."""
    shortest, longest = TENANT_LENGTH if tenant else EMPLOYEE_LENGTH
    rules = TENANT_RULES if tenant else EMPLOYEE_RULES
    also = TENANT_ALSO if tenant else EMPLOYEE_ALSO
    items = "".join(f'<li data-rule="{name}">{text(words)}</li>' for name, words in rules.items())
    new = st.text_input(NEW, key="new_secret", type="password", autocomplete="new-password")
    st.html(
        f'<div class="kit kit-rules" data-iok-rules="{text(NEW)}" data-shortest="{shortest}" data-longest="{longest}">'
        f"<p>Hasło musi mieć:</p><ul>{items}</ul>"
        f'<p class="kit-small">Nie może: {text("; ".join(NEVER))}.</p><p class="kit-small">{text(also)}</p></div>'
    )
    repeated = st.text_input(REPEATED, key="repeated_secret", type="password", autocomplete="new-password")
    return new or "", repeated or ""
