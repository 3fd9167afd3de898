"""What is told of the machine beside the figures."""

from pathlib import Path

import pytest

from bench import machine

IDLE = "cpu  100 0 50 1000 50 0 0 0 0 0\ncpu0 100 0 50 1000 50 0 0 0 0 0\n"


def test_time_that_was_not_idle_is_other_work() -> None:
    later = "cpu  140 20 60 1060 70 10 0 0 0 0\n"  # 80 of 160 spent idle or waiting for a disk
    assert machine.taken(IDLE, later) == pytest.approx(0.5)


def test_idle_machine_has_no_other_work() -> None:
    assert machine.taken(IDLE, "cpu  100 0 50 1200 50 0 0 0 0 0\n") == 0


def test_system_without_such_counts_is_not_called_idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PROC", tmp_path)
    monkeypatch.setattr(machine, "LOOKED", 0)
    assert machine.taken("", "") is None
    assert machine.UNKNOWN in machine.other_work()


def test_line_names_what_the_system_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PROC", tmp_path)
    monkeypatch.setattr(machine, "LOOKED", 0)
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Wzorzec 3000\nmodel name\t: Inny\n")
    (tmp_path / "meminfo").write_text("MemFree:  1 kB\nMemTotal:       16777216 kB\n")
    line = machine.describe(None)
    assert "Wzorzec 3000" in line
    assert "memory 16 GB" in line
    assert "PostgreSQL not measured" in line
    assert "\n" not in line
