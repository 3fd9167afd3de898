"""Codes for machines, as plain geometry: whoever draws them decides where and how large."""

import segno
from barcode.codex import Code128

Bars = list[tuple[int, int]]  # where a run of black modules begins, and how many they are
QUIET_QR = 4  # modules of white that readers want around a QR code
QUIET_CODE128 = 10  # and beside a Code 128


def qr_rows(content: str) -> list[Bars]:
    """A QR code, row by row; as much error correction as its size holds, a quarter at least."""
    made = segno.make_qr(content, error="q", boost_error=True)
    return [_runs("".join(map(str, row))) for row in made.matrix]


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
