"""What a person sees when a page fails: a refusal in words, a bug as a code that leads to its trace in the log."""

import logging
import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.test_sign_in import html


def failing(kind: str) -> None:
    import sqlite3

    from sqlalchemy.exc import OperationalError

    from core.errors import NotFoundError, SessionEndedError
    from ui.asgi import on_script_error

    errors: dict[str, Exception] = {
        "refusal": NotFoundError("Nie ma takiej umowy."),
        "ended": SessionEndedError(),
        "busy": OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked")),
        "bug": ValueError("NRB 38999000094700000000000001"),
    }
    assert on_script_error(errors[kind])


def shown(kind: str) -> AppTest:
    test = AppTest.from_function(failing, kwargs={"kind": kind}, default_timeout=30).run()
    assert not test.exception
    return test


def test_refusal_is_shown_as_it_is() -> None:
    assert [error.value for error in shown("refusal").error] == ["Nie ma takiej umowy."]


def test_ended_session_says_so_and_starts_over() -> None:
    test = shown("ended")
    assert [warning.value for warning in test.warning] == ["Sesja wygasła. Zaloguj się ponownie."]
    assert 'data-iok-task="reload"' in html(test)


def test_busy_database_is_no_bug() -> None:
    (error,) = shown("busy").error
    assert "zajęty" in error.value
    assert "kod" not in error.value


def test_bug_shows_a_code_and_hides_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        (error,) = shown("bug").error
    code = re.search(r"kod ([0-9a-f]{8})\.", error.value)
    assert code
    assert "NRB" not in error.value
    assert f"incident {code[1]}" in caplog.text
