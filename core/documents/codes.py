"""Codes for machines, as plain geometry: whoever draws them decides where and how large."""

from typing import Literal

import segno
from barcode.codex import Code128

Bars = list[tuple[int, int]]  # where a run of black modules begins, and how many they are
Correction = Literal["l", "m", "q"]  # how much of the code may be unreadable: 7, 15, 25 %
QUIET_QR = 4  # modules of white that readers want around a QR code
QUIET_CODE128 = 10  # and beside a Code 128


def qr_code(content: str, *, correction: Correction, at_least: bool = True) -> segno.QRCode:
    """A QR code with that error correction, or with more where its size holds it, unless not `at_least`."""
    return segno.make_qr(content, error=correction, boost_error=at_least, encoding="utf-8")


def qr_rows(code: segno.QRCode) -> list[Bars]:
    """A QR code, row by row, to be drawn on paper."""
    return [_runs("".join(map(str, row))) for row in code.matrix]


def code128_bars(content: str) -> tuple[Bars, int]:
    """A Code 128 and how many modules wide it is."""
    modules = Code128(content).build()[0]
    return _runs(modules), len(modules)


def _runs(modules: str) -> Bars:
    runs, at = [], 0
    while (begin := modules.find("1", at)) >= 0:
        end = modules.find("0", begin)
        at = end if end >= 0 else len(modules)
        runs.append((begin, at - begin))
    return runs
