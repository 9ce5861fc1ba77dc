"""Lists of float32 as the JSON of a request or an answer carries them."""

from __future__ import annotations

import base64

import numpy as np


def coded(values: object) -> str:
    """base64 of float32, little-endian."""
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode()


def decoded(text: str, width: int) -> np.ndarray:
    """float32 (n, width) of such a text."""
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(-1, width)
