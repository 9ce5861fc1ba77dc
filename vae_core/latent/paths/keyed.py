"""Paths through several keys in their order: which points they have, and where the keys stand among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vae_core.latent.paths.two_ends import linear_path, slerp_path

Between = Callable[[np.ndarray, np.ndarray, int], np.ndarray]  # start (D,), end (D,), steps -> (steps, D)


@dataclass(frozen=True, eq=False)
class KeyedPath:
    """A path as points with straight ways between them; K of its points are its keys, bit for bit.

    latents: float32 (S, D). keys: int64 (K,), rising from 0 to S − 1: which points the keys are.
    """

    latents: np.ndarray
    keys: np.ndarray

    def at(self, places: np.ndarray) -> np.ndarray:
        """Latents float32 (P, D) at places (P,) in [0, 1], where 0 is the first point, 1 the last.

        Between two points the way is straight. A place outside counts as the nearer end.
        """
        last = len(self.latents) - 1
        whole = np.clip(np.asarray(places, dtype=np.float64), 0, 1) * last
        whole = np.where(np.abs(whole - np.round(whole)) < 1e-9, np.round(whole), whole)
        before = np.minimum(whole.astype(np.int64), last - 1)
        share = (whole - before)[:, None]
        points = self.latents.astype(np.float64)
        found = ((1 - share) * points[before] + share * points[before + 1]).astype(np.float32)
        exact = share[:, 0] == 0
        found[exact] = self.latents[before[exact]]
        found[whole == last] = self.latents[-1]
        return found

    def refined(self, at_least: int) -> np.ndarray:
        """The points with as many between each two as make ``at_least`` or more, float32 (P, D), evenly in place.

        The points themselves are among them, bit for bit.
        """
        parts = max(1, -(-(at_least - 1) // (len(self.latents) - 1)))
        return self.at(np.linspace(0, 1, parts * (len(self.latents) - 1) + 1))

    def segments(self) -> list[np.ndarray]:
        """The points from each key to the next, both among them: K − 1 arrays float32 (S_k, D)."""
        return [self.latents[start : end + 1] for start, end in pairwise(self.keys)]


def linear_through(keys: np.ndarray, steps: int) -> KeyedPath:
    """The straight way from key to key, in ``steps`` points altogether; keys float32 (K, D).

    Every segment gets as many points as another, to one. Raises ValueError for fewer than 2 keys, fewer points than
    keys, or a key that is not finite.
    """
    return through(keys, steps, linear_path)


def slerp_through(keys: np.ndarray, steps: int) -> KeyedPath:
    """From key to key as ``slerp_path``; arguments and errors as ``linear_through``."""
    return through(keys, steps, slerp_path)


def through(keys: np.ndarray, steps: int, between: Between) -> KeyedPath:
    """From key to key by a path between two ends, which must begin and end exactly there. As ``linear_through``."""
    keys = checked_keys(keys)
    at = key_places(len(keys), steps)
    counts = np.diff(at) + 1
    return joined([between(start, end, int(count)) for (start, end), count in zip(pairwise(keys), counts, strict=True)])


def joined(segments: Sequence[np.ndarray]) -> KeyedPath:
    """One path of segments (S_k, D) of which each begins where the one before ends."""
    latents = np.concatenate([segments[0], *(segment[1:] for segment in segments[1:])])
    at = np.cumsum([0, *(len(segment) - 1 for segment in segments)])
    return KeyedPath(latents.astype(np.float32), at.astype(np.int64))


def alone(segment: np.ndarray) -> KeyedPath:
    """A segment float32 (S, D) as a path of its own, whose keys are its ends."""
    return KeyedPath(segment, np.array([0, len(segment) - 1]))


def checked_keys(keys: np.ndarray) -> np.ndarray:
    """The keys as float32 (K, D). Raises ValueError for fewer than 2, another shape, or values that are not finite."""
    keys = np.asarray(keys, dtype=np.float32)
    if keys.ndim != 2 or keys.shape[1] == 0:
        raise ValueError(f"The keys have shape {keys.shape}; they must be (K, D). Take one model's latents.")
    if len(keys) < 2:
        raise ValueError(f"There are {len(keys)} key images; a path needs 2 or more. Add another.")
    if not np.isfinite(keys).all():
        raise ValueError("A key holds NaN or infinity; a path needs finite keys. Choose other images.")
    return keys


def key_places(count: int, steps: int) -> np.ndarray:
    """Which of ``steps`` points ``count`` keys are, int64 (count,), as evenly as whole numbers allow.

    Raises ValueError when there are fewer points than keys.
    """
    if steps < count:
        raise ValueError(f"steps is {steps}; a path through {count} keys has {count} points or more. Choose more.")
    return np.round(np.linspace(0, steps - 1, count)).astype(np.int64)
