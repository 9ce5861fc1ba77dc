"""What a request to repair a picture holds, checked: on the socket for each step of a hand, over HTTP for a fit."""

from __future__ import annotations

import base64
import binascii
import math
from typing import TYPE_CHECKING, Any

import numpy as np

import store
from live.answers import Refused
from live.options import label_of, whole_number
from live.protocol import BadMessage, Message

if TYPE_CHECKING:
    from vae_core.repair import Damage

MOST_DRAWS = 64


def repair_answer(message: Message, model: store.LoadedModel) -> tuple[bytes, dict[str, Any]]:
    """The body and options of a repair reply: the pictures one after another, then mean and std
    float32 (D), then what is visible, uint8 (H, W)."""
    channels, height, width = model.image_shape
    draws, label = _draws(message), label_of(message, model)
    has_hole, keep = (_flag(message, name, default) for name, default in (("hole", False), ("keep", True)))
    damage = _noise(message)
    size = channels * height * width
    wanted = size + (height * width if has_hole else 0)
    if message.count != 1 or len(message.body) != wanted:
        raise BadMessage(
            "bad-shape",
            f"The body has {len(message.body)} bytes; a repair takes 1 picture of {wanted} for {model.image_shape}"
            f"{' and its hole' if has_hole else ''}, uint8.",
        )
    pixels = np.frombuffer(message.body, dtype=np.uint8)
    hole = pixels[size:].reshape(height, width) > 0 if has_hole else None
    found = store.repair_picture(model, pixels[:size].reshape(model.image_shape), damage, hole, draws, keep, label)
    body = found.pictures.tobytes()
    options = {
        "shape": [height, width, channels],
        "latent_dim": model.latent_dim,
        "pictures": list(store.REPAIRS),
        "psnr": found.psnr.round(3).tolist(),
        "ssim": found.ssim.round(4).tolist(),
        "hidden": int((~found.visible).sum()),
        "noise": found.noise,
        "filter": found.filter,
    }
    codes = found.mean.tobytes() + found.std.tobytes()
    return body + bytes(-len(body) % 4) + codes + found.visible.astype(np.uint8).tobytes(), options


def damage_from(given: Any) -> Damage:
    """The noise of a request: {"kind", "strength", "seed"}, each with its default. Raises ValueError."""
    from vae_core.repair import Damage

    content = {} if given is None else given
    if not isinstance(content, dict) or set(content) - {"kind", "strength", "seed"}:
        raise ValueError(f"The noise is {str(given)[:60]}; it must be an object of kind, strength and seed.")
    kind, strength, seed = content.get("kind", "none"), content.get("strength", 0.0), content.get("seed", 0)
    number = isinstance(strength, int | float) and not isinstance(strength, bool) and math.isfinite(strength)
    if not isinstance(kind, str) or not number or type(seed) is not int:
        raise ValueError(f"The noise is {str(given)[:60]}; kind is a text, strength a number, seed a whole number.")
    return Damage(kind, float(strength), seed)


def pixels_from(given: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Bytes uint8 of a shape from base64. Raises Refused."""
    try:
        values = np.frombuffer(base64.b64decode(given if isinstance(given, str) else "", validate=True), dtype=np.uint8)
    except (binascii.Error, ValueError):
        raise Refused("bad-request", f"{name} is no base64; encode the pixels anew.") from None
    if len(values) != math.prod(shape):
        raise Refused(
            "bad-shape", f"{name} has {len(values)} bytes; it must have {math.prod(shape)} for {shape}, uint8."
        )
    return values.reshape(shape)


def _noise(message: Message) -> Damage:
    try:
        return damage_from(message.options.get("noise"))
    except ValueError as problem:
        raise BadMessage("bad-options", str(problem)) from problem


def _draws(message: Message) -> int:
    draws = whole_number(message, "draws", 16)
    if not 1 <= draws <= MOST_DRAWS:
        raise BadMessage("bad-options", f"The option draws is {draws}; it must be from 1 to {MOST_DRAWS}.")
    return draws


def _flag(message: Message, name: str, default: bool) -> bool:
    value = message.options.get(name, default)
    if not isinstance(value, bool):
        raise BadMessage("bad-options", f"The option {name} is {value!r}; it must be true or false.")
    return value
