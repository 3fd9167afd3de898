"""Photos as they are handed in: what is kept of them, and what is refused before it is read."""

import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from core.documents.pictures import LARGEST_MB, LONGEST_SIDE, clean_picture
from core.errors import InvalidInputError


def photo(
    file_format: str = "JPEG", size: tuple[int, int] = (800, 600), *, mode: str = "RGB", turned: int = 1
) -> bytes:
    """A picture with a red left half, by a phone that says where and with what it was taken."""
    picture = Image.new(mode, size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[Base.Make] = "Tajny Telefon"
    exif[Base.Orientation] = turned
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (51.0, 46.0, 12.0)
    out = io.BytesIO()
    picture.save(out, file_format, exif=exif)
    return out.getvalue()


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "HEIF"])
def test_nothing_but_the_picture_is_kept(file_format: str) -> None:
    data = photo(file_format)
    assert b"Tajny Telefon" in data
    kept = clean_picture(data)
    picture = seen(kept.content)
    assert (picture.format, picture.size, (kept.width, kept.height)) == ("JPEG", (800, 600), (800, 600))
    assert not picture.getexif()
    assert b"Tajny Telefon" not in kept.content
    assert kept.original_sha256 == hashlib.sha256(data).hexdigest()


def test_large_one_is_made_smaller_and_stays_as_it_was_seen() -> None:
    kept = clean_picture(photo(size=(4000, 3000), turned=6))  # the camera lay on its side
    picture = seen(kept.content).convert("RGB")
    assert picture.size == (1200, LONGEST_SIDE)
    top, bottom = picture.getpixel((600, 100)), picture.getpixel((600, 1500))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[1] < 100 < bottom[1]  # red above, white below


def test_see_through_lies_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert seen(clean_picture(out.getvalue()).content).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is huge; reading its pixels would take gigabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff" * (LARGEST_MB * 1024 * 1024 + 1), "10 MB"),
        (b"\xff" * (40 * 1024 * 1024), "10 MB"),
        (b"", "nie da się otworzyć"),
        (b"%PDF-1.7", "nie da się otworzyć"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "nie da się otworzyć"),
        (photo()[:5000], "nie da się otworzyć"),
        (photo("PNG")[:400], "nie da się otworzyć"),
        (photo("HEIF")[:700], "nie da się otworzyć"),
        (photo("GIF"), "nie da się otworzyć"),
        (photo("BMP"), "nie da się otworzyć"),
        (bomb(60_001, 60_001), "za duże"),
        (bomb(10_000, 10_000), "za duże"),
        (bomb(2**31 - 1, 2**31 - 1), ""),
    ],
)
def test_what_is_no_photo_is_refused_at_its_field(data: bytes, told: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        clean_picture(data)
    assert refused.value.field == "photo"
    assert told in refused.value.message
