"""What a request to pass an image through the model holds, checked, and its reply."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import store
from live.options import label_of
from live.protocol import BadMessage, Message

LARGEST_NOISE = 1e4


def pass_answer(message: Message, model: store.LoadedModel) -> tuple[bytes, dict[str, Any]]:
    """The body and options of a pass reply: two pictures uint8, then float32 (4, D), then float32 (H, W)."""
    channels, height, width = model.image_shape
    image, noise = _body(message, model)
    found = store.pass_image(model, image, noise, label_of(message, model))
    pictures = found.pictures.tobytes()
    body = pictures + bytes(-len(pictures) % 4) + found.rows.astype("<f4").tobytes()
    options = {
        "shape": [height, width, channels],
        "latent_dim": model.latent_dim,
        **{name: finite(value) for name, value in found.sums.items()},
    }
    return body + np.ascontiguousarray(found.by_pixel, dtype="<f4").tobytes(), options


def finite(value: float) -> float | None:
    """The number for JSON, which knows neither NaN nor infinity: None for these."""
    return round(value, 6) if math.isfinite(value) else None


def _body(message: Message, model: store.LoadedModel) -> tuple[np.ndarray, np.ndarray]:
    size = math.prod(model.image_shape)
    start = -(-size // 4) * 4
    wanted = start + 4 * model.latent_dim
    if message.count != 1 or len(message.body) != wanted:
        raise BadMessage(
            "bad-shape",
            f"The body has {len(message.body)} bytes; a pass takes 1 image of {wanted} for {model.image_shape}, uint8 "
            f"up to a multiple of 4, and float32 ({model.latent_dim}) of noise. Give an image of the model's size.",
        )
    noise = np.frombuffer(message.body, dtype="<f4", offset=start)
    if not np.isfinite(noise).all() or np.abs(noise).max() > LARGEST_NOISE:
        raise BadMessage("not-finite", "A value of the noise is NaN, infinite or beyond ±10,000. Draw it anew.")
    return np.frombuffer(message.body, dtype=np.uint8, count=size).reshape(model.image_shape), noise
