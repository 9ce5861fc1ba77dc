"""Answers to requests: checks the body against the model, computes, and says what came out.

Decodes are checked and packed here; live/batches.py computes them, those of several people together.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

import store
from live.options import is_exact, label_of, labels_of, nearest_of, seed_of, size_of, without_of
from live.pace import Pace, work_of
from live.passing import pass_answer
from live.protocol import BadMessage, Kind, Message, pack
from live.repairing import repair_answer

if TYPE_CHECKING:
    from vae_core.latent import Usualness

LARGEST_LATENT = 1e4  # in standard deviations of the prior; far beyond it a decoder overflows


def answer(message: Message, model: store.LoadedModel, pace: Pace) -> bytes:
    """The reply to a request other than decode, packed. Raises BadMessage when the body does not fit the model."""
    started = time.perf_counter()
    body, options = _ANSWERS[message.kind](message, model)
    seconds = time.perf_counter() - started
    pace.took(work_of(message), message.count, model, seconds)
    options["ms"] = round(1000 * seconds, 3)
    return pack(message.kind, message.request, message.count, options, body)


def find_model(message: Message) -> store.LoadedModel:
    """The model that a request names, loaded when need be: may take a second.

    Raises BadMessage when it is unknown, broken, or has other weights by now.
    """
    from vae_core.checkpoint import BrokenCheckpoint, CheckpointError, ForeignCheckpoint, NewerFormat

    try:
        return check_weights(message, store.model(message.model))
    except (BrokenCheckpoint, ForeignCheckpoint, NewerFormat) as problem:
        raise BadMessage("broken-model", str(problem), message.request) from problem
    except CheckpointError as problem:
        raise BadMessage("unknown-model", str(problem), message.request) from problem


def find_epoch(message: Message, epoch: int) -> store.EpochModel:
    """The model of a run as it was after an epoch, loaded when need be: some milliseconds.

    Raises BadMessage when the run keeps no snapshot of that epoch with weights, or it cannot be read.
    """
    from vae_core.checkpoint import CheckpointError

    try:
        return store.epoch_model(message.model, epoch)
    except CheckpointError as problem:
        raise BadMessage("no-such-epoch", str(problem), message.request) from problem


def find_gauge(model: store.LoadedModel) -> Usualness:
    """How usual latents of the model are, measured when need be: may take seconds.

    Raises BadMessage when the model has no encoded images to compare with.
    """
    try:
        return store.usualness(model)
    except LookupError as problem:
        raise BadMessage("no-reference", str(problem)) from problem


def check_weights(message: Message, model: store.LoadedModel) -> store.LoadedModel:
    """The same model, when it has the weights that the request was made for; raises BadMessage otherwise."""
    if message.weights not in (None, model.weights):
        problem = store.ModelChanged(model.name, message.weights, model.weights)
        raise BadMessage("stale-weights", str(problem), message.request, weights=model.weights)
    return model


def decode_request(message: Message, model: store.LoadedModel) -> tuple[np.ndarray, np.ndarray]:
    """Latents float32 (count, D) and classes int64 (count,) of a request; raises BadMessage when they do not fit."""
    latents = floats(message, (message.count, model.latent_dim))
    return latents, np.array(labels_of(message, model), dtype=np.int64)


def packed_pictures(
    message: Message,
    pictures: np.ndarray,
    seconds: float,
    more: bytes = b"",
    facts: Mapping[str, Any] | None = None,
) -> bytes:
    """The packed reply with pictures uint8 (count, H, W, C) that took `seconds` to compute, alone or with others'.

    more: what follows them in the body, after zeros up to a multiple of 4. facts: further options.
    """
    options = {"shape": list(pictures.shape[1:]), "ms": round(1000 * seconds, 3), **(facts or {})}
    body = np.ascontiguousarray(pictures).data.cast("B")
    whole = body if not more else b"".join((body, bytes(-len(body) % 4), more))
    return pack(message.kind, message.request, message.count, options, whole)


def _encode(message: Message, model: store.LoadedModel) -> tuple[bytes, dict[str, Any]]:
    shape = (message.count, *model.image_shape)
    _check_length(message, shape, 1)
    images = np.frombuffer(message.body, dtype=np.uint8).reshape(shape)
    means, stds = model.encode(images, label_of(message, model))
    return means.tobytes() + stds.tobytes(), {"latent_dim": model.latent_dim}


def _fit(message: Message, model: store.LoadedModel) -> tuple[bytes, dict[str, Any]]:
    size = size_of(message)
    _check_length(message, size, 1)
    picture = np.frombuffer(message.body, dtype=np.uint8).reshape(size)
    label = label_of(message, model)
    found = store.encode_picture(model, picture, label if model.config.model.classes else None)
    pixels = found.fitted.pixels.tobytes()
    facts = {"shape": list(model.image_shape), "note": found.fitted.note, "blank": found.fitted.blank}
    body = pixels + bytes(-len(pixels) % 4) + found.mean.tobytes() + found.std.tobytes()
    return body, {"latent_dim": model.latent_dim, **facts}


def _draw(message: Message, model: store.LoadedModel) -> tuple[bytes, dict[str, Any]]:
    latents, labels = decode_request(message, model)
    seed = seed_of(message)
    if model.vae.likelihood.measure == "none":
        raise BadMessage(
            "no-likelihood",
            f"{model.name} has no likelihood (it was trained by a mere cost), so nothing can be drawn. Show the mean.",
        )
    channels, height, width = model.image_shape
    return model.draw(latents, seed, labels).tobytes(), {"shape": [height, width, channels]}


def _judge(message: Message, model: store.LoadedModel) -> tuple[bytes, dict[str, Any]]:
    gauge = find_gauge(model)
    latents = floats(message, (message.count, model.latent_dim))
    label_of(message, model)  # checked like everywhere; the aggregated posterior is one for all classes
    found = gauge.judge(
        latents,
        exact=is_exact(message),
        nearest=nearest_of(message),
        without=without_of(message, len(gauge.posterior)),
    )
    return b"", {
        "percentile": found.percentile.round(3).tolist(),
        "log_density": found.log_density.round(4).tolist(),
        "distance": found.distance.round(4).tolist(),
        "verdict": found.verdict,
        "words": found.words,
        "nearest": found.nearest.tolist(),
        "distances": found.distances.round(4).tolist(),
        "exact": found.exact,
        "typical_distance": round(gauge.typical_distance, 4),
        "basis": gauge.basis,
    }


_ANSWERS = {
    Kind.ENCODE: _encode,
    Kind.JUDGE: _judge,
    Kind.FIT: _fit,
    Kind.REPAIR: repair_answer,
    Kind.DRAW: _draw,
    Kind.PASS: pass_answer,
}


def floats(message: Message, shape: tuple[int, ...]) -> np.ndarray:
    """The body as float32 of a shape; raises BadMessage unless it has that length, all finite and at most 10,000."""
    _check_length(message, shape, 4)
    values = np.frombuffer(message.body, dtype="<f4").reshape(shape)
    largest = float(np.abs(values).max())  # NaN where any is NaN
    if not math.isfinite(largest):
        raise BadMessage("not-finite", "A latent is NaN or infinite; all must be finite.", message.request)
    if largest > LARGEST_LATENT:
        raise BadMessage(
            "out-of-range",
            f"A latent is {largest:.4g}; at most {LARGEST_LATENT:.0f} to each side of 0 are taken.",
            message.request,
        )
    return values


def _check_length(message: Message, shape: tuple[int, ...], size: int) -> None:
    wanted = math.prod(shape) * size
    if len(message.body) != wanted:
        raise BadMessage(
            "bad-shape",
            f"The body has {len(message.body)} bytes; {message.model} takes {wanted} for {shape}, "
            f"{'float32' if size == 4 else 'uint8'}.",
            message.request,
        )
