"""Makes an environment from its requirements, and does nothing while they have not changed.

Run by `make` with the machine's own Python, before anything is installed: standard library only, and a plain sentence
instead of a trace where the machine lacks something.

    python3 scripts/environment.py run    what the product runs on (requirements.txt)
    python3 scripts/environment.py dev    the same and what checking and testing needs (requirements-dev.txt)
    python3 scripts/environment.py peers  apart, what the import is measured against (bench/requirements-peers.txt)
"""

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEAST = (3, 11)
FILES = {
    "run": ("requirements.txt",),
    "dev": ("requirements.txt", "requirements-dev.txt"),
    "peers": ("bench/requirements-peers.txt",),
}
SERVES = {"run": ("run",), "dev": ("run", "dev"), "peers": ("peers",)}  # the larger one serves the smaller purpose too


def folder(level: str, root: Path = ROOT) -> Path:
    """Where an environment stands: what the product is compared with never comes into its own."""
    return root / (".venv-peers" if level == "peers" else ".venv")


def fingerprint(level: str, root: Path = ROOT) -> str:
    """What an environment was made from: the content of its requirement files and the version of Python."""
    digest = hashlib.sha256(".".join(map(str, sys.version_info[:3])).encode())
    for name in FILES[level]:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def missing_part(version: tuple[int, ...] = sys.version_info[:2]) -> str | None:
    """What keeps this Python from making an environment, as a sentence with the remedy; None when nothing does."""
    if version < LEAST:
        have, need = ".".join(map(str, version)), ".".join(map(str, LEAST))
        return f"This is Python {have}; {need} or newer is needed. Name another one: make PYTHON=python{need} …"
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        have = ".".join(map(str, version))
        return f"This Python cannot make environments. On Debian or Ubuntu: apt-get install python{have}-venv"
    return None


def is_current(level: str, root: Path = ROOT) -> bool:
    """Whether the environment stands and was made from exactly these requirements."""
    venv = folder(level, root)
    stamp = venv / f".made-for-{level}"
    return (
        (venv / "bin" / "python").exists()
        and stamp.exists()
        and stamp.read_text(encoding="ascii") == fingerprint(level, root)
    )


def make(level: str) -> int:
    """Make or bring up to date; returns the exit status."""
    if is_current(level):
        return 0
    if refusal := missing_part():
        sys.stderr.write(refusal + "\n")
        return 1
    venv = folder(level)
    python = venv / "bin" / "python"
    steps = [[str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]]
    steps[0] += ["--requirement", str(ROOT / FILES[level][-1])]
    if not (python.exists() and (venv / "pyvenv.cfg").exists()):
        steps.insert(0, [sys.executable, "-m", "venv", "--clear", str(venv)])
    sys.stderr.write(f"Preparing {venv.name} from {FILES[level][-1]} (a few minutes the first time)…\n")
    for step in steps:
        if subprocess.run(step, cwd=ROOT, check=False).returncode:  # noqa: S603
            sys.stderr.write("The environment could not be made; the reason stands above. Run make again.\n")
            return 1
    for made in SERVES[level]:
        (venv / f".made-for-{made}").write_text(fingerprint(made), encoding="ascii")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in FILES:
        sys.exit(f"Usage: environment.py {'|'.join(FILES)}")
    sys.exit(make(sys.argv[1]))
