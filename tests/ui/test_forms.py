import re

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import InvalidInputError
from ui import formats
from ui.forms import AMOUNT_PATTERN, VOLUME_PATTERN


def test_refusal_names_the_field_by_its_label() -> None:
    def script() -> None:
        from core.errors import InvalidInputError
        from ui.forms import show_refusal

        show_refusal(InvalidInputError("to nie jest <liczba>", field="value"), {"value": "Stan licznika"})

    (element,) = AppTest.from_function(script).run().html

    assert "<li>Stan licznika: to nie jest &lt;liczba&gt;</li>" in element.body
    assert 'role="alert"' in element.body


def test_the_same_refusal_is_read_out_again() -> None:
    def script() -> None:
        from core.errors import NotFoundError
        from ui.forms import show_refusal

        show_refusal(NotFoundError("Nie ma takiej umowy."), {})

    app = AppTest.from_function(script).run()
    first = app.html[0].body
    again = app.run().html[0].body

    assert first != again
    assert "<li>Nie ma takiej umowy.</li>" in again


def test_no_errors_show_nothing() -> None:
    def script() -> None:
        from ui.forms import show_errors

        show_errors([])

    assert not AppTest.from_function(script).run().html


def test_fields_for_numbers_are_text() -> None:
    def script() -> None:
        import streamlit as st

        from ui.forms import message_slot, money_input, show_success, volume_input

        slot = message_slot("reading")
        st.write(money_input("Kwota", key="amount"), volume_input("Stan", key="value"))
        with slot:
            show_success("Przyjęto.")

    app = AppTest.from_function(script).run()
    app.text_input(key="amount").set_value("12,57").run()

    assert not app.exception
    assert [field.label for field in app.text_input] == ["Kwota (zł)", "Stan (m³)"]
    assert 'role="status"' in app.html[0].body


@pytest.mark.parametrize("typed", ["12", "12,5", "12.57", "1 234,56", "1\u00a0234,56 zł", " 0,01 "])
def test_the_browser_lets_through_amounts_that_the_core_takes(typed: str) -> None:
    assert re.match(AMOUNT_PATTERN, typed)
    formats.parse_amount(typed)


@pytest.mark.parametrize("typed", ["", "abc", "12,345", "1,2,3"])
def test_the_browser_stops_what_is_no_amount(typed: str) -> None:
    assert not re.match(AMOUNT_PATTERN, typed)
    with pytest.raises(InvalidInputError):
        formats.parse_amount(typed)


@pytest.mark.parametrize(("typed", "taken"), [("345,678", True), ("345.678", True), ("345", True), ("3,4567", False)])
def test_the_browser_and_the_core_agree_on_volumes(typed: str, taken: bool) -> None:
    assert bool(re.match(VOLUME_PATTERN, typed)) is taken
    if taken:
        formats.parse_volume(typed)
