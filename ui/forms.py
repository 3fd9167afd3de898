"""Forms that lose nothing: a slot for messages, errors in one place and read out each time, numbers typed as text."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import DomainError, InvalidFormError, InvalidInputError
from ui.markup import text

# For the browser's early word; the core parses again. No two neighbours match the same sign: they cannot backtrack far.
AMOUNT_PATTERN = r"^\s*\d+(?:[\s.\u00a0]\d+)*(?:,\d{1,2})?\s*(?:zł\s*)?$"
VOLUME_PATTERN = r"^\s*\d+(?:[,.]\d{1,3})?\s*$"
_nonces = itertools.count(1)


def message_slot(key: str) -> DeltaGenerator:
    """A place above a form that is always there: a message put in later does not remount the form and take its focus."""
    return st.container(key=f"messages-{key}")


def show_refusal(refusal: DomainError, labels: Mapping[str, str]) -> None:
    """Say why the core refused, naming the field by its label on screen.

    `labels` maps the names the core uses to the labels the person sees.
    """
    if isinstance(refusal, InvalidFormError):
        show_errors([_at_field(labels.get(field), message) for field, message in refusal.errors])
    elif isinstance(refusal, InvalidInputError):
        show_errors([_at_field(labels.get(refusal.field or ""), refusal.message)])
    else:
        show_errors([refusal.message], title="Nie udało się")


def _at_field(label: str | None, message: str) -> str:
    return f"{label}: {message}" if label else message


@contextmanager
def refusals(slot: DeltaGenerator, labels: Mapping[str, str]) -> Iterator[None]:
    """What the core refuses inside is said in the slot; the rest of the screen goes on."""
    try:
        yield
    except DomainError as refusal:
        with slot:
            show_refusal(refusal, labels)


def show_errors(errors: Sequence[str], *, title: str = "Popraw formularz") -> None:
    """A list of what to mend. It is read out each time, also when it says the same again."""
    if not errors:
        return
    title = title if len(errors) == 1 else f"{title} ({len(errors)})"
    items = "".join(f"<li>{text(error)}</li>" for error in errors)
    # Without the changing number the same error twice changes nothing in the page, and a screen reader stays silent.
    st.html(
        f'<div class="kit kit-errors" role="alert" data-nonce="{next(_nonces)}"><h2>{title}</h2><ul>{items}</ul></div>'
    )


def show_success(message: str) -> None:
    """Say that it worked; read out without interrupting."""
    st.html(f'<p class="kit kit-note kit-good" role="status" data-nonce="{next(_nonces)}">{text(message)}</p>')


def show_answer(answer: str) -> None:
    """Say what was found; read out without interrupting, and brought into view."""
    st.html(f'<p class="kit kit-status" role="status" data-nonce="{next(_nonces)}">{text(answer)}</p>')


def money_input(label: str, *, key: str, required: bool = False) -> str:
    """A field for PLN, as text: number fields of browsers turn `12,57` into 1257. Read it with `formats.parse_amount`."""
    typed = st.text_input(
        f"{label} (zł)",
        key=key,
        required=required,
        validate=(AMOUNT_PATTERN, "Podaj kwotę, na przykład 1 234,56"),
    )
    return typed or ""


def volume_input(label: str, *, key: str, required: bool = False) -> str:
    """A field for m³, as text. Read it with `formats.parse_volume`."""
    typed = st.text_input(
        f"{label} (m³)",
        key=key,
        required=required,
        validate=(VOLUME_PATTERN, "Podaj stan, na przykład 123,456"),
    )
    return typed or ""
