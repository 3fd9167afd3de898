"""Starting a service says nothing that its operator would have to learn to overlook, and looks for no garbage."""

import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from ui.starting import importing, settle


class Module:
    """Something that refers to itself, as modules do: only a collection finds that nobody else does."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _nothing_stays_aside() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_importing_a_service_is_silent_and_sets_aside_what_stays(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import gc, sys, app_tenant, ui.sign_in; sys.exit(gc.get_freeze_count() == 0)"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "IOK_VAR": str(tmp_path)},
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_no_garbage_is_looked_for_while_something_is_imported_and_again_afterwards() -> None:
    with importing():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ModuleNotFoundError), importing():
        import_module("no_such_module")
    assert gc.isenabled()


def test_what_the_start_left_behind_is_dropped_once() -> None:
    with importing():
        left = weakref.ref(Module())
    gc.collect()
    assert left() is not None  # set aside with everything else
    settle()
    assert left() is None
