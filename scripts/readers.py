"""Sees to it that tests can read our files as others do: with poppler, with zbar's scanner, with LibreOffice.

Where they are missing: through apt when run as root on Debian or Ubuntu, else a plain sentence.
"""

import os
import shutil
import subprocess
import sys

# What the tests call → the package that holds it, by Debian's names.
PROGRAMS = {
    "pdftotext": "poppler-utils",
    "pdffonts": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "zbarimg": "zbar-tools",
    "soffice": "libreoffice-calc-nogui",
}


def missing() -> list[str]:
    """Packages that are not installed."""
    return sorted({package for program, package in PROGRAMS.items() if not shutil.which(program)})


def install(packages: list[str]) -> bool:
    """Try apt; True when nothing is missing any more."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        subprocess.run(step, check=False, stdout=sys.stderr, env=environment)  # noqa: S603
    return not missing()


def main() -> int:
    """Find or install; returns the exit status."""
    packages = missing()
    if not packages or install(packages):
        return 0
    names = " ".join(packages)
    sys.stderr.write(
        f"The tests read our files with {' and '.join(packages)}, which could not be installed. "
        f"Install them (as root: apt-get install {names}; elsewhere the packages "
        "poppler, zbar and LibreOffice) and run make test again.\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
