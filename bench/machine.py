"""The machine that a measurement ran on, told beside its figures: absolute times mean nothing without it."""

import os
import platform
import sqlite3
import time
from pathlib import Path

import psycopg

PROC = Path("/proc")
LOOKED = 1.0  # seconds for which other work is looked for
BUSY = 0.1  # of all processors; less than that is the machine's own breathing
UNKNOWN = "not told by this system"


def describe(server: str | None) -> str:
    """One line: processors, memory, kernel, versions of what is measured, load, and whether other work runs."""
    parts = [
        f"{os.cpu_count()} × {_processor()}",
        f"memory {_memory()}",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"PostgreSQL {_postgresql(server)}",
        f"load average {os.getloadavg()[0]:.1f}",
        other_work(),
    ]
    return "machine: " + ", ".join(parts)


def other_work() -> str:
    """How much of the processors is taken now, while nothing is measured; takes a second."""
    before = _stat()
    time.sleep(LOOKED)
    share = taken(before, _stat())
    if share is None:
        return f"other work: {UNKNOWN}"
    if share < BUSY:
        return "no other work"
    return f"OTHER WORK on {share:.0%} of the processors: the figures are under load"


def taken(before: str, after: str) -> float | None:
    """The share of processor time that was not idle between two readings of Linux' `/proc/stat`; None where there is none."""
    if not before or not after:
        return None
    spent = [end - start for start, end in zip(_ticks(before), _ticks(after), strict=True)]
    whole = sum(spent)
    idle = spent[3] + spent[4]  # idle, and idle while a disk was waited for
    return 1 - idle / whole if whole else None


def _ticks(stat: str) -> list[int]:
    """User, nice, system, idle, waiting for disks, and interrupts, of all processors together."""
    return [int(number) for number in stat.split("\n", 1)[0].split()[1:8]]


def _stat() -> str:
    return _read("stat")


def _processor() -> str:
    return _field(_read("cpuinfo"), "model name") or platform.processor() or platform.machine()


def _memory() -> str:
    kilobytes = _field(_read("meminfo"), "MemTotal").split()
    return f"{int(kilobytes[0]) / 1024**2:.0f} GB" if kilobytes else UNKNOWN


def _postgresql(server: str | None) -> str:
    if server is None:
        return "not measured"
    with psycopg.connect(server) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else UNKNOWN


def _field(text: str, name: str) -> str:
    """The first value of that name in `name : value` lines; empty where there is none."""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _read(name: str) -> str:
    path = PROC / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
