"""Codes are what the standards say; that they can be scanned is tested on the documents that bear them."""

import itertools

import pytest

from core.documents.codes import QUIET_CODE128, code128_bars, qr_code, qr_rows


def test_qr_code_is_a_square_with_its_three_finders() -> None:
    rows = qr_rows(qr_code("IOK20260001234", correction="q"))
    assert len(rows) in (21, 25)
    for row, begin in ((rows[0], 0), (rows[0], len(rows) - 7), (rows[-1], 0)):
        assert (begin, 7) in row


def test_bars_lie_inside_their_width_and_apart() -> None:
    bars, width = code128_bars("IOK20260001234")
    assert bars[0][0] == 0
    assert sum(bars[-1]) == width
    assert all(begin + length < after for (begin, length), (after, _) in itertools.pairwise(bars))
    assert QUIET_CODE128 == 10


@pytest.mark.parametrize(("content", "symbols"), [("IOK", 3), ("IOK2026", 6)])
def test_code128_is_as_short_as_its_pairs_of_digits_allow(content: str, symbols: int) -> None:
    """Start, check and stop take 11, 11 and 13 modules; digits go two to a symbol after one that switches."""
    assert code128_bars(content)[1] == 11 * (symbols + 2) + 13
