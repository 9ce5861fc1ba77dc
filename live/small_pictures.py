"""Pictures made smaller before they are sent: a preview of twenty pixels on the screen needs no sixty-four."""

from __future__ import annotations

import numpy as np


def shrunk(pictures: np.ndarray, side: int) -> np.ndarray:
    """Pictures uint8 (B, h, w, C) of pictures uint8 (B, H, W, C): each pixel the rounded mean of a square block.

    The blocks are the largest that divide both sides and leave the longer one at least `side` pixels.
    """
    _, height, width, _ = pictures.shape
    block = _block(height, width, side)
    if block == 1:
        return pictures
    total = np.zeros((len(pictures), height // block, width // block, pictures.shape[3]), dtype=np.uint32)
    for down in range(block):
        for across in range(block):
            total += pictures[:, down::block, across::block]
    return ((total + block**2 // 2) // block**2).astype(np.uint8)


def _block(height: int, width: int, side: int) -> int:
    possible = range(1, min(height, width) + 1)
    fitting = (each for each in possible if not height % each and not width % each)
    return max(each for each in fitting if each == 1 or max(height, width) // each >= side)
