"""Texts that people type, where they may do harm."""

import pytest

from core.words import harmless_cell


@pytest.mark.parametrize("typed", ["=1+1", "+48600700800", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formula_becomes_a_text(typed: str) -> None:
    assert harmless_cell(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["", "Czynsz", "1 = 1", " =1", "'=1"])
def test_any_other_text_stays(typed: str) -> None:
    assert harmless_cell(typed) == typed
