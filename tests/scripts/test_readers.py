"""What the tests read documents with is there, or its absence is said in a sentence."""

import shutil

import pytest

from scripts import readers


def test_programs_of_the_tests_are_there() -> None:
    assert readers.missing() == []
    assert readers.main() == 0


def test_missing_programs_are_named_where_nothing_can_be_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name in ("zbarimg", "apt-get") else there(name))
    assert readers.main() == 1
    told = capsys.readouterr().err
    assert "apt-get install zbar-tools" in told
    assert "poppler-utils" not in told
