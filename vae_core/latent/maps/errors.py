"""What cannot be mapped, in a sentence for people."""

from __future__ import annotations

import numpy as np


class MapError(ValueError):
    """These latents cannot be mapped, or not in this way; the message gives value, rule and way out."""


def check_means(means: np.ndarray) -> np.ndarray:
    """The same means float32 (N, D), C-contiguous. Raises MapError unless N ≥ 1, D ≥ 1 and every value is finite."""
    found = np.asarray(means)
    if found.ndim != 2 or found.size == 0:
        raise MapError(f"The latents have shape {found.shape}; a map needs (N, D) with at least one. Choose images.")
    wrong = ~np.isfinite(found).all(axis=1)
    if wrong.any():
        raise MapError(
            f"{int(wrong.sum()):,} of {len(found):,} latents hold NaN or infinite numbers, the first in row"
            f" {int(wrong.argmax())}; a map needs finite ones. Leave these images out, or train the model again."
        )
    return np.ascontiguousarray(found, dtype=np.float32)
