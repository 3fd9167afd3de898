"""How a file is written: encoding, delimiter, decimal sign. Detected from the file, shown, and overridable."""

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.imports.findings import Cause, unusable

ENCODINGS = ("utf-8", "cp1250", "iso-8859-2")
DELIMITERS = (";", ",", "\t")
DELIMITER_NAMES = {";": "średnik", ",": "przecinek", "\t": "tabulator"}
BOM = b"\xef\xbb\xbf"
MAX_LINE = 1 << 16  # bytes; the longest honest line of our contracts is far below
SAMPLE = 4 << 20
READ = 8 << 20
ENOUGH_LETTERS = 1000

# Polish letters that the two eight-bit encodings place differently; 0x80-0x9F are control signs in ISO-8859-2.
_ONLY_CP1250 = bytes([*range(0x80, 0xA0), 0xA5, 0xB9])
_ONLY_ISO = bytes([0xA1, 0xA6, 0xAC, 0xB1, 0xB6, 0xBC])

_HIGH = bytes(range(0x80, 0x100))
_POLISH_PAIR = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")

_SIGNATURES = (
    (b"PK\x03\x04", "To skoroszyt Excela (XLSX) albo archiwum ZIP. Zapisz arkusz jako CSV i wczytaj ponownie."),
    (b"\xd0\xcf\x11\xe0", "To stary skoroszyt Excela (XLS). Zapisz arkusz jako CSV i wczytaj ponownie."),
    (b"%PDF", "To plik PDF, a nie CSV. Wyeksportuj dane jako CSV."),
    (b"\x1f\x8b", "To plik skompresowany (gzip). Rozpakuj go przed wczytaniem."),
    (b"\xff\xfe", "Plik jest w UTF-16. Zapisz go jako CSV UTF-8 albo Windows-1250."),
    (b"\xfe\xff", "Plik jest w UTF-16. Zapisz go jako CSV UTF-8 albo Windows-1250."),
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The writing of one file. `heading` is its first line, split; `point_is_decimal` settles what `1.234` means."""

    encoding: str
    delimiter: str
    point_is_decimal: bool
    has_bom: bool
    heading: tuple[str, ...]

    def to_json(self) -> str:
        """What is remembered with the batch."""
        kept = asdict(self)
        del kept["heading"]
        return json.dumps(kept)


def plain(name: str) -> str:
    """A column name without case, Polish diacritics, surrounding and hidden blanks: how names are compared."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l"))
    return "".join(sign for sign in letters if sign.isalnum() or sign == "_")


def detect(path: Path, *, columns: Iterable[str], encoding: str | None = None, delimiter: str | None = None) -> Dialect:
    """Find out how the file is written; what the caller gives is taken as given.

    Raises UnusableFileError for an empty or binary file, for NUL bytes, and where no line ends in sight.
    """
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE)
    _refuse_binary(sample)
    _refuse_nul(path)
    has_bom = sample.startswith(BOM)
    first = sample[len(BOM) if has_bom else 0 :].split(b"\n", 1)[0].rstrip(b"\r")
    if len(first) > MAX_LINE:
        raise unusable(Cause.LINE, f"Pierwszy wiersz ma ponad {MAX_LINE} bajtów: to nie jest plik CSV.", line=1)
    chosen = encoding or ("utf-8" if has_bom else _encoding(path))
    try:
        text = first.decode(chosen)
    except UnicodeDecodeError as error:
        raise unusable(
            Cause.ENCODING, f"Nagłówka nie da się odczytać jako {chosen} (znak {error.start + 1}).", line=1
        ) from None
    if "\r" in text:
        raise unusable(Cause.LINE, "Wiersze kończą się samym CR. Zapisz plik z końcami wierszy Windows.", line=1)
    if not text.strip(" ;,\t\r"):
        raise unusable(Cause.FILE, "Pierwszy wiersz jest pusty; powinien zawierać nazwy kolumn.", line=1)
    sign = delimiter or _delimiter(text, set(map(plain, columns)))
    return Dialect(chosen, sign, _point_is_decimal(sample, chosen), has_bom, _names(text, sign))


