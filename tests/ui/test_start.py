"""Starting a service says nothing that its operator would have to learn to overlook."""

import os
import subprocess
import sys
from pathlib import Path


def test_importing_a_service_is_silent(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import app_tenant, ui.sign_in"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "IOK_VAR": str(tmp_path)},
    )
    assert (done.stdout, done.stderr) == ("", "")
