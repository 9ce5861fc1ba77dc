"""log p(x) and the true posterior of one image of a 2-D model, worked out a little at each request, then kept.

It takes some tenths of a second in all: too long for one request beside the hands, too short to wait for a worker.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from store.models import LoadedModel

if TYPE_CHECKING:
    import torch

SIDE = 96  # cells along each axis of the window that is drawn
SPREADS = 4.5  # of q and of the true posterior, to each side, that it shows
AT_A_TIME = 0.06  # seconds of work in one request
MOST = 32  # images, finished or not
WINDOW_SHARE = 0.3  # of the work


@dataclass(frozen=True, eq=False)
class PlaneField:
    """log p(z|x) at the centres of square cells: float32 (side, side), rows from low z₂ up; low, high: its corners."""

    low: tuple[float, float]
    high: tuple[float, float]
    log_posterior: np.ndarray


@dataclass(frozen=True, eq=False)
class ImageGrid:
    """What the grid says of one image: log p(x), how exactly, and KL(q ‖ p(z|x)) of the encoder's q, in nats.

    mean, std: of the true posterior, (2,) each; correlation: −1 to 1; points: how many places were decoded for it.
    plane: all of it, coarse. window: where q and the true posterior lie.
    """

    log_evidence: float
    error: float
    kl: float
    mean: tuple[float, ...]
    std: tuple[float, ...]
    correlation: float
    points: int
    plane: PlaneField
    window: PlaneField


@dataclass
class _Work:
    steps: Generator[float, None, ImageGrid]
    lock: threading.Lock = field(default_factory=threading.Lock)
    share: float = 0.0
    found: ImageGrid | None = None


_WORKS: OrderedDict[str, _Work] = OrderedDict()
_LOCK = threading.Lock()


def grid_of_image(
    model: LoadedModel, image: np.ndarray, label: int = 0, seconds: float = AT_A_TIME
) -> ImageGrid | float:
    """The grid of an image uint8 (C, H, W), or the share of its work that is done, 0 to 1: ask again.

    label: the class, of a conditional model. Works on it for about so many seconds. Raises ValueError for a model
    without 2 latent dimensions, or without a likelihood.
    """
    key = hashlib.sha256(f"{model.name} {model.weights} {label} ".encode() + image.tobytes()).hexdigest()
    work = _work_of(key, model, image, label)
    with work.lock:
        until = time.perf_counter() + seconds
        while work.found is None:
            try:
                work.share = next(work.steps)
            except StopIteration as done:
                work.found = done.value
            except Exception:
                _forget(key)
                raise
            if time.perf_counter() >= until:
                break
        return work.share if work.found is None else work.found


def _work_of(key: str, model: LoadedModel, image: np.ndarray, label: int) -> _Work:
    with _LOCK:
        if key not in _WORKS:
            _WORKS[key] = _Work(_steps(model, image, label))
        _WORKS.move_to_end(key)
        while len(_WORKS) > MOST:
            _WORKS.popitem(last=False)
        return _WORKS[key]


def _forget(key: str) -> None:
    with _LOCK:
        _WORKS.pop(key, None)


def _steps(model: LoadedModel, image: np.ndarray, label: int) -> Generator[float, None, ImageGrid]:
    import torch

    from vae_core.metrics import grid_kl, grid_steps, window_steps
    from vae_core.objectives import observed_image

    with torch.no_grad():
        batch = observed_image(model.vae, image, label)
        q = model.vae.encode(batch.images, batch.labels)
    found = yield from _slower(grid_steps(model.vae, batch, q), 0.0, 1 - WINDOW_SHARE)
    low, high = _window(q.mean[0], q.stddev[0], found.mean, found.std)
    near = yield from _slower(window_steps(model.vae, batch, low, high, SIDE), 1 - WINDOW_SHARE, WINDOW_SHARE)
    with torch.no_grad():
        kl = grid_kl(found, q)
    reach = found.reach
    return ImageGrid(
        log_evidence=found.log_evidence,
        error=found.error,
        kl=kl,
        mean=tuple(found.mean.tolist()),
        std=tuple(found.std.tolist()),
        correlation=found.correlation,
        points=len(found.sides),
        plane=PlaneField((-reach, -reach), (reach, reach), (found.first_log_joint - found.log_evidence).numpy()),
        window=PlaneField(low, high, (near - found.log_evidence).numpy()),
    )


def _slower(steps, start: float, share: float):
    """The same steps, told as a part of the whole work; returns what they return."""
    while True:
        try:
            yield start + share * next(steps)
        except StopIteration as done:
            return done.value


def _window(*parts: torch.Tensor) -> tuple[tuple[float, float], tuple[float, float]]:
    """A square that holds q and the true posterior, each with so many spreads: corners (z₁, z₂)."""
    q_mean, q_std, mean, std = (part.detach().double().numpy() for part in parts)
    low = np.minimum(q_mean - SPREADS * q_std, mean - SPREADS * std)
    high = np.maximum(q_mean + SPREADS * q_std, mean + SPREADS * std)
    centre, half = (low + high) / 2, (high - low).max() / 2
    return tuple((centre - half).tolist()), tuple((centre + half).tolist())
