"""Pictures as an eye compares them: luminance and contrast of pixels (WCAG 2.2, relative luminance, contrast ratio)."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Light = NDArray[np.float64]
SEEN = 3  # the least contrast at which something that is no text is seen (WCAG 1.4.11)


def luminance(picture: bytes) -> Light:
    """Of each pixel, from 0 to 1; shape (height, width)."""
    shares = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=float) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    weighed: Light = linear @ np.array([0.2126, 0.7152, 0.0722])
    return weighed


def contrast(one: Light, other: Light) -> Light:
    """Of each pixel with that of the other picture, from 1 to 21."""
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)
