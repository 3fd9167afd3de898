"""The frame of every document we print: A4, our typeface, wrapped text, PDF/A-2u with its parts named for screen readers."""

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from fpdf import FPDF, ViewerPreferences
from fpdf.enums import DocumentCompliance
from fpdf.fonts import TTFFont

from core.documents.codes import Bars
from core.documents.fonts import UNKNOWN, face

INK = (15, 23, 32)
ACCENT = (11, 92, 143)
TINT = (234, 242, 248)
LINE = (122, 135, 148)
SIDE, TOP, BOTTOM = 17.0, 13.0, 12.0  # margins, mm
WIDTH, HEIGHT = 210.0, 297.0
INNER = WIDTH - 2 * SIDE
POINT = 25.4 / 72  # mm
LEADING = 1.27  # distance of lines, of the type size
ORPHANS = re.compile(r"(?<![^\s(„])([aiouwzAIOUWZ]) ")  # a one-letter word does not end a line in Polish
PROGRAM = "IOK"


@dataclass(frozen=True)
class Paragraph:
    """Text to be set. `tag` is what it is to a screen reader: H1, H2 or P; `before` is space above it, in mm."""

    text: str
    size: float = 11
    bold: bool = False
    colour: tuple[int, int, int] = INK
    before: float = 0
    indent: float = 0
    mark: str = ""  # hangs in the indent of the first line
    tag: str = "P"


def plain(text: str) -> str:
    """The text as our typeface can set it: composed letters, no control characters, a box for what it does not know."""
    known = face(bold=False).widths
    text = " ".join(unicodedata.normalize("NFC", text).replace("\t", " ").split(" "))
    return "".join(sign if sign in known else " " if sign.isspace() else UNKNOWN for sign in text if _shows(sign))