def with_overrides(dialect: Dialect, *, point_is_decimal: bool) -> Dialect:
    """The same dialect read with the other decimal sign."""
    return replace(dialect, point_is_decimal=point_is_decimal)


def _names(heading: str, sign: str) -> tuple[str, ...]:
    """The names of the columns; a delimiter inside quotes belongs to the name."""
    whole = heading.count('"') % 2 == 0
    names = next(csv.reader([heading], delimiter=sign, skipinitialspace=True)) if whole else heading.split(sign)
    return tuple(map(_unquote, names))


def _unquote(name: str) -> str:
    name = name.strip("\ufeff\u200b\u00a0 \t\r")
    return name[1:-1] if len(name) > 1 and name.startswith('"') and name.endswith('"') else name


def _refuse_binary(sample: bytes) -> None:
    if not sample.strip(b" \t\r\n;,\xef\xbb\xbf"):
        raise unusable(Cause.FILE, "Plik jest pusty. Wyeksportuj dane ponownie.")
    for signature, reason in _SIGNATURES:
        if sample.startswith(signature):
            raise unusable(Cause.FILE, reason)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(READ):
            yield block


def _refuse_nul(path: Path) -> None:
    line, last_break, at = 1, -1, 0
    for block in _blocks(path):
        where = block.find(b"\0")
        if where >= 0:
            line += block.count(b"\n", 0, where)
            before = block.rfind(b"\n", 0, where)
            column = where - before if before >= 0 else at + where - last_break
            raise unusable(
                Cause.FILE,
                f"Plik zawiera bajt zerowy (NUL) w wierszu {line}, znak {column}: jest uszkodzony albo nie jest tekstem. "
                "Wyeksportuj go ponownie.",
                line=line,
            )
        line += block.count(b"\n")
        before = block.rfind(b"\n")
        last_break = at + before if before >= 0 else last_break
        at += len(block)


def _encoding(path: Path) -> str:
    """UTF-8 when the whole file is that, else the eight-bit encoding whose own Polish letters occur more often."""
    cp1250 = iso = pairs = high = 0
    utf8, rest = True, b""
    for block in _blocks(path):
        if block.isascii() and not rest:
            continue
        if high < ENOUGH_LETTERS:
            high += len(block) - len(block.translate(None, _HIGH))
            pairs += len(_POLISH_PAIR.findall(block))
        if utf8:
            utf8, rest = _continues_utf8(rest + block)
        if not utf8 and cp1250 + iso < ENOUGH_LETTERS:
            cp1250 += len(block) - len(block.translate(None, _ONLY_CP1250))
            iso += len(block) - len(block.translate(None, _ONLY_ISO))
    # Letters of two bytes are UTF-8 also beside a damaged byte or two, which the reader reports with their line.
    if (utf8 and not rest) or 4 * pairs > high:
        return "utf-8"
    return "iso-8859-2" if iso > cp1250 else "cp1250"


def _continues_utf8(block: bytes) -> tuple[bool, bytes]:
    """Whether the block is UTF-8, and the bytes of a sign cut at its end."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and len(block) - error.start < 4
        return cut, block[error.start :] if cut else b""
    return True, b""


def _delimiter(heading: str, known: set[str]) -> str:
    """The delimiter under which most of the heading's names are known ones; ties go to the semicolon."""
    hits = {sign: sum(plain(name) in known for name in _names(heading, sign)) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: (hits[sign], heading.count(sign)))


_COMMA_AMOUNT = re.compile(rb"[0-9],[0-9]{1,2}(?=[-);\t\"\r\n ]|$)")
_POINT_AMOUNT = re.compile(rb"(?<![.0-9])[0-9]{1,9}\.[0-9]{2}(?=[-);,\t\"\r\n ]|$)")


def _point_is_decimal(sample: bytes, encoding: str) -> bool:
    part = sample[: 1 << 18]
    counts = Counter(comma=len(_COMMA_AMOUNT.findall(part)), point=len(_POINT_AMOUNT.findall(part)))
    return counts["point"] > counts["comma"]
