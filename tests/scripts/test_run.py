"""`make run` and `.ci/run` as a newcomer and a build server meet them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from core import db
from core.demo import cast
from core.demo.load import is_empty
from core.overview import is_demo
from core.settings import ROOT, settings
from scripts.run import App, answers, prepare, taken
from tests.cast import make_tenant


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(*arguments: str, var: Path) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IOK_")}
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.run", "--tenancies", "20", "--years", "1", *arguments],
        cwd=ROOT,
        env=environment | {"IOK_VAR": str(var)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(stream: IO[str], words: str) -> str:
    """What a process says up to and including the line with these words, or to its end."""
    said = ""
    for line in stream:
        said += line
        if words in line:
            break
    return said


def test_run_makes_the_city_serves_both_apps_and_ends_them(tmp_path: Path) -> None:
    apps = App("tenant", "app_tenant.py", free_port()), App("staff", "app_staff.py", free_port())
    with start("--tenant-port", str(apps[0].port), "--staff-port", str(apps[1].port), var=tmp_path) as running:
        assert running.stdout
        said = until(running.stdout, "Ctrl-C")
        assert all(answers(app) for app in apps)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 0
    for expected in (apps[0].address, apps[1].address, cast.TENANTS[0].login, cast.TENANT_PASSWORD):
        assert expected in said
    assert not any(taken(app.port) for app in apps)


def test_taken_port_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with start("--staff-port", str(port), "--tenant-port", str(free_port()), var=tmp_path) as running:
            _, refusal = running.communicate(timeout=60)
    assert running.returncode == 1
    assert str(port) in refusal
    assert list(tmp_path.iterdir()) == []


def test_empty_database_gets_the_city(database: str) -> None:
    prepare(tenancies=20, years=1, seed=1)
    with db.reading() as session:
        assert is_demo(session)


def test_full_database_is_served_as_it_is(database: str) -> None:
    with db.transaction() as session:
        make_tenant(session)
    prepare(tenancies=20, years=1, seed=1)
    with db.reading() as session:
        assert not is_demo(session)


def test_production_gets_no_city(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOK_PRODUCTION", "1")
    settings.cache_clear()
    prepare(tenancies=20, years=1, seed=1)
    assert is_empty()


@pytest.mark.parametrize(
    ("recipe", "status"),
    [
        ("@echo collecting; echo '=== 3 passed, 1 deselected in 2.34s ==='", 0),
        ("@echo '=== 1 failed, 2 passed in 65.00s (0:01:05) ==='; exit 1", 1),
    ],
)
def test_build_server_reads_the_result_of_pytest_last(tmp_path: Path, recipe: str, status: int) -> None:
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / "Makefile").write_text(f"test:\n\t{recipe}\n")
    done = subprocess.run([tmp_path / ".ci" / "run"], capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == (status != 0)
    assert " passed" in done.stdout.splitlines()[-1]
    assert done.stdout.splitlines()[-1].startswith("===")
