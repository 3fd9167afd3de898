"""The typeface of our documents: Source Sans 3, cut down once a process to the characters that people are named with."""

import io
from dataclasses import dataclass
from functools import lru_cache

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from core.settings import ROOT

FOLDER = ROOT / "data" / "fonts"
# Latin of Poland and of the rest of Europe, Greek, Cyrillic, Vietnamese; punctuation, currency and the few signs we draw with.
SCRIPTS = (
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x370, 0x3FF),
    (0x400, 0x52F),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2046),
    (0x20A0, 0x20BF),
)
SIGNS = "№™→−≤≥□✓✗"
UNKNOWN = "□"


@dataclass(frozen=True)
class Face:
    """One weight, small enough to be read anew for each document. Widths are in thousandths of the type size."""

    data: bytes
    widths: dict[str, float]


@lru_cache(maxsize=2)
def face(*, bold: bool) -> Face:
    """The regular or the bold weight; the first call of a process takes a fraction of a second, the next nothing.

    The files themselves stay as their makers publish them, which is what their licence asks of those who pass them on.
    """
    file = FOLDER / ("SourceSans3-Bold.ttf" if bold else "SourceSans3-Regular.ttf")
    font = TTFont(file, recalcTimestamp=False)  # the time of the cut would make every process write other bytes
    for layout in ("GSUB", "GPOS", "GDEF"):
        del font[layout]
    options = Options(notdef_outline=True, hinting=False)
    cut = Subsetter(options)
    cut.populate(unicodes=[*(code for first, last in SCRIPTS for code in range(first, last + 1)), *map(ord, SIGNS)])
    cut.subset(font)
    small = io.BytesIO()
    font.save(small)
    per_em = 1000 / font["head"].unitsPerEm
    advances = font["hmtx"].metrics
    widths = {chr(code): advances[glyph][0] * per_em for code, glyph in font.getBestCmap().items()}
    return Face(small.getvalue(), widths)


def warm_up() -> None:
    """Cut both weights now, so that the next document is drawn at once."""
    for bold in (False, True):
        face(bold=bold)
