"""`python -m core …`: as a process of its own, and as what it does without one, which takes a fiftieth of the time."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from core.commands import main
from core.settings import ROOT


class Said(NamedTuple):
    """What a command leaves to a console."""

    status: int
    stdout: str
    stderr: str


def process(*arguments: str | Path) -> Said:
    """A real process, where exit status and streams themselves are the contract."""
    done = subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return Said(done.returncode, done.stdout, done.stderr)


def command(*arguments: str | Path) -> Said:
    """The same by the same entry, in this process; what is no refusal is raised instead of printed."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["core", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
    return Said(int(end.value.code or 0), out.getvalue(), err.getvalue())
