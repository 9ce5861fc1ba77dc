"""Small pictures made large."""

from __future__ import annotations

import numpy as np
from PIL import Image

from vae_core.pictures.stills import image_of

LARGEST_SCALE = 64


def enlarged(pictures: np.ndarray, scale: int, smooth: bool = False) -> np.ndarray:
    """Pictures uint8 (B, H · scale, W · scale, C) of uint8 (B, H, W, C).

    Every pixel becomes a square with hard edges, unless ``smooth``: then bicubic interpolation. Raises ValueError for
    a scale outside 1 to 64.
    """
    if not 1 <= scale <= LARGEST_SCALE:
        raise ValueError(f"The scale is {scale}; it must be a whole number from 1 to {LARGEST_SCALE}. Choose another.")
    if scale == 1:
        return pictures
    if not smooth:
        return pictures.repeat(scale, axis=1).repeat(scale, axis=2)
    count, height, width, channels = pictures.shape
    size = (width * scale, height * scale)
    large = [image_of(picture).resize(size, Image.Resampling.BICUBIC) for picture in pictures]
    return np.stack([np.asarray(image) for image in large]).reshape(count, size[1], size[0], channels)
