"""Sees to it that there is a Lighthouse for the audit: Node comes with the environment, the rest with npm.

Installed below `.venv/`, from tests/audit/lighthouse/package-lock.json, and again only when that has changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = ROOT / "tests" / "audit" / "lighthouse"
HOME = ROOT / ".venv" / "lighthouse"
PROGRAM = HOME / "node_modules" / "lighthouse" / "cli" / "index.js"
LISTS = ("package.json", "package-lock.json")


def fingerprint() -> str:
    """What it was installed from."""
    return hashlib.sha256(b"".join((WANTED / name).read_bytes() for name in LISTS)).hexdigest()


def is_current() -> bool:
    """Whether it stands as the lists want it."""
    stamp = HOME / ".made"
    return PROGRAM.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint()


def main() -> int:
    """Find or install; returns the exit status."""
    if is_current():
        return 0
    HOME.mkdir(parents=True, exist_ok=True)
    for name in LISTS:
        shutil.copy(WANTED / name, HOME / name)
    beside = Path(sys.executable).parent
    environment = os.environ | {
        "PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', '')}",
        "NODE_OPTIONS": "--use-system-ca",  # whom the machine trusts, as pip does, and not only whom Node knows
    }
    step = [str(beside / "npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error",
            "--fetch-timeout=30000", "--fetch-retries=2", "--fetch-retry-maxtimeout=20000"]  # fmt: skip
    if subprocess.run(step, cwd=HOME, check=False, stdout=sys.stderr, env=environment).returncode:  # noqa: S603
        sys.stderr.write(
            "Lighthouse for the audit could not be installed with npm; the reason stands above. Run make test again.\n"
        )
        return 1
    (HOME / ".made").write_text(fingerprint(), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
