"""A technical pause: begun, changed and ended from the console, without a database."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from freezegun import freeze_time

from core.clock import now
from core.commands import cli
from core.errors import InvalidInputError
from core.maintenance import UNKNOWN_WAIT, Pause, current_pause, end_pause, start_pause
from tests.conftest import living_in


@pytest.fixture(autouse=True)
def _var(tmp_path: Path) -> object:
    with living_in(tmp_path / "var"):
        yield


def test_pause_begins_changes_its_end_and_ends() -> None:
    assert current_pause() is None
    start_pause()
    assert current_pause() == Pause(None)
    until = now() + timedelta(hours=2)
    start_pause(until)
    assert current_pause() == Pause(until)
    assert end_pause()
    assert current_pause() is None
    assert not end_pause()


def test_pause_that_takes_longer_goes_on_and_says_so() -> None:
    until = now() + timedelta(hours=1)
    start_pause(until)
    with freeze_time(until + timedelta(minutes=5)):
        pause = current_pause()
        assert pause is not None
        assert pause.is_late
        assert pause.wait == UNKNOWN_WAIT


def test_pause_cannot_end_in_the_past() -> None:
    with pytest.raises(InvalidInputError):
        start_pause(now() - timedelta(minutes=1))
    assert current_pause() is None


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"until": 5}', '{"until": "jutro"}', "ż"])
def test_file_that_cannot_be_read_is_a_pause_without_an_end(tmp_path: Path, content: str) -> None:
    start_pause()
    (tmp_path / "var" / "pause.json").write_text(content, encoding="utf-8")
    assert current_pause() == Pause(None)


def test_console_begins_and_ends_it_without_a_database(tmp_path: Path) -> None:
    day = now() + timedelta(days=2)
    done = CliRunner().invoke(cli, ["pause", "--until", f"{day:%Y-%m-%d} 06:00"])
    assert f"do {day:%d.%m.%Y}, 06:00" in done.output
    pause = current_pause()
    assert pause is not None
    assert pause.until is not None
    assert "Przerwa zakończona." in CliRunner().invoke(cli, ["resume"]).output
    assert "Nie było przerwy." in CliRunner().invoke(cli, ["resume"]).output
    assert not (tmp_path / "var" / "iok.db").exists()
