"""The frame of documents: what it sets, how it wraps, what it tells screen readers and archives."""

import io
import re
import zlib
from datetime import UTC, datetime

import pikepdf
import pytest

from core.documents.fonts import face
from core.documents.sheet import INNER, Paragraph, Sheet, plain, text_width, wrap
from tests.core.documents.readers import fonts_of, pages_of, text_of

AT = datetime(2026, 11, 3, 11, 30, tzinfo=UTC)
PANGRAM = "Zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ „cudzysłów” – 12 § 3 €"


def sheet(*texts: str, made_at: datetime = AT) -> bytes:
    made = Sheet(title="Próba <&>", author="Zarząd & Spółka", made_at=made_at, running_title="Próba")
    for each in texts:
        made.paragraph(Paragraph(each))
    return made.to_bytes()


def test_polish_letters_come_out_as_they_went_in() -> None:
    assert PANGRAM in text_of(sheet(PANGRAM))


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert sheet("Łódź") == sheet("Ło\u0301dz\u0301")


@pytest.mark.parametrize(
    ("typed", "set_"),
    [("a\x00b", "ab"), ("a\tb", "a b"), ("a\u202eb", "ab"), ("日本", "□□"), ("\N{SNOWMAN}", "□"), ("a\u2028b", "a b")],
)
def test_what_the_typeface_does_not_know_is_seen_as_a_box(typed: str, set_: str) -> None:
    assert plain(typed) == set_


def test_every_character_that_is_set_has_a_width() -> None:
    for bold in (False, True):
        assert all(sign in face(bold=bold).widths for sign in plain(PANGRAM + "日□"))


def test_lines_fit_and_lose_nothing() -> None:
    text = "Nieprawdopodobnie długie zdanie o umowie i o lokalu, a w nim " + "słowobezkońca" * 20
    lines = wrap(text, width=60, size=12)
    assert all(text_width(line, size=12) <= 60 for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)


def test_one_letter_word_goes_to_the_next_line_with_what_follows() -> None:
    for width in range(30, 90):
        assert not any(
            line.endswith((" i", " o", " w")) for line in wrap("kot i pies o piątej w domu", width=width, size=12)
        )


def test_archives_find_what_they_ask_for() -> None:
    document = sheet(PANGRAM)
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>" in document
    assert b"/Lang (pl)" in document
    assert b"/MarkInfo" in document
    assert b"/OutputIntents" in document
    assert '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Próba &lt;&amp;&gt;'.encode() in document
    assert b"/JavaScript" not in document
    assert b"/Encrypt" not in document


def test_fonts_are_embedded_subsets_with_unicode() -> None:
    made = Sheet(title="Próba", author="Zarząd", made_at=AT)
    made.paragraph(Paragraph(PANGRAM))
    made.paragraph(Paragraph(PANGRAM, bold=True))
    fonts = fonts_of(made.to_bytes())
    assert len(fonts) == 2
    for font in fonts:
        assert re.fullmatch(r"[A-Z]{6}\+SourceSans3.*", font[0])
        assert font[4:7] == ["yes", "yes", "yes"]


def test_text_on_several_pages_is_whole_and_the_pages_are_numbered() -> None:
    texts = [f"Akapit {number} {'słowo ' * 60}".strip() for number in range(40)]
    document = sheet(*texts)
    read = re.sub(r"\s+", " ", text_of(document))
    assert pages_of(document) > 2
    assert f"Próba · strona 2 z {pages_of(document)}" in read
    assert [int(number) for number in re.findall(r"Akapit (\d+)", read)] == list(range(40))
    assert read.count("słowo") == 40 * 60


def test_same_content_makes_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    first = sheet(PANGRAM)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert sheet(PANGRAM) == first
    assert sheet(PANGRAM, made_at=datetime(2027, 1, 1, tzinfo=UTC)) != first


def test_drawn_text_is_tagged_or_decoration() -> None:
    """Every operator that shows text stands inside a marked part, or PDF/UA readers would not know what it is."""
    made = Sheet(title="Próba", author="Zarząd", made_at=AT)
    made.paragraph(Paragraph(PANGRAM, tag="H1"))
    made.rule(y=100)
    made.band(y=110, height=20)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made.to_bytes(), re.S)
    drawn = [content for content in map(_inflated, streams) if b" Tj" in content or b" re" in content]
    assert drawn
    for content in drawn:
        assert content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC") >= 3
    assert INNER == 176


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_number_of_a_page_is_as_large_on_each_whatever_was_set_last() -> None:
    made = Sheet(title="Próba", author="Zarząd", made_at=AT, running_title="Próba")
    for nth in range(120):
        made.paragraph(Paragraph(f"Linia {nth}", size=9 if nth % 2 else 12))
    with pikepdf.open(io.BytesIO(made.to_bytes())) as document:
        for page in document.pages:
            assert re.findall(rb" ([0-9.]+) Tf", page.Contents.read_bytes())[-1] == b"11.00"
