"""Photos that people hand in: looked at before they are read, turned upright, made smaller, rid of all they tell beside."""

import hashlib
import io
import warnings
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import InvalidInputError

LARGEST_MB = 10
LARGEST_PIXELS = 60_000_000  # phones take 12 to 50 million; what claims more is a bomb
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "HEIF")
QUALITY = 82
_MODES = ("RGB", "L")
_TOO_MANY_PIXELS = "To zdjęcie jest za duże. Zrób je w niższej rozdzielczości."

pillow_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A JPEG of ours without location, device or any other data; `original_sha256` is of what was handed in."""

    content: bytes
    width: int
    height: int
    original_sha256: str


def clean_picture(data: bytes) -> CleanPicture:
    """A photo (JPEG, PNG, HEIC) as we keep it.

    Raises InvalidInputError (field `photo`) for one that is too large, in bytes or in pixels, or that is no picture. The
    pixels are only read once their number is known from the head of the file.
    """
    if len(data) > LARGEST_MB * 1024 * 1024:
        raise _refused(f"Zdjęcie może mieć najwyżej {LARGEST_MB} MB. Zrób je w niższej rozdzielczości.")
    with warnings.catch_warnings():
        # Pillow's own limit only warns; ours refuses below.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > LARGEST_PIXELS:
                    raise _refused(_TOO_MANY_PIXELS)
                return _cleaned(picture, data)
        except Image.DecompressionBombError:
            raise _refused(_TOO_MANY_PIXELS) from None
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, RuntimeError):
            raise _refused("Tego pliku nie da się otworzyć jako zdjęcia. Wyślij zdjęcie JPEG, PNG albo HEIC.") from None


def _cleaned(picture: Image.Image, data: bytes) -> CleanPicture:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded smaller at once
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode not in _MODES:
        upright = _on_white(upright)
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)  # the pixels and nothing else
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return CleanPicture(out.getvalue(), bare.width, bare.height, hashlib.sha256(data).hexdigest())


def _on_white(picture: Image.Image) -> Image.Image:
    """What is see-through lies on white, as on paper."""
    solid = picture.convert("RGBA")
    ground = Image.new("RGBA", solid.size, "white")
    return Image.alpha_composite(ground, solid).convert("RGB")


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(message, field="photo")
