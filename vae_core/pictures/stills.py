"""One picture as a file."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def image_of(pixels: np.ndarray) -> Image.Image:
    """Pillow's image of pixels uint8 (H, W, C): grey for C = 1, RGB for C = 3."""
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def png_file(pixels: np.ndarray, compress_level: int = 6) -> bytes:
    """A PNG file of pixels uint8 (H, W, C); compress_level from 0 (fast) to 9 (small)."""
    file = io.BytesIO()
    image_of(pixels).save(file, format="PNG", compress_level=compress_level)
    return file.getvalue()