def _shows(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf")


def text_width(text: str, *, size: float, bold: bool = False) -> float:
    """How wide a line of plain text is, in mm."""
    widths = face(bold=bold).widths
    return sum(widths[sign] for sign in text) * size * POINT / 1000


def wrap(text: str, *, width: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines that are no wider than `width` mm; a word that is too long for a line is cut."""
    lines, line = [], ""
    for word in ORPHANS.sub("\\1\u00a0", plain(text)).split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size=size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *cut, line = _cut(word, width=width, size=size, bold=bold)
        lines.extend(cut)
    return [*lines, line] if line or not lines else lines


def _cut(word: str, *, width: float, size: float, bold: bool) -> list[str]:
    """The word in pieces of which each fits; one character at least, however narrow the column."""
    pieces = [""]
    for sign in word:
        if pieces[-1] and text_width(pieces[-1] + sign, size=size, bold=bold) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def line_height(size: float) -> float:
    """From one line to the next, in mm."""
    return size * POINT * LEADING


class Sheet(FPDF):
    """A document being made. `y` runs down the page; what does not fit any more goes on a new one.

    The same content, title and instant make the same bytes.
    """

    def __init__(self, *, title: str, author: str, made_at: datetime, running_title: str = "") -> None:
        super().__init__(format="A4", enforce_compliance=DocumentCompliance.PDFA_2U)
        self.set_auto_page_break(False)
        self.set_margins(SIDE, TOP)
        self.running_title = running_title
        for style in ("", "B"):
            data = io.BytesIO(face(bold=bool(style)).data)
            self.fonts[f"sans{style}"] = TTFFont(self, data, f"sans{style}", style)  # type: ignore[arg-type]
        self._describe(plain(title), plain(author), made_at)
        self.add_page()

    def _describe(self, title: str, author: str, made_at: datetime) -> None:
        instant = made_at.astimezone(UTC).replace(microsecond=0)
        self.set_title(title)
        self.set_author(author)
        self.set_creator(PROGRAM)
        self.set_producer(PROGRAM)
        self.set_lang("pl")
        self.set_creation_date(instant)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        # The library's own metadata carry the time of making, hence other bytes each time.
        self.set_xmp_metadata(_metadata(title, author, instant))

    def to_bytes(self) -> bytes:
        """The finished file, with its pages numbered when there are several."""
        if self.pages_count > 1:
            for page in range(1, self.pages_count + 1):
                self.page = page
                label = f"{self.running_title}  ·  strona {page} z {self.pages_count}"
                self.set_font("sans", "", 1)  # else the library takes the last page's type for this one's
                with self.artifact():
                    self.put(label, x=SIDE, y=HEIGHT - BOTTOM + 1, colour=LINE)
        return bytes(self.output())

    @contextmanager
    def tagged(self, tag: str, *, alt: str | None = None) -> Iterator[None]:
        """What is drawn inside is one element to a screen reader, read in the order of drawing."""
        number = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{tag}", mcid=number, alt_text=alt)
        self._out(f"/{tag} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn inside is decoration: screen readers pass over it."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")

    def room(self, height: float) -> None:
        """Begin a new page when this one has no room for `height` mm any more."""
        if self.y + height > HEIGHT - BOTTOM and self.y > TOP:
            self.add_page()
            self.set_y(TOP)

    def put(
        self, text: str, *, x: float, y: float, size: float = 11, bold: bool = False, colour: tuple[int, int, int] = INK
    ) -> None:
        """One line of text whose top is at `y`; no wrapping, no tag."""
        self.set_font("sans", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.text(x, y + 0.95 * size * POINT, text)

    def height_of(self, paragraphs: Sequence[Paragraph], *, width: float = INNER) -> float:
        """How much of a page the paragraphs take, in mm."""
        return sum(
            p.before + len(wrap(p.text, width=width - p.indent, size=p.size, bold=p.bold)) * line_height(p.size)
            for p in paragraphs
        )

    def paragraph(self, given: Paragraph, *, x: float = SIDE, width: float = INNER) -> None:
        """Set a paragraph at `y` and move below it, over as many pages as it takes."""
        self.y += given.before
        step = line_height(given.size)
        lines = wrap(given.text, width=width - given.indent, size=given.size, bold=given.bold)
        mark = given.mark
        while lines:
            self.room(step)
            fitting = max(1, int((HEIGHT - BOTTOM - self.y + 0.01) / step))
            with self.tagged(given.tag):
                if mark:
                    self.put(mark, x=x, y=self.y, size=given.size, bold=True, colour=ACCENT)
                    mark = ""
                for line in lines[:fitting]:
                    self.put(line, x=x + given.indent, y=self.y, size=given.size, bold=given.bold, colour=given.colour)
                    self.y += step
            lines = lines[fitting:]

    def rule(self, *, y: float, x: float = SIDE, width: float = INNER, dashed: bool = False) -> None:
        """A horizontal line."""
        with self.artifact():
            self.set_draw_color(*LINE)
            self.set_line_width(0.25)
            if dashed:
                self.set_dash_pattern(dash=1.6, gap=1.2)
            self.line(x, y, x + width, y)
            self.set_dash_pattern()

    def band(self, *, y: float, height: float, x: float = SIDE, width: float = INNER, filled: bool = True) -> None:
        """A tinted field, or the frame of one, to draw upon."""
        with self.artifact():
            self.set_fill_color(*TINT)
            self.set_draw_color(*LINE)
            self.set_line_width(0.3)
            self.rect(x, y, width, height, style="F" if filled else "D", round_corners=True, corner_radius=2)

    def modules(self, rows: Sequence[Bars], *, x: float, y: float, module: float, height: float, alt: str) -> None:
        """Draw the black modules of a code as one shape: `module` mm wide, rows `height` mm high."""
        k = self.k
        path = " ".join(
            f"{(x + begin * module) * k:.3f} {(self.h - y - (at + 1) * height) * k:.3f}"
            f" {length * module * k:.3f} {height * k:.3f} re"
            for at, row in enumerate(rows)
            for begin, length in row
        )
        with self.tagged("Figure", alt=alt):
            self._out(f"q 0 g {path} f Q")


def _metadata(title: str, author: str, instant: datetime) -> str:
    when = instant.isoformat(timespec="seconds")
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>pl</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{PROGRAM}</xmp:CreatorTool><xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>
<pdf:Producer>{PROGRAM}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
