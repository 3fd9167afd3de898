"""Whose letter it is: numbers in file names and in manifests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.correspondence.matching import Doubt, Match, NumberBook

BOOK = NumberBook(
    [("000003", 3), ("000004", 4), ("11", 11), ("00012", 12)],
    [("U/00012/2014", 101, 3), ("U/00012/2015", 102, 4), ("U/7/A", 103, 3), ("U-7-A", 104, 4)],
)


@pytest.mark.parametrize(
    ("stem", "whose"),
    [
        ("000003", Match(3, None)),
        ("pismo_000003_zmiana oplat", Match(3, None)),
        ("U-00012-2014", Match(3, 101)),
        ("u_00012_2015 (1)", Match(4, 102)),
        ("2026-05-20 U 00012 2014", Match(3, 101)),
        ("000003 U-00012-2014", Match(3, 101)),
        ("000004 U-00012-2014", Doubt.SEVERAL),
        ("000003 i 000004", Doubt.SEVERAL),
        ("U-7-A", Doubt.SEVERAL),  # two tenancies are written so
        ("3", Doubt.NO_NUMBER),  # leading zeros matter
        ("0000033", Doubt.NO_NUMBER),
        ("zmiana oplat", Doubt.NO_NUMBER),
        ("", Doubt.NO_NUMBER),
        ("2026-11-20 000003", Doubt.SEVERAL),  # 11 is somebody's number: a doubt, never a guess
    ],
)
def test_number_in_the_name_of_the_file(stem: str, whose: Match | Doubt) -> None:
    assert BOOK.by_file_name(stem) == whose


@pytest.mark.parametrize(
    ("tenant_no", "tenancy_no", "whose"),
    [
        ("000003", "", Match(3, None)),
        ("", "U/00012/2014", Match(3, 101)),
        ("000003", "U/00012/2014", Match(3, 101)),
        ("000004", "U/00012/2014", Doubt.CONTRADICTION),
        ("999999", "U/00012/2014", Doubt.UNKNOWN_TENANT),
        ("000003", "U/1/1", Doubt.UNKNOWN_TENANCY),
        ("3", "", Doubt.UNKNOWN_TENANT),
        ("", "", Doubt.NO_NUMBER),
    ],
)
def test_numbers_of_a_manifest(tenant_no: str, tenancy_no: str, whose: Match | Doubt) -> None:
    assert BOOK.by_numbers(tenant_no, tenancy_no) == whose


@given(st.text(max_size=60))
def test_any_name_has_an_answer_and_only_a_number_in_it_a_tenant(stem: str) -> None:
    whose = BOOK.by_file_name(stem)
    if isinstance(whose, Match):
        assert any(number in stem for number in ("000003", "000004", "11", "00012", "7"))
