"""The question before every report: is anybody in danger? Who is gets numbers to call, and no form."""

from dataclasses import dataclass

import streamlit as st

from core.landlord import landlord
from ui.layout import section
from ui.markup import Safe, text

Number = tuple[str, str]  # what is dialled, and who answers


@dataclass(frozen=True, slots=True)
class Danger:
    """Something that cannot wait for a form. `landlord`: the landlord's own telephone helps too."""

    label: str
    numbers: tuple[Number, ...]
    advice: str
    landlord: bool = False


DANGERS: dict[str, Danger] = {
    "gas": Danger(
        "Czuję gaz",
        (("992", "pogotowie gazowe"), ("112", "numer alarmowy")),
        "Nie zapalaj światła ani ognia. Zakręć gaz, otwórz okna, wyjdź z mieszkania i zadzwoń z zewnątrz.",
    ),
    "fire": Danger(
        "Pali się",
        (("998", "straż pożarna"), ("112", "numer alarmowy")),
        "Wyjdź z mieszkania i zamknij za sobą drzwi. Nie jedź windą. Ostrzeż sąsiadów.",
    ),
    "water": Danger(
        "Woda leje się i nie da się jej zatrzymać",
        (("994", "pogotowie wodociągowe"),),
        "Zakręć główny zawór wody. Jeśli woda dochodzi do gniazdek albo lamp, wyłącz bezpieczniki.",
        landlord=True,
    ),
    "power": Danger(
        "Iskrzy, czuć spaleniznę albo leży zerwany przewód",
        (("991", "pogotowie energetyczne"), ("112", "numer alarmowy")),
        "Niczego nie dotykaj. Jeśli możesz bezpiecznie to zrobić, wyłącz bezpieczniki.",
    ),
    "life": Danger(
        "Zagrożone jest czyjeś życie lub zdrowie",
        (("112", "numer alarmowy"), ("999", "pogotowie ratunkowe")),
        "Zadzwoń od razu. Powiedz, gdzie jesteś i co się stało.",
    ),
}


def ask_about_danger() -> str | None:
    """The question; the code of the danger that was chosen, an empty text for none of them, None before an answer."""
    section("Czy ktoś jest w niebezpieczeństwie?")
    for code, danger in DANGERS.items():
        if st.button(danger.label, key=f"danger-{code}", width="stretch"):
            return code
    if st.button("Nic z tych rzeczy", type="primary", key="danger-none", width="stretch"):
        return ""
    return None


def show_numbers(code: str) -> None:
    """Whom to call now, large enough for a shaking hand."""
    danger = DANGERS[code]
    numbers = list(danger.numbers)
    if danger.landlord:
        numbers.append((landlord().phone, landlord().name))
    st.html(
        f'<section class="kit kit-card kit-card-due" aria-labelledby="alarm"><h2 id="alarm">{text(danger.label)}: '
        f'zadzwoń teraz</h2><ul class="kit-call">{"".join(_call(*one) for one in numbers)}</ul>'
        f'<p class="kit-status">{text(danger.advice)}</p></section>'
    )


def _call(number: str, who: str) -> Safe:
    dialled = "".join(sign for sign in number if sign in "+0123456789")
    return Safe(
        f'<li><a class="kit-number-to-call" href="tel:{dialled}">Zadzwoń: {text(number)} ({text(who)})</a></li>'
    )
