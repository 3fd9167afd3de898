"""Texts that people type: of several lines, and where they may do harm."""

import pytest

from core.words import harmless_cell, several_lines


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  jedna  linia ", "jedna linia"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\n\n a \n \n\n\t\n b \n\n", "a\n\nb"),
        ("a\u2028b", "a\nb"),
        ("a\0b\u202ec\u200bd\ud800", "abcd"),
        ("e\u0301", "é"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("", ""),
        (" \u200b\n", ""),
        (None, ""),
        (7, ""),
        ("123456789012", "123456789012"),
        ("1234567890123", None),
        ("x" * 401, None),
        (" " * 300 + "x", "x"),
    ],
)
def test_lines_are_clean_and_no_more_than_asked(typed: object, kept: str | None) -> None:
    assert several_lines(typed, longest=12) == kept


@pytest.mark.parametrize("typed", ["=1+1", "+48600700800", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formula_becomes_a_text(typed: str) -> None:
    assert harmless_cell(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["", "Czynsz", "1 = 1", " =1", "'=1"])
def test_any_other_text_stays(typed: str) -> None:
    assert harmless_cell(typed) == typed
